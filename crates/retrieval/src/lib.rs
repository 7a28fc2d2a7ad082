//! Finding the right procedure: a tantivy index over procedure records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub mod types;

pub use types::{Hit, HitJson, Query, SearchJson};

use corpus::Procedure;

/// Why an index could not be built, opened or searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetrievalError {
    /// Not an index folder, or one that another version wrote.
    #[error("{path}: {reason}")]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// An opened index of one generation.
#[derive(Debug)]
pub struct Snapshot {
    id: String,
}

impl Snapshot {
    /// Opens an index folder after checking its manifest.
    pub fn open(dir: &Path) -> Result<Self, RetrievalError> {
        Err(RetrievalError::Unusable {
            path: dir.to_owned(),
            reason: "no index here".into(),
        })
    }

    /// Name of this generation.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Best procedures for a question, best first.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let _ = query;
        Ok(Vec::new())
    }

    /// A record by its code.
    pub fn procedure(&self, code: &str) -> Option<Arc<Procedure>> {
        let _ = code;
        None
    }
}
