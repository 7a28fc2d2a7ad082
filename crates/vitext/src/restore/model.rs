//! The language model of the restorer: trigrams of syllables with back-off, quantised,
//! read in place from bytes.
//!
//! Layout (little endian): magic, counts, the forms one a line ordered by folded form,
//! folded pairs of capitalised words one a line, then for each order its arrays. Words are numbers of 16 bits, negative logarithms of
//! 8 bits in steps of [`STEP`] nats, so that a bigram takes 8 bytes and a trigram 3. All forms
//! of one folded syllable have neighbouring numbers: the candidates of a syllable are a range.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::fold;

/// First bytes of a model: the name and version of the layout.
pub(crate) const MAGIC: &[u8; 8] = b"VTREST01";

/// Nats a step of the quantised logarithms.
pub(crate) const STEP: f32 = 0.08;

/// Steps that a stored back-off weight is moved up: a weight may be above one.
pub(crate) const BACKOFF_SHIFT: f32 = 25.0;

/// Nats by which a word is likelier after one that it is drawn to than by itself.
const DRAWN: f32 = 1.5;

/// A word that the model does not know.
pub(crate) const UNKNOWN: u16 = 0;
/// A number, code or other thing that is no syllable.
pub(crate) const OTHER: u16 = 1;
/// The edge of a sentence.
pub(crate) const EDGE: u16 = 2;
/// Number of the first form.
pub(crate) const FIRST_FORM: u16 = 3;

/// A trained model. Made by [`Trainer::finish`](super::train::Trainer::finish), read in place.
#[derive(Debug, Default, Clone)]
pub struct Model {
    forms: Vec<&'static str>,
    groups: HashMap<String, Range<u16>>,
    numbers: HashMap<&'static str, u16>,
    name_pairs: HashSet<&'static str>,
    unigrams: Order,
    bigrams: Order,
    trigrams: Order,
}

/// The n-grams of one length, ordered by what comes before.
#[derive(Debug, Default, Clone, Copy)]
struct Order {
    /// Last word of each n-gram (none for unigrams: there the place is the word).
    words: &'static [[u8; 2]],
    costs: &'static [u8],
    backoffs: &'static [u8],
    /// Where the longer n-grams that start with each begin; one more than n-grams.
    children: &'static [[u8; 4]],
}

impl Order {
    fn children(&self, at: usize) -> Range<usize> {
        let place = |at: usize| {
            let bytes = self.children.get(at).copied().unwrap_or_default();
            u32::from_le_bytes(bytes) as usize
        };
        place(at)..place(at + 1)
    }

    fn cost(&self, at: usize) -> f32 {
        STEP * f32::from(self.costs.get(at).copied().unwrap_or(u8::MAX))
    }

    fn backoff(&self, at: usize) -> f32 {
        let steps = self.backoffs.get(at).copied().unwrap_or_default();
        STEP * (f32::from(steps) - BACKOFF_SHIFT)
    }

    /// Places of the n-grams in `range` that end in one of `words`, each with its number
    /// among those.
    fn stored(
        &self,
        range: Range<usize>,
        words: Range<u16>,
    ) -> impl Iterator<Item = (usize, usize)> {
        let start = range.start;
        let listed = self.words.get(range).unwrap_or_default();
        let first = listed.partition_point(|bytes| u16::from_le_bytes(*bytes) < words.start);
        (listed[first..].iter().zip(start + first..))
            .map(|(bytes, place)| (u16::from_le_bytes(*bytes), place))
            .take_while(move |(word, _)| *word < words.end)
            .map(move |(word, place)| (place, usize::from(word - words.start)))
    }

    /// Place of the n-gram that ends in `word` among those in `range`.
    fn find(&self, range: Range<usize>, word: u16) -> Option<usize> {
        let start = range.start;
        let words = self.words.get(range)?;
        let found = words.binary_search_by_key(&word, |bytes| u16::from_le_bytes(*bytes));
        found.ok().map(|at| start + at)
    }
}

/// A bigram looked up: what it costs, and its place if it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub cost: f32,
    pub place: Option<usize>,
}

