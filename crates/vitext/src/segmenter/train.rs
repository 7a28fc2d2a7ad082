//! Training: sentences with known words become weights.
//!
//! What the word list says about a sentence must not come from that sentence, or the model
//! learns to trust the list more than a new text deserves: the treebank's words are looked
//! up in a list made of the other folds only.

use std::collections::HashMap;

use super::decode::{self, Score};
use super::features::{self, Notes, Window};
use super::lexicon::LexiconBuilder;
use super::scan::{self, Unit};
use super::statistics::Statistics;
use crate::VitextError;

/// A sentence and the byte spans of its words, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence as written.
    pub text: String,
    /// Start and end of each word.
    pub words: Vec<(usize, usize)>,
    /// The class of each word: see [`CLASSES`].
    pub classes: Vec<u8>,
}

/// Part-of-speech tags of the treebank's XPOS column that are told apart; a word of any
/// other tag has class 0. The class of `CLASSES[n]` is `n + 1`.
pub const CLASSES: [&str; 15] = [
    "N", "V", "Adj", "Adv", "Pre", "Num", "Pro", "NNP", "Nc", "SC", "Det", "Prt", "C", "NNPY", "X",
];

/// How the weights are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Averaged structured perceptron.
    Perceptron,
    /// Conditional random field, AdaGrad with an L2 penalty.
    Crf,
}

/// Folds whose words are kept from each other; consecutive sentences share a fold, as
/// they share an article.
const FOLDS: usize = 40;
/// A feature seen less often gets no weight.
const SEEN: u32 = 2;

/// Fits weights to `sentences`, with `words` as the word list to which the sentences' own
/// words are added. Returns features with their weights; the same input gives the same
/// output.
pub fn train(sentences: &[Sentence], words: &LexiconBuilder, model: Model) -> Vec<(u32, f32)> {
    let mut examples = examples(sentences, words);
    let features = number_features(&mut examples);
    let weights = match model {
        Model::Perceptron => perceptron(&examples, features.len()),
        Model::Crf => crf(&examples, features.len()),
    };
    features.into_iter().zip(weights).collect()
}

/// Reads `# text` and the FORM column of a treebank in CoNLL-U.
pub fn read_conllu(file: &str) -> Result<Vec<Sentence>, VitextError> {
    let mut sentences: Vec<Sentence> = Vec::new();
    for (number, line) in file.lines().enumerate() {
        let wrong = |what: &str| VitextError::Treebank {
            line: number + 1,
            what: what.to_owned(),
        };
        if let Some(text) = line.strip_prefix("# text =") {
            sentences.push(Sentence {
                text: text.trim().to_owned(),
                words: Vec::new(),
                classes: Vec::new(),
            });
        } else if line.starts_with(|c: char| c.is_ascii_digit()) {
            let form = line.split('\t').nth(1);
            let form = form.ok_or_else(|| wrong("no FORM column; fields are split by tabs"))?;
            let sentence = sentences.last_mut();
            let sentence = sentence.ok_or_else(|| wrong("a word before any `# text =` line"))?;
            let at = sentence.words.last().map_or(0, |word| word.1);
            let start = sentence.text[at..].find(form);
            let start = at + start.ok_or_else(|| wrong("a word that is not in `# text`"))?;
            sentence.words.push((start, start + form.len()));
            let tag = line.split('\t').nth(4);
            let class = CLASSES.iter().position(|class| Some(*class) == tag);
            sentence
                .classes
                .push(class.map_or(0, |class| class as u8 + 1));
        }
    }
    Ok(sentences)
}

/// A sentence ready for fitting.
struct Example {
    gaps: Vec<Gap>,
    joined: Vec<bool>,
}

struct Gap {
    open: bool,
    unary: Vec<u32>,
    pair: Vec<u32>,
}

