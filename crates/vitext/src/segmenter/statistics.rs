//! What a treebank tells about words and syllables, as counts in a text file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::scan::scan;
use super::train::{CLASSES, Sentence};

/// Counts over the sentences of a treebank. All keys are normalised and in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Words of several syllables, and pairs of syllables that stand beside each other.
    pub(super) words: BTreeMap<String, Pair>,
    pub(super) syllables: BTreeMap<String, Uses>,
}

/// How often syllables are one word, and (a pair only) two words or parts of two words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub joined: u32,
    pub apart: u32,
}

/// How often a syllable is a word by itself, and a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Uses {
    pub inside: u32,
    /// As a word by itself, by class: see [`CLASSES`].
    pub classes: [u32; CLASSES.len() + 1],
}

impl Uses {
    pub fn add(&mut self, other: &Self) {
        self.inside += other.inside;
        for (sum, count) in self.classes.iter_mut().zip(&other.classes) {
            *sum += count;
        }
    }

    /// Share of the occurrences as a word by itself, in sixths plus one; 0 without any.
    pub fn share(&self) -> u16 {
        let alone: u32 = self.classes.iter().sum();
        match alone + self.inside {
            0 => 0,
            all => 1 + (alone * 6 / all) as u16,
        }
    }

    /// The most frequent class, 0 where it is never a word by itself.
    pub fn class(&self) -> u16 {
        let most = self.classes.iter().max().copied().unwrap_or(0);
        match self.classes.iter().position(|count| *count == most) {
            Some(class) if most > 0 => class as u16,
            _ => 0,
        }
    }
}

impl Statistics {
    /// `data/treebank.txt`.
    pub fn shipped() -> Self {
        Self::parse(include_str!("../../data/treebank.txt"))
    }

    /// Counts one more sentence.
    pub fn learn(&mut self, sentence: &Sentence) {
        let mut units = Vec::new();
        let mut before: Option<String> = None;
        for ((start, end), class) in sentence.words.iter().zip(&sentence.classes) {
            let word = crate::normalize(&sentence.text[*start..*end]).to_lowercase();
            if !word.contains(char::is_alphabetic) {
                before = None;
                continue;
            }
            scan(&word, &mut units);
            let syllables: Vec<&str> = units.iter().map(|u| &word[u.start..u.end]).collect();
            if let (Some(before), Some(first)) = (before, syllables.first()) {
                let pair = self.words.entry(format!("{before} {first}")).or_default();
                pair.apart += 1;
            }
            for syllable in &syllables {
                let uses = self.syllables.entry((*syllable).to_owned()).or_default();
                match syllables.len() {
                    1 => uses.classes[usize::from(*class)] += 1,
                    _ => uses.inside += 1,
                }
            }
            before = syllables.last().map(|last| (*last).to_owned());
            // `20-dec`: pieces without a space between them are never looked up.
            if syllables.len() > 1 && word.contains(' ') {
                self.words.entry(word).or_default().joined += 1;
            }
        }
    }

    /// Leaves out pairs that are no words: `keep` is asked for those never joined.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.words
            .retain(|word, pair| pair.joined > 0 || keep(word));
    }

    /// The file's lines: a word of several syllables, tab, times joined, tab, times apart;
    /// or a syllable, tab, times inside a word, and its count in each class with its number.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (word, pair) in &self.words {
            let _ = writeln!(text, "{word}\t{}\t{}", pair.joined, pair.apart);
        }
        for (syllable, uses) in &self.syllables {
            let _ = write!(text, "{syllable}\t{}", uses.inside);
            for (class, count) in uses.classes.iter().enumerate().filter(|(_, n)| **n > 0) {
                let _ = write!(text, "\t{class}:{count}");
            }
            text.push('\n');
        }
        text
    }

    /// Reads [`Self::to_text`]; a line that is not as it says is passed over.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(word), Some(Ok(first))) = (fields.next(), fields.next().map(str::parse))
            else {
                continue;
            };
            if word.contains(' ') {
                let apart = fields.next().and_then(|n| n.parse().ok()).unwrap_or(0);
                let joined = first;
                read.words.insert(word.to_owned(), Pair { joined, apart });
                continue;
            }
            let uses = read.syllables.entry(word.to_owned()).or_default();
            uses.inside = first;
            for (class, count) in fields.filter_map(|field| field.split_once(':')) {
                let place = class
                    .parse()
                    .ok()
                    .and_then(|n: usize| uses.classes.get_mut(n));
                if let (Some(place), Ok(count)) = (place, count.parse()) {
                    *place = count;
                }
            }
        }
        read
    }
}
