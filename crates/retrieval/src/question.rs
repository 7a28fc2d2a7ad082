//! Reading a question for search: which words carry the topic, which only frame it,
//! which section it asks for, and what the office calls what the citizen said.

use std::collections::HashMap;
use std::sync::LazyLock;

use corpus::Section;

use crate::acts::Acts;
use crate::analysis::{Unit, parts, term_key, units};
use crate::phrases::{PhraseTable, rows};
use crate::reading::Reading;
use crate::tokenizer::bigram;

/// What the office's words for a citizen's phrase weigh beside the phrase itself.
const SYNONYM_WEIGHT: f32 = 0.8;

/// What words of earlier turns weigh beside those of this one.
const CONTEXT_WEIGHT: f32 = 0.7;

/// Weight of a single word that is framing if its diacritics were what they may be.
const MAYBE_FRAMING: f32 = 0.5;

/// Terms that can add less than this to a score are not looked up.
const NEGLIGIBLE: f32 = 0.02;

/// Terms looked up at most: it bounds the time of a question of a thousand characters.
/// With 32 one national development question of 191 more is found first, and the slowest
/// hundredth of searches took 11.4 and 16.7 ms instead of 8.3 and 8.9 (`examples/hits.rs`,
/// 987 aliases in a sentence, two runs each, one after the other on shared cores).
const MOST_TERMS: usize = 24;

/// A question as search uses it.
#[derive(Debug)]
pub(crate) struct Question {
    /// Procedure codes it names, in order.
    pub codes: Vec<String>,
    /// The question in standard words. What it was typed without stays out of the search:
    /// a restored mark may be wrong, so only folded fields are asked.
    pub reading: Reading,
    /// Terms to look for, each once.
    pub terms: Vec<QueryTerm>,
    /// Sections it asks for, in the order asked.
    pub sections: Vec<Section>,
    /// What the office calls what it says.
    pub office_words: Vec<String>,
    /// Folded stretches of it that may be a procedure's name or alias.
    pub phrases: Vec<Phrase>,
    /// What it wants done.
    pub acts: Acts,
}

/// A unigram or bigram of the question.
#[derive(Debug, Clone)]
pub(crate) struct QueryTerm {
    pub marked: String,
    pub folded: String,
    /// Hash of the folded form, as passages are matched.
    pub key: u64,
    /// 1 for a topic word, less for framing.
    pub weight: f32,
    /// How many records have it.
    pub frequency: u64,
    /// Whether it is worth looking up in the index.
    pub looked_up: bool,
    /// How rare it is in the records.
    pub idf: f32,
    /// False for framing and for what synonyms added.
    pub informative: bool,
}

/// A stretch of the question that may name a procedure outright.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub folded: String,
    /// Rarity of its words together.
    pub idf: f32,
}

impl Question {
    /// Makes a question of what was said and of the earlier words it may go on with.
    /// `commonness` tells of a folded term in how many records it is, and its idf.
    pub(crate) fn new(
        reading: Reading,
        earlier: &Reading,
        commonness: impl Fn(&str) -> (u64, f32),
    ) -> Self {
        let mut said = Part::new(&reading, 1.0);
        let earlier = Part::new(earlier, CONTEXT_WEIGHT);
        let mut terms = Terms {
            folded_only: !reading.marked,
            ..Terms::default()
        };
        said.add_to(&mut terms);
        earlier.add_to(&mut terms);
        let mut question = Self {
            codes: codes(&said.words),
            reading,
            terms: terms.list,
            sections: std::mem::take(&mut said.sections),
            office_words: said.office_words(),
            phrases: Vec::new(),
            acts: said.acts().or(|| earlier.acts()),
        };
        for term in &mut question.terms {
            (term.frequency, term.idf) = commonness(&term.folded);
        }
        question.choose();
        for part in [said, earlier] {
            question
                .phrases
                .extend(question.stretches(&part.words, &part.weights));
            for long in part.synonyms {
                question.phrases.extend(question.whole(long));
            }
        }
        question
    }

    /// Marks the terms to look up: those that some record has and that can move a
    /// score, the weightiest of a very long question.
    fn choose(&mut self) {
        let gain = |term: &QueryTerm| term.weight * term.idf;
        let mut order: Vec<usize> = (0..self.terms.len())
            .filter(|at| self.terms[*at].frequency > 0)
            .filter(|at| gain(&self.terms[*at]) >= NEGLIGIBLE)
            .collect();
        order.sort_by(|a, b| gain(&self.terms[*b]).total_cmp(&gain(&self.terms[*a])));
        for at in order.into_iter().take(MOST_TERMS) {
            self.terms[at].looked_up = true;
        }
    }

    /// Every stretch of two to ten words that does not start or end in framing.
    fn stretches(&self, words: &[Unit], weights: &[f32]) -> Vec<Phrase> {
        let topical = |at: usize| weights[at] >= 0.5;
        let mut phrases = Vec::new();
        for start in (0..words.len()).filter(|at| topical(*at)) {
            let longest = words.len().min(start + 10);
            for end in (start + 2..=longest).filter(|end| topical(end - 1)) {
                phrases.extend(self.whole(&words[start..end]));
            }
        }
        phrases
    }

    fn whole(&self, words: &[Unit]) -> Option<Phrase> {
        let folded: Vec<&str> = words.iter().map(|word| &*word.folded).collect();
        let idf = |word: &&str| {
            let known = self.terms.iter().find(|term| term.folded == **word);
            known.map_or(0.0, |term| term.idf * term.weight)
        };
        let rarity = folded.iter().map(idf).sum();
        (folded.len() > 1).then(|| Phrase {
            folded: folded.join(" "),
            idf: rarity,
        })
    }
}

