//! Two runs side by side (`motcua eval --compare A B`): paired differences over the
//! questions that both reports hold, and every question that changed sides.
//!
//! What counts as worse is the baseline's rule ([`crate::baseline`]) over all common
//! questions. Kinds and routes are shown for reading: among so many groups some are worse
//! by chance, so none of them decides.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::baseline::{Baseline, Change, Comparison};
use crate::error::EvalError;
use crate::faults::{failed, faults};
use crate::report::{FORMAT, Report, Setting};
use crate::runner::{Outcome, Shown};

/// Longest answer in the terminal's list, in characters; the page has all of it.
const SHOWN: usize = 160;

/// A run against another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Versus {
    /// What the first run was made with.
    pub before: Setting,
    /// What the second was made with.
    pub now: Setting,
    /// Every metric over the common questions.
    pub overall: Comparison,
    /// Grouping (`kind`, `route`) to group to the same.
    pub groups: BTreeMap<String, BTreeMap<String, Comparison>>,
    /// Right in the first run and wrong in the second.
    pub broken: Vec<Changed>,
    /// Wrong in the first run and right in the second.
    pub mended: Vec<Changed>,
}

/// A question that was answered right in one run only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// The suite's name.
    pub suite: String,
    /// The question's id.
    pub id: String,
    /// How it is put.
    pub kind: String,
    /// The route expected.
    pub expected: String,
    /// What the citizen said.
    pub turns: Vec<String>,
    /// The first run's answer, absent in retrieval-only runs.
    pub before: Option<Shown>,
    /// The second run's.
    pub now: Option<Shown>,
    /// What is wrong with the answer that is.
    pub faults: Vec<String>,
}

impl Report {
    /// Reads a report that `--json` wrote.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        let fail = |reason: String| EvalError::Report {
            path: path.to_owned(),
            reason,
        };
        let found: Self = serde_json::from_str(&fs::read_to_string(path)?)
            .map_err(|error| fail(format!("not a report of --json: {error}")))?;
        if found.format != FORMAT {
            return Err(fail(format!(
                "format {} is not ours; run the suite again with --json",
                found.format
            )));
        }
        Ok(found)
    }
}

impl Versus {
    /// Holds `now` against `before`. Runs of different modes are refused: their difference
    /// is the model, not the change.
    pub fn of(before: &Report, now: &Report, tolerance: f64) -> Result<Self, EvalError> {
        let (then, since) = (before.setting.mode, now.setting.mode);
        if then != since {
            return Err(EvalError::Modes {
                before: then.as_str(),
                now: since.as_str(),
            });
        }
        let old: HashMap<String, &Outcome> = before.outcomes.iter().map(|o| (o.key(), o)).collect();
        let pairs: Vec<(&Outcome, &Outcome)> = now
            .outcomes
            .iter()
            .filter_map(|outcome| Some((*old.get(&outcome.key())?, outcome)))
            .collect();
        if pairs.is_empty() {
            return Err(EvalError::NothingCommon);
        }
        let side = |right_before: bool| {
            let changed = pairs
                .iter()
                .filter(move |(was, is)| failed(was) != right_before && failed(is) == right_before);
            changed.map(|(was, is)| change(was, is)).collect()
        };
        Ok(Self {
            before: before.setting.clone(),
            now: now.setting.clone(),
            overall: compare(&before.outcomes, &now.outcomes, before, tolerance),
            groups: groups(&pairs, before, tolerance),
            broken: side(true),
            mended: side(false),
        })
    }

    /// The comparison as a person reads it in a terminal.
    pub fn table(&self) -> String {
        let mut out = format!("A: {}\nB: {}\n", made(&self.before), made(&self.now));
        let _ = writeln!(out, "{}\n\n{}", self.overall.scope(), self.overall.rows());
        for (grouping, parts) in &self.groups {
            let _ = writeln!(out, "by {grouping} (n, first metric)");
            for (name, part) in parts {
                if let Some(main) = main_change(part) {
                    let _ = writeln!(out, "  {name:20} {:4}  {}", part.common, line(main));
                }
            }
        }
        for (title, list) in [("broken", &self.broken), ("mended", &self.mended)] {
            let _ = writeln!(out, "\n{title} ({})", list.len());
            for item in list {
                item.write(&mut out);
            }
        }
        out
    }
}

impl Changed {
    fn write(&self, out: &mut String) {
        let question = self.turns.join(" / ");
        let _ = writeln!(
            out,
            "  {}/{} {}: {question}",
            self.suite, self.id, self.kind
        );
        for (name, answer) in [("A", &self.before), ("B", &self.now)] {
            if let Some(answer) = answer {
                let _ = writeln!(out, "    {name}: {}", short(&answer.text));
            }
        }
        let _ = writeln!(out, "    {}", self.faults.join("; "));
    }
}

/// The figure that a group is judged by: everything right, or the right procedure first in
/// runs of search alone.
pub fn main_change(comparison: &Comparison) -> Option<&Change> {
    let of = |name: &str| comparison.changes.iter().find(|c| c.metric == name);
    of("pass").or_else(|| of("search_hit_1"))
}

/// `80.0 → 85.0  +5.0 [+1.2, +8.8]`.
fn line(change: &Change) -> String {
    format!(
        "{:5.1} → {:5.1}  {}",
        change.before * 100.0,
        change.now * 100.0,
        change.difference.points(1)
    )
}

/// What a run was made with, in one line.
pub fn made(setting: &Setting) -> String {
    let by = setting.model.as_deref().unwrap_or(setting.mode.as_str());
    let (version, index) = (&setting.version, &setting.snapshot);
    format!("answers: {by} · version {version} · index {index}")
}

fn change(was: &Outcome, is: &Outcome) -> Changed {
    Changed {
        suite: is.suite.clone(),
        id: is.id.clone(),
        kind: is.kind.clone(),
        expected: is.expected.as_str().to_owned(),
        turns: is.turns.clone(),
        before: was.answer.clone(),
        now: is.answer.clone(),
        faults: faults(if failed(is) { is } else { was }),
    }
}

fn compare<'o>(
    was: impl IntoIterator<Item = &'o Outcome>,
    is: impl IntoIterator<Item = &'o Outcome>,
    before: &Report,
    tolerance: f64,
) -> Comparison {
    let setting = &before.setting;
    let baseline = Baseline::of(&setting.version, setting.mode, setting.model.clone(), was);
    baseline.compare(is, tolerance)
}

fn groups(
    pairs: &[(&Outcome, &Outcome)],
    before: &Report,
    tolerance: f64,
) -> BTreeMap<String, BTreeMap<String, Comparison>> {
    let by = |key: fn(&Outcome) -> String| {
        let mut parts: BTreeMap<String, Vec<(&Outcome, &Outcome)>> = BTreeMap::new();
        for (was, is) in pairs {
            parts.entry(key(is)).or_default().push((*was, *is));
        }
        let compared = parts.into_iter().map(|(name, part)| {
            let (was, is): (Vec<_>, Vec<_>) = part.into_iter().unzip();
            (name, compare(was, is, before, tolerance))
        });
        compared.collect()
    };
    BTreeMap::from([
        ("kind".to_owned(), by(|o| o.kind.clone())),
        ("route".to_owned(), by(|o| o.expected.as_str().to_owned())),
    ])
}

/// One line, cut at a letter.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
#[path = "versus_tests.rs"]
mod tests;
