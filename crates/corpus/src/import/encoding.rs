//! The bytes of a file as text: UTF-8, or an encoding from before Unicode.

use std::borrow::Cow;

use vitext::legacy::{self, Encoding};

/// The text of a file and the old encoding it was in; none when it is neither UTF-8 nor in
/// one of those that are known. Must come before any cleaning: the soft hyphen is a letter
/// in TCVN3.
pub(super) fn read(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<Encoding>)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // The letters of the old encodings are where code page 1252 is Latin-1.
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    match legacy::detect(&text) {
        Some(encoding) => Some((Cow::Owned(legacy::decode(&text, encoding)), Some(encoding))),
        None => matches!(text, Cow::Borrowed(_)).then_some((text, None)),
    }
}
