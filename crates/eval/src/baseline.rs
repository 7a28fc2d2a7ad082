//! Comparing a run with a stored one, question by question.
//!
//! A metric has regressed when, over the questions that both runs hold, its mean
//! fell by more than the tolerance, or fell by less but so evenly that the whole
//! 95 % interval of the paired difference lies below zero. What must never happen
//! (a violation, a number without a source) has no tolerance at all. Times are not
//! compared: they belong to the machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::metrics::{Estimate, mean, paired};
use crate::report::{BY_MODEL, METRICS, Mode};
use crate::runner::Outcome;

/// A drop up to this much is noise: two points, about two questions in a hundred.
pub const TOLERANCE: f64 = 0.02;

/// Metrics that may not fall at all.
const STRICT: [&str; 2] = ["no_violation", "grounded"];

/// The scores of an earlier run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of this shape.
    pub format: u32,
    /// Version of the product that made it.
    pub version: String,
    /// Who wrote the answers.
    pub mode: Mode,
    /// The model's name, in model mode.
    pub model: Option<String>,
    /// `suite/id` to metric to value.
    pub questions: BTreeMap<String, BTreeMap<String, f64>>,
}

/// One metric then and now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Metric key.
    pub metric: String,
    /// Mean then, over the common questions.
    pub before: f64,
    /// Mean now.
    pub now: f64,
    /// Paired difference, now − before.
    pub difference: Estimate,
    /// Worse than allowed.
    pub regressed: bool,
}

/// A run against a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Questions in both.
    pub common: usize,
    /// Questions only in the baseline.
    pub gone: usize,
    /// Questions only in this run.
    pub new: usize,
    /// Allowed drop of a mean.
    pub tolerance: f64,
    /// Each metric that both hold.
    pub changes: Vec<Change>,
}

impl Baseline {
    /// What to store of a run.
    pub fn of<'o>(
        version: &str,
        mode: Mode,
        model: Option<String>,
        outcomes: impl IntoIterator<Item = &'o Outcome>,
    ) -> Self {
        Self {
            format: crate::report::FORMAT,
            version: version.to_owned(),
            mode,
            model,
            questions: outcomes
                .into_iter()
                .map(|o| (o.key(), o.scores.clone()))
                .collect(),
        }
    }

    /// The file's text: one question a line, so that a change shows as its lines.
    pub fn to_text(&self) -> Result<String, EvalError> {
        let head = serde_json::to_string(&Self {
            questions: BTreeMap::new(),
            ..self.clone()
        })?;
        let lines = self
            .questions
            .iter()
            .map(|(key, scores)| {
                let key = serde_json::to_string(key)?;
                Ok(format!("{key}:{}", serde_json::to_string(scores)?))
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()?;
        let head = head.trim_end_matches("}}");
        Ok(format!("{head}\n{}\n}}}}\n", lines.join(",\n")))
    }

    /// Reads a baseline and checks that it can be compared with this mode.
    pub fn read(path: &Path, mode: Mode) -> Result<Self, EvalError> {
        let fail = |reason: String| EvalError::Baseline {
            path: path.to_owned(),
            reason,
        };
        let found: Self = serde_json::from_str(&fs::read_to_string(path)?)
            .map_err(|error| fail(format!("not a baseline: {error}")))?;
        if found.format != crate::report::FORMAT {
            return Err(fail(format!(
                "format {} is not ours; write it again with --write-baseline",
                found.format
            )));
        }
        if found.mode != mode {
            return Err(fail(format!(
                "made in {} mode, this run is in {} mode; use the baseline of the same mode",
                found.mode.as_str(),
                mode.as_str()
            )));
        }
        Ok(found)
    }

    /// Holds a run against this baseline.
    pub fn compare<'o>(
        &self,
        outcomes: impl IntoIterator<Item = &'o Outcome>,
        tolerance: f64,
    ) -> Comparison {
        let outcomes: Vec<&Outcome> = outcomes.into_iter().collect();
        let pairs: Vec<_> = outcomes
            .iter()
            .filter_map(|now| {
                self.questions
                    .get(&now.key())
                    .map(|before| (before, &now.scores))
            })
            .collect();
        let compared = METRICS.iter().filter(|(metric, _)| *metric != BY_MODEL);
        let changes = compared.filter_map(|(metric, _)| {
            let values: Vec<(f64, f64)> = pairs
                .iter()
                .filter_map(|(before, now)| Some((*before.get(*metric)?, *now.get(*metric)?)))
                .collect();
            change(metric, &values, tolerance)
        });
        Comparison {
            changes: changes.collect(),
            common: pairs.len(),
            gone: self.questions.len() - pairs.len(),
            new: outcomes.len() - pairs.len(),
            tolerance,
        }
    }
}

