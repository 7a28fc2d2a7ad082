//! Why an evaluation could not be run. A low score is a result, never an error.

use std::path::PathBuf;

/// What stops an evaluation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A line of a suite is not a valid item.
    #[error("{path}:{line}: {reason}")]
    Suite {
        /// The suite.
        path: PathBuf,
        /// 1-based line.
        line: usize,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A suite holds no item.
    #[error("{path}: no question in this suite")]
    Empty {
        /// The suite.
        path: PathBuf,
    },
    /// A file could not be read or written (the message names it).
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A search failed.
    #[error(transparent)]
    Retrieval(#[from] retrieval::RetrievalError),
    /// A baseline cannot be compared with.
    #[error("{path}: {reason}")]
    Baseline {
        /// The baseline.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A file is not a report that can be compared.
    #[error("{path}: {reason}")]
    Report {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Two reports of different modes.
    #[error("A was made in {before} mode and B in {now} mode; compare two runs of the same mode")]
    Modes {
        /// Mode of the first.
        before: &'static str,
        /// Mode of the second.
        now: &'static str,
    },
    /// Two reports without a question in common.
    #[error("no question is in both reports; compare two runs of the same suites")]
    NothingCommon,
    /// The report could not be rendered.
    #[error("report template: {0}")]
    Template(#[from] minijinja::Error),
    /// The report could not be written as JSON.
    #[error("report as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