fn examples(sentences: &[Sentence], words: &LexiconBuilder) -> Vec<Example> {
    let size = sentences.len().div_ceil(FOLDS).max(1);
    let mut examples = Vec::with_capacity(sentences.len());
    for fold in 0..sentences.len().div_ceil(size) {
        let inside = fold * size..sentences.len().min((fold + 1) * size);
        let mut statistics = Statistics::default();
        for sentence in sentences[..inside.start]
            .iter()
            .chain(&sentences[inside.end..])
        {
            statistics.learn(sentence);
        }
        let mut builder = words.clone();
        builder.add_statistics(&statistics);
        let lexicon = builder.build();
        for sentence in &sentences[inside] {
            let mut units = Vec::new();
            scan::scan(&sentence.text, &mut units);
            let mut notes = Notes::default();
            notes.take(&mut units, &lexicon);
            examples.push(Example::new(sentence, &units, &notes));
        }
    }
    examples
}

impl Example {
    fn new(sentence: &Sentence, units: &[Unit], notes: &Notes) -> Self {
        let count = units.len().saturating_sub(1);
        let mut gaps: Vec<Gap> = Vec::with_capacity(count);
        let mut joined = Vec::with_capacity(count);
        for gap in 0..count {
            let open = features::may_join(units, notes, gap);
            let (mut unary, mut pair) = (Vec::new(), Vec::new());
            if open {
                let window = Window::new(units, notes, gap);
                features::unary(&window, |f| unary.push(f));
                if gaps.last().is_some_and(|gap| gap.open) {
                    features::pair(&window, |f| pair.push(f));
                }
            }
            gaps.push(Gap { open, unary, pair });
            let (from, to) = (units[gap].start, units[gap + 1].end);
            let inside = |(start, end): &(usize, usize)| *start <= from && to <= *end;
            joined.push(open && sentence.words.iter().any(inside));
        }
        Self { gaps, joined }
    }

    fn scores(&self, weights: &[f32], out: &mut Vec<Score<f32>>) {
        let sum = |features: &[u32]| features.iter().map(|f| weights[*f as usize]).sum();
        out.clear();
        out.extend(self.gaps.iter().map(|gap| Score {
            join: sum(&gap.unary),
            both: sum(&gap.pair),
            open: gap.open,
        }));
    }

    /// Calls `step` with each feature and by how much more it should have counted, given
    /// the probability of each gap, and of each gap and the one before, to be joined.
    fn differences(&self, join: &[f32], both: &[f32], mut step: impl FnMut(u32, f32)) {
        for (at, gap) in self.gaps.iter().enumerate().filter(|(_, gap)| gap.open) {
            let gold = |is: bool| f32::from(u8::from(is));
            let difference = gold(self.joined[at]) - join[at];
            if difference != 0.0 {
                gap.unary.iter().for_each(|f| step(*f, difference));
            }
            let before = at > 0 && self.joined[at - 1];
            let difference = gold(before && self.joined[at]) - both[at];
            if difference != 0.0 {
                gap.pair.iter().for_each(|f| step(*f, difference));
            }
        }
    }
}

/// Replaces hashes by numbers, leaving rare features out; returns the hash of each number.
fn number_features(examples: &mut [Example]) -> Vec<u32> {
    let mut seen: HashMap<u32, u32> = HashMap::new();
    let all = |gap: &mut Gap, act: &mut dyn FnMut(&mut Vec<u32>)| {
        act(&mut gap.unary);
        act(&mut gap.pair);
    };
    for gap in examples.iter_mut().flat_map(|e| &mut e.gaps) {
        all(gap, &mut |features| {
            for feature in features {
                *seen.entry(*feature).or_default() += 1;
            }
        });
    }
    let mut kept: Vec<u32> = seen
        .into_iter()
        .filter(|(_, n)| *n >= SEEN)
        .map(|(f, _)| f)
        .collect();
    kept.sort_unstable();
    for gap in examples.iter_mut().flat_map(|e| &mut e.gaps) {
        all(gap, &mut |features| {
            let number = |f: &u32| kept.binary_search(f).ok().map(|at| at as u32);
            *features = features.iter().filter_map(number).collect();
        });
    }
    kept
}

