//! How likely each sentence of a record answers a question: the words and pairs of words that it
//! shares with the question, the rarer among the records the more, and whether it says a thing
//! of the kind asked for (days, an age, a form).
//!
//! In the trial in which this was chosen (its code is not kept; what it brings to whole answers is
//! in ARCHITECTURE.md, Measurements), over 46 development questions whose answer stands in one
//! sentence only, that sentence came first for 27 and among two for 33. No constant below moved
//! that by more than three; rarity among the record's own sentences beside it brought nothing.

use std::collections::{HashMap, HashSet};

use corpus::Procedure;
use regex::Regex;
use serde::Deserialize;

use super::sentences::Sentence;
use crate::phrase::Words;
use crate::understanding::Understanding;

/// What a word of the procedure's own name counts: every sentence may hold it.
const NAMED: f32 = 0.4;

/// What a pair of neighbours counts beside its words.
const PAIR: f32 = 0.7;

/// What the office's word for an everyday one counts, as far as it was not said itself.
const OFFICE: f32 = 0.6;

/// What a word of the turns before counts.
const EARLIER: f32 = 0.2;

/// What the rest of the question counts beside one clause of it.
const BESIDE: f32 = 0.3;

/// A sentence that says a thing of the kind asked for gains by this factor.
const OF_KIND: f32 = 1.6;

/// Long sentences hold more by chance: the score is divided by this power of the length, which
/// is at least `SHORT` words and pairs.
const LENGTH: f32 = 0.2;
const SHORT: f32 = 12.0;

/// From this score on a sentence may have to do with the question: in that trial 28 of the 33
/// that answer scored 2, 25 scored 3, 19 scored 4.
const RELATED: f32 = 2.0;

/// From this score on it is what was asked for.
const SURE: f32 = 6.0;

/// The compiled `data/points.toml`.
#[derive(Debug)]
pub struct Details {
    particles: HashSet<String>,
    asking: Regex,
    answers: Vec<Kind>,
    asides: Vec<Kind>,
}

/// A kind of thing: how it is asked for, how a sentence looks that gives it.
#[derive(Debug)]
struct Kind {
    asked: Regex,
    given: Regex,
    /// Few sentences of a record speak of it: one that does needs no other word in common.
    rare: bool,
}

impl Kind {
    fn is_given(&self, sentence: &Sentence) -> bool {
        self.given.is_match(&sentence.plain)
    }
}

#[derive(Deserialize)]
struct File {
    particles: String,
    asking: String,
    answer: Vec<KindData>,
    aside: Vec<KindData>,
}

#[derive(Deserialize)]
struct KindData {
    asked: String,
    given: String,
    #[serde(default)]
    rare: bool,
}

impl Details {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let bad = |error: &dyn std::fmt::Display| format!("points.toml: {error}");
        let file: File = toml::from_str(data).map_err(|error| bad(&error))?;
        let compile = |kind: KindData| {
            Ok::<_, regex::Error>(Kind {
                asked: Regex::new(&kind.asked)?,
                given: Regex::new(&kind.given)?,
                rare: kind.rare,
            })
        };
        let all = |list: Vec<KindData>| list.into_iter().map(compile).collect();
        let answers: Result<Vec<_>, _> = all(file.answer);
        let asides: Result<Vec<_>, _> = all(file.aside);
        let particles = file.particles.split_whitespace();
        Ok(Self {
            asking: Regex::new(&file.asking).map_err(|error| bad(&error))?,
            particles: particles.map(str::to_owned).collect(),
            answers: answers.map_err(|error| bad(&error))?,
            asides: asides.map_err(|error| bad(&error))?,
        })
    }
}

impl Details {
    /// True for a clause that asks: it holds a word of asking.
    fn asks(&self, clause: &str) -> bool {
        self.asking.is_match(&vitext::fold(clause))
    }

    /// Marks the sentences that stand in half of the records and that nobody asked for.
    pub(super) fn set_aside(&self, sentences: &mut [Sentence], question: &str) {
        let question = vitext::fold(question);
        let asides = self.asides.iter();
        let unasked: Vec<&Kind> = asides.filter(|k| !k.asked.is_match(&question)).collect();
        for sentence in sentences {
            sentence.aside = unasked.iter().any(|kind| kind.is_given(sentence));
        }
    }
}

/// What is said around a question besides its own words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// What the office calls things that the question names in everyday words.
    pub office_words: &'a [String],
    /// What was said before about the procedure.
    pub earlier: &'a str,
}

/// A word, or a pair of neighbours, that is looked for.
#[derive(Debug, Clone, Copy)]
struct Term {
    /// By rarity among the records.
    weight: f32,
    /// True when it holds a word of the question that is neither frame nor the procedure's name.
    own: bool,
}

/// A question, or one clause of it, ready to be held against the sentences of a record.
pub(super) struct Ranking<'a> {
    terms: HashMap<String, Term>,
    /// The kinds of thing asked for.
    kinds: Vec<&'a Kind>,
}