fn change(metric: &str, values: &[(f64, f64)], tolerance: f64) -> Option<Change> {
    let difference = paired(values)?;
    let (before, now): (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
    let allowed = if STRICT.contains(&metric) {
        0.0
    } else {
        tolerance
    };
    // A billionth of slack: the means are sums of floating-point numbers.
    let fell = difference.mean < -allowed - 1e-9;
    Some(Change {
        metric: metric.to_owned(),
        before: mean(&before),
        now: mean(&now),
        difference,
        regressed: fell || difference.high < -1e-9,
    })
}

impl Comparison {
    /// The metrics that got worse than allowed.
    pub fn regressions(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.regressed)
    }

    /// The comparison as a person reads it in a terminal.
    pub fn table(&self) -> String {
        format!("\nagainst the baseline: {}\n{}", self.scope(), self.rows())
    }

    /// How many questions it rests on, and what counts as worse.
    pub fn scope(&self) -> String {
        format!(
            "{} common questions, {} new, {} gone; a drop of more than {:.1} points fails",
            self.common,
            self.new,
            self.gone,
            self.tolerance * 100.0
        )
    }

    /// A line a metric: before, now, paired difference with its interval, in points.
    pub fn rows(&self) -> String {
        let mut out = String::new();
        for change in &self.changes {
            let d = &change.difference;
            let mark = if change.regressed { "  REGRESSED" } else { "" };
            let _ = writeln!(
                out,
                "{:16} {:5.1} → {:5.1}  {:+5.1} [{:+.1}, {:+.1}]{mark}",
                change.metric,
                change.before * 100.0,
                change.now * 100.0,
                d.mean * 100.0,
                d.low * 100.0,
                d.high * 100.0
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::outcome;

    fn run(passes: &[bool], metric: &str) -> Vec<Outcome> {
        let one = |(index, pass): (usize, &bool)| {
            let mut out = outcome(&format!("q{index}"));
            out.scores = BTreeMap::from([(metric.to_owned(), f64::from(u8::from(*pass)))]);
            out
        };
        passes.iter().enumerate().map(one).collect()
    }

    fn baseline(outcomes: &[Outcome]) -> Baseline {
        Baseline::of("0", Mode::Record, None, outcomes)
    }

    fn regressed(before: &[bool], now: &[bool], metric: &str) -> Vec<String> {
        let comparison = baseline(&run(before, metric)).compare(&run(now, metric), TOLERANCE);
        comparison.regressions().map(|c| c.metric.clone()).collect()
    }

    #[test]
    fn a_drop_beyond_the_tolerance_names_the_metric() {
        let before = vec![true; 100];
        let lose = |count: usize| (0..100).map(|i| i >= count).collect::<Vec<_>>();
        assert_eq!(regressed(&before, &lose(2), "pass"), Vec::<String>::new());
        assert_eq!(regressed(&before, &lose(3), "pass"), ["pass"]);
    }

    #[test]
    fn an_even_drop_within_the_tolerance_is_still_a_drop() {
        // Every question a little worse: 1 point, but without any spread.
        let score = |value: f64| -> Vec<Outcome> {
            let mut out = run(&[true; 30], "mrr");
            for outcome in &mut out {
                outcome.scores.insert("mrr".into(), value);
            }
            out
        };
        let comparison = baseline(&score(0.99)).compare(&score(0.98), TOLERANCE);
        assert_eq!(comparison.regressions().count(), 1);
    }

    #[test]
    fn what_must_never_happen_has_no_tolerance() {
        let before = vec![true; 200];
        let mut now = before.clone();
        now[7] = false;
        assert!(regressed(&before, &now, "pass").is_empty());
        assert_eq!(regressed(&before, &now, "grounded"), ["grounded"]);
        assert_eq!(regressed(&before, &now, "no_violation"), ["no_violation"]);
    }

    #[test]
    fn the_file_holds_one_question_a_line_and_reads_back() {
        let made = baseline(&run(&[true, false], "pass"));
        let text = made.to_text().unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert_eq!(serde_json::from_str::<Baseline>(&text).unwrap(), made);
        let empty = baseline(&[]);
        let text = empty.to_text().unwrap();
        assert_eq!(serde_json::from_str::<Baseline>(&text).unwrap(), empty);
    }

    #[test]
    fn only_common_questions_are_compared() {
        let before = run(&[true, true], "pass");
        let now = run(&[true, true, false], "pass");
        let comparison = baseline(&before).compare(&now, TOLERANCE);
        assert_eq!(
            (comparison.common, comparison.new, comparison.gone),
            (2, 1, 0)
        );
        assert_eq!(comparison.regressions().count(), 0);
    }

    #[test]
    fn another_mode_or_shape_is_refused_in_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("b.json");
        let stored = serde_json::to_string(&baseline(&run(&[true], "pass"))).unwrap();
        fs::write(&path, &stored).unwrap();
        assert!(Baseline::read(&path, Mode::Record).is_ok());
        let error = Baseline::read(&path, Mode::Model).unwrap_err().to_string();
        assert!(error.contains("made in record mode"), "{error}");
        fs::write(&path, stored.replace("\"format\":1", "\"format\":9")).unwrap();
        let error = Baseline::read(&path, Mode::Record).unwrap_err().to_string();
        assert!(error.contains("--write-baseline"), "{error}");
        fs::write(&path, "{}").unwrap();
        let error = Baseline::read(&path, Mode::Record).unwrap_err().to_string();
        assert!(error.contains("not a baseline"), "{error}");
    }
}
