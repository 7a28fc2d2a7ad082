//! What a question became before records were looked at, for people who ask why a hit is
//! there: `motcua search --explain`.

use crate::reading::Reading;
use crate::snapshot::Snapshot;
use crate::types::{LookedUp, Query, Understood};

impl Snapshot {
    /// What the office calls things that a question, already read, names in everyday words.
    pub fn office_words(&self, reading: &Reading) -> Vec<String> {
        let query = Query {
            reading: Some(reading.clone()),
            ..Query::default()
        };
        self.question(&query).office_words
    }

    /// How a question is understood.
    pub fn understood(&self, query: &Query) -> Understood {
        let question = self.question(query);
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
