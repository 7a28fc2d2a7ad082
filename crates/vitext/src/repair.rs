//! Typing errors: `đăng ký kêt hpôn` is `đăng ký kêt hôn`, `tôi mốun` is `tôi muốn`.
//!
//! A noisy channel: what was meant is the syllable that costs least, in the language model of
//! [`crate::restore`] between its neighbours and by the strokes that would have gone wrong.
//! A word that is spelled like no syllable is replaced when some candidate is known beside a
//! neighbour. One that is spelled right is replaced only when neither neighbour is known to
//! go with it and another is cheaper by far. Whoever has a vocabulary of their own (the index
//! of a search) says by [`Vocabulary`] which words and pairs stand in it.
//!
//! ```
//! use vitext::repair::{Vocabulary, repair};
//! let repaired = repair("tôi mốun đnăg ký kếthôn", &Vocabulary::none());
//! assert_eq!(repaired.text, "tôi muốn đăng ký kết hôn");
//! ```

mod strokes;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::Serialize;

use crate::fold;
use crate::restore::lattice::{self, Slot};
use crate::restore::reading::{Symbol, symbols};
use crate::restore::{Model, built_in, change_cost};
use crate::syllable::Token;
use strokes::{Meant, one_stroke_away};

/// Words looked at for each text, so that a thousand characters of nonsense take no longer
/// than a question.
const MOST: usize = 8;

/// Longest run of letters that is looked at: two of the longest syllable.
const LONGEST: usize = 14;

/// Candidates that the vocabulary is asked about.
const SHORT_LIST: usize = 8;

// The costs below, and those of the strokes, were set by hand and looked at on the national
// development questions mistyped by `motcua eval --variants`; nothing was fitted.

/// What a form costs that has other marks than were typed.
const OTHER_MARKS: f32 = 1.5;

/// A syllable that is spelled right is replaced by one that is cheaper by this much, in nats.
const FAR: f32 = 7.0;

/// What a pair of the vocabulary is worth, in nats.
const KNOWN_PAIR: f32 = 2.0;

/// Words that a text may use besides those of the language model.
pub struct Vocabulary<'a> {
    /// Whether it has a folded word, or two with a space between.
    pub has: &'a dyn Fn(&str) -> bool,
}

impl Vocabulary<'_> {
    /// No other words.
    pub fn none() -> Self {
        Self { has: &|_| false }
    }

    fn has_pair(&self, first: Option<&str>, second: Option<&str>) -> bool {
        let pair = first.zip(second);
        pair.is_some_and(|(first, second)| (self.has)(&format!("{first} {second}")))
    }
}

/// A text with its typing errors repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// The text; what was not repaired is as given.
    pub text: String,
    /// What was repaired, in order.
    pub edits: Vec<Edit>,
}

/// One word that was repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Byte offset of its first character in the text as given.
    pub start: usize,
    /// Byte offset after its last character in the text as given.
    pub end: usize,
    /// Where it stands in [`Repaired::text`].
    pub written: Range<usize>,
}

/// Repairs the typing errors of a text.
pub fn repair(text: &str, vocabulary: &Vocabulary<'_>) -> Repaired {
    let symbols = symbols(text);
    let change = change_cost(&symbols);
    let (mut repaired, mut left) = (Writer::new(text), MOST);
    for sentence in symbols.split(|symbol| *symbol == Symbol::Break) {
        let mut sentence = Sentence::new(sentence, change, vocabulary);
        for (token, meant) in sentence.repairs(&mut left).into_values() {
            repaired.push(token, &meant);
        }
    }
    repaired.finish()
}

/// A sentence as the language model reads it.
struct Sentence<'a> {
    model: &'a Model,
    vocabulary: &'a Vocabulary<'a>,
    words: Vec<Word<'a>>,
    slots: Vec<Slot>,
    path: Vec<u16>,
}

struct Word<'a> {
    token: Option<Token<'a>>,
    form: String,
    folded: String,
}

/// What a place may have meant.
struct Candidate {
    written: String,
    /// The last syllable of it, and its number in the model.
    folded: String,
    word: u16,
    /// What the stroke costs, and what all of it does.
    stroke: f32,
    cost: f32,
}

