//! What a question became before records were looked at, for people who ask why a hit is
//! there: `motcua search --explain`.

use std::collections::BTreeMap;

use tantivy::DocSet;
use tantivy::query::{BooleanQuery, EnableScoring};

use crate::error::RetrievalError;
use crate::meaning::Nearness;
use crate::question::Question;
use crate::reading::Reading;
use crate::schema::TEXTS;
use crate::search::{Asked, Candidate, Clause, NAMED_BY_CODE, term_clauses};
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

    /// Every signal's share of the first stage's score; together they are that score. `meaning_busy`, of
    /// no share, says that the embedder was not to be had.
    pub(crate) fn signals(
        &self,
        asked: &Asked<'_>,
        candidate: &Candidate,
    ) -> Result<BTreeMap<String, f32>, RetrievalError> {
        let question = &asked.question;
        let ord = candidate.ord;
        let mut signals = self.text_signals(question, ord)?;
        let phrases = self.phrase_scores(question)?;
        if let Some((_, score)) = phrases.iter().find(|(at, _)| *at == ord) {
            signals.insert("phrase".to_owned(), *score);
        }
        let text: f32 = signals.values().sum();
        let entry = &self.catalogue[ord];
        let code = question.codes.contains(&entry.code);
        for (name, share) in [
            ("level", text * self.level_shares[ord]),
            ("served", text * self.served_shares[ord]),
            ("scope", text * asked.asker.scope_share(entry)),
            ("act", text * self.acts[ord].share(question.acts)),
            ("meaning", candidate.meaning),
            ("code", if code { NAMED_BY_CODE } else { 0.0 }),
        ] {
            if share != 0.0 {
                signals.insert(name.to_owned(), share);
            }
        }
        if matches!(asked.nearness, Nearness::Busy) {
            signals.insert("meaning_busy".to_owned(), 0.0);
        }
        Ok(signals)
    }

    /// What each text of a record adds to its score, both forms together.
    fn text_signals(
        &self,
        question: &Question,
        ord: usize,
    ) -> Result<BTreeMap<String, f32>, RetrievalError> {
        let mut signals = BTreeMap::new();
        for text in &self.fields.texts {
            let score = self.score_of(ord, term_clauses(question, text))?;
            if score > 0.0 {
                let name = TEXTS[text.text].name.to_owned();
                *signals.entry(name).or_insert(0.0) += score;
            }
        }
        Ok(signals)
    }

    fn score_of(&self, ord: usize, clauses: Vec<Clause>) -> Result<f32, RetrievalError> {
        use tantivy::query::Query as _;
        let address = self.addresses[ord];
        let reader = self.searcher.segment_reader(address.segment_ord);
        let query = BooleanQuery::new(clauses);
        let statistics = EnableScoring::enabled_from_statistics_provider(self, &self.searcher);
        let weight = query.weight(statistics)?;
        let mut scorer = weight.scorer(reader, 1.0)?;
        let at = if scorer.doc() < address.doc_id {
            scorer.seek(address.doc_id)
        } else {
            scorer.doc()
        };
        Ok(if at == address.doc_id {
            scorer.score()
        } else {
            0.0
        })
    }
}
