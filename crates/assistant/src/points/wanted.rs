//! What a question's own words ask of a sentence, and how much of it a sentence holds.

use std::collections::HashSet;

use corpus::Procedure;

use super::sentences::Sentence;
use crate::phrase::Words;

/// A sentence is about the question when it holds this share of its own words by rarity.
const SHARE: f32 = 0.6;

/// And at least this many of them.
const LEAST: usize = 2;

/// The question's own words: not those of the procedure's name, which every sentence may hold.
pub(super) struct Wanted {
    words: Vec<(String, f32)>,
    pairs: Vec<(String, f32)>,
    /// Summed rarity of the words.
    all: f32,
}

impl Wanted {
    pub fn new(procedure: &Procedure, content: &str, rarity: impl Fn(&str) -> f32) -> Self {
        let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
        let names: Vec<Words> = names.map(|name| Words::read(name)).collect();
        let of_names: HashSet<&str> = names.iter().flat_map(Words::folded).collect();
        let content = Words::read(content);
        let content: Vec<&str> = content.folded().collect();
        let own = |word: &&str| !of_names.contains(word);
        let mut seen = HashSet::new();
        let words: Vec<(String, f32)> = content
            .iter()
            .filter(|word| own(word) && seen.insert(**word))
            .map(|word| ((*word).to_owned(), rarity(word)))
            .collect();
        let pairs = content.windows(2).filter(|pair| pair.iter().any(own));
        let pairs = pairs.map(|pair| pair.join(" ")).map(|pair| {
            let rare = rarity(&pair);
            (pair, rare)
        });
        Self {
            pairs: pairs.collect(),
            all: words.iter().map(|(_, rarity)| rarity).sum(),
            words,
        }
    }

    /// True when the words can single out a sentence at all.
    pub fn is_enough(&self) -> bool {
        self.words.len() >= LEAST
    }

    /// True when a sentence holds enough of the words.
    pub fn is_held(&self, held: &Held) -> bool {
        held.count >= LEAST && held.words >= SHARE * self.all
    }

    pub fn held_by(&self, sentence: &Sentence) -> Held {
        let mut held = Held::default();
        for (_, rarity) in self
            .words
            .iter()
            .filter(|(w, _)| sentence.folded.contains(w))
        {
            held.count += 1;
            held.words += rarity;
            held.rarest = held.rarest.max(*rarity);
        }
        let text = sentence.folded.join(" ");
        for (_, rarity) in self.pairs.iter().filter(|(pair, _)| text.contains(pair)) {
            held.pairs += rarity;
            held.rarest = held.rarest.max(*rarity);
        }
        held
    }
}

/// What a sentence holds of the words wanted.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub count: usize,
    /// Summed rarity of the words held.
    pub words: f32,
    /// Summed rarity of the pairs of neighbours held.
    pub pairs: f32,
    /// Of the rarest word or pair.
    pub rarest: f32,
}
