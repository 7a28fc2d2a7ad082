//! What goes into a search and what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use corpus::{Level, Procedure, Scope, Section};
use serde::{Deserialize, Serialize};

use crate::confidence::Evidence;
use crate::reading::{Reading, Step};

/// A search request.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What the citizen typed, as typed.
    pub text: String,
    /// How `text` was read, if that was done already ([`crate::Snapshot::read`]).
    pub reading: Option<Reading>,
    /// Words of earlier turns that the text may go on with; they count less.
    pub context: String,
    /// How many procedures to return (0 means 10), the copies of one counted once.
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
    /// The other copies of this procedure, of other levels and provinces, best first.
    pub variants: Vec<Variant>,
}

impl Hit {
    /// True for the hit's own code and for those of its copies.
    pub fn covers(&self, code: &str) -> bool {
        let mut variants = self.variants.iter();
        self.procedure.code == code || variants.any(|variant| variant.code == code)
    }
}

/// A copy of a procedure that was found under another code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its code.
    pub code: String,
    /// Level word.
    pub level: Level,
    /// `national` or `province`.
    pub scope: String,
    /// The province, null for the whole country or where the record does not tell.
    pub province: Option<String>,
    /// True where only its name, level, field and page are known.
    pub named_only: bool,
}

/// The word for a scope, and the province where it names one.
pub(crate) fn scope_words(scope: &Scope) -> (String, Option<String>) {
    match scope {
        Scope::National => ("national".to_owned(), None),
        Scope::Province { name } => ("province".to_owned(), name.clone()),
    }
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
    /// `national` or `province`.
    pub scope: String,
    /// The province, null for the whole country or where the record does not tell.
    pub province: Option<String>,
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
    /// The other copies of this procedure, of other levels and provinces.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// A question as search understood it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// The question in standard words.
    pub text: String,
    /// Whether it was typed with diacritics; if not, only unmarked forms are searched.
    pub typed_with_diacritics: bool,
    /// The steps from what was typed to `text`, in order.
    pub steps: Vec<Step>,
    /// What the office calls things that the question names in everyday words.
    pub office_words: Vec<String>,
    /// What is to be done, as the word list names it (`cấp lại`, `gia hạn`, …).
    pub acts: Vec<String>,
    /// Sections asked for.
    pub sections: Vec<Section>,
    /// Words and pairs looked up, those that can move a score furthest first.
    pub terms: Vec<LookedUp>,
}

/// A word or pair of words looked up in the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookedUp {
    /// The term, in the form that is searched.
    pub term: String,
    /// 1 for a topic word, less for framing words and for office words.
    pub weight: f32,
    /// How many records have it.
    pub records: u64,
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
    /// What the query became; only when asked to explain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub understood: Option<Understood>,
    /// Best first.
    pub hits: Vec<HitJson>,
}

impl From<&Hit> for HitJson {
    fn from(hit: &Hit) -> Self {
        let (scope, province) = scope_words(&hit.procedure.scope);
        Self {
            scope,
            province,
            variants: hit.variants.clone(),
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
