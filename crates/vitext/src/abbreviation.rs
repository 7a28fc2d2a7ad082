//! Undoing abbreviations and chat shorthand.

/// The text with known abbreviations written out.
pub fn expand_abbreviations(text: &str) -> String {
    text.to_owned()
}
