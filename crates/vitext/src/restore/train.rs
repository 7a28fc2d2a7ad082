//! Fitting the language model of the restorer: counts of syllable trigrams, interpolated
//! Kneser-Ney smoothing, pruning, quantisation. `examples/train-restorer` reads the texts.
//!
//! Deterministic: the same texts in the same order give the same bytes.

use std::collections::{BTreeMap, HashMap};

use super::model::{BACKOFF_SHIFT, EDGE, FIRST_FORM, MAGIC, OTHER, STEP, UNKNOWN};
use super::names;
use super::reading::{Symbol, symbols};
use crate::fold;

/// What is taken from each count and given to n-grams not seen (H. Ney, U. Essen and
/// R. Kneser 1994; their estimate n1 / (n1 + 2 n2) is near this on the records).
const DISCOUNT: f64 = 0.75;

/// What keeps a model small.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Least summed weight of a syllable, or of a pair of names, that is kept.
    pub least: f64,
    /// Most bigrams kept.
    pub bigrams: usize,
    /// Most trigrams kept.
    pub trigrams: usize,
}

/// Gathers texts of several sources and fits a model to them.
#[derive(Debug, Default)]
pub struct Trainer {
    /// Sentences of each source.
    sources: Vec<Vec<Vec<u32>>>,
    words: HashMap<String, u32>,
    weights: Vec<f64>,
    /// Weight of each folded pair of words with capitals inside a sentence.
    name_pairs: BTreeMap<String, f64>,
}

impl Trainer {
    /// Adds a text to a source, counted from 0. A syllable of it counts `weight` towards
    /// [`Limits::least`].
    pub fn add(&mut self, source: usize, text: &str, weight: f64) {
        if self.sources.len() <= source {
            self.sources.resize(source + 1, Vec::new());
        }
        let symbols = symbols(text);
        for sentence in symbols.split(|symbol| *symbol == Symbol::Break) {
            for pair in names::pairs(sentence) {
                *self.name_pairs.entry(pair).or_default() += weight;
            }
        }
        let mut sentence = Vec::new();
        for symbol in symbols {
            match symbol {
                Symbol::Word { form, .. } => sentence.push(self.word(form, weight)),
                Symbol::Other => sentence.push(OTHER.into()),
                Symbol::Break => self.end(source, &mut sentence),
            }
        }
        self.end(source, &mut sentence);
    }

    fn end(&mut self, source: usize, sentence: &mut Vec<u32>) {
        if !sentence.is_empty() {
            self.sources[source].push(std::mem::take(sentence));
        }
    }

    fn word(&mut self, form: String, weight: f64) -> u32 {
        let next = u32::from(FIRST_FORM) + self.words.len() as u32;
        let number = *self.words.entry(form).or_insert(next);
        let at = (number - u32::from(FIRST_FORM)) as usize;
        if at == self.weights.len() {
            self.weights.push(0.0);
        }
        self.weights[at] += weight;
        number
    }

    /// Fits the model and gives its bytes. A probability is the mean of those of the
    /// sources, `shares` being their weights, which sum to one: counts poured together would
    /// drown a small source in a large one.
    pub fn finish(&self, shares: &[f64], limits: Limits) -> Vec<u8> {
        let (forms, numbers) = self.vocabulary(limits.least);
        let sources: Vec<(f64, Source)> = (shares.iter().zip(&self.sources))
            .map(|(share, sentences)| (*share, Source::new(sentences, &numbers, forms.len())))
            .collect();
        let mut estimate = Estimate::new(&sources, forms.len());
        estimate.prune(limits);
        estimate.back_off();
        let names = self.name_pairs.iter();
        let names: Vec<&str> = names
            .filter(|(_, weight)| **weight >= limits.least)
            .map(|(pair, _)| &**pair)
            .collect();
        write(&forms, &names, &estimate)
    }