/// Passes over the sentences, and orders of the sentences whose weights are summed.
const PASSES: usize = 12;
const ORDERS: u64 = 3;

/// Averaged structured perceptron (Collins 2002), summed over several orders of the
/// sentences.
fn perceptron(examples: &[Example], features: usize) -> Vec<f32> {
    let mut sum = vec![0.0; features];
    let (mut scores, mut joined) = (Vec::new(), Vec::new());
    for order in 0..ORDERS {
        let mut random = Random(order + 1);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut weights = vec![0.0; features];
        // What the plain weights have too much, weighted by the time of each step: the
        // average of all steps' weights is `weights - late / steps`.
        let mut late = vec![0.0; features];
        let mut now = 0.0;
        for _ in 0..PASSES {
            random.shuffle(&mut order);
            for at in &order {
                let example = &examples[*at];
                example.scores(&weights, &mut scores);
                decode::best(&scores, &mut joined);
                now += 1.0;
                let join: Vec<f32> = joined.iter().map(|j| f32::from(u8::from(*j))).collect();
                let both = (0..join.len()).map(|g| if g > 0 { join[g] * join[g - 1] } else { 0.0 });
                let both: Vec<f32> = both.collect();
                example.differences(&join, &both, |feature, by| {
                    weights[feature as usize] += by;
                    late[feature as usize] += by * now;
                });
            }
        }
        for (sum, (weight, late)) in sum.iter_mut().zip(weights.iter().zip(&late)) {
            *sum += weight - late / now;
        }
    }
    sum
}

const CRF_PASSES: usize = 30;
/// AdaGrad's step and the penalty on a weight's square at each step.
const STEP: f32 = 0.1;
const PENALTY: f32 = 1e-3;

/// Conditional random field by AdaGrad, one sentence a step.
fn crf(examples: &[Example], features: usize) -> Vec<f32> {
    let mut random = Random(1);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut weights = vec![0.0_f32; features];
    let mut squares = vec![1e-2_f32; features];
    let mut scores = Vec::new();
    for _ in 0..CRF_PASSES {
        random.shuffle(&mut order);
        for at in &order {
            let example = &examples[*at];
            example.scores(&weights, &mut scores);
            let (join, both) = marginals(&scores);
            example.differences(&join, &both, |feature, by| {
                let feature = feature as usize;
                let by = by - PENALTY * weights[feature];
                squares[feature] += by * by;
                weights[feature] += STEP * by / squares[feature].sqrt();
            });
        }
    }
    weights
}

/// Forward and backward: the probability of each gap, and of each gap together with the
/// one before, to be joined.
fn marginals(scores: &[Score<f32>]) -> (Vec<f32>, Vec<f32>) {
    let count = scores.len();
    let add = |a: f32, b: f32| a.max(b) + (-(a - b).abs()).exp().ln_1p();
    let closed = |score: &Score<f32>, value: f32| if score.open { value } else { -1e9 };
    // Logarithms of the sums over all labellings up to (from) a gap, by its label.
    let mut forward: Vec<[f32; 2]> = Vec::with_capacity(count);
    let mut last = [0.0, -1e9];
    for score in scores {
        let joined = add(last[0], last[1] + score.both) + score.join;
        last = [add(last[0], last[1]), closed(score, joined)];
        forward.push(last);
    }
    let all = add(last[0], last[1]);
    let (mut join, mut both) = (vec![0.0; count], vec![0.0; count]);
    let mut after = [0.0, 0.0];
    for gap in (0..count).rev() {
        let score = &scores[gap];
        join[gap] = (forward[gap][1] + after[1] - all).exp();
        let joined = closed(score, score.join + after[1]);
        if gap > 0 {
            both[gap] = (forward[gap - 1][1] + score.both + joined - all).exp();
        }
        after = [add(after[0], joined), add(after[0], joined + score.both)];
    }
    (join, both)
}

/// A small generator (xorshift), so that training does not depend on a crate's choice.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize) % end
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
