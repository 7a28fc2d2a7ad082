//! What can go wrong with records on disk and with sources that are imported.

use std::io;
use std::path::{Path, PathBuf};

/// An error of this crate. One bad record among many is not an error but a
/// [`crate::Problem`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A file or folder could not be read or written. The message of the source
    /// names the path.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The folder or file does not exist.
    #[error("{path}: no such file or folder; check the path", path = .0.display())]
    Missing(PathBuf),
    /// A record is not valid JSON of the record's shape.
    #[error("{path}: line {line}, column {column}: {reason}", path = path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
        /// What serde says, which names the field.
        reason: String,
    },
    /// A record could not be turned into JSON.
    #[error("record {code} cannot be written as JSON: {source}")]
    Encode {
        /// Code of the record.
        code: String,
        /// Why.
        source: serde_json::Error,
    },
    /// The code cannot name a file.
    #[error("code `{0}` cannot name a file: use letters, digits, dots and dashes only")]
    UnsafeCode(String),
    /// Two records of one run have the same code.
    #[error("code {0} occurs twice in this import; the second one was not written")]
    Duplicate(String),
    /// An archive has an entry that must not be unpacked, or is not an archive.
    #[error("{archive}: {reason}", archive = archive.display())]
    Archive {
        /// The archive.
        archive: PathBuf,
        /// What is wrong and with which entry.
        reason: String,
    },
    /// The table of links is malformed.
    #[error("{path}: line {line}: expected `CODE<tab>URL`", path = path.display())]
    Links {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: usize,
    },
    /// A life event is not as it must be.
    #[error("corpus/lexicon/journeys/{id}.toml: {reason}")]
    Journey {
        /// Name of the file without its ending.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

impl CorpusError {
    pub(crate) fn json(path: &Path, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::Json {
            path: path.to_path_buf(),
            line: error.line(),
            column: error.column(),
            reason,
        }
    }
}
