//! The best path through the forms that the syllables of a sentence may have.

use std::ops::Range;

use super::model::{EDGE, Model};

/// States kept a syllable.
const BEAM: usize = 8;

/// One place of a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// The words that may stand here.
    pub candidates: Range<u16>,
    /// The one that is written.
    pub given: u16,
    /// What any other costs more, in nats.
    pub change: f32,
}

impl Slot {
    /// A place without a choice.
    pub fn fixed(word: u16) -> Self {
        Self {
            candidates: word..word + 1,
            given: word,
            change: 0.0,
        }
    }

    /// Whether there is anything to choose.
    pub fn is_open(&self) -> bool {
        self.candidates.len() > 1 || !self.candidates.contains(&self.given)
    }

    fn extra(&self, word: u16) -> f32 {
        if word == self.given { 0.0 } else { self.change }
    }
}

/// The last two words of a path, what it costs, and where it came from.
#[derive(Debug, Clone, Copy)]
struct State {
    word: u16,
    pair: Option<usize>,
    cost: f32,
    back: usize,
}

/// The cheapest word for every slot of a sentence (Viterbi, a beam of [`BEAM`] states).
pub(crate) fn best_path(model: &Model, slots: &[Slot]) -> Vec<u16> {
    let mut layers: Vec<Vec<State>> = Vec::with_capacity(slots.len() + 2);
    layers.push(vec![State {
        word: EDGE,
        pair: None,
        cost: 0.0,
        back: 0,
    }]);
    let end = Slot::fixed(EDGE);
    for slot in slots.iter().chain([&end]) {
        let next = layers.last().map(|states| step(model, states, slot));
        layers.extend(next);
    }
    let mut path = Vec::with_capacity(slots.len());
    let mut back = 0;
    for layer in layers.iter().skip(1).rev() {
        path.push(layer[back].word);
        back = layer[back].back;
    }
    path.reverse();
    path.truncate(slots.len());
    path
}

/// The states after a slot, best first.
fn step(model: &Model, states: &[State], slot: &Slot) -> Vec<State> {
    let words = slot.candidates.clone();
    let mut next: Vec<State> = Vec::with_capacity(words.len() * states.len());
    let (mut pairs, mut costs) = (Vec::new(), Vec::new());
    for (first, state) in states.iter().enumerate() {
        // States that end in one word share its bigrams; the first of them does the work.
        if states[..first].iter().any(|other| other.word == state.word) {
            continue;
        }
        model.bigrams(state.word, words.clone(), &mut pairs);
        let from = next.len();
        next.extend(words.clone().zip(&pairs).map(|(word, pair)| State {
            word,
            pair: pair.place,
            cost: f32::INFINITY,
            back: first,
        }));
        for (at, same) in states.iter().enumerate().skip(first) {
            if same.word != state.word {
                continue;
            }
            model.trigrams(same.pair, words.clone(), &pairs, &mut costs);
            for (state, cost) in next[from..].iter_mut().zip(&costs) {
                let total = same.cost + cost + slot.extra(state.word);
                if total < state.cost {
                    (state.cost, state.back) = (total, at);
                }
            }
        }
    }
    next.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    next.truncate(BEAM);
    next
}

/// What each word of a slot costs while its neighbours are those of the path.
pub(crate) fn costs(model: &Model, slots: &[Slot], path: &[u16], at: usize) -> Vec<(u16, f32)> {
    costs_of(model, &slots[at], path, at)
}

/// As [`costs`], of another slot at that place.
pub(crate) fn costs_of(model: &Model, slot: &Slot, path: &[u16], at: usize) -> Vec<(u16, f32)> {
    let word_at = |offset: isize| {
        let place = at.checked_add_signed(offset);
        place
            .and_then(|place| path.get(place).copied())
            .unwrap_or(EDGE)
    };
    let around = [word_at(-2), word_at(-1), EDGE, word_at(1), word_at(2)];
    let before = (at > 0)
        .then(|| model.bigram(around[0], around[1]).place)
        .flatten();
    let after_next = at + 1 < path.len();
    let cost = |word: u16| {
        let own = model.bigram(around[1], word);
        let next = model.bigram(word, around[3]);
        let mut cost = model.trigram(before, word, own.cost) + slot.extra(word);
        cost += model.trigram(own.place, around[3], next.cost);
        if after_next {
            let last = model.bigram(around[3], around[4]).cost;
            cost += model.trigram(next.place, around[4], last);
        }
        (word, cost)
    };
    slot.candidates.clone().map(cost).collect()
}
