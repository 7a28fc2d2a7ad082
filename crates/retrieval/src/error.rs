//! Why an index could not be built, opened or searched.

use std::path::PathBuf;

/// Why an index could not be built, opened or searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetrievalError {
    /// Not an index folder, or one that another version wrote.
    #[error("{path}: {reason}")]
    Unusable {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The corpora hold no readable record.
    #[error("no readable record in {0}: check the --corpus folders")]
    Empty(String),
    /// A corpus cannot be read.
    #[error(transparent)]
    Corpus(#[from] corpus::CorpusError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The embedding model failed.
    #[error("embedder: {0}")]
    Embedder(String),
    /// The search engine failed.
    #[error("search engine: {0}")]
    Engine(#[from] tantivy::TantivyError),
}

impl RetrievalError {
    pub(crate) fn unusable(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Unusable {
            path: path.into(),
            reason: reason.into(),
        }
    }
}
