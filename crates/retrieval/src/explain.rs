//! What a question became before records were looked at, for people who ask why a hit is
//! there: `motcua search --explain`.

use corpus::Section;
use serde::{Deserialize, Serialize};

use crate::question::Question;
use crate::reading::Step;
use crate::snapshot::Snapshot;
use crate::types::Query;

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

impl Snapshot {
    /// How a question is understood.
    pub fn understood(&self, query: &Query) -> Understood {
        let question = Question::read(query, self);
        let marked = question.reading.marked;
        let mut terms: Vec<_> = question.terms.iter().filter(|t| t.looked_up).collect();
        terms.sort_by(|a, b| (b.weight * b.idf).total_cmp(&(a.weight * a.idf)));
        let looked_up = terms.into_iter().map(|term| LookedUp {
            term: if marked { &term.marked } else { &term.folded }.clone(),
            weight: term.weight,
            records: term.frequency,
        });
        Understood {
            terms: looked_up.collect(),
            acts: question.acts.names(),
            typed_with_diacritics: marked,
            office_words: question.office_words,
            sections: question.sections,
            text: question.reading.text,
            steps: question.reading.steps,
        }
    }
}