/// The codes that a text names: whole, and without a province's suffix.
fn codes(words: &[Unit]) -> Vec<String> {
    let mut codes = Vec::new();
    for word in words {
        let whole = word.folded.to_uppercase();
        let base: String = whole.chars().take(8).collect();
        let shaped = base.bytes().enumerate().all(|(at, byte)| match at {
            1 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
        let ends = matches!(whole.as_bytes().get(8), None | Some(b'.'));
        if base.len() == 8 && shaped && ends {
            if base != whole {
                codes.push(whole);
            }
            codes.push(base);
        }
    }
    codes
}

/// Weight of each word and the sections asked for, by the list of framing phrases.
/// Restored, a single word may still be another one (`dang` is `đang` or `đăng`), so it is
/// lowered less.
fn frame(words: &[Unit], marked: bool) -> (Vec<f32>, Vec<Section>) {
    let mut weights = vec![1.0; words.len()];
    let mut sections = Vec::new();
    for (range, frame) in LEXICON.frames.matches(words) {
        let surely = marked || range.len() > 1;
        let weight = if surely {
            frame.weight
        } else {
            frame.weight.max(MAYBE_FRAMING)
        };
        weights[range].fill(weight);
        if let Some(section) = frame.section
            && !sections.contains(&section)
        {
            sections.push(section);
        }
    }
    (weights, sections)
}

/// One text of a question: what is said now, or what was said before.
struct Part {
    words: Vec<Unit>,
    /// What the whole part counts.
    factor: f32,
    weights: Vec<f32>,
    sections: Vec<Section>,
    /// The office's words for what it says.
    synonyms: Vec<&'static Vec<Unit>>,
}

impl Part {
    fn new(reading: &Reading, factor: f32) -> Self {
        let words = units(&reading.text.to_lowercase());
        let (weights, sections) = frame(&words, reading.marked);
        let synonyms = LEXICON.synonyms.matches(&words);
        Self {
            synonyms: synonyms.into_iter().map(|(_, long)| long).collect(),
            words,
            factor,
            weights,
            sections,
        }
    }

    fn add_to(&self, terms: &mut Terms) {
        let own = self.factor >= 1.0;
        terms.add(&self.words, &self.weights, self.factor, own);
        for long in &self.synonyms {
            let weights = vec![1.0; long.len()];
            terms.add(long, &weights, SYNONYM_WEIGHT * self.factor, false);
        }
    }

    fn office_words(&self) -> Vec<String> {
        let written = |long: &&Vec<Unit>| {
            let words: Vec<&str> = long.iter().map(|word| &*word.marked).collect();
            words.join(" ")
        };
        self.synonyms.iter().map(written).collect()
    }

    fn acts(&self) -> Acts {
        Acts::of_question(&self.words)
    }
}

/// Terms gathered once each; of two occurrences the weightier counts.
#[derive(Default)]
struct Terms {
    list: Vec<QueryTerm>,
    at: HashMap<String, usize>,
    /// Only folded fields are asked: there two restored forms of one typed word are one term.
    folded_only: bool,
}

impl Terms {
    fn add(&mut self, words: &[Unit], weights: &[f32], factor: f32, own: bool) {
        for (at, word) in words.iter().enumerate() {
            let weight = weights[at];
            self.put(&word.marked, &word.folded, weight * factor, own);
            for (marked, folded) in parts(&word.marked).zip(parts(&word.folded)) {
                self.put(marked, folded, 0.3 * weight * factor, false);
            }
            if let Some(next) = words.get(at + 1).filter(|_| word.joins_next) {
                let marked = bigram(&word.marked, &next.marked);
                let folded = bigram(&word.folded, &next.folded);
                // A framing word beside a topic word ("làm căn") is half a word.
                let both = (weight * weights[at + 1]).sqrt();
                self.put(&marked, &folded, both * factor, own);
            }
        }
    }

    fn put(&mut self, marked: &str, folded: &str, weight: f32, own: bool) {
        let key = if self.folded_only { folded } else { marked };
        let at = *self.at.entry(key.to_owned()).or_insert_with(|| {
            self.list.push(QueryTerm {
                marked: marked.to_owned(),
                folded: folded.to_owned(),
                key: term_key(folded),
                weight: 0.0,
                frequency: 0,
                looked_up: false,
                idf: 0.0,
                informative: false,
            });
            self.list.len() - 1
        });
        let term = &mut self.list[at];
        term.weight = term.weight.max(weight);
        term.informative |= own && weight >= 0.5;
    }
}

/// The word lists of search, embedded.
struct Lexicon {
    frames: PhraseTable<Frame>,
    synonyms: PhraseTable<Vec<Unit>>,
}

struct Frame {
    weight: f32,
    section: Option<Section>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut frames = PhraseTable::default();
    for [phrase, weight, section] in rows(include_str!("../../../corpus/lexicon/frames.tsv")) {
        if let Ok(weight) = weight.parse() {
            let section = section.parse().ok();
            frames.insert(phrase, Frame { weight, section });
        }
    }
    let mut synonyms = PhraseTable::default();
    for [phrase, long, _] in rows(include_str!("../../../corpus/lexicon/synonyms.tsv")) {
        synonyms.insert(phrase, units(long));
    }
    Lexicon { frames, synonyms }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restored_forms_that_fold_alike_are_one_term() {
        let terms = |marked| {
            let reading = |text: &str| Reading {
                text: text.to_owned(),
                marked,
                steps: Vec::new(),
            };
            let question = Question::new(reading("thường thương"), &reading(""), |_| (1, 1.0));
            let single = |term: &&QueryTerm| term.folded == "thuong";
            question.terms.iter().filter(single).count()
        };
        assert_eq!(terms(false), 1, "typed without diacritics");
        assert_eq!(terms(true), 2, "typed so");
    }
}