impl<'a> Ranking<'a> {
    /// The whole question, and its clauses where it has several: "ảnh cỡ mấy, nộp bao nhiêu
    /// tiền" is answered by two sentences.
    pub fn whole_and_clauses(
        details: &'a Details,
        procedure: &Procedure,
        understanding: &Understanding,
        around: Around<'_>,
        rarity: &dyn Fn(&str) -> f32,
    ) -> (Self, Vec<Self>) {
        let mut content = words(&understanding.content);
        content.extend(around.office_words.iter().flat_map(|word| words(word)));
        let names = words(&procedure.name);
        let text = &understanding.text;
        let ranking = |clause: &str, beside: f32| {
            let mut terms = Terms {
                found: HashMap::new(),
                particles: &details.particles,
                names: &names,
                content: &content,
                rarity,
            };
            terms.add(clause, 1.0, true);
            terms.add(text, beside, false);
            for word in around.office_words {
                terms.add(word, OFFICE * beside, true);
            }
            terms.add(around.earlier, EARLIER, false);
            let asked = vitext::fold(clause);
            let kinds = details.answers.iter();
            Self {
                terms: terms.found,
                kinds: kinds.filter(|kind| kind.asked.is_match(&asked)).collect(),
            }
        };
        let clauses = clauses(text);
        // "Đất ở Lào Cai nhé." asks for nothing.
        let several = clauses.iter().filter(|_| clauses.len() > 1);
        let several = several.filter(|clause| details.asks(clause));
        let several = several.map(|clause| ranking(clause, BESIDE)).collect();
        (ranking(text, 1.0), several)
    }

    /// True when some sentence may have to do with the question: it says a word of its own, or
    /// asks for a thing that few sentences speak of.
    pub fn is_enough(&self) -> bool {
        self.terms.values().any(|term| term.own) || self.kinds.iter().any(|kind| kind.rare)
    }

    /// How likely a sentence answers the question.
    pub fn score(&self, sentence: &Sentence) -> f32 {
        if sentence.aside {
            return 0.0;
        }
        let held = &sentence.terms;
        let terms = self.terms.iter().filter(|(text, _)| held.contains(*text));
        let sum: f32 = terms.map(|(_, term)| term.weight).sum();
        let of_kind = self.kinds.iter().any(|kind| kind.is_given(sentence));
        let kind = if of_kind { OF_KIND } else { 1.0 };
        kind * sum / (held.len() as f32).max(SHORT).powf(LENGTH)
    }

    /// True for a sentence that has to do with the question and not with its procedure alone: it
    /// holds a word of the question's own, or a thing that few sentences speak of.
    pub fn is_related(&self, sentence: &Sentence, score: f32) -> bool {
        let own = |(text, term): (&String, &Term)| term.own && sentence.terms.contains(text);
        let asked = self.terms.iter().any(own) && score >= RELATED;
        // "Ảnh cỡ mấy" shares no word with "02 ảnh 4x6 cm" that is no particle without its marks.
        asked || self.gives_rare(sentence)
    }

    /// True for a sentence that says the thing asked for, one that few sentences speak of: it
    /// goes before all that merely share words with the question.
    pub fn gives_rare(&self, sentence: &Sentence) -> bool {
        let mut kinds = self.kinds.iter().filter(|kind| kind.rare);
        !sentence.aside && kinds.any(|kind| kind.is_given(sentence))
    }

    /// True for a score that singles the sentence out.
    pub fn is_sure(score: f32) -> bool {
        score >= SURE
    }
}

/// The clauses of a question, those of one word left out.
fn clauses(text: &str) -> Vec<&str> {
    let parts = text.split([',', ';', '.', '?', '!']);
    let parts = parts.flat_map(|part| part.split(" và "));
    let parts = parts.flat_map(|part| part.split(" với lại "));
    parts
        .map(str::trim)
        .filter(|part| part.contains(' '))
        .collect()
}

fn words(text: &str) -> HashSet<String> {
    Words::read(text).folded().map(str::to_owned).collect()
}

/// Terms as they are gathered; one said twice counts by its greater weight.
struct Terms<'a> {
    found: HashMap<String, Term>,
    particles: &'a HashSet<String>,
    names: &'a HashSet<String>,
    /// The question's words without its frame and what it asks for ("cần giấy tờ gì").
    content: &'a HashSet<String>,
    rarity: &'a dyn Fn(&str) -> f32,
}

impl Terms<'_> {
    fn add(&mut self, text: &str, weight: f32, said: bool) {
        let words = Words::read(text);
        let words: Vec<&str> = words.folded().collect();
        for word in words.iter().filter(|word| !self.particles.contains(**word)) {
            let own = said && self.is_own(word);
            self.keep((*word).to_owned(), weight, own, self.names.contains(*word));
        }
        for pair in words.windows(2) {
            if pair.iter().any(|word| !self.particles.contains(*word)) {
                let named = pair.iter().all(|word| self.names.contains(*word));
                let own = said && pair.iter().any(|word| self.is_own(word));
                self.keep(pair.join(" "), weight * PAIR, own, named);
            }
        }
    }

    fn is_own(&self, word: &str) -> bool {
        self.content.contains(word) && !self.names.contains(word)
    }

    fn keep(&mut self, text: String, weight: f32, own: bool, named: bool) {
        let share = if named { NAMED } else { 1.0 };
        let weight = weight * share * (self.rarity)(&text);
        let known = self.found.entry(text).or_insert(Term { weight, own });
        known.weight = known.weight.max(weight);
        known.own |= own;
    }
}
