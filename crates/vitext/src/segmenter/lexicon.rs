//! The word list, as a hash table of keys: words of several syllables by source, their
//! beginnings, and what the list tells about single syllables.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::scan::{Unit, mix, scan};
use super::train::{CLASSES, Sentence};

/// Where a word of the list comes from. Each source is a feature of its own: the model
/// learns how far to trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Written by us: `data/words/*.txt`.
    Written = 1,
    /// A word of the treebank's sentences: `data/treebank.txt`.
    Treebank = 2,
    /// Mined from the national records: `data/mined.txt`.
    Mined = 4,
}

/// All sources.
pub(super) const WORD: u16 = 7;
/// A longer word of the list begins so.
const PREFIX: u16 = 8;
/// From this bit on: how often the treebank has a pair of syllables as a word, and apart;
/// two bits each, three is "three times or more".
const JOINED: u32 = 4;
const APART: u32 = 6;

/// Family names: `data/words/names.txt` marks them with a leading `@`.
pub(super) const FAMILY: u16 = 0x80;

/// Longest word that is looked up, in syllables.
pub(super) const LONGEST: usize = 8;

/// Words as they are added, before look-up.
#[derive(Debug, Clone, Default)]
pub struct LexiconBuilder {
    words: HashMap<u64, Word>,
    syllables: HashMap<u64, Syllable>,
    units: Vec<Unit>,
}

/// What is known of a word, or of the beginning of one.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    /// [`Source`]s, and [`PREFIX`].
    flags: u16,
    joined: u16,
    apart: u16,
}

/// How often a syllable begins and ends a word of the list.
#[derive(Debug, Clone, Copy, Default)]
struct Syllable {
    first: u32,
    last: u32,
    family: bool,
    /// Occurrences in the treebank as a word, and as a part of one.
    alone: u32,
    inside: u32,
    /// How often it is a word of each class.
    classes: [u32; CLASSES.len() + 1],
}

impl LexiconBuilder {
    /// The word lists in `data/` that do not come from the treebank.
    pub fn shipped() -> Self {
        let mut builder = Self::default();
        for list in [
            include_str!("../../data/words/general.txt"),
            include_str!("../../data/words/names.txt"),
        ] {
            builder.add_list(list, Source::Written);
        }
        builder.add_list(include_str!("../../data/mined.txt"), Source::Mined);
        builder
    }

    /// Adds the words of a list: comma-separated words, or `head: tail tail` for `head tail`
    /// twice, where `_` joins the syllables of a tail. `#` begins a comment, `@` a family name.
    pub fn add_list(&mut self, list: &str, source: Source) {
        for line in list.lines() {
            let line = line.split('#').next().unwrap_or_default();
            if let Some(names) = line.strip_prefix('@') {
                names.split(',').for_each(|name| self.add_family(name));
            } else if let Some((head, tails)) = line.split_once(':') {
                for tail in tails.split_whitespace() {
                    self.add(&format!("{head} {}", tail.replace('_', " ")), source);
                }
            } else {
                line.split(',').for_each(|word| self.add(word, source));
            }
        }
    }

    /// Adds one word; one of a single syllable is only known as a syllable.
    pub fn add(&mut self, word: &str, source: Source) {
        let mut units = std::mem::take(&mut self.units);
        scan(word, &mut units);
        self.add_units(&units, source);
        self.units = units;
    }

    fn add_units(&mut self, units: &[Unit], source: Source) {
        for unit in units {
            self.syllables.entry(unit.key).or_default();
        }
        let ([first, .., last], true) = (units, units.len() <= LONGEST) else {
            return;
        };
        let mut hash = first.key;
        for unit in &units[1..units.len() - 1] {
            hash = chain(hash, unit.key);
            self.words.entry(hash).or_default().flags |= PREFIX;
        }
        let word = self.words.entry(chain(hash, last.key)).or_default();
        if word.flags & WORD == 0 {
            self.syllables.entry(first.key).or_default().first += 1;
            self.syllables.entry(last.key).or_default().last += 1;
        }
        word.flags |= source as u16;
    }

    /// Adds what a sentence of the treebank tells: its words, which of its syllables stand
    /// alone, and which pairs of syllables are words or are not.
    pub fn learn(&mut self, sentence: &Sentence) {
        let text = &sentence.text;
        let mut units = std::mem::take(&mut self.units);
        let mut before: Option<u64> = None;
        for ((start, end), class) in sentence.words.iter().zip(&sentence.classes) {
            scan(&text[*start..*end], &mut units);
            if !text[*start..*end].contains(char::is_alphabetic) {
                before = None;
                continue;
            }
            self.add_units(&units, Source::Treebank);
            if let (Some(before), Some(first)) = (before, units.first()) {
                let pair = self.words.entry(chain(before, first.key)).or_default();
                pair.apart = pair.apart.saturating_add(1);
            }
            if let [one, two] = units[..] {
                let pair = self.words.entry(chain(one.key, two.key)).or_default();
                pair.joined = pair.joined.saturating_add(1);
            }
            for unit in &units {
                let syllable = self.syllables.entry(unit.key).or_default();
                match units.len() {
                    1 => {
                        syllable.alone += 1;
                        syllable.classes[usize::from(*class)] += 1;
                    }
                    _ => syllable.inside += 1,
                }
            }
            before = units.last().map(|unit| unit.key);
        }
        self.units = units;
    }

