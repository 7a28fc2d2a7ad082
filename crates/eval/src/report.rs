//! The report: every figure with its spread, and every answer behind it.
//!
//! One structure is the JSON report, the terminal table and the HTML page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::baseline::Comparison;
use crate::faults::failed;
use crate::metrics::{Estimate, estimate, percentile};
use crate::robustness::Robustness;
use crate::runner::{DEPTH, Outcome};
use crate::suite::Split;

/// Version of the report's shape.
pub const FORMAT: u32 = 1;

/// Who wrote the answers. Figures of different modes are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Search alone.
    Retrieval,
    /// The record's own words.
    Record,
    /// A model, with the record's words where the gate refuses.
    Model,
}

impl Mode {
    /// The word used in reports and baselines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrieval => "retrieval",
            Self::Record => "record",
            Self::Model => "model",
        }
    }
}

/// Share of answers that the model phrased in time and past the gate. Shown, never
/// compared with a baseline: a slower machine is not a worse product.
pub const BY_MODEL: &str = "by_model";

/// Metric keys in the order people read them, with what they mean.
/// Higher is better in all; each is a share of questions except `mrr` and `ndcg`.
pub const METRICS: [(&str, &str); 16] = [
    ("pass", "everything right"),
    ("route", "right kind of answer"),
    ("hit_1", "right procedure first"),
    ("hit_3", "right procedure in the first 3 offered"),
    ("hit_10", "right procedure offered"),
    ("mrr", "mean reciprocal rank of what is offered"),
    ("ndcg_10", "nDCG@10 of what is offered"),
    ("includes", "says what it must"),
    ("no_violation", "says nothing it must not"),
    ("grounded", "every number stands in a cited record"),
    (BY_MODEL, "phrased by the model, of what it could phrase"),
    ("search_hit_1", "search alone: right procedure first"),
    ("search_hit_3", "search alone: in the first 3"),
    ("search_hit_10", "search alone: in the first 10"),
    ("search_mrr", "search alone: mean reciprocal rank"),
    ("search_ndcg_10", "search alone: nDCG@10"),
];

/// Stages in the order they happen.
pub const STAGES: [&str; 6] = [
    "search",
    "understand",
    "retrieve",
    "first_content",
    "write",
    "total",
];

/// Figures over one group of questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Questions in the group.
    pub questions: usize,
    /// Metric to mean and interval, over the questions it applies to.
    pub metrics: BTreeMap<String, Estimate>,
}

/// Spread of a stage's time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Median, milliseconds.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Slowest.
    pub max: f64,
}

/// A suite that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteInfo {
    /// File name without its ending.
    pub name: String,
    /// Dev or test.
    pub split: Split,
    /// Questions run.
    pub questions: usize,
}

/// What the run was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Version of the product.
    pub version: String,
    /// Who wrote the answers.
    pub mode: Mode,
    /// The model's name, in model mode.
    pub model: Option<String>,
    /// Generation of the index.
    pub snapshot: String,
}

/// The whole report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Version of this shape.
    pub format: u32,
    /// What the run was made with.
    pub setting: Setting,
    /// What was run.
    pub suites: Vec<SuiteInfo>,
    /// Everything together.
    pub overall: Summary,
    /// Grouping (`split`, `kind`, `field`, `aspect`) to group to figures.
    pub groups: BTreeMap<String, BTreeMap<String, Summary>>,
    /// Expected route to route taken to count.
    pub routes: BTreeMap<String, BTreeMap<String, usize>>,
    /// `search` and `offered` to the share of questions hit within rank 1 … 10.
    pub curves: BTreeMap<String, Vec<f64>>,
    /// Stage to its spread.
    pub latency: BTreeMap<String, Latency>,
    /// Against a baseline, when one was given.
    pub comparison: Option<Comparison>,
    /// The same questions typed in other ways, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robustness: Option<Robustness>,
    /// Every question.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// Sums up what a run brought.
    pub fn new(setting: Setting, outcomes: Vec<Outcome>, comparison: Option<Comparison>) -> Self {
        let by = |key: fn(&Outcome) -> String| group(&outcomes, key);
        let groups = BTreeMap::from([
            ("split".to_owned(), by(|o| o.split.as_str().to_owned())),
            ("kind".to_owned(), by(|o| o.kind.clone())),
            ("field".to_owned(), by(|o| o.field.clone())),
            ("aspect".to_owned(), by(|o| o.aspect.clone())),
        ]);
        Self {
            format: FORMAT,
            setting,
            suites: suites(&outcomes),
            overall: summary(&outcomes.iter().collect::<Vec<_>>()),
            groups,
            routes: routes(&outcomes),
            curves: curves(&outcomes),
            latency: latency(&outcomes),
            comparison,
            robustness: None,
            outcomes,
        }
    }

    /// Questions that are not entirely right, worst first (wrong route, then wrong
    /// procedure, then wrong words), in file order within.
    pub fn failures(&self) -> Vec<&Outcome> {
        let mut failed: Vec<&Outcome> = self.outcomes.iter().filter(|o| failed(o)).collect();
        failed.sort_by_key(|outcome| {
            let score = |name: &str| outcome.scores.get(name).is_some_and(|v| *v < 1.0);
            (!score("no_violation"), !score("route"), !score("hit_10"))
        });
        failed
    }
}

