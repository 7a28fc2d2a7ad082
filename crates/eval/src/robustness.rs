//! What other ways of typing cost: the same questions without diacritics, in NFD and with
//! typing errors, each held against itself as written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::metrics::{Estimate, estimate, paired};
use crate::runner::Outcome;
use crate::suite::{Item, Suite};
use crate::variant::Variant;

/// The metrics that are compared.
const COMPARED: [&str; 4] = ["pass", "search_hit_1", "search_hit_3", "search_hit_10"];

/// A figure of a variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Its value.
    pub value: Estimate,
    /// Variant − as written over the same questions; absent for the questions as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Estimate>,
}

/// The figures of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfVariant {
    /// How the questions were typed.
    pub variant: Variant,
    /// Metric to figure.
    pub metrics: BTreeMap<String, Compared>,
}

/// A run's figures by variant, the questions as written first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Robustness {
    /// As written, then the others.
    pub variants: Vec<OfVariant>,
}

impl Suite {
    /// The same suite with every turn typed in another way.
    #[must_use]
    pub fn typed(&self, variant: Variant) -> Self {
        let item = |item: &Item| Item {
            turns: item.turns.iter().map(|turn| variant.of(turn)).collect(),
            ..item.clone()
        };
        Self {
            items: self.items.iter().map(item).collect(),
            ..self.clone()
        }
    }
}

impl Robustness {
    /// Sums up the run as written and those of the variants, all over the same questions
    /// in the same order.
    pub fn of(written: &[Outcome], variants: &[(Variant, Vec<Outcome>)]) -> Self {
        let as_written = (Variant::AsWritten, written);
        let others = variants.iter().map(|(variant, run)| (*variant, &run[..]));
        let figures = std::iter::once(as_written).chain(others);
        Self {
            variants: figures
                .map(|(variant, run)| OfVariant {
                    variant,
                    metrics: compared(variant, written, run),
                })
                .collect(),
        }
    }

    /// The figures as a person reads them in a terminal.
    pub fn table(&self) -> String {
        let mut out = format!("\n{:16}", "typed");
        for of in &self.variants {
            let _ = write!(out, " {:>26}", of.variant.as_str());
        }
        out.push('\n');
        for (metric, cells) in self.rows() {
            let _ = write!(out, "{metric:16}");
            for cell in cells {
                let _ = write!(out, " {cell:>26}");
            }
            out.push('\n');
        }
        out
    }

    /// Metrics that the run has, with a cell for each variant: value and interval for the
    /// questions as written, then value, difference and its interval.
    pub(crate) fn rows(&self) -> Vec<(&'static str, Vec<String>)> {
        let row = |metric| {
            let cells: Vec<String> = self.variants.iter().map(|of| cell(of, metric)).collect();
            (metric, cells)
        };
        let some = |(_, cells): &(_, Vec<String>)| cells.iter().any(|cell| !cell.is_empty());
        COMPARED.into_iter().map(row).filter(some).collect()
    }
}

fn compared(variant: Variant, written: &[Outcome], run: &[Outcome]) -> BTreeMap<String, Compared> {
    let figure = |metric: &&str| {
        let pairs: Vec<(f64, f64)> = written
            .iter()
            .zip(run)
            .filter_map(|(a, b)| Some((*a.scores.get(*metric)?, *b.scores.get(*metric)?)))
            .collect();
        let values: Vec<f64> = pairs.iter().map(|(_, value)| *value).collect();
        let compared = Compared {
            value: estimate(&values)?,
            difference: paired(&pairs).filter(|_| variant != Variant::AsWritten),
        };
        Some(((*metric).to_owned(), compared))
    };
    COMPARED.iter().filter_map(figure).collect()
}

fn cell(of: &OfVariant, metric: &str) -> String {
    match of.metrics.get(metric) {
        None => String::new(),
        Some(Compared {
            value,
            difference: None,
        }) => value.percent(1),
        Some(Compared {
            value,
            difference: Some(difference),
        }) => format!("{:.1}  {}", value.mean * 100.0, difference.points(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::outcome;

    fn run(passes: &[f64]) -> Vec<Outcome> {
        let one = |(at, pass): (usize, &f64)| {
            let mut out = outcome(&format!("q{at}"));
            out.scores = BTreeMap::from([("pass".to_owned(), *pass)]);
            out
        };
        passes.iter().enumerate().map(one).collect()
    }

    #[test]
    fn each_variant_is_held_against_the_questions_as_written() {
        let written = run(&[1.0, 1.0, 0.0, 1.0]);
        let typos = run(&[1.0, 0.0, 0.0, 1.0]);
        let found = Robustness::of(&written, &[(Variant::Typos, typos)]);
        let [first, second] = &found.variants[..] else {
            panic!("{found:?}");
        };
        assert_eq!(first.metrics["pass"].difference, None);
        let typed = &second.metrics["pass"];
        assert!((typed.value.mean - 0.5).abs() < 1e-12);
        let lost = typed.difference.unwrap();
        assert!((lost.mean + 0.25).abs() < 1e-12 && lost.high <= 0.0);
        let table = found.table();
        assert!(table.contains("75.0 [25.0–100.0]"), "{table}");
        assert!(table.contains("50.0  -25.0 ["), "{table}");
        assert!(!table.contains("search_hit_1"), "{table}");
    }
}
