//! Searching: text scores from the index, then what the index cannot know.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use corpus::{Level, Procedure};
use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use crate::confidence::Evidence;
use crate::error::RetrievalError;
use crate::meaning::Nearness;
use crate::question::{QueryTerm, Question};
use crate::rank::Asker;
use crate::schema::{NAMED, SearchedText, TEXTS};
use crate::scores::AllScores;
use crate::snapshot::Snapshot;
use crate::tokenizer::Form;
use crate::types::{Hit, Query, Variant, scope_words};

/// What a name or alias said outright adds, per unit of its words' rarity.
const PHRASE_WEIGHT: f32 = 0.7;

/// Above any text score: a code in the question finds itself first.
const NAMED_BY_CODE: f32 = 10_000.0;

const DEFAULT_LIMIT: usize = 10;

type Clause = (Occur, Box<dyn tantivy::query::Query>);

/// Catalogue number and score.
type Scored = (usize, f32);

/// A record on its way into the result list, by catalogue number.
struct Candidate {
    ord: usize,
    score: f32,
    /// What meaning added to the score.
    meaning: f32,
    /// Its copies, of other levels and provinces, best first.
    copies: Vec<usize>,
}

/// A question with all that is known of it before records are looked at.
struct Asked<'a> {
    question: Question,
    query: &'a Query,
    asker: Asker,
    nearness: Nearness,
}

