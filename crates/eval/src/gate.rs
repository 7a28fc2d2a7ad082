//! The sentence gate measured: how many true sentences it lets through, and how many
//! that are subtly wrong.
//!
//! A pair is a true and a wrong sentence over the same lines of a record. Pairs are
//! written by hand (`eval/grounding/`) or made from records by [`crate::mutation`].

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use assistant::grounding::{Gate, Refusal};
use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::proportion::Proportion;

/// A true and a wrong sentence over the same lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Unique within its file.
    pub id: String,
    /// The record that the lines are from, or a name for lines made up.
    pub record: String,
    /// What is wrong: `amount`, `unit`, `agency`, `polarity`, `condition`, …
    pub kind: String,
    /// Lines of the record; the first is the procedure's name.
    pub lines: Vec<String>,
    /// A sentence that the lines say.
    pub good: String,
    /// One that they do not.
    pub wrong: String,
}

/// Reads a file of pairs; the first bad line stops it.
pub fn read_pairs(path: &Path) -> Result<Vec<Pair>, EvalError> {
    let text = fs::read_to_string(path)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let pair = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| EvalError::Suite {
            path: path.to_owned(),
            line: index + 1,
            reason: format!("not a pair: {error}"),
        })
    };
    lines.map(pair).collect()
}

/// A sentence that the gate decided wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// The pair.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The sentence.
    pub sentence: String,
    /// Why a true sentence was refused; empty for a wrong one let through.
    pub refusal: Option<String>,
}

/// What the gate does with one set of pairs.
#[derive(Debug, Clone, Serialize)]
pub struct GateReport {
    /// Name of the set.
    pub name: String,
    /// True sentences let through.
    pub good: Proportion,
    /// Wrong sentences let through.
    pub wrong: Proportion,
    /// The same by kind of error.
    pub by_kind: BTreeMap<String, Kind>,
    /// Milliseconds to check a sentence, its lines being read.
    pub ms_a_sentence: f64,
    /// Milliseconds to read the lines of a pair, which the product does once an answer.
    pub ms_a_reading: f64,
    /// Every sentence decided wrongly.
    pub misses: Vec<Miss>,
}

/// Figures of one kind of error.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Kind {
    /// True sentences let through.
    pub good: Proportion,
    /// Wrong sentences let through.
    pub wrong: Proportion,
}

/// Lets the gate decide on every sentence.
pub fn measure(name: &str, gate: &Gate, pairs: &[Pair]) -> GateReport {
    let mut spent = Spent::default();
    let decide = |pair| decide(gate, pair, &mut spent);
    let decided: Vec<[Option<Refusal>; 2]> = pairs.iter().map(decide).collect();
    let count = pairs.len().max(1) as f64;
    let passed = |which: usize, kind: Option<&str>| {
        let all = pairs.iter().zip(&decided);
        let of_kind: Vec<_> = all
            .filter(|(pair, _)| kind.is_none_or(|k| pair.kind == k))
            .collect();
        let count = of_kind
            .iter()
            .filter(|(_, refused)| refused[which].is_none())
            .count();
        Proportion::of(count, of_kind.len())
    };
    let kinds: std::collections::BTreeSet<&str> = pairs.iter().map(|p| p.kind.as_str()).collect();
    let figures = |kind: &str| Kind {
        good: passed(0, Some(kind)),
        wrong: passed(1, Some(kind)),
    };
    GateReport {
        name: name.to_owned(),
        good: passed(0, None),
        wrong: passed(1, None),
        by_kind: kinds
            .into_iter()
            .map(|kind| (kind.to_owned(), figures(kind)))
            .collect(),
        ms_a_sentence: spent.checking.as_secs_f64() * 1e3 / (2.0 * count),
        ms_a_reading: spent.reading.as_secs_f64() * 1e3 / count,
        misses: pairs
            .iter()
            .zip(&decided)
            .flat_map(|(p, refused)| misses(p, refused))
            .collect(),
    }
}

/// Time spent on the lines and on the sentences.
#[derive(Default)]
struct Spent {
    reading: Duration,
    checking: Duration,
}

/// The refusals of the true and of the wrong sentence.
fn decide(gate: &Gate, pair: &Pair, spent: &mut Spent) -> [Option<Refusal>; 2] {
    let started = Instant::now();
    let evidence = gate.evidence(pair.lines.iter().map(String::as_str));
    spent.reading += started.elapsed();
    let started = Instant::now();
    let refused = [&pair.good, &pair.wrong].map(|sentence| evidence.check(sentence).err());
    spent.checking += started.elapsed();
    refused
}

fn misses(pair: &Pair, [good, wrong]: &[Option<Refusal>; 2]) -> Vec<Miss> {
    let miss = |sentence: &str, refusal: Option<String>| Miss {
        id: pair.id.clone(),
        kind: pair.kind.clone(),
        sentence: sentence.to_owned(),
        refusal,
    };
    let refused = good
        .as_ref()
        .map(|refusal| miss(&pair.good, Some(format!("{refusal:?}"))));
    let let_through = wrong.is_none().then(|| miss(&pair.wrong, None));
    refused.into_iter().chain(let_through).collect()
}

impl GateReport {
    /// A table for people.
    pub fn table(&self) -> String {
        let rows = self.by_kind.iter().map(|(kind, figures)| {
            let (good, wrong) = (figures.good, figures.wrong);
            format!(
                "    {kind:<12} true {:>5} of {:<5} wrong {:>4}  [{:.1}–{:.1} %]\n",
                good.count,
                good.n,
                wrong.count,
                wrong.low * 100.0,
                wrong.high * 100.0
            )
        });
        let head = format!(
            "{}\n  true sentences let through   {}\n  wrong sentences let through  {}\n  {:.3} ms a sentence, {:.3} ms to read its lines\n",
            self.name,
            self.good.text(),
            self.wrong.text(),
            self.ms_a_sentence,
            self.ms_a_reading
        );
        std::iter::once(head).chain(rows).collect()
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
