//! F1 on words: spans must agree exactly.

use super::{Segmenter, Sentence};
use crate::syllable::Token;

/// A way to cut a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The model.
    Model,
    /// Longest match with the same word list.
    LongestMatch,
    /// Every syllable by itself.
    Bare,
}

/// Words found, words wanted and words that agree, over any number of sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Words that the method gave.
    pub found: usize,
    /// Words of the treebank.
    pub wanted: usize,
    /// Spans in both.
    pub right: usize,
}

impl Counts {
    /// Share of the given words that are right, in percent.
    pub fn precision(self) -> f64 {
        percent(self.right, self.found)
    }

    /// Share of the wanted words that were given, in percent.
    pub fn recall(self) -> f64 {
        percent(self.right, self.wanted)
    }

    /// Harmonic mean of precision and recall, in percent.
    pub fn f1(self) -> f64 {
        percent(2 * self.right, self.found + self.wanted)
    }

    /// Adds a sentence's spans (byte offsets, in order).
    pub fn add(&mut self, found: &[(usize, usize)], wanted: &[(usize, usize)]) {
        self.found += found.len();
        self.wanted += wanted.len();
        self.right += found
            .iter()
            .filter(|span| wanted.binary_search(span).is_ok())
            .count();
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    100.0 * part as f64 / whole as f64
}

impl Segmenter {
    /// Counts over sentences of which the words are known.
    pub fn evaluate(&self, sentences: &[Sentence], method: Method) -> Counts {
        let mut counts = Counts::default();
        for sentence in sentences {
            let tokens = match method {
                Method::Model => self.segment(&sentence.text),
                Method::LongestMatch => self.longest_match(&sentence.text),
                Method::Bare => super::units(&sentence.text),
            };
            let spans = |token: &Token<'_>| (token.start, token.end);
            let found: Vec<_> = tokens.iter().map(spans).collect();
            counts.add(&found, &sentence.words);
        }
        counts
    }
}
