//! Searching: candidates from the index, then ranked by what the index cannot know.

use std::collections::BTreeMap;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Term};

use crate::error::RetrievalError;
use crate::question::Question;
use crate::rank::{Candidate, rank};
use crate::schema::TEXTS;
use crate::snapshot::Snapshot;
use crate::tokenizer::Form;
use crate::types::{Hit, Query};

/// Folded evidence beside accented evidence, for a question typed with diacritics
/// (measured on statutes: marked + 0.5 folded beats either alone).
const FOLDED_BESIDE_MARKED: f32 = 0.5;

/// What a name or alias said outright adds, per unit of its words' rarity.
const PHRASE_WEIGHT: f32 = 0.7;

/// Candidates ranked for one result list.
const CANDIDATES: usize = 60;

const DEFAULT_LIMIT: usize = 10;

type Clause = (Occur, Box<dyn tantivy::query::Query>);

impl Snapshot {
    /// Best procedures for a question, best first; none for a blank one. Equal
    /// scores are in the order of the codes, so that a question has one answer.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let limit = if query.limit == 0 {
            DEFAULT_LIMIT
        } else {
            query.limit
        };
        let question = Question::read(&query.text, self);
        let mut ranked = rank(
            self,
            &question,
            query,
            self.candidates(&question, query, limit)?,
        );
        ranked.truncate(limit);
        let mut hits = Vec::with_capacity(ranked.len());
        for candidate in ranked {
            hits.push(self.hit(&question, query, candidate)?);
        }
        Ok(hits)
    }

    fn candidates(
        &self,
        question: &Question,
        query: &Query,
        limit: usize,
    ) -> Result<Vec<Candidate>, RetrievalError> {
        let mut clauses = self.text_clauses(question);
        clauses.extend(self.phrase_clauses(question));
        if clauses.is_empty() {
            return Ok(self.code_candidates(question, query));
        }
        let mut all: Vec<Clause> = Vec::with_capacity(2);
        if let Some(level) = query.level {
            let term = Term::from_field_text(self.fields.level, level.as_str());
            let only = TermQuery::new(term, IndexRecordOption::Basic);
            let silent = ConstScoreQuery::new(Box::new(only), 0.0);
            all.push((Occur::Must, Box::new(silent)));
            all.push((Occur::Must, Box::new(BooleanQuery::new(clauses))));
        } else {
            all = clauses;
        }
        let top = TopDocs::with_limit(CANDIDATES.max(limit * 3)).order_by_score();
        let found = self.searcher.search(&BooleanQuery::new(all), &top)?;
        let mut candidates = self.code_candidates(question, query);
        for (text, address) in found {
            let ord = self.ord_at(address)?;
            if candidates.iter().all(|known| known.ord != ord) {
                candidates.push(Candidate::found(ord, text));
            }
        }
        Ok(candidates)
    }

    /// The records whose code the question names: these come first whatever else it says.
    fn code_candidates(&self, question: &Question, query: &Query) -> Vec<Candidate> {
        let ords = question.codes.iter().filter_map(|code| self.ord_of(code));
        let fits = |ord: &usize| {
            let levels = &self.catalogue[*ord].levels;
            query.level.is_none_or(|level| levels.contains(&level))
        };
        ords.filter(fits).map(Candidate::named).collect()
    }

    /// One boosted term query for each term, text and form.
    fn text_clauses(&self, question: &Question) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for (form, factor) in forms(question) {
            for (field, text) in self.fields.texts(form).iter().zip(&TEXTS) {
                clauses.extend(term_clauses(question, *field, form, factor * text.weight));
            }
        }
        clauses
    }

    fn phrase_clauses(&self, question: &Question) -> Vec<Clause> {
        let phrases = question.phrases.iter();
        phrases
            .filter_map(|phrase| {
                let term = Term::from_field_text(self.fields.phrase, &phrase.folded);
                let known = self.searcher.doc_freq(&term).is_ok_and(|n| n > 0);
                let query = TermQuery::new(term, IndexRecordOption::Basic);
                let score = PHRASE_WEIGHT * phrase.idf;
                let clause = ConstScoreQuery::new(Box::new(query), score);
                known.then(|| (Occur::Should, Box::new(clause) as _))
            })
            .collect()
    }

    fn ord_at(&self, address: DocAddress) -> Result<usize, RetrievalError> {
        let reader = self.searcher.segment_reader(address.segment_ord);
        let ord = reader.fast_fields().u64("ord")?.first(address.doc_id);
        Ok(ord.unwrap_or_default() as usize)
    }

    fn hit(
        &self,
        question: &Question,
        query: &Query,
        candidate: Candidate,
    ) -> Result<Hit, RetrievalError> {
        let record = self.prepared(candidate.ord)?;
        let place = record.place(question);
        let mut signals = BTreeMap::new();
        if query.explain {
            signals = candidate.signals.clone();
            signals.extend(self.text_signals(question, candidate.ord)?);
        }
        Ok(Hit {
            procedure: std::sync::Arc::clone(&record.procedure),
            section: place.section,
            snippet: place.snippet,
            score: candidate.score,
            coverage: record.coverage(question),
            signals,
        })
    }

    /// What each text of a record adds to its score, both forms together.
    fn text_signals(
        &self,
        question: &Question,
        ord: usize,
    ) -> Result<BTreeMap<String, f32>, RetrievalError> {
        let mut signals = BTreeMap::new();
        for (form, factor) in forms(question) {
            for (field, text) in self.fields.texts(form).iter().zip(&TEXTS) {
                let clauses = term_clauses(question, *field, form, factor * text.weight);
                let score = self.score_of(ord, clauses)?;
                if score > 0.0 {
                    *signals.entry(text.name.to_owned()).or_insert(0.0) += score;
                }
            }
        }
        let phrase = self.score_of(ord, self.phrase_clauses(question))?;
        if phrase > 0.0 {
            signals.insert("phrase".to_owned(), phrase);
        }
        Ok(signals)
    }

    fn score_of(&self, ord: usize, clauses: Vec<Clause>) -> Result<f32, RetrievalError> {
        use tantivy::query::Query as _;
        let address = self.addresses[ord];
        let reader = self.searcher.segment_reader(address.segment_ord);
        let query = BooleanQuery::new(clauses);
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
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

/// The gate: without a mark in the question the accented texts say nothing (summing
/// them in costs four points); with marks the folded twins catch what was mistyped.
fn forms(question: &Question) -> Vec<(Form, f32)> {
    if question.marked {
        vec![(Form::Marked, 1.0), (Form::Folded, FOLDED_BESIDE_MARKED)]
    } else {
        vec![(Form::Folded, 1.0)]
    }
}

fn term_clauses(question: &Question, field: Field, form: Form, factor: f32) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::with_capacity(question.terms.len());
    for term in &question.terms {
        let text = match form {
            Form::Marked => &term.marked,
            Form::Folded => &term.folded,
        };
        let term_query = TermQuery::new(
            Term::from_field_text(field, text),
            IndexRecordOption::WithFreqs,
        );
        let boosted = BoostQuery::new(Box::new(term_query), factor * term.weight);
        clauses.push((Occur::Should, Box::new(boosted)));
    }
    clauses
}