impl<'a> Sentence<'a> {
    fn new(symbols: &[Symbol<'a>], change: f32, vocabulary: &'a Vocabulary<'a>) -> Self {
        let model = built_in();
        let words: Vec<Word<'a>> = symbols.iter().map(Word::new).collect();
        let slots: Vec<Slot> = (symbols.iter())
            .map(|symbol| model.slot(symbol, false, change))
            .collect();
        Self {
            path: lattice::best_path(model, &slots),
            model,
            vocabulary,
            words,
            slots,
        }
    }

    /// What is to be written for which word, in order; `left` is how many may still be looked
    /// at. What is no word comes first: repaired, it tells about its neighbours.
    fn repairs(&mut self, left: &mut usize) -> BTreeMap<usize, (Token<'a>, String)> {
        let mut repairs = BTreeMap::new();
        for words in [false, true] {
            for at in 0..self.words.len() {
                let Some(token) = self.words[at].token else {
                    continue;
                };
                if *left == 0 || self.is_word(at) != words || !self.is_odd(at) {
                    continue;
                }
                *left -= 1;
                repairs.extend(self.meant(at).map(|meant| (at, (token, meant))));
            }
        }
        repairs
    }

    fn folded(&self, at: Option<usize>) -> Option<&str> {
        let word = self.words.get(at?)?;
        (!word.folded.is_empty()).then_some(word.folded.as_str())
    }

    /// Whether a place may be an error.
    fn is_odd(&self, at: usize) -> bool {
        let word = &self.words[at];
        let letters = word.form.chars().count();
        let vowels = word.folded.contains(['a', 'e', 'i', 'o', 'u', 'y']);
        // Letters without a vowel are a short form before they are an error (`lp`, `bn`).
        if word.token.is_none() || !(2..=LONGEST).contains(&letters) || !vowels {
            return false;
        }
        !self.is_word(at) || !self.stands(at, self.path[at], &word.folded)
    }

    fn is_word(&self, at: usize) -> bool {
        let folded = &self.words[at].folded;
        self.model.spells(folded) || (self.vocabulary.has)(folded)
    }

    /// Whether a word is known to go with a neighbour at this place.
    fn stands(&self, at: usize, word: u16, folded: &str) -> bool {
        let (before, after) = (at.checked_sub(1), Some(at + 1));
        let goes = |first: Option<&u16>, second: Option<&u16>| {
            let pair = first.zip(second);
            pair.is_some_and(|(first, second)| self.model.bigram(*first, *second).place.is_some())
        };
        goes(before.and_then(|at| self.path.get(at)), Some(&word))
            || goes(Some(&word), self.path.get(at + 1))
            || self.vocabulary.has_pair(self.folded(before), Some(folded))
            || self.vocabulary.has_pair(Some(folded), self.folded(after))
    }

    /// The cheapest reading of a place, when it is another one than is written.
    fn meant(&mut self, at: usize) -> Option<String> {
        let is_word = self.is_word(at);
        let mut candidates = self.candidates(at);
        candidates.sort_by(|a, b| {
            a.cost
                .total_cmp(&b.cost)
                .then_with(|| a.written.cmp(&b.written))
        });
        candidates.truncate(SHORT_LIST);
        for candidate in &mut candidates {
            candidate.cost -= KNOWN_PAIR * self.known_pairs(at, &candidate.folded) as f32;
        }
        candidates.retain(|candidate| {
            let likely = !is_word && candidate.stroke <= strokes::LIKELY;
            likely || self.stands(at, candidate.word, &candidate.folded)
        });
        if !is_word {
            candidates.extend(self.run_together(at));
        }
        let best = candidates
            .into_iter()
            .min_by(|a, b| a.cost.total_cmp(&b.cost))?;
        if is_word && best.cost > self.cost(at, &self.slots[at])?.1 - FAR {
            return None;
        }
        self.path[at] = best.word;
        self.words[at].folded = best.folded;
        Some(best.written)
    }

    /// The syllables one stroke away, each in its best form at the place.
    fn candidates(&self, at: usize) -> Vec<Candidate> {
        let mut cheapest: HashMap<String, Meant> = HashMap::new();
        for meant in one_stroke_away(&self.words[at].form) {
            let folded = fold(&meant.word);
            if folded == self.words[at].folded || !self.model.spells(&folded) {
                continue;
            }
            match cheapest.entry(folded) {
                Entry::Occupied(known) if known.get().cost <= meant.cost => {}
                Entry::Occupied(mut known) => drop(known.insert(meant)),
                Entry::Vacant(place) => drop(place.insert(meant)),
            }
        }
        let candidate = |(folded, meant): (String, Meant)| {
            let (word, cost) = self.cost(at, &self.slot(&meant.word)?)?;
            Some(Candidate {
                written: self.model.form(word).to_owned(),
                folded,
                word,
                stroke: meant.cost,
                cost: cost + meant.cost,
            })
        };
        cheapest.into_iter().filter_map(candidate).collect()
    }

    /// How many of the pairs with its neighbours the vocabulary has.
    fn known_pairs(&self, at: usize, folded: &str) -> usize {
        let (before, after) = (self.folded(at.checked_sub(1)), self.folded(Some(at + 1)));
        usize::from(self.vocabulary.has_pair(before, Some(folded)))
            + usize::from(self.vocabulary.has_pair(Some(folded), after))
    }

    /// Every form of a syllable; none when it is no syllable.
    fn slot(&self, form: &str) -> Option<Slot> {
        let folded = fold(form);
        let candidates = self.model.candidates(&folded);
        // The model knows short forms too (`gd`), which are not what was meant.
        let is_syllable = folded.contains(['a', 'e', 'i', 'o', 'u', 'y']);
        (is_syllable && !candidates.is_empty()).then(|| Slot {
            candidates,
            given: self.model.number(form),
            change: OTHER_MARKS,
        })
    }

    /// The cheapest word of a slot at a place, and what it costs there.
    fn cost(&self, at: usize, slot: &Slot) -> Option<(u16, f32)> {
        let costs = lattice::costs_of(self.model, slot, &self.path, at);
        costs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Two syllables run together, when they are known as a pair.
    fn run_together(&self, at: usize) -> Option<Candidate> {
        let form = &self.words[at].form;
        let cuts = form.char_indices().map(|(at, _)| at).skip(2);
        let pair = |cut| {
            let (first, second) = form.split_at(cut);
            second.chars().nth(1)?;
            let (first, second) = (self.slot(first)?, self.slot(second)?);
            let pair = lattice::best_path(self.model, &[first, second]);
            let [first, second] = pair[..] else {
                return None;
            };
            let known = self.model.bigram(first, second);
            known.place.is_some().then(|| Candidate {
                written: format!("{} {}", self.model.form(first), self.model.form(second)),
                folded: fold(self.model.form(second)),
                word: second,
                stroke: strokes::SPACE,
                cost: strokes::SPACE + self.model.unigram(first) + known.cost,
            })
        };
        cuts.filter_map(pair)
            .min_by(|a, b| a.cost.total_cmp(&b.cost))
    }
}

impl<'a> Word<'a> {
    fn new(symbol: &Symbol<'a>) -> Self {
        match symbol {
            Symbol::Word { token, form } => Self {
                token: Some(*token),
                folded: fold(form),
                form: form.clone(),
            },
            Symbol::Other | Symbol::Break => Self {
                token: None,
                form: String::new(),
                folded: String::new(),
            },
        }
    }
}

/// Puts the repaired text together.
struct Writer<'a> {
    given: &'a str,
    at: usize,
    repaired: Repaired,
}

impl<'a> Writer<'a> {
    fn new(given: &'a str) -> Self {
        let repaired = Repaired {
            text: String::with_capacity(given.len() + 8),
            edits: Vec::new(),
        };
        Self {
            given,
            at: 0,
            repaired,
        }
    }

    fn push(&mut self, token: Token<'_>, meant: &str) {
        let text = &mut self.repaired.text;
        text.push_str(&self.given[self.at..token.start]);
        let start = text.len();
        text.push_str(meant);
        self.repaired.edits.push(Edit {
            start: token.start,
            end: token.end,
            written: start..text.len(),
        });
        self.at = token.end;
    }

    fn finish(mut self) -> Repaired {
        self.repaired.text.push_str(&self.given[self.at..]);
        self.repaired
    }
}

#[cfg(test)]
mod tests;
