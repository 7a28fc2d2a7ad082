//! Fitting the language model of the restorer: counts of syllable trigrams, interpolated
//! absolute discounting, pruning, quantisation. `examples/train-restorer` reads the texts.
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

/// Gathers texts and fits a model to them.
#[derive(Debug, Default)]
pub struct Trainer {
    sentences: Vec<(Vec<u32>, f64)>,
    words: HashMap<String, u32>,
    weights: Vec<f64>,
    /// Weight of each folded pair of words with capitals inside a sentence.
    name_pairs: BTreeMap<String, f64>,
}

impl Trainer {
    /// Adds a text that counts `weight` times.
    pub fn add(&mut self, text: &str, weight: f64) {
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
                Symbol::Break => self.end(&mut sentence, weight),
            }
        }
        self.end(&mut sentence, weight);
    }

    fn end(&mut self, sentence: &mut Vec<u32>, weight: f64) {
        if !sentence.is_empty() {
            self.sentences.push((std::mem::take(sentence), weight));
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

    /// Fits the model and gives its bytes.
    pub fn finish(&self, limits: Limits) -> Vec<u8> {
        let (forms, numbers) = self.vocabulary(limits.least);
        let counts = self.counts(&numbers);
        let mut estimate = Estimate::new(forms.len(), &counts);
        estimate.prune(&counts, limits);
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

    /// Weighted counts of all n-grams, sentences between two edges.
    fn counts(&self, numbers: &[u16]) -> [Counts; 3] {
        let mut lists: [Vec<(u64, f64)>; 3] = Default::default();
        for (sentence, weight) in &self.sentences {
            let inner = sentence.iter().map(|old| numbers[*old as usize]);
            let padded: Vec<u16> = std::iter::once(EDGE).chain(inner).chain([EDGE]).collect();
            for end in 1..padded.len() {
                for (length, list) in (1..).zip(&mut lists) {
                    if let Some(start) = (end + 1).checked_sub(length) {
                        list.push((key(&padded[start..=end]), *weight));
                    }
                }
            }
        }
        lists.map(summed)
    }
}

/// N-grams with their summed weights, in order.
type Counts = Vec<(u64, f64)>;

fn key(words: &[u16]) -> u64 {
    words.iter().fold(0, |key, word| key << 16 | u64::from(*word))
}

fn summed(mut list: Counts) -> Counts {
    list.sort_by_key(|(key, _)| *key);
    list.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    list
}

/// Probabilities of the n-grams and what is left for shorter ones.
struct Estimate {
    unigrams: Vec<f64>,
    /// Probability and back-off weight by bigram.
    bigrams: BTreeMap<u64, [f64; 2]>,
    trigrams: BTreeMap<u64, f64>,
    unigram_backoffs: Vec<f64>,
}

impl Estimate {
    fn new(words: usize, [one, two, three]: &[Counts; 3]) -> Self {
        let total: f64 = one.iter().map(|(_, count)| count).sum();
        let mut unigrams = vec![0.5 / (total + 0.5 * words as f64); words];
        for (word, count) in one {
            unigrams[*word as usize] = (count + 0.5) / (total + 0.5 * words as f64);
        }
        let shorter = |key: u64| unigrams[(key & 0xffff) as usize];
        let bigrams: BTreeMap<u64, [f64; 2]> = interpolated(two, shorter)
            .map(|(key, p)| (key, [p, 1.0]))
            .collect();
        let shorter = |key: u64| bigrams.get(&(key & 0xffff_ffff)).map_or(1e-9, |b| b[0]);
        let trigrams = interpolated(three, shorter).collect();
        Self {
            unigrams,
            bigrams,
            trigrams,
            unigram_backoffs: vec![1.0; words],
        }
    }

    /// Keeps the n-grams whose loss would cost most: the count times how far the shorter
    /// n-gram is off (K. Seymore and R. Rosenfeld 1996).
    fn prune(&mut self, [_, two, three]: &[Counts; 3], limits: Limits) {
        let gain = |key: u64, count: f64| {
            let shorter = self.bigrams.get(&(key & 0xffff_ffff)).map_or(1e-9, |b| b[0]);
            let own = self.trigrams.get(&key).copied().unwrap_or(shorter);
            count * (own / shorter).ln().abs()
        };
        let kept = best(three, limits.trigrams, gain);
        let contexts: Vec<u64> = kept.iter().map(|key| key >> 16).collect();
        let gain = |key: u64, count: f64| {
            if contexts.binary_search(&key).is_ok() {
                return f64::INFINITY;
            }
            let own = self.bigrams.get(&key).map_or(1e-9, |b| b[0]);
            count * (own / self.unigrams[(key & 0xffff) as usize]).ln().abs()
        };
        let kept_pairs = best(two, limits.bigrams, gain);
        // A trigram whose context found no room goes with it.
        let room = |key: &u64| kept_pairs.binary_search(&(key >> 16)).is_ok();
        let kept: Vec<u64> = kept.into_iter().filter(room).collect();
        self.trigrams.retain(|key, _| kept.binary_search(key).is_ok());
        self.bigrams.retain(|key, _| kept_pairs.binary_search(key).is_ok());
    }

    /// Weights that make what is left and what is backed off to sum to one.
    fn back_off(&mut self) {
        let mut left: HashMap<u64, [f64; 2]> = HashMap::new();
        for (key, [p, _]) in &self.bigrams {
            let sums = left.entry(key >> 16).or_default();
            sums[0] += p;
            sums[1] += self.unigrams[(key & 0xffff) as usize];
        }
        for (word, sums) in &left {
            self.unigram_backoffs[*word as usize] = weight(*sums);
        }
        left.clear();
        for (key, p) in &self.trigrams {
            let sums = left.entry(key >> 16).or_default();
            sums[0] += p;
            sums[1] += self.pair(key & 0xffff_ffff);
        }
        for (pair, sums) in left {
            if let Some(bigram) = self.bigrams.get_mut(&pair) {
                bigram[1] = weight(sums);
            }
        }
    }

    fn pair(&self, key: u64) -> f64 {
        self.bigrams.get(&key).map_or_else(
            || self.unigram_backoffs[(key >> 16) as usize] * self.unigrams[(key & 0xffff) as usize],
            |bigram| bigram[0],
        )
    }
}

fn weight([longer, shorter]: [f64; 2]) -> f64 {
    (1.0 - longer).max(1e-4) / (1.0 - shorter).max(1e-4)
}

/// Each n-gram's discounted share of its context, and the shorter one's share of the rest.
fn interpolated(
    counts: &Counts,
    shorter: impl Fn(u64) -> f64,
) -> impl Iterator<Item = (u64, f64)> {
    counts
        .chunk_by(|a, b| a.0 >> 16 == b.0 >> 16)
        .flat_map(move |context| {
            let total: f64 = context.iter().map(|(_, count)| count).sum();
            let taken: f64 = context.iter().map(|(_, count)| count.min(DISCOUNT)).sum();
            let share = |(key, count): &(u64, f64)| {
                let own = (count - DISCOUNT).max(0.0) / total;
                (*key, own + taken / total * shorter(*key))
            };
            context.iter().map(share).collect::<Vec<_>>()
        })
}

/// Keys of the `most` n-grams of largest gain, in order.
fn best(counts: &Counts, most: usize, gain: impl Fn(u64, f64) -> f64) -> Vec<u64> {
    let mut ranked: Vec<(f64, u64)> = counts
        .iter()
        .map(|(key, count)| (gain(*key, *count), *key))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut keys: Vec<u64> = ranked.into_iter().take(most).map(|(_, key)| key).collect();
    keys.sort_unstable();
    keys
}

fn write(forms: &[String], names: &[&str], estimate: &Estimate) -> Vec<u8> {
    let (text, names) = (forms.join("\n"), names.join("\n"));
    let (pairs, triples) = (&estimate.bigrams, &estimate.trigrams);
    let mut bytes = MAGIC.to_vec();
    for count in [text.len(), names.len(), forms.len(), pairs.len(), triples.len()] {
        bytes.extend((count as u32).to_le_bytes());
    }
    bytes.extend(text.bytes().chain(names.bytes()));
    bytes.extend(estimate.unigrams.iter().map(|p| steps(*p, 0.0)));
    bytes.extend(estimate.unigram_backoffs.iter().map(|p| steps(*p, BACKOFF_SHIFT)));
    let words = (0..forms.len() as u64).collect::<Vec<_>>();
    push_children(&words, pairs.keys(), &mut bytes);
    bytes.extend(pairs.keys().flat_map(|key| (*key as u16).to_le_bytes()));
    bytes.extend(pairs.values().map(|bigram| steps(bigram[0], 0.0)));
    bytes.extend(pairs.values().map(|bigram| steps(bigram[1], BACKOFF_SHIFT)));
    let keys: Vec<u64> = pairs.keys().copied().collect();
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
fn push_children<'a>(
    contexts: &[u64],
    longer: impl Iterator<Item = &'a u64>,
    bytes: &mut Vec<u8>,
) {
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