impl Snapshot {
    /// Best procedures for a question, best first; none for a blank one. Equal
    /// scores are in the order of the codes, so that a question has one answer.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let limit = match query.limit {
            0 => DEFAULT_LIMIT,
            limit => limit,
        };
        let question = self.question(query);
        let asked = Asked {
            nearness: self.nearness_of(query, &question),
            asker: Asker::new(query.province.as_deref()),
            question,
            query,
        };
        let best = self.best(&asked, limit)?;
        let hits: Result<Vec<Hit>, _> = best.iter().map(|found| self.hit(&asked, found)).collect();
        Ok(with_lead(hits?))
    }

    /// What a query asks, by the words of this index.
    pub(crate) fn question(&self, query: &Query) -> Question {
        let reading = query.reading.clone();
        let reading = reading.unwrap_or_else(|| self.read(&query.text));
        Question::new(reading, &self.read(&query.context), |term| {
            let frequency = self.frequency_of(term);
            (frequency, self.idf(frequency))
        })
    }

    /// A question is embedded as it is read: without diacritics an embedding is worth little
    /// (1 of 12 questions against 9, the same model).
    fn nearness_of(&self, query: &Query, question: &Question) -> Nearness {
        let Some(meaning) = self.meaning.get() else {
            return Nearness::Off;
        };
        let said = &question.reading.text;
        if query.context.is_empty() {
            meaning.nearness(said)
        } else {
            meaning.nearness(&format!("{}. {said}", query.context))
        }
    }

    fn best(&self, asked: &Asked<'_>, limit: usize) -> Result<Vec<Candidate>, RetrievalError> {
        let Asked {
            question, asker, ..
        } = asked;
        let mut scores = self.text_scores(question)?;
        for (ord, score) in self.phrase_scores(question)? {
            scores[ord] += score;
        }
        for (ord, score) in scores.iter_mut().enumerate() {
            let entry = &self.catalogue[ord];
            let act = self.acts[ord].share(question.acts);
            let fixed = self.level_shares[ord] + self.served_shares[ord];
            *score *= 1.0 + fixed + asker.scope_share(entry) + act;
        }
        let by_words = scores.iter().copied().fold(0.0, f32::max);
        for (ord, score) in scores.iter_mut().enumerate() {
            *score += by_words * asked.nearness.share(ord);
        }
        for ord in question.codes.iter().filter_map(|code| self.ord_of(code)) {
            scores[ord] += NAMED_BY_CODE;
        }
        let found = scores.into_iter().enumerate();
        let found: Vec<Scored> = found
            .filter(|(ord, score)| *score > 0.0 && self.has_level(*ord, asked.query.level))
            .collect();
        let mut best = self.leaders(&found, asker);
        if best.len() > limit {
            best.select_nth_unstable_by(limit, |a, b| self.order(*a, *b));
            best.truncate(limit);
        }
        best.sort_unstable_by(|a, b| self.order(*a, *b));
        let candidate = |(ord, score): Scored| Candidate {
            ord,
            score,
            meaning: by_words * asked.nearness.share(ord),
            copies: self.copies(ord, &found),
        };
        Ok(best.into_iter().map(candidate).collect())
    }

    /// By score, and of equal scores by code.
    fn order(&self, one: Scored, other: Scored) -> Ordering {
        let code = |scored: Scored| &self.catalogue[scored.0].code;
        let better = other.1.total_cmp(&one.1);
        better.then_with(|| code(one).cmp(code(other)))
    }

    /// Of the copies of each procedure the one that is shown: a copy that the question names
    /// by its code, else the one that the asker should see first.
    fn leaders(&self, found: &[Scored], asker: &Asker) -> Vec<Scored> {
        let rank = |(ord, score): Scored| {
            let named = score >= NAMED_BY_CODE;
            (named, asker.preference(&self.catalogue[ord]))
        };
        let ahead = |one: Scored, other: Scored| {
            let by_rank = rank(other).cmp(&rank(one));
            by_rank.then_with(|| self.order(one, other)) == Ordering::Less
        };
        let mut leaders: Vec<Option<Scored>> = vec![None; self.len()];
        for scored in found {
            let leader = &mut leaders[self.groups[scored.0]];
            if leader.is_none_or(|leader| ahead(*scored, leader)) {
                *leader = Some(*scored);
            }
        }
        leaders.into_iter().flatten().collect()
    }

    /// The other copies that were found of a procedure, best first.
    fn copies(&self, leader: usize, found: &[Scored]) -> Vec<usize> {
        let same =
            |scored: &&Scored| scored.0 != leader && self.groups[scored.0] == self.groups[leader];
        let mut copies: Vec<Scored> = found.iter().filter(same).copied().collect();
        copies.sort_unstable_by(|a, b| self.order(*a, *b));
        copies.into_iter().map(|(ord, _)| ord).collect()
    }

    fn variant(&self, ord: usize) -> Variant {
        let entry = &self.catalogue[ord];
        let (scope, province) = scope_words(&entry.scope);
        Variant {
            code: entry.code.clone(),
            level: entry.level(),
            scope,
            province,
            named_only: entry.named_only,
        }
    }

    fn has_level(&self, ord: usize, level: Option<Level>) -> bool {
        level.is_none_or(|level| match level {
            Level::Unknown => self.catalogue[ord].levels.is_empty(),
            level => self.catalogue[ord].levels.contains(&level),
        })
    }

    /// The weighted sum over texts and forms, by catalogue number.
    fn text_scores(&self, question: &Question) -> Result<Vec<f32>, RetrievalError> {
        let mut clauses = Vec::new();
        let names_only = self.in_full() < self.len();
        let held = |text: &&SearchedText| names_only || text.text != NAMED;
        for text in self.fields.texts.iter().filter(held) {
            clauses.extend(term_clauses(question, text));
        }
        let mut scores = vec![0.0; self.catalogue.len()];
        let found = self.searcher.search_with_statistics_provider(
            &BooleanQuery::new(clauses),
            &AllScores,
            self,
        )?;
        for (segment, docs) in found {
            let reader = self.searcher.segment_reader(segment);
            let ords = reader.fast_fields().u64("ord")?;
            for (doc, score) in docs {
                let ord = ords.first(doc).unwrap_or(u64::MAX);
                if let Some(slot) = scores.get_mut(ord as usize) {
                    *slot = score;
                }
            }
        }
        Ok(scores)
    }

    /// What a name or an alias that the question says outright adds. The longest
    /// stretch counts: `đăng ký` inside `đăng ký kết hôn` is no second finding.
    fn phrase_scores(&self, question: &Question) -> Result<Vec<(usize, f32)>, RetrievalError> {
        let mut best: BTreeMap<usize, f32> = BTreeMap::new();
        for phrase in &question.phrases {
            let term = Term::from_field_text(self.fields.phrase, &phrase.folded);
            for reader in self.searcher.segment_readers() {
                let inverted = reader.inverted_index(self.fields.phrase)?;
                let Some(mut docs) = inverted.read_postings(&term, IndexRecordOption::Basic)?
                else {
                    continue;
                };
                let ords = reader.fast_fields().u64("ord")?;
                while docs.doc() != TERMINATED {
                    let ord = ords.first(docs.doc()).unwrap_or_default() as usize;
                    let score = best.entry(ord).or_insert(0.0);
                    *score = score.max(PHRASE_WEIGHT * phrase.idf);
                    docs.advance();
                }
            }
        }
        Ok(best.into_iter().collect())
    }

    fn hit(&self, asked: &Asked<'_>, candidate: &Candidate) -> Result<Hit, RetrievalError> {
        let record = self.prepared(candidate.ord)?;
        let place = record.place(&asked.question);
        let signals = if asked.query.explain {
            self.signals(asked, candidate)?
        } else {
            BTreeMap::new()
        };
        Ok(Hit {
            procedure: Arc::clone(&record.procedure),
            section: place.section,
            snippet: place.snippet,
            score: candidate.score,
            evidence: Evidence {
                coverage: place.coverage,
                pairs: place.pairs,
                said: place.said,
                lead: 0.0,
                cosine: asked.nearness.cosine(candidate.ord),
                records: self.judged_among(),
            },
            signals,
            variants: candidate
                .copies
                .iter()
                .map(|ord| self.variant(*ord))
                .collect(),
        })
    }

    /// Every signal's share of a score; together they are the score. `meaning_busy`, of
    /// no share, says that the embedder was not to be had.
    fn signals(
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

/// Fills in how far each hit is before the best one of another name. Provinces publish
/// one procedure under many codes; those are no rivals of each other.
fn with_lead(mut hits: Vec<Hit>) -> Vec<Hit> {
    let scored: Vec<(Arc<Procedure>, f32)> = hits
        .iter()
        .map(|hit| (Arc::clone(&hit.procedure), hit.score))
        .collect();
    for hit in &mut hits {
        let mut others = scored.iter().filter(|(p, _)| p.name != hit.procedure.name);
        let rival = others.next().map_or(0.0, |(_, score)| *score);
        hit.evidence.lead = 1.0 - rival / hit.score;
    }
    hits
}

/// One boosted term query for each term that is worth looking up in a text.
fn term_clauses(question: &Question, text: &SearchedText) -> Vec<Clause> {
    let weight = TEXTS[text.text].weight(text.form, question.reading.marked);
    let worthwhile = |term: &&QueryTerm| weight > 0.0 && term.looked_up;
    let clause = |term: &QueryTerm| {
        let written = match text.form {
            Form::Marked => &term.marked,
            Form::Folded => &term.folded,
        };
        let term_query = TermQuery::new(
            Term::from_field_text(text.field, written),
            IndexRecordOption::WithFreqs,
        );
        let boosted = BoostQuery::new(Box::new(term_query), weight * term.weight);
        (Occur::Should, Box::new(boosted) as Box<_>)
    };
    let terms = question.terms.iter().filter(worthwhile);
    terms.map(clause).collect()
}
