//! How likely each sentence of a record answers a question: the words and pairs of words that it
//! shares with the question, the rarer among the records the more, and whether it says a thing
//! of the kind asked for (days, an age, a form).
//!
//! Over 46 development questions whose answer stands in one sentence only, that sentence came
//! first for 27 and among two for 33 when this was chosen. No constant below moves that by more
//! than three; rarity among the record's own sentences beside it brought nothing.

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

/// A sentence that says a thing of the kind asked for gains by this factor.
const OF_KIND: f32 = 1.6;

/// Long sentences hold more by chance: the score is divided by this power of the length, which
/// is at least `SHORT` words and pairs.
const LENGTH: f32 = 0.2;
const SHORT: f32 = 12.0;

/// From this score on a sentence may have to do with the question: 28 of the 33 that answer
/// score 2, 25 score 3, 19 score 4.
const RELATED: f32 = 2.0;

/// From this score on it is what was asked for.
const SURE: f32 = 6.0;

/// The compiled `data/points.toml`.
#[derive(Debug)]
pub struct Details {
    particles: HashSet<String>,
    answers: Vec<(Regex, Regex)>,
    asides: Vec<(Regex, Regex)>,
}

#[derive(Deserialize)]
struct File {
    particles: String,
    answer: Vec<AnswerData>,
    aside: Vec<AnswerData>,
}

#[derive(Deserialize)]
struct AnswerData {
    asked: String,
    given: String,
}

impl Details {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let bad = |error: &dyn std::fmt::Display| format!("points.toml: {error}");
        let file: File = toml::from_str(data).map_err(|error| bad(&error))?;
        let compile = |answer: AnswerData| {
            let both = (Regex::new(&answer.asked)?, Regex::new(&answer.given)?);
            Ok::<_, regex::Error>(both)
        };
        let all = |list: Vec<AnswerData>| list.into_iter().map(compile).collect();
        let answers: Result<Vec<_>, _> = all(file.answer);
        let asides: Result<Vec<_>, _> = all(file.aside);
        Ok(Self {
            particles: file
                .particles
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            answers: answers.map_err(|error| bad(&error))?,
            asides: asides.map_err(|error| bad(&error))?,
        })
    }
}

/// What is said around a question besides its own words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// What the office calls things that the question names in everyday words.
    pub office_words: &'a [String],
    /// Topic of the turns before.
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

/// A question, ready to be held against the sentences of a record.
pub(super) struct Ranking<'a> {
    terms: HashMap<String, Term>,
    /// How a sentence looks that says a thing of the kind asked for.
    given: Vec<&'a Regex>,
    /// How a sentence looks that nobody asked for.
    aside: Vec<&'a Regex>,
    /// Of each sentence: words and pairs.
    held: Vec<HashSet<String>>,
}

impl<'a> Ranking<'a> {
    pub fn new(
        details: &'a Details,
        procedure: &Procedure,
        understanding: &Understanding,
        around: Around<'_>,
        sentences: &[Sentence],
        rarity: impl Fn(&str) -> f32,
    ) -> Self {
        let question = vitext::fold(&understanding.text);
        let asked = details.answers.iter();
        let given = asked.filter(|(asked, _)| asked.is_match(&question));
        let asides = details.asides.iter();
        let aside = asides.filter(|(asked, _)| !asked.is_match(&question));
        let mut content = words(&understanding.content);
        content.extend(around.office_words.iter().flat_map(|word| words(word)));
        let mut terms = Terms {
            found: HashMap::new(),
            particles: &details.particles,
            names: names(procedure),
            content,
            rarity,
        };
        terms.add(&understanding.text, 1.0, true);
        for word in around.office_words {
            terms.add(word, OFFICE, true);
        }
        terms.add(around.earlier, EARLIER, false);
        Self {
            given: given.map(|(_, given)| given).collect(),
            aside: aside.map(|(_, given)| given).collect(),
            terms: terms.found,
            held: sentences.iter().map(words_and_pairs).collect(),
        }
    }

    /// How likely a sentence, by its place, answers the question.
    pub fn score(&self, place: usize, sentence: &Sentence) -> f32 {
        let held = &self.held[place];
        let terms = self.terms.iter().filter(|(text, _)| held.contains(*text));
        let sum: f32 = terms.map(|(_, term)| term.weight).sum();
        let folded = vitext::fold(&sentence.text);
        if self.aside.iter().any(|aside| aside.is_match(&folded)) {
            return 0.0;
        }
        let of_kind = self.given.iter().any(|given| given.is_match(&folded));
        let kind = if of_kind { OF_KIND } else { 1.0 };
        kind * sum / (held.len() as f32).max(SHORT).powf(LENGTH)
    }

    /// True for a sentence that has to do with the question and not with its procedure alone.
    pub fn is_related(&self, place: usize, score: f32) -> bool {
        let own = |(text, term): (&String, &Term)| term.own && self.held[place].contains(text);
        score >= RELATED && self.terms.iter().any(own)
    }

    /// True for a score that singles the sentence out.
    pub fn is_sure(score: f32) -> bool {
        score >= SURE
    }
}

/// The words of the name and the aliases.
fn names(procedure: &Procedure) -> HashSet<String> {
    let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
    names.flat_map(|name| words(name)).collect()
}

fn words(text: &str) -> HashSet<String> {
    Words::read(text).folded().map(str::to_owned).collect()
}

fn words_and_pairs(sentence: &Sentence) -> HashSet<String> {
    let pairs = sentence.folded.windows(2).map(|pair| pair.join(" "));
    sentence.folded.iter().cloned().chain(pairs).collect()
}

/// Terms as they are gathered; one said twice counts by its greater weight.
struct Terms<'a, R> {
    found: HashMap<String, Term>,
    particles: &'a HashSet<String>,
    names: HashSet<String>,
    /// The question's words without its frame and what it asks for ("cần giấy tờ gì").
    content: HashSet<String>,
    rarity: R,
}

impl<R: Fn(&str) -> f32> Terms<'_, R> {
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