    /// The forms kept, ordered by folded form, and the new number of each old one.
    fn vocabulary(&self, least: f64) -> (Vec<String>, Vec<u16>) {
        let mut kept: Vec<(String, &String, usize)> = self
            .words
            .iter()
            .map(|(form, number)| (fold(form), form, *number as usize))
            .filter(|(_, _, number)| self.weights[number - usize::from(FIRST_FORM)] >= least)
            .collect();
        kept.sort();
        kept.truncate(usize::from(u16::MAX - FIRST_FORM));
        let mut numbers = vec![UNKNOWN; self.words.len() + usize::from(FIRST_FORM)];
        numbers[usize::from(OTHER)] = OTHER;
        let mut forms = vec!["?".to_owned(), "#".to_owned(), "|".to_owned()];
        for (number, (_, form, old)) in (FIRST_FORM..).zip(kept) {
            numbers[old] = number;
            forms.push(form.clone());
        }
        (forms, numbers)
    }
}

/// An n-gram: 16 bits a word, the last word lowest.
type Key = u64;
/// N-grams with their counts, in order.
type Counts = Vec<(Key, f64)>;

fn key(words: &[u16]) -> Key {
    words
        .iter()
        .fold(0, |key, word| key << 16 | Key::from(*word))
}

fn last(key: Key) -> usize {
    (key & 0xffff) as usize
}

fn shorter(key: Key) -> Key {
    key & 0xffff_ffff
}

/// The probabilities of one source by interpolated discounting, where the shorter n-grams
/// count their different predecessors (R. Kneser and H. Ney 1995).
struct Source {
    unigrams: Vec<f64>,
    bigrams: Table,
    trigrams: Table,
    /// How often each trigram was seen, and each bigram at the start of a sentence.
    counts: [Counts; 2],
}

/// Discounted shares of n-grams, and what their contexts leave to shorter ones.
#[derive(Default)]
struct Table {
    shares: HashMap<Key, f64>,
    left: HashMap<Key, f64>,
}

impl Table {
    fn new(counts: &Counts) -> Self {
        let mut table = Self::default();
        for context in counts.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16) {
            let total: f64 = context.iter().map(|(_, count)| count).sum();
            let taken: f64 = context.iter().map(|(_, count)| count.min(DISCOUNT)).sum();
            table.left.insert(context[0].0 >> 16, taken / total);
            for (key, count) in context {
                table
                    .shares
                    .insert(*key, (count - DISCOUNT).max(0.0) / total);
            }
        }
        table
    }

    fn probability(&self, key: Key, shorter: f64) -> f64 {
        let share = self.shares.get(&key).copied().unwrap_or_default();
        share + self.left.get(&(key >> 16)).copied().unwrap_or(1.0) * shorter
    }
}

impl Source {
    fn new(sentences: &[Vec<u32>], numbers: &[u16], words: usize) -> Self {
        let (mut pairs, mut triples) = (Vec::new(), Vec::new());
        for sentence in sentences {
            let inner = sentence.iter().map(|old| numbers[*old as usize]);
            let padded: Vec<u16> = std::iter::once(EDGE).chain(inner).chain([EDGE]).collect();
            pairs.push((key(&padded[..2]), 1.0));
            triples.extend(padded.windows(3).map(|words| (key(words), 1.0)));
        }
        let (starts, triples) = (summed(pairs), summed(triples));
        let mut pairs: Counts = triples
            .iter()
            .map(|(key, _)| (shorter(*key), 1.0))
            .collect();
        pairs.extend(&starts);
        let pairs = summed(pairs);
        let total = pairs.len() as f64 + 0.5 * words as f64;
        let mut unigrams = vec![0.5 / total; words];
        for (key, _) in &pairs {
            unigrams[last(*key)] += 1.0 / total;
        }
        Self {
            unigrams,
            bigrams: Table::new(&pairs),
            trigrams: Table::new(&triples),
            counts: [starts, triples],
        }
    }

