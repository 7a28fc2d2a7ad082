//! Finding the right procedure: a tantivy index over procedure records.
//!
//! [`build`] writes an index folder that needs nothing else to serve: the records
//! themselves are in it. [`Snapshot`] opens one generation of it and answers
//! [`Query`]s; it is never changed, only replaced by a newer one.

mod acts;
mod aliases;
mod analysis;
mod build;
mod confidence;
mod document;
pub mod documents;
mod embedder;
mod error;
mod explain;
mod groups;
mod manifest;
mod meaning;
mod passage;
mod phrases;
mod question;
mod rank;
mod reading;
mod rerank;
mod schema;
mod scores;
mod search;
mod snapshot;
mod statistics;
mod tokenizer;
pub mod types;
mod vectors;

pub use acts::{acts_asked, acts_named};
pub use build::{BuildReport, build};
pub use confidence::Evidence;
pub use embedder::{Embedder, Side};
pub use error::RetrievalError;
pub use manifest::Manifest;
pub use meaning::SharedEmbedder;
pub use rank::same_province;
pub use reading::{Reading, Step, StepKind};
pub use snapshot::{ProcedureSummary, Snapshot};
pub use types::{Hit, HitJson, LookedUp, Query, SearchJson, Understood, Variant};
pub use vectors::{VectorReport, embed_names};
