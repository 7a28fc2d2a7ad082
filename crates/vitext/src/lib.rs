//! Vietnamese text: normal forms, folding, syllables, words, abbreviations, missing
//! diacritics ([`restore`]), everyday and dialect words ([`colloquial`]), encodings from before
//! Unicode ([`legacy`]) and the spans (amounts, periods, codes) that an answer must not invent.
//!
//! Everything here is pure and works on byte offsets of the text as given. It
//! depends on nothing else of ours and not on the search engine, so that a
//! tokenizer never has to follow a tantivy release.
//!
//! ```
//! assert_eq!(vitext::normalize("Uỷ ban xoá hồ sơ"), "Ủy ban xóa hồ sơ");
//! assert_eq!(vitext::fold("Đăng ký kết hôn"), "dang ky ket hon");
//! assert_eq!(vitext::restore::restore("lam o dau").text, "làm ở đâu");
//! assert_eq!(vitext::colloquial::standardize("làm ở mô").text, "làm ở đâu");
//! assert_eq!(vitext::legacy::convert("lµm ë ®©u"), "làm ở đâu");
//! ```

mod abbreviation;
mod chars;
mod clean;
pub mod colloquial;
mod context;
mod error;
mod fold;
pub mod legacy;
pub mod restore;
pub mod segmenter;
pub mod spans;
mod spelling;
mod syllable;
mod tone;

pub use abbreviation::expand_abbreviations;
pub use clean::clean;
pub use error::VitextError;
pub use fold::{fold, fold_char, has_marks};
pub use segmenter::{segment, units};
pub use spelling::final_i;
pub use syllable::{Token, syllables};
pub use tone::normalize;
