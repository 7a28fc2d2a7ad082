//! Vietnamese text: a library without input or output, models or a search engine around it.
//!
//! All functions take text as it comes (any Unicode form, either place of the tone mark) and
//! speak of it in byte offsets of the text **as given**. The crate depends on nothing else of
//! the workspace, so that a tokenizer built on it never has to follow a release of ours.
//!
//! | to | use |
//! |---|---|
//! | bring text into one form | [`clean`], [`normalize`], [`final_i`] |
//! | compare without diacritics | [`fold`], [`has_marks`] |
//! | cut it into syllables and codes | [`syllables`] |
//! | cut it into words | [`segment`], [`segmenter`] |
//! | put missing diacritics back | [`restore`] |
//! | repair typing errors | [`repair`] |
//! | understand dialect, chat and office shorthand | [`colloquial`], [`expand_abbreviations`] |
//! | read encodings from before Unicode | [`legacy`] |
//! | find amounts, periods, dates and codes | [`spans`] |
//!
//! ```
//! assert_eq!(vitext::normalize("Uỷ ban xoá hồ sơ"), "Ủy ban xóa hồ sơ");
//! assert_eq!(vitext::fold("Đăng ký kết hôn"), "dang ky ket hon");
//! assert_eq!(vitext::restore::restore("lam o dau").text, "làm ở đâu");
//! assert_eq!(vitext::colloquial::standardize("làm ở mô").text, "làm ở đâu");
//! assert_eq!(vitext::legacy::convert("lµm ë ®©u"), "làm ở đâu");
//! ```
//!
//! Words, with their places in the text:
//!
//! ```
//! let text = "Công dân đăng ký kết hôn.";
//! let words = vitext::segment(text);
//! let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
//! assert_eq!(texts, ["Công dân", "đăng ký", "kết hôn", "."]);
//! assert_eq!(&text[words[1].start..words[1].end], "đăng ký");
//! ```

mod abbreviation;
mod chars;
mod clean;
pub mod colloquial;
mod context;
mod error;
mod fold;
pub mod legacy;
pub mod repair;
pub mod restore;
pub mod segmenter;
pub mod spans;
mod spelling;
mod syllable;
mod tone;

pub use abbreviation::{expand_abbreviations, expand_capitals};
pub use clean::clean;
pub use error::VitextError;
pub use fold::{fold, fold_char, has_marks};
pub use segmenter::{segment, units};
pub use spelling::final_i;
pub use syllable::{Token, syllables};
pub use tone::normalize;
