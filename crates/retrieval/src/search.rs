//! Searching: text scores from the index, then what the index cannot know.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use corpus::Level;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use crate::confidence::Evidence;
use crate::error::RetrievalError;
use crate::meaning::Nearness;
use crate::passage::{Place, Prepared};
use crate::question::{QueryTerm, Question};
use crate::rank::Asker;
use crate::rerank::{Features, POOL};
use crate::schema::{NAMED, SearchedText, TEXTS};
use crate::scores::AllScores;
use crate::snapshot::Snapshot;
use crate::tokenizer::Form;
use crate::types::{Hit, Query, Variant, scope_words};

/// What a name or alias said outright adds, per unit of its words' rarity.
const PHRASE_WEIGHT: f32 = 0.7;

/// Above any text score: a code in the question finds itself first.
pub(crate) const NAMED_BY_CODE: f32 = 10_000.0;

const DEFAULT_LIMIT: usize = 10;

pub(crate) type Clause = (Occur, Box<dyn tantivy::query::Query>);

/// Catalogue number and score.
type Scored = (usize, f32);

/// A record on its way into the result list, by catalogue number.
pub(crate) struct Candidate {
    pub ord: usize,
    score: f32,
    /// What meaning added to the score.
    pub meaning: f32,
    /// The best score of any record, codes aside: what the second stage's shares are of.
    best: f32,
    /// Its copies, of other levels and provinces, best first.
    copies: Vec<usize>,
}

/// A candidate with its record, where the question meets it, and the second stage's shares.
struct Read {
    candidate: Candidate,
    record: Arc<Prepared>,
    place: Place,
    features: Features,
    /// The score of both stages.
    score: f32,
    /// [`Evidence::lead`].
    lead: f32,
}

/// A question with all that is known of it before records are looked at.
pub(crate) struct Asked<'a> {
    pub question: Question,
    query: &'a Query,
    pub asker: Asker,
    pub nearness: Nearness,
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
        let best = self.best(&asked, limit.max(POOL))?;
        let ranked = self.second_stage(&asked, best)?;
        let first = ranked.into_iter().take(limit);
        first.map(|found| self.hit(&asked, found)).collect()
    }

    /// The candidates read and ordered again, best first ([`crate::rerank`]).
    fn second_stage(
        &self,
        asked: &Asked<'_>,
        best: Vec<Candidate>,
    ) -> Result<Vec<Read>, RetrievalError> {
        let read = |candidate: Candidate| {
            let record = self.prepared(candidate.ord)?;
            let place = record.place(&asked.question);
            let level = self.catalogue[candidate.ord].level();
            let cosine = asked.nearness.cosine(candidate.ord);
            let features = Features::of(&record.procedure, &place, level, cosine);
            Ok(Read {
                score: candidate.score + candidate.best * features.share(),
                lead: 0.0,
                candidate,
                record,
                place,
                features,
            })
        };
        let read: Result<Vec<Read>, RetrievalError> = best.into_iter().map(read).collect();
        let mut read = read?;
        read.sort_by(|a, b| {
            let scored = |read: &Read| (read.candidate.ord, read.score);
            self.order(scored(a), scored(b))
        });
        let leads: Vec<f32> = read.iter().map(|of| lead(of, &read)).collect();
        for (read, lead) in read.iter_mut().zip(leads) {
            read.lead = lead;
        }
        Ok(read)
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
        let by_all = scores.iter().copied().fold(0.0, f32::max);
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
            best: by_all,
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
    pub(crate) fn phrase_scores(
        &self,
        question: &Question,
    ) -> Result<Vec<(usize, f32)>, RetrievalError> {
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

    fn hit(&self, asked: &Asked<'_>, read: Read) -> Result<Hit, RetrievalError> {
        let Read {
            candidate, place, ..
        } = &read;
        let signals = if asked.query.explain {
            let mut signals = self.signals(asked, candidate)?;
            signals.extend(read.features.signals(candidate.best));
            signals
        } else {
            BTreeMap::new()
        };
        let copies = candidate.copies.iter();
        Ok(Hit {
            procedure: Arc::clone(&read.record.procedure),
            section: place.section,
            score: read.score,
            evidence: Evidence {
                coverage: place.coverage,
                pairs: place.pairs,
                said: place.said,
                lead: read.lead,
                cosine: asked.nearness.cosine(candidate.ord),
                records: self.judged_among(),
            },
            signals,
            variants: copies.map(|ord| self.variant(*ord)).collect(),
            snippet: read.place.snippet,
        })
    }
}

/// How far before the best candidate of another name one is, as a share of its score.
/// Provinces publish one procedure under many codes; those are no rivals of each other.
/// By the first stage's scores: what the second adds by habit (aliases, who may ask) says
/// nothing of whether the procedure is meant at all. The Brier score of confidence over the
/// national development questions and both dialogue sets is 0.104 and 0.143 so, 0.109 and
/// 0.153 by the final scores (0.116 and 0.140 before there was a second stage).
fn lead(of: &Read, among: &[Read]) -> f32 {
    let name = &of.record.procedure.name;
    let others = among
        .iter()
        .filter(|other| other.record.procedure.name != *name);
    let rival = others
        .map(|other| other.candidate.score)
        .fold(0.0, f32::max);
    1.0 - rival / of.candidate.score
}

/// One boosted term query for each term that is worth looking up in a text.
pub(crate) fn term_clauses(question: &Question, text: &SearchedText) -> Vec<Clause> {
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
