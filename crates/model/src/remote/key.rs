//! The key of an endpoint: read from a variable or a file, sent, never shown.

use std::fmt;
use std::path::Path;

use crate::error::{ModelError, ModelResult};

/// A bearer token. Its `Debug` output does not hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(redacted)")
    }
}

impl Key {
    /// The value of an environment variable.
    pub fn from_variable(name: &str) -> ModelResult<Self> {
        let value = std::env::var(name).unwrap_or_default();
        Self::parse(&value, &format!("the variable {name}"))
    }

    /// The text of a file, without the white space around it.
    pub fn from_file(path: &Path) -> ModelResult<Self> {
        let text = fs_err::read_to_string(path).map_err(ModelError::io(path))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The header's value.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    fn parse(text: &str, place: &str) -> ModelResult<Self> {
        let key = text.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = format!("{place} holds no key of visible ASCII characters");
            return Err(ModelError::Remote(reason));
        }
        Ok(Self(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::parse(" sk-very-secret\n", "x").unwrap();
        assert_eq!(key.bearer(), "Bearer sk-very-secret");
        assert_eq!(format!("{key:?}"), "Key(redacted)");
    }

    #[test]
    fn what_cannot_be_a_header_is_refused_without_repeating_it() {
        for text in ["", " \n", "se cret", "se\u{1}cret", "khoá"] {
            let error = Key::parse(text, "the variable X").unwrap_err().to_string();
            assert!(error.contains("the variable X"), "{error}");
            assert!(!error.contains("cret"), "{error}");
        }
    }

    #[test]
    fn a_key_is_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert!(Key::from_file(&path).is_err());
        fs_err::write(&path, "sk-1\n").unwrap();
        assert_eq!(Key::from_file(&path).unwrap().bearer(), "Bearer sk-1");
    }
}
