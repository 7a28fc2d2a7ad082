//! What goes into a search and what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use corpus::{Level, Procedure, Section};
use serde::{Deserialize, Serialize};

use crate::confidence::Evidence;

/// A search request.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What the citizen typed, as typed.
    pub text: String,
    /// Words of earlier turns that the text may go on with; they count less.
    pub context: String,
    /// How many procedures to return (0 means 10).
    pub limit: usize,
    /// Only procedures handled at this level.
    pub level: Option<Level>,
    /// The citizen's province, preferred over other provinces' versions.
    pub province: Option<String>,
    /// Fill [`Hit::signals`] with every field's share of the score.
    pub explain: bool,
}

impl Query {
    /// A plain query with default settings.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            limit: 10,
            ..Self::default()
        }
    }
}

/// One procedure found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The record.
    pub procedure: Arc<Procedure>,
    /// Section that matches the question best.
    pub section: Section,
    /// A line of that section, to show under the name.
    pub snippet: String,
    /// Fused score; comparable within one result list only.
    pub score: f32,
    /// What else speaks for it, comparable between questions.
    pub evidence: Evidence,
    /// Signal name to its share of the score (`title`, `aliases`, …).
    pub signals: BTreeMap<String, f32>,
}

/// A hit as the contracts print it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HitJson {
    /// Procedure code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Level word (`xa`, `tinh`, …).
    pub level: Level,
    /// First field (lĩnh vực).
    pub field: String,
    /// Fused score.
    pub score: f32,
    /// Share of the question's informative words that the record holds, 0 to 1.
    pub coverage: f32,
    /// Probability that this is the procedure meant, 0 to 1.
    pub confidence: f32,
    /// Best section.
    pub section: Section,
    /// A line of it.
    pub snippet: String,
    /// True where only name, level, field and page are known: no facts are served.
    #[serde(default)]
    pub named_only: bool,
    /// Signal shares, empty unless asked for.
    pub signals: BTreeMap<String, f32>,
}

/// A result list as the contracts print it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchJson {
    /// The query as given.
    pub query: String,
    /// Wall time in milliseconds.
    pub took_ms: f64,
    /// Generation that answered.
    pub snapshot: String,
    /// Best first.
    pub hits: Vec<HitJson>,
}

impl From<&Hit> for HitJson {
    fn from(hit: &Hit) -> Self {
        Self {
            code: hit.procedure.code.clone(),
            name: hit.procedure.name.clone(),
            level: hit.procedure.level(),
            field: hit.procedure.field().to_owned(),
            score: hit.score,
            coverage: hit.evidence.coverage,
            confidence: hit.evidence.confidence(),
            section: hit.section,
            snippet: hit.snippet.clone(),
            named_only: hit.procedure.is_named_only(),
            signals: hit.signals.clone(),
        }
    }
}