fn suites(outcomes: &[Outcome]) -> Vec<SuiteInfo> {
    let mut out: Vec<SuiteInfo> = Vec::new();
    for outcome in outcomes {
        match out.iter_mut().find(|suite| suite.name == outcome.suite) {
            Some(suite) => suite.questions += 1,
            None => out.push(SuiteInfo {
                name: outcome.suite.clone(),
                split: outcome.split,
                questions: 1,
            }),
        }
    }
    out
}

fn group(outcomes: &[Outcome], key: fn(&Outcome) -> String) -> BTreeMap<String, Summary> {
    let mut parts: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        parts.entry(key(outcome)).or_default().push(outcome);
    }
    parts
        .into_iter()
        .map(|(name, part)| (name, summary(&part)))
        .collect()
}

fn summary(outcomes: &[&Outcome]) -> Summary {
    let metrics = METRICS.iter().filter_map(|(name, _)| {
        let values: Vec<f64> = outcomes
            .iter()
            .filter_map(|outcome| outcome.scores.get(*name).copied())
            .collect();
        estimate(&values).map(|found| ((*name).to_owned(), found))
    });
    Summary {
        questions: outcomes.len(),
        metrics: metrics.collect(),
    }
}

fn routes(outcomes: &[Outcome]) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut out: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for outcome in outcomes {
        if let Some(answer) = &outcome.answer {
            *out.entry(outcome.expected.as_str().to_owned())
                .or_default()
                .entry(answer.route.clone())
                .or_default() += 1;
        }
    }
    out
}

fn curves(outcomes: &[Outcome]) -> BTreeMap<String, Vec<f64>> {
    let with_gold: Vec<&Outcome> = outcomes.iter().filter(|o| !o.gold.is_empty()).collect();
    let curve = |ranked: fn(&Outcome) -> Option<&[String]>| -> Vec<f64> {
        let firsts: Vec<Option<usize>> = with_gold
            .iter()
            .filter_map(|outcome| {
                ranked(outcome).map(|list| list.iter().position(|code| outcome.gold.contains(code)))
            })
            .collect();
        if firsts.is_empty() {
            return Vec::new();
        }
        (0..DEPTH)
            .map(|k| {
                let hits = firsts.iter().flatten().filter(|first| **first <= k).count();
                hits as f64 / firsts.len() as f64
            })
            .collect()
    };
    let search = curve(|o| Some(&o.search));
    let offered = curve(|o| o.answer.as_ref().map(|a| a.procedures.as_slice()));
    [("search", search), ("offered", offered)]
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .map(|(name, points)| (name.to_owned(), points))
        .collect()
}

fn latency(outcomes: &[Outcome]) -> BTreeMap<String, Latency> {
    let spread = |stage: &str| {
        let mut values: Vec<f64> = outcomes
            .iter()
            .filter_map(|outcome| outcome.ms.get(stage).copied())
            .collect();
        values.sort_by(f64::total_cmp);
        let max = values.last().copied()?;
        Some(Latency {
            p50: percentile(&values, 50.0),
            p95: percentile(&values, 95.0),
            p99: percentile(&values, 99.0),
            max,
        })
    };
    STAGES
        .iter()
        .filter_map(|stage| spread(stage).map(|found| ((*stage).to_owned(), found)))
        .collect()
}

/// The report as a person reads it in a terminal.
pub fn table(report: &Report) -> String {
    let mut out = String::new();
    let setting = &report.setting;
    let by = setting.model.as_deref().unwrap_or(setting.mode.as_str());
    let _ = writeln!(
        out,
        "{} questions · answers: {by} · index {}",
        report.overall.questions, setting.snapshot
    );
    for suite in &report.suites {
        let _ = writeln!(out, "  {} ({})", suite.name, suite.questions);
    }
    let splits = &report.groups["split"];
    let _ = write!(out, "\n{:16}", "metric");
    for name in splits.keys() {
        let _ = write!(out, " {name:>22}");
    }
    out.push('\n');
    for (metric, meaning) in METRICS {
        if report.overall.metrics.contains_key(metric) {
            let _ = write!(out, "{metric:16}");
            for split in splits.values() {
                let _ = write!(out, " {:>22}", cell(split.metrics.get(metric)));
            }
            let _ = writeln!(out, "  {meaning}");
        }
    }
    if let Some(robustness) = &report.robustness {
        out.push_str(&robustness.table());
    }
    latency_table(&mut out, report);
    if let Some(comparison) = &report.comparison {
        out.push_str(&comparison.table());
    }
    out
}

fn cell(found: Option<&Estimate>) -> String {
    found.map_or_else(
        || "–".into(),
        |e| {
            format!(
                "{:5.1} [{:.0}–{:.0}] n={}",
                e.mean * 100.0,
                e.low * 100.0,
                e.high * 100.0,
                e.n
            )
        },
    )
}

fn latency_table(out: &mut String, report: &Report) {
    let _ = writeln!(
        out,
        "\n{:16} {:>9} {:>9} {:>9} {:>9}",
        "milliseconds", "p50", "p95", "p99", "max"
    );
    for stage in STAGES {
        if let Some(l) = report.latency.get(stage) {
            let _ = writeln!(
                out,
                "{stage:16} {:9.2} {:9.2} {:9.2} {:9.2}",
                l.p50, l.p95, l.p99, l.max
            );
        }
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