    fn bigram(&self, key: Key) -> f64 {
        self.bigrams.probability(key, self.unigrams[last(key)])
    }

    fn trigram(&self, key: Key) -> f64 {
        self.trigrams.probability(key, self.bigram(shorter(key)))
    }
}

fn summed(mut list: Counts) -> Counts {
    list.sort_unstable_by_key(|(key, _)| *key);
    list.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    list
}

/// Probabilities of the n-grams of all sources, and what is left for shorter ones.
struct Estimate {
    unigrams: Vec<f64>,
    /// Probability and back-off weight by bigram.
    bigrams: BTreeMap<Key, [f64; 2]>,
    trigrams: BTreeMap<Key, f64>,
    unigram_backoffs: Vec<f64>,
    /// How often each bigram and each trigram is to be expected, for pruning.
    counts: [Counts; 2],
}

impl Estimate {
    fn new(sources: &[(f64, Source)], words: usize) -> Self {
        let mean =
            |p: &dyn Fn(&Source) -> f64| sources.iter().map(|(s, source)| s * p(source)).sum();
        // Counts of each source as if it made up its share of the whole.
        let size = |source: &Source| source.counts[1].iter().map(|(_, c)| c).sum::<f64>();
        let whole: f64 = sources.iter().map(|(_, source)| size(source)).sum();
        let (mut pairs, mut triples) = (Vec::new(), Vec::new());
        for (share, source) in sources {
            let scale = share * whole / size(source).max(1.0);
            triples.extend(source.counts[1].iter().map(|(key, c)| (*key, c * scale)));
            pairs.extend(
                source.counts[1]
                    .iter()
                    .map(|(key, c)| (shorter(*key), c * scale)),
            );
            pairs.extend(source.counts[0].iter().map(|(key, c)| (*key, c * scale)));
        }
        let (pairs, triples) = (summed(pairs), summed(triples));
        Self {
            unigrams: (0..words).map(|word| mean(&|s| s.unigrams[word])).collect(),
            bigrams: (pairs.iter())
                .map(|(key, _)| (*key, [mean(&|s| s.bigram(*key)), 1.0]))
                .collect(),
            trigrams: (triples.iter())
                .map(|(key, _)| (*key, mean(&|s| s.trigram(*key))))
                .collect(),
            unigram_backoffs: vec![1.0; words],
            counts: [pairs, triples],
        }
    }

    /// Keeps the n-grams whose loss would cost most: the count times how far the shorter
    /// n-gram is off (K. Seymore and R. Rosenfeld 1996).
    fn prune(&mut self, limits: Limits) {
        let gain = |key: Key, count: f64| {
            let own = self.trigrams.get(&key).copied().unwrap_or(1.0);
            let shorter = self.bigrams.get(&shorter(key)).map_or(1.0, |b| b[0]);
            count * (own / shorter).ln().abs()
        };
        let kept = best(&self.counts[1], limits.trigrams, gain);
        let contexts: Vec<Key> = kept.iter().map(|key| key >> 16).collect();
        let gain = |key: Key, count: f64| {
            if contexts.binary_search(&key).is_ok() {
                return f64::INFINITY;
            }
            let own = self.bigrams.get(&key).map_or(1.0, |b| b[0]);
            count * (own / self.unigrams[last(key)]).ln().abs()
        };
        let kept_pairs = best(&self.counts[0], limits.bigrams, gain);
        // A trigram whose context found no room goes with it.
        let room = |key: &Key| kept_pairs.binary_search(&(key >> 16)).is_ok();
        let kept: Vec<Key> = kept.into_iter().filter(room).collect();
        self.trigrams
            .retain(|key, _| kept.binary_search(key).is_ok());
        self.bigrams
            .retain(|key, _| kept_pairs.binary_search(key).is_ok());
    }