impl Model {
    /// Reads a model; `None` when the bytes are not one of this version, whole.
    pub fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut reader = Reader { bytes };
        if reader.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let counts = [(); 5].map(|()| reader.number());
        let [text, names, words, pairs, triples] = counts;
        let forms: Vec<&str> = str::from_utf8(reader.take(text?)?).ok()?.lines().collect();
        let names = str::from_utf8(reader.take(names?)?).ok()?.lines();
        let (words, pairs, triples) = (words?, pairs?, triples?);
        if forms.len() != words || words > usize::from(u16::MAX) {
            return None;
        }
        let unigrams = Order {
            words: &[],
            costs: reader.take(words)?,
            backoffs: reader.take(words)?,
            children: reader.chunks::<4>(words + 1)?,
        };
        let bigrams = Order {
            words: reader.chunks::<2>(pairs)?,
            costs: reader.take(pairs)?,
            backoffs: reader.take(pairs)?,
            children: reader.chunks::<4>(pairs + 1)?,
        };
        let trigrams = Order {
            words: reader.chunks::<2>(triples)?,
            costs: reader.take(triples)?,
            ..Order::default()
        };
        let mut model = Self {
            forms,
            name_pairs: names.collect(),
            unigrams,
            bigrams,
            trigrams,
            ..Self::default()
        };
        model.number_forms();
        reader.bytes.is_empty().then_some(model)
    }

    fn number_forms(&mut self) {
        for (number, form) in (0..).zip(&self.forms).skip(FIRST_FORM.into()) {
            self.numbers.insert(form, number);
            let group = self.groups.entry(fold(form)).or_insert(number..number);
            group.end = number + 1;
        }
    }

    /// How many syllables the model knows.
    pub fn len(&self) -> usize {
        self.forms.len().saturating_sub(FIRST_FORM.into())
    }

    /// True of a model that knows nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the model has seen a syllable, in normal form and lower case.
    pub fn knows(&self, form: &str) -> bool {
        self.numbers.contains_key(form)
    }

    /// Whether some syllable that it has seen reads so without its marks.
    pub fn spells(&self, folded: &str) -> bool {
        self.groups.contains_key(folded)
    }

    pub(crate) fn form(&self, word: u16) -> &'static str {
        self.forms.get(usize::from(word)).copied().unwrap_or("")
    }

    /// The number of a form in lower case.
    pub(crate) fn number(&self, form: &str) -> u16 {
        self.numbers.get(form).copied().unwrap_or(UNKNOWN)
    }

    /// The forms that fold to this.
    pub(crate) fn candidates(&self, folded: &str) -> Range<u16> {
        self.groups.get(folded).cloned().unwrap_or(0..0)
    }

    /// Whether two folded syllables, both with a capital, stand together in the records.
    pub(crate) fn is_name_pair(&self, pair: &str) -> bool {
        self.name_pairs.contains(pair)
    }

    /// Whether any forms of two folded syllables are drawn to each other.
    pub(crate) fn goes_with(&self, first: &str, second: &str) -> bool {
        self.candidates(first).any(|first| {
            self.candidates(second).any(|second| {
                let pair = self.bigram(first, second);
                pair.place.is_some() && pair.cost + DRAWN < self.unigram(second)
            })
        })
    }

    /// What a word costs by itself, in nats.
    pub(crate) fn unigram(&self, word: u16) -> f32 {
        self.unigrams.cost(word.into())
    }

    /// What `word` costs after `previous`, in nats.
    pub(crate) fn bigram(&self, previous: u16, word: u16) -> Pair {
        let context = usize::from(previous);
        let place = self.bigrams.find(self.unigrams.children(context), word);
        let cost = match place {
            Some(place) => self.bigrams.cost(place),
            None => self.unigrams.backoff(context) + self.unigram(word),
        };
        Pair { cost, place }
    }

    /// What each of `words` costs after `previous`: one search, because the words are
    /// neighbours in the list of every context too.
    pub(crate) fn bigrams(&self, previous: u16, words: Range<u16>, pairs: &mut Vec<Pair>) {
        let context = usize::from(previous);
        let backoff = self.unigrams.backoff(context);
        pairs.clear();
        pairs.extend(words.clone().map(|word| Pair {
            cost: backoff + self.unigram(word),
            place: None,
        }));
        for (place, at) in self.bigrams.stored(self.unigrams.children(context), words) {
            pairs[at] = Pair {
                cost: self.bigrams.cost(place),
                place: Some(place),
            };
        }
    }

    /// What `word` costs after the bigram at `context`, in nats; `shorter` is what it costs
    /// after the last word of it.
    pub(crate) fn trigram(&self, context: Option<usize>, word: u16, shorter: f32) -> f32 {
        let Some(context) = context else {
            return shorter;
        };
        match self.trigrams.find(self.bigrams.children(context), word) {
            Some(place) => self.trigrams.cost(place),
            None => self.bigrams.backoff(context) + shorter,
        }
    }

    /// What each of `words` costs after the bigram at `context`; `pairs` is what they cost
    /// after the last word of it.
    pub(crate) fn trigrams(
        &self,
        context: Option<usize>,
        words: Range<u16>,
        pairs: &[Pair],
        costs: &mut Vec<f32>,
    ) {
        let backoff = context.map_or(0.0, |context| self.bigrams.backoff(context));
        costs.clear();
        costs.extend(pairs.iter().map(|pair| backoff + pair.cost));
        if let Some(context) = context {
            for (place, at) in self.trigrams.stored(self.bigrams.children(context), words) {
                costs[at] = self.trigrams.cost(place);
            }
        }
    }
}

/// Takes a slice apart from its start.
struct Reader {
    bytes: &'static [u8],
}

impl Reader {
    fn take(&mut self, count: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn chunks<const N: usize>(&mut self, count: usize) -> Option<&'static [[u8; N]]> {
        Some(self.take(count.checked_mul(N)?)?.as_chunks().0)
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.as_chunks::<4>().0.first()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }
}
