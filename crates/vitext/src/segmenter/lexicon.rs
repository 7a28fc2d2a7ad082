//! The word list, as a hash table of keys: words of several syllables by source, their
//! beginnings, and what the list tells about single syllables.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::scan::{Unit, mix, scan};
use super::statistics::{Statistics, Uses};

/// Where a word of the list comes from. Each source is a feature of its own: the model
/// learns how far to trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Written by us, anything that may be a word: `data/words.txt`.
    Written = 1,
    /// A word of the treebank's sentences: `data/treebank.txt`.
    Treebank = 2,
    /// Written by us, everyday words and names: `data/core.txt`, `data/names.txt`.
    Core = 4,
}

/// All sources.
pub(super) const WORD: u16 = 7;
/// A longer word of the list begins so.
const PREFIX: u16 = 8;
/// From this bit on: how often the treebank has a pair of syllables as a word, and apart;
/// two bits each, three is "three times or more".
const JOINED: u32 = 4;
const APART: u32 = 6;

/// Family names: `data/names.txt` marks them with a leading `@`.
pub(super) const FAMILY: u16 = 0x80;

/// How many words of the list begin with a syllable, by powers of two.
const FIRST: u16 = 7;

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
    joined: u32,
    apart: u32,
}

/// How often a syllable begins and ends a word of the list.
#[derive(Debug, Clone, Copy, Default)]
struct Syllable {
    first: u32,
    last: u32,
    family: bool,
    uses: Uses,
}

impl LexiconBuilder {
    /// The word lists in `data/` that do not come from the treebank.
    pub fn shipped() -> Self {
        let mut builder = Self::default();
        builder.add_list(include_str!("../../data/words.txt"), Source::Written);
        builder.add_list(include_str!("../../data/core.txt"), Source::Core);
        builder.add_list(include_str!("../../data/names.txt"), Source::Core);
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

    /// Adds what a treebank tells: its words, how often syllables stand alone, and which
    /// pairs of syllables are words or are not.
    pub fn add_statistics(&mut self, statistics: &Statistics) {
        let mut units = std::mem::take(&mut self.units);
        for (word, counts) in &statistics.words {
            scan(word, &mut units);
            if counts.joined > 0 {
                self.add_units(&units, Source::Treebank);
            }
            if let [one, two] = units[..] {
                let pair = self.words.entry(chain(one.key, two.key)).or_default();
                pair.joined += counts.joined;
                pair.apart += counts.apart;
            }
        }
        for (syllable, uses) in &statistics.syllables {
            scan(syllable, &mut units);
            if let [unit] = units[..] {
                self.syllables.entry(unit.key).or_default().uses.add(uses);
            }
        }
        self.units = units;
    }

    /// True for a word of several syllables that was added.
    pub fn contains(&self, word: &str) -> bool {
        let mut units = Vec::new();
        scan(word, &mut units);
        let [first, rest @ ..] = &units[..] else {
            return false;
        };
        let hash = rest
            .iter()
            .fold(first.key, |hash, unit| chain(hash, unit.key));
        !rest.is_empty()
            && self
                .words
                .get(&hash)
                .is_some_and(|word| word.flags & WORD != 0)
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
        let two_bits = |count: u32| count.min(3) as u16;
        self.flags | two_bits(self.joined) << JOINED | two_bits(self.apart) << APART
    }
}

impl Syllable {
    /// Bits 0–2: words that begin with it; 3–5: words that end with it (both by powers of
    /// two); 6: known; 7: family name; 8–10: share of its occurrences in the treebank in
    /// which it is a word by itself, see [`Uses::share`]; 11–14: the class of that word.
    fn flags(self) -> u16 {
        let bin = |count: u32| (u32::BITS - count.leading_zeros()).min(7) as u16;
        let family = if self.family { FAMILY } else { 0 };
        let first_last = bin(self.first) | bin(self.last) << 3;
        first_last | 0x40 | family | self.uses.share() << 8 | self.uses.class() << 11
    }
}

/// A word list ready for look-up.
#[derive(Debug, Clone)]
pub struct Lexicon {
    words: Table<0xff>,
    syllables: Table<0x7fff>,
}

impl Lexicon {
    /// What ships: our words and the treebank's.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
            let mut builder = LexiconBuilder::shipped();
            builder.add_statistics(&Statistics::shipped());
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

/// True for the flags of a syllable that begins a word of the list.
#[inline]
pub(super) fn begins_words(syllable: u16) -> bool {
    syllable & FIRST != 0
}

#[inline]
fn chain(hash: u64, key: u64) -> u64 {
    mix(hash.rotate_left(23) ^ key)
}

/// Open addressing: the upper bits of the hash beside the bits `FLAGS`, at most half full.
/// With 15 bits of flags about one syllable in 100,000 is taken for a known one.
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