    fn add_family(&mut self, name: &str) {
        let mut units = Vec::new();
        scan(name, &mut units);
        if let [unit] = units[..] {
            self.syllables.entry(unit.key).or_default().family = true;
        }
    }

    /// The list made ready for look-up.
    pub fn build(&self) -> Lexicon {
        Lexicon {
            words: Table::new(self.words.iter().map(|(key, word)| (*key, word.flags()))),
            syllables: Table::new(self.syllables.iter().map(|(key, s)| (*key, s.flags()))),
        }
    }
}

impl Word {
    /// As [`Lexicon::words_at`] reads them; 0 for a pair that is no word of the list.
    fn flags(self) -> u16 {
        if self.flags & WORD == 0 {
            return self.flags;
        }
        self.flags | self.joined.min(3) << JOINED | self.apart.min(3) << APART
    }
}

impl Syllable {
    /// Bits 0–2: words that begin with it; 3–5: words that end with it (both by powers of
    /// two); 6: known; 7: family name; 8–10: share of its occurrences in the treebank in
    /// which it is a word by itself, in sixths plus one, 0 if it does not occur; 11–14: the class of that word.
    fn flags(self) -> u16 {
        let bin = |count: u32| (u32::BITS - count.leading_zeros()).min(7) as u16;
        let family = if self.family { FAMILY } else { 0 };
        let share = match self.alone + self.inside {
            0 => 0,
            all => 1 + (self.alone * 6 / all) as u16,
        };
        bin(self.first) | bin(self.last) << 3 | 0x40 | family | share << 8 | self.class() << 11
    }

    /// The most frequent class, 0 where it is never a word by itself.
    fn class(self) -> u16 {
        let most = self.classes.iter().max().copied().unwrap_or(0);
        match self.classes.iter().position(|count| *count == most) {
            Some(class) if most > 0 => class as u16,
            _ => 0,
        }
    }
}

/// A word list ready for look-up.
#[derive(Debug, Clone)]
pub struct Lexicon {
    words: Table<0xfff>,
    syllables: Table<0x7fff>,
}

impl Lexicon {
    /// What ships: our words, the mined ones and the treebank's.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
            let mut builder = LexiconBuilder::shipped();
            builder.add_list(include_str!("../../data/treebank.txt"), Source::Treebank);
            builder.build()
        });
        &SHIPPED
    }

    /// Changes with any word: weights belong to the list that they were trained with.
    pub fn fingerprint(&self) -> u64 {
        let all = self.words.slots.iter().chain(&self.syllables.slots);
        all.fold(0, |sum: u64, slot| sum.wrapping_add(mix(u64::from(*slot))))
    }

    /// What the list tells about one syllable: see [`Syllable::flags`]; 0 is unknown.
    #[inline]
    pub(super) fn syllable(&self, key: u64) -> u16 {
        self.syllables.get(key)
    }

    /// Calls `found` with the length and [`Entry`] of each word that starts `units`.
    #[inline]
    pub(super) fn words_at(&self, units: &[Unit], mut found: impl FnMut(usize, Entry)) {
        let mut hash = units[0].key;
        for (at, unit) in units.iter().enumerate().take(LONGEST).skip(1) {
            if !unit.spaced {
                return;
            }
            hash = chain(hash, unit.key);
            let flags = self.words.get(hash);
            if flags & WORD != 0 {
                found(at + 1, Entry(flags));
            }
            if flags & PREFIX == 0 {
                return;
            }
        }
    }
}

/// A word of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry(u16);

impl Entry {
    /// The sources.
    pub fn sources(self) -> u8 {
        (self.0 & WORD) as u8
    }

    /// Sources and what the treebank says of the pair, for one feature.
    pub fn all(self) -> u8 {
        ((self.0 & WORD) | (self.0 >> JOINED & 15) << 3) as u8
    }

    /// The treebank has the pair more often apart than as a word.
    pub fn contested(self) -> bool {
        self.0 >> APART & 3 > self.0 >> JOINED & 3
    }
}

#[inline]
fn chain(hash: u64, key: u64) -> u64 {
    mix(hash.rotate_left(23) ^ key)
}

/// Open addressing: the upper bits of the hash beside the bits `FLAGS`, at most half full.
/// With 12 bits of flags about one word in a million is taken for one of the list.
#[derive(Debug, Clone)]
struct Table<const FLAGS: u32> {
    slots: Vec<u32>,
}

impl<const FLAGS: u32> Table<FLAGS> {
    fn new(entries: impl ExactSizeIterator<Item = (u64, u16)>) -> Self {
        let size = (entries.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![0; size];
        for (hash, flags) in entries.filter(|(_, flags)| *flags != 0) {
            let mut at = hash as usize & (size - 1);
            while slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = tag::<FLAGS>(hash) | u32::from(flags);
        }
        Self { slots }
    }

    #[inline]
    fn get(&self, hash: u64) -> u16 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return 0;
            }
            if slot & !FLAGS == tag::<FLAGS>(hash) {
                return (slot & FLAGS) as u16;
            }
            at = (at + 1) & mask;
        }
    }
}

#[inline]
fn tag<const FLAGS: u32>(hash: u64) -> u32 {
    (hash >> 32) as u32 & !FLAGS
}
