//! Words: which neighbouring syllables belong together.
//!
//! Vietnamese writes a space between syllables, not between words. One pass cuts the text
//! into units; a word list says which runs of units may be words; a linear model decides for
//! each gap of such a run, from the syllables around it, their capitals, what the list and a
//! treebank say of them, and the labels of neighbouring gaps are chosen together (Viterbi).
//! In lower case nothing is joined that the list does not have.
//!
//! `data/README.md` tells where list and weights come from, and how good they are.
//! A segmenter can be trained on other sentences and lists:
//!
//! ```
//! use vitext::segmenter::*;
//!
//! let treebank = "# text = bún chả ngon\n1\tbún chả\t_\t_\tN\n2\tngon\t_\t_\tAdj\n\n";
//! let sentences = read_conllu(&treebank.repeat(20))?;
//! let mut list = LexiconBuilder::default();
//! list.add("bún chả", Source::Written);
//! let weights = Weights::pack(&train(&sentences, &list, Model::Crf));
//!
//! let mut statistics = Statistics::default();
//! sentences.iter().for_each(|sentence| statistics.learn(sentence));
//! list.add_statistics(&statistics);
//! let segmenter = Segmenter::new(list.build(), weights);
//! assert_eq!(segmenter.segment("Bún chả ngon")[0].text, "Bún chả");
//! # Ok::<(), vitext::VitextError>(())
//! ```
//!
//! Search does not use words: they measured below syllable bigrams. They are for display,
//! export and counting.

mod decode;
mod evaluate;
mod features;
mod lexicon;
mod scan;
mod statistics;
#[cfg(test)]
mod tests;
mod train;
mod weights;

use std::borrow::Cow;

pub use evaluate::{Counts, Method};
pub use lexicon::{Lexicon, LexiconBuilder, Source};
pub use statistics::Statistics;
pub use train::{CLASSES, Model, Sentence, read_conllu, train};
pub use weights::Weights;

use crate::syllable::Token;
use decode::Score;
use features::Notes;
use scan::Unit;

/// Cuts a text into words of one or more syllables, numbers, codes and punctuation marks.
///
/// Each token is exactly the bytes `start..end` of the text as given; together they cover
/// everything that is not white space. Unicode form, tone-mark place and case of letters do
/// not change how a syllable is read. A line end always separates words.
///
/// ```
/// let text = "Đăng ký kết hôn ở Hà Nội: 20.000 đồng.";
/// let words: Vec<&str> = vitext::segment(text).iter().map(|w| w.text).collect();
/// assert_eq!(words, ["Đăng ký", "kết hôn", "ở", "Hà Nội", ":", "20.000", "đồng", "."]);
/// ```
pub fn segment(text: &str) -> Vec<Token<'_>> {
    Segmenter::shipped().segment(text)
}

/// Cuts a text into the pieces of which words are made, each by itself: syllables, numbers,
/// codes and runs of one punctuation mark.
///
/// ```
/// let pieces: Vec<&str> = vitext::units("Kết hôn...").iter().map(|p| p.text).collect();
/// assert_eq!(pieces, ["Kết", "hôn", "..."]);
/// ```
pub fn units(text: &str) -> Vec<Token<'_>> {
    let mut units = Vec::with_capacity(text.len() / 5);
    scan::scan(text, &mut units);
    let token = |unit: &Unit| Token::of(text, unit.start, unit.end);
    units.iter().map(token).collect()
}

/// A word list with weights that were trained with it.
#[derive(Debug, Clone)]
pub struct Segmenter {
    lexicon: Cow<'static, Lexicon>,
    weights: Weights,
}

impl Segmenter {
    /// The segmenter behind [`segment`].
    pub fn shipped() -> Self {
        Self {
            lexicon: Cow::Borrowed(Lexicon::shipped()),
            weights: Weights::shipped(),
        }
    }

    /// A segmenter of one's own.
    pub fn new(lexicon: Lexicon, weights: Weights) -> Self {
        Self {
            lexicon: Cow::Owned(lexicon),
            weights,
        }
    }

    /// See [`segment`].
    pub fn segment<'t>(&self, text: &'t str) -> Vec<Token<'t>> {
        let mut reading = Reading::new(text, &self.lexicon);
        decode::scores(
            &reading.units,
            &reading.notes,
            &self.weights,
            &mut reading.scores,
        );
        let mut joined = Vec::new();
        decode::best(&reading.scores, &mut joined);
        reading.tokens(text, |gap| joined[gap])
    }

    /// Longest match from the left with the same word list: the baseline.
    pub fn longest_match<'t>(&self, text: &'t str) -> Vec<Token<'t>> {
        let reading = Reading::new(text, &self.lexicon);
        reading.tokens(text, |gap| reading.notes.longest_match(gap))
    }
}

/// A text as the model reads it.
#[derive(Default)]
struct Reading {
    units: Vec<Unit>,
    notes: Notes,
    scores: Vec<Score<i32>>,
}

impl Reading {
    fn new(text: &str, lexicon: &Lexicon) -> Self {
        let mut reading = Self::default();
        // A syllable with its space takes 5.9 bytes in the national records.
        reading.units.reserve(text.len() / 5);
        scan::scan(text, &mut reading.units);
        reading.notes.take(&mut reading.units, lexicon);
        reading
    }

    fn tokens<'t>(&self, text: &'t str, joined: impl Fn(usize) -> bool) -> Vec<Token<'t>> {
        let mut tokens: Vec<Token<'t>> = Vec::with_capacity(self.units.len());
        let mut start = 0;
        for (at, unit) in self.units.iter().enumerate() {
            if at + 1 == self.units.len() || !joined(at) {
                tokens.push(Token::of(text, self.units[start].start, unit.end));
                start = at + 1;
            }
        }
        tokens
    }
}
