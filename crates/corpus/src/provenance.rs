//! Where a record comes from and whether it still stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a record comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// `portal-text`, `own` or another importer's name.
    pub source_kind: String,
    /// The public page.
    #[serde(default)]
    pub source_url: Option<String>,
    /// ISO date of the state that the record describes.
    #[serde(default)]
    pub as_of: Option<String>,
    /// SHA-256 of the source bytes, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Version of the importer that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importer_version: Option<u32>,
}

/// Whether a procedure is still listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// Listed.
    #[default]
    Active,
    /// Replaced by another code.
    ReplacedBy {
        /// The new code.
        code: String,
    },
    /// No longer seen in the listings since this ISO date.
    WithdrawnSeen {
        /// When it was first missed.
        date: String,
    },
}
