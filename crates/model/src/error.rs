//! What can go wrong with a model file, one clear sentence each. None of these stops the
//! assistant: without a model the record's own words answer.

use std::path::{Path, PathBuf};

/// Why a model cannot be used, fetched or trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The file does not start with the GGUF magic.
    #[error("{} is not a GGUF model file (it does not start with \"GGUF\")", .0.display())]
    NotGguf(PathBuf),
    /// The file ends before its data does.
    #[error(
        "{} is truncated: {actual} bytes, its table of contents needs {expected}; fetch it again with `motcua model pull`",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes needed.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// The table of contents cannot be read.
    #[error("{} is damaged: {reason}; check it with `motcua model verify`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A family that has no implementation here.
    #[error(
        "{} holds a model of the architecture \"{name}\"; this version runs: {known}",
        path.display()
    )]
    UnknownArchitecture {
        /// The file.
        path: PathBuf,
        /// What the file says.
        name: String,
        /// What can be run, comma separated.
        known: String,
    },
    /// A value that the architecture needs is not in the file, or has an impossible value.
    #[error("{} lacks a usable value \"{key}\" in its metadata", path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// The metadata key.
        key: String,
    },
    /// A tensor that the architecture needs is not in the file.
    #[error("{} lacks the tensor \"{name}\": not a complete model", path.display())]
    MissingTensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
    },
    /// A tensor is there in another shape than the metadata promises.
    #[error("{}: tensor \"{name}\" is {actual:?}, expected {expected:?}", path.display())]
    TensorShape {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its shape.
        actual: Vec<usize>,
        /// The shape that fits.
        expected: Vec<usize>,
    },
    /// The tokenizer in the file cannot be used.
    #[error("{}: unusable tokenizer: {reason}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The chat template in the file cannot be used.
    #[error("{}: unusable chat template: {reason}", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A forward pass failed while warming up.
    #[error("{}: the model does not run: {reason}", path.display())]
    Run {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The bytes are not the official ones.
    #[error(
        "{} has the wrong checksum: sha256 {actual}, official {expected}; delete it and run `motcua model pull`",
        path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The official sha256.
        expected: String,
        /// The sha256 of the file.
        actual: String,
    },
    /// The manifest has no official checksum, so nothing can be said about the file.
    #[error("{0}: no official sha256 is known, so the file cannot be verified")]
    Unverifiable(String),
    /// No manifest entry of that name.
    #[error("no model \"{name}\" in the manifest; known: {known}")]
    UnknownModel {
        /// The name asked for.
        name: String,
        /// All names, comma separated.
        known: String,
    },
    /// The embedded manifest cannot be read.
    #[error("models/manifest.toml: {0}")]
    Manifest(String),
    /// The model is not on this machine.
    #[error(
        "model {name} is not here (looked in: {looked}); fetch it with `motcua model pull {name}`"
    )]
    NotHere {
        /// Manifest name.
        name: String,
        /// Places, comma separated.
        looked: String,
    },
    /// A remote endpoint is configured wrongly or does not list its models.
    #[error("remote model: {0}")]
    Remote(String),
    /// Neither the hub nor the carrier packages gave the file.
    #[error("{name} could not be fetched: {reason}")]
    Fetch {
        /// Manifest name.
        name: String,
        /// What each way answered.
        reason: String,
    },
}

impl ModelError {
    /// Wraps an I/O error with the file it is about.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// What reading a model gives.
pub type ModelResult<T> = Result<T, ModelError>;
