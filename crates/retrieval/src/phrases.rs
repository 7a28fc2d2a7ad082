//! Tables of phrases in the lists of `corpus/lexicon/`, found in a text.

use std::collections::HashMap;
use std::ops::Range;

use crate::analysis::{Unit, units};

/// The first three columns of a list's rows.
pub(crate) fn rows(list: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    let rows = list.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut columns = line.split('\t');
        let first = columns.next().filter(|phrase| !phrase.is_empty())?;
        Some([first, columns.next()?, columns.next().unwrap_or("")])
    })
}

/// Phrases found longest first, each word in one of them at most.
pub(crate) struct PhraseTable<T> {
    /// By the folded phrase: its accented form and what it stands for.
    by_phrase: HashMap<String, Vec<(Vec<Unit>, T)>>,
    longest: usize,
}

impl<T> Default for PhraseTable<T> {
    fn default() -> Self {
        Self {
            by_phrase: HashMap::new(),
            longest: 0,
        }
    }
}

impl<T> PhraseTable<T> {
    pub(crate) fn insert(&mut self, phrase: &str, value: T) {
        let words = units(phrase);
        self.longest = self.longest.max(words.len());
        let entries = self.by_phrase.entry(joined(&words)).or_default();
        entries.push((words, value));
    }

    /// Non-overlapping matches from left to right. The accents must agree, since `bằng lái` is
    /// not `bảng lại`; a question typed without them is restored first.
    pub(crate) fn matches(&self, words: &[Unit]) -> Vec<(Range<usize>, &T)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = self.longest.min(words.len() - at);
            let hit = (1..=longest).rev().find_map(|length| {
                let stretch = &words[at..at + length];
                self.get(stretch).map(|value| (length, value))
            });
            match hit {
                Some((length, value)) => {
                    found.push((at..at + length, value));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    fn get(&self, words: &[Unit]) -> Option<&T> {
        let entries = self.by_phrase.get(&joined(words))?;
        let same = |entry: &&(Vec<Unit>, T)| {
            let pairs = entry.0.iter().zip(words);
            pairs.into_iter().all(|(a, b)| a.marked == b.marked)
        };
        entries.iter().find(same).map(|(_, value)| value)
    }
}

fn joined(words: &[Unit]) -> String {
    let folded: Vec<&str> = words.iter().map(|word| &*word.folded).collect();
    folded.join(" ")
}