    /// Weights that make what is left and what is backed off to sum to one.
    fn back_off(&mut self) {
        let mut left: HashMap<Key, [f64; 2]> = HashMap::new();
        for (key, [p, _]) in &self.bigrams {
            let sums = left.entry(key >> 16).or_default();
            sums[0] += p;
            sums[1] += self.unigrams[last(*key)];
        }
        for (word, sums) in &left {
            self.unigram_backoffs[*word as usize] = weight(*sums);
        }
        left.clear();
        for (key, p) in &self.trigrams {
            let sums = left.entry(key >> 16).or_default();
            sums[0] += p;
            sums[1] += self.pair(shorter(*key));
        }
        for (pair, sums) in left {
            if let Some(bigram) = self.bigrams.get_mut(&pair) {
                bigram[1] = weight(sums);
            }
        }
    }

    fn pair(&self, key: Key) -> f64 {
        self.bigrams.get(&key).map_or_else(
            || self.unigram_backoffs[(key >> 16) as usize] * self.unigrams[last(key)],
            |bigram| bigram[0],
        )
    }
}

fn weight([longer, shorter]: [f64; 2]) -> f64 {
    (1.0 - longer).max(1e-4) / (1.0 - shorter).max(1e-4)
}

/// Keys of the `most` n-grams of largest gain, in order.
fn best(counts: &Counts, most: usize, gain: impl Fn(Key, f64) -> f64) -> Vec<Key> {
    let mut ranked: Vec<(f64, Key)> = counts
        .iter()
        .map(|(key, count)| (gain(*key, *count), *key))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut keys: Vec<Key> = ranked.into_iter().take(most).map(|(_, key)| key).collect();
    keys.sort_unstable();
    keys
}

fn write(forms: &[String], names: &[&str], estimate: &Estimate) -> Vec<u8> {
    let (text, names) = (forms.join("\n"), names.join("\n"));
    let (pairs, triples) = (&estimate.bigrams, &estimate.trigrams);
    let mut bytes = MAGIC.to_vec();
    for count in [
        text.len(),
        names.len(),
        forms.len(),
        pairs.len(),
        triples.len(),
    ] {
        bytes.extend((count as u32).to_le_bytes());
    }
    bytes.extend(text.bytes().chain(names.bytes()));
    bytes.extend(estimate.unigrams.iter().map(|p| steps(*p, 0.0)));
    bytes.extend(
        estimate
            .unigram_backoffs
            .iter()
            .map(|p| steps(*p, BACKOFF_SHIFT)),
    );
    let words = (0..forms.len() as Key).collect::<Vec<_>>();
    push_children(&words, pairs.keys(), &mut bytes);
    bytes.extend(pairs.keys().flat_map(|key| (*key as u16).to_le_bytes()));
    bytes.extend(pairs.values().map(|bigram| steps(bigram[0], 0.0)));
    bytes.extend(pairs.values().map(|bigram| steps(bigram[1], BACKOFF_SHIFT)));
    let keys: Vec<Key> = pairs.keys().copied().collect();
    push_children(&keys, triples.keys(), &mut bytes);
    bytes.extend(triples.keys().flat_map(|key| (*key as u16).to_le_bytes()));
    bytes.extend(triples.values().map(|p| steps(*p, 0.0)));
    bytes
}

/// A probability or weight as steps of its negative logarithm.
fn steps(p: f64, shift: f32) -> u8 {
    let steps = -p.max(1e-30).ln() / f64::from(STEP) + f64::from(shift);
    steps.round().clamp(0.0, 255.0) as u8
}

/// Where the n-grams that go on from each of `contexts` begin, and where the last end.
fn push_children<'a>(contexts: &[Key], longer: impl Iterator<Item = &'a Key>, bytes: &mut Vec<u8>) {
    let mut longer = longer.map(|key| key >> 16).peekable();
    let mut count = 0_u32;
    for context in contexts {
        bytes.extend(count.to_le_bytes());
        while longer.next_if(|key| key == context).is_some() {
            count += 1;
        }
    }
    bytes.extend(count.to_le_bytes());
}
