//! Public pages by code, from a table `CODE<tab>URL`.

use std::collections::HashMap;
use std::path::Path;

use fs_err as fs;

use crate::error::CorpusError;

/// The public page of each procedure.
#[derive(Debug, Clone, Default)]
pub struct Links(HashMap<String, String>);

impl Links {
    /// Reads the table; blank lines and lines that begin with `#` are passed over.
    pub fn read(path: &Path) -> Result<Self, CorpusError> {
        let text = fs::read_to_string(path)?;
        let mut links = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (code, url) = line
                .split_once('\t')
                .map(|(code, url)| (code.trim(), url.trim()))
                .filter(|(code, url)| {
                    !code.is_empty() && (url.starts_with("https://") || url.starts_with("http://"))
                })
                .ok_or_else(|| CorpusError::Links {
                    path: path.to_path_buf(),
                    line: index + 1,
                })?;
            links.insert(code.to_owned(), url.to_owned());
        }
        Ok(Self(links))
    }

    /// The page of a procedure.
    pub fn get(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }

    /// How many pages are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
