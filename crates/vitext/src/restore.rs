//! Diacritic restoration: `lam lai the can cuoc o dau` is `làm lại thẻ căn cước ở đâu`.
//!
//! A sentence becomes a lattice: each syllable without marks may be any form that folds to
//! it, a syllable with marks is itself and tells about its neighbours. A trigram model of
//! syllables, fitted to the national records, a treebank and everyday questions of our own
//! (`data/README.md`), picks the best path. Case is kept; numbers, codes, lone short forms
//! in capitals and names that the records do not have stay as they are.
//!
//! ```
//! let restored = vitext::restore::restore("Lam lai the can cuoc o dau?");
//! assert_eq!(restored.text, "Làm lại thẻ căn cước ở đâu?");
//! ```

pub(crate) mod lattice;
mod model;
mod names;
pub(crate) mod reading;
pub mod train;

use std::sync::LazyLock;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

pub use model::Model;

use crate::has_marks;
use crate::syllable::Token;
use lattice::Slot;
use names::Case;
use reading::{Symbol, symbols};

/// What a change of an unmarked syllable costs in a text that was typed with marks, in
/// nats: there a syllable without marks mostly means itself.
const CHANGE: f32 = 4.0;

/// Share of syllables with marks from which a text counts as typed with marks. Vietnamese
/// text carries a mark on about three syllables of four.
const TYPED_WITH_MARKS: f32 = 0.4;

/// Alternatives less probable than this are not told.
const LEAST_SCORE: f32 = 0.01;

/// A text with its diacritics restored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restored {
    /// The text in NFC with the best form of every syllable.
    pub text: String,
    /// Every syllable that had a choice, in order.
    pub syllables: Vec<Restoration>,
}

/// A syllable of the text as given, with what it may stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restoration {
    /// Byte offset of its first character in the text as given.
    pub start: usize,
    /// Byte offset after its last character in the text as given.
    pub end: usize,
    /// What it may be, best first; the first is the form in [`Restored::text`].
    pub alternatives: Vec<Alternative>,
}

/// One form that a syllable may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// The form, in the case of the given syllable.
    pub form: String,
    /// Its probability beside the other forms, the neighbours being as in the best text.
    pub score: f32,
}

/// Restores the diacritics of a text with the built-in model.
pub fn restore(text: &str) -> Restored {
    BUILT_IN.restore(text)
}

/// The model that is part of the library.
pub fn built_in() -> &'static Model {
    &BUILT_IN
}

static BUILT_IN: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("../data/restorer.bin")).unwrap_or_default());

impl Model {
    /// Restores the diacritics of a text.
    pub fn restore(&self, text: &str) -> Restored {
        let symbols = symbols(text);
        let change = change_cost(&symbols);
        let mut restored = Writer::new(text);
        for sentence in symbols.split(|symbol| *symbol == Symbol::Break) {
            let kept = names::kept(self, sentence);
            let slots: Vec<Slot> = (sentence.iter().zip(&kept))
                .map(|(symbol, kept)| self.slot(symbol, *kept, change))
                .collect();
            let path = lattice::best_path(self, &slots);
            for (at, symbol) in sentence.iter().enumerate() {
                if let Symbol::Word { token, .. } = symbol
                    && slots[at].is_open()
                {
                    restored.push(*token, &self.alternatives(&slots, &path, at));
                }
            }
        }
        restored.finish()
    }

    pub(crate) fn slot(&self, symbol: &Symbol<'_>, kept: bool, change: f32) -> Slot {
        let Symbol::Word { token, form } = symbol else {
            return Slot::fixed(model::OTHER);
        };
        if kept {
            // The model knows short forms (UBND); a name's letters would mislead it.
            let short = Case::of(token.text) == Case::Capitals;
            return Slot::fixed(if short {
                self.number(form)
            } else {
                model::UNKNOWN
            });
        }
        let candidates = self.candidates(form);
        if !form.is_ascii() || candidates.is_empty() {
            return Slot::fixed(self.number(form));
        }
        Slot {
            candidates,
            given: self.number(form),
            change,
        }
    }

    /// The forms of an open syllable with their probabilities, that of the path first.
    fn alternatives(&self, slots: &[Slot], path: &[u16], at: usize) -> Vec<(&'static str, f32)> {
        let costs = lattice::costs(self, slots, path, at);
        let least = costs.iter().map(|(_, cost)| *cost).fold(f32::MAX, f32::min);
        let odds = |cost: f32| (least - cost).exp();
        let total: f32 = costs.iter().map(|(_, cost)| odds(*cost)).sum();
        let mut forms: Vec<(u16, f32)> = costs
            .into_iter()
            .map(|(word, cost)| (word, odds(cost) / total))
            .filter(|(word, score)| *word == path[at] || *score >= LEAST_SCORE)
            .collect();
        forms.sort_by(|a, b| {
            let chosen = |word| word != path[at];
            (chosen(a.0).cmp(&chosen(b.0))).then(b.1.total_cmp(&a.1))
        });
        let form = |(word, score)| (self.form(word), score);
        forms.into_iter().map(form).collect()
    }
}

/// What changing an unmarked syllable costs in this text.
pub(crate) fn change_cost(symbols: &[Symbol<'_>]) -> f32 {
    let (mut words, mut marked) = (0, 0);
    for symbol in symbols {
        if let Symbol::Word { form, .. } = symbol {
            words += 1;
            marked += usize::from(!form.is_ascii() && has_marks(form));
        }
    }
    let share = marked as f32 / words.max(1) as f32;
    if share < TYPED_WITH_MARKS {
        0.0
    } else {
        CHANGE
    }
}

/// Puts the restored text together.
struct Writer<'a> {
    given: &'a str,
    at: usize,
    text: String,
    syllables: Vec<Restoration>,
}

impl<'a> Writer<'a> {
    fn new(given: &'a str) -> Self {
        Self {
            given,
            at: 0,
            text: String::with_capacity(given.len() * 3 / 2),
            syllables: Vec::new(),
        }
    }

    fn push(&mut self, token: Token<'_>, forms: &[(&'static str, f32)]) {
        self.text.push_str(&self.given[self.at..token.start]);
        self.at = token.end;
        let alternatives: Vec<Alternative> = forms
            .iter()
            .map(|(form, score)| Alternative {
                form: Case::of(token.text).apply(form),
                score: *score,
            })
            .collect();
        self.text
            .push_str(alternatives.first().map_or(token.text, |best| &best.form));
        self.syllables.push(Restoration {
            start: token.start,
            end: token.end,
            alternatives,
        });
    }

    fn finish(mut self) -> Restored {
        self.text.push_str(&self.given[self.at..]);
        Restored {
            // Not `clean`: a control character taken out would join two syllables, and
            // restoring again would read another word (found by fuzzing).
            text: self.text.nfc().collect(),
            syllables: self.syllables,
        }
    }
}

#[cfg(test)]
mod tests;
