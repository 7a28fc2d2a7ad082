//! The report as one HTML page: plots first, then tables, then every failure with
//! the question, what was expected, what came and what the record says. No script, no
//! outside resource.

mod failures;
mod marks;
mod versus;

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use self::failures::{Failure, Filter, failures, filters};
use crate::baseline::Comparison;
use crate::error::EvalError;
use crate::metrics::{Estimate, percentile};
use crate::plot::{self, Whisker};
use crate::report::{METRICS, Report, STAGES, Setting, SuiteInfo, Summary};
use crate::robustness::Robustness;

pub use self::failures::Records;
pub use self::versus::versus_html;

/// Pages and what they share.
const TEMPLATES: [(&str, &str); 6] = [
    ("style.css", include_str!("../data/style.css")),
    ("report.html", include_str!("../data/report.html")),
    ("failures.html", include_str!("../data/failures.html")),
    ("comparison.html", include_str!("../data/comparison.html")),
    ("macros.html", include_str!("../data/macros.html")),
    ("versus.html", include_str!("../data/versus.html")),
];

/// Renders the page; `records` gives the records that stand beside the failures.
pub fn html(report: &Report, records: &Records<'_>) -> Result<String, EvalError> {
    render("report.html", view(report, records))
}

fn render(name: &str, view: impl Serialize) -> Result<String, EvalError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    let page = environment.get_template(name)?;
    Ok(page.render(Value::from(Serde(view)))?)
}

#[derive(Serialize)]
struct View<'a> {
    setting: &'a Setting,
    suites: &'a [SuiteInfo],
    questions: usize,
    splits: Vec<&'a String>,
    tiles: Vec<(&'static str, String, String)>,
    headline: Vec<Row>,
    groups: Vec<GroupTable>,
    curves: Vec<(&'a str, String)>,
    confusion: Confusion,
    latency: Vec<Stage>,
    decades: Vec<(f64, &'static str)>,
    comparison: Option<Compared>,
    robustness: Option<Typed>,
    filters: Vec<Filter>,
    failures: Vec<Failure<'a>>,
    width: f64,
    height: f64,
}

fn view<'a>(report: &'a Report, records: &Records<'_>) -> View<'a> {
    let failed = report.failures();
    let filters = filters(&failed);
    View {
        setting: &report.setting,
        suites: &report.suites,
        questions: report.overall.questions,
        splits: report.groups["split"].keys().collect(),
        tiles: tiles(report),
        headline: headline(report),
        groups: groups(report),
        curves: curves(report),
        confusion: confusion(report),
        latency: latency(report),
        decades: decades(),
        comparison: report.comparison.as_ref().map(compared),
        robustness: report.robustness.as_ref().map(typed),
        failures: failures(&failed, &filters, records),
        filters,
        width: plot::WIDTH,
        height: plot::HEIGHT,
    }
}

/// Column heads, then metrics with a cell a variant.
type Typed = (Vec<&'static str>, Vec<(&'static str, Vec<String>)>);

fn typed(robustness: &Robustness) -> Typed {
    let variants = robustness.variants.iter();
    let heads = variants.map(|of| of.variant.as_str()).collect();
    (heads, robustness.rows())
}

/// The figures that a reader wants before anything else.
fn tiles(report: &Report) -> Vec<(&'static str, String, String)> {
    let shown = ["pass", "hit_1", "search_hit_1", "grounded", "no_violation"];
    let focus = report.groups["split"]
        .get("test")
        .unwrap_or(&report.overall);
    METRICS
        .iter()
        .filter(|(name, _)| shown.contains(name))
        .filter_map(|(name, meaning)| {
            let found = focus.metrics.get(*name)?;
            let range = format!(
                "{:.0}–{:.0} %, n = {}",
                found.low * 100.0,
                found.high * 100.0,
                found.n
            );
            Some((*meaning, format!("{:.1} %", found.mean * 100.0), range))
        })
        .collect()
}

#[derive(Serialize)]
struct Row {
    name: String,
    meaning: String,
    marks: Vec<Option<Whisker>>,
}

fn headline(report: &Report) -> Vec<Row> {
    let splits = &report.groups["split"];
    METRICS
        .iter()
        .filter(|(name, _)| report.overall.metrics.contains_key(*name))
        .map(|(name, meaning)| Row {
            name: (*name).to_owned(),
            meaning: (*meaning).to_owned(),
            marks: splits
                .values()
                .map(|split| split.metrics.get(*name).map(plot::whisker))
                .collect(),
        })
        .collect()
}

#[derive(Serialize)]
struct GroupTable {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<GroupRow>,
}

#[derive(Serialize)]
struct GroupRow {
    name: String,
    questions: usize,
    first: Option<Whisker>,
    cells: Vec<String>,
}

/// Kind, field and aspect, each with the main figure as a bar and the rest as numbers.
fn groups(report: &Report) -> Vec<GroupTable> {
    let columns: Vec<&'static str> = if report.overall.metrics.contains_key("pass") {
        vec![
            "pass",
            "route",
            "hit_1",
            "includes",
            "no_violation",
            "grounded",
            "search_hit_1",
        ]
    } else {
        vec![
            "search_hit_1",
            "search_hit_3",
            "search_hit_10",
            "search_mrr",
        ]
    };
    [
        ("kind", "By kind of question"),
        ("field", "By field"),
        ("aspect", "By what is asked"),
    ]
    .into_iter()
    .map(|(key, title)| GroupTable {
        title,
        rows: group_rows(&report.groups[key], &columns),
        columns: columns.clone(),
    })
    .collect()
}

fn group_rows(group: &BTreeMap<String, Summary>, columns: &[&str]) -> Vec<GroupRow> {
    let mut rows: Vec<GroupRow> = group
        .iter()
        .map(|(name, summary)| GroupRow {
            name: name.clone(),
            questions: summary.questions,
            first: summary.metrics.get(columns[0]).map(plot::whisker),
            cells: columns[1..]
                .iter()
                .map(|c| share(summary.metrics.get(*c)))
                .collect(),
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.questions));
    rows
}

fn share(found: Option<&Estimate>) -> String {
    found.map_or_else(|| "–".into(), |e| format!("{:.0}", e.mean * 100.0))
}

fn curves(report: &Report) -> Vec<(&str, String)> {
    report
        .curves
        .iter()
        .map(|(name, shares)| (name.as_str(), plot::curve(shares)))
        .collect()
}

#[derive(Serialize)]
struct ConfusionRow {
    expected: String,
    cells: Vec<(usize, String)>,
}

#[derive(Serialize)]
struct Confusion {
    columns: Vec<String>,
    rows: Vec<ConfusionRow>,
}

/// Expected route against route taken; the second value of a cell is its share of
/// the row, as the opacity of its colour.
fn confusion(report: &Report) -> Confusion {
    let mut columns: Vec<String> = report
        .routes
        .values()
        .flat_map(|r| r.keys().cloned())
        .collect();
    columns.sort();
    columns.dedup();
    let rows = report.routes.iter().map(|(expected, taken)| {
        let total = taken.values().sum::<usize>().max(1) as f64;
        let cells = columns.iter().map(|column| {
            let count = taken.get(column).copied().unwrap_or(0);
            (count, format!("{:.2}", count as f64 / total))
        });
        ConfusionRow {
            expected: expected.clone(),
            cells: cells.collect(),
        }
    });
    Confusion {
        rows: rows.collect(),
        columns: columns.clone(),
    }
}

#[derive(Serialize)]
struct Stage {
    name: &'static str,
    points: String,
    p50: String,
    p95: String,
    p99: String,
    max: String,
}

fn latency(report: &Report) -> Vec<Stage> {
    STAGES
        .iter()
        .filter_map(|name| {
            let mut values: Vec<f64> = report
                .outcomes
                .iter()
                .filter_map(|outcome| outcome.ms.get(*name).copied())
                .collect();
            values.sort_by(f64::total_cmp);
            let at = |percent: f64| format!("{:.2}", percentile(&values, percent));
            (!values.is_empty()).then(|| Stage {
                name,
                points: plot::cumulative(&values),
                p50: at(50.0),
                p95: at(95.0),
                p99: at(99.0),
                max: at(100.0),
            })
        })
        .collect()
}

fn decades() -> Vec<(f64, &'static str)> {
    plot::DECADES
        .iter()
        .map(|(decade, label)| (plot::log_x(10_f64.powf(*decade)), *label))
        .collect()
}

#[derive(Serialize)]
struct Difference {
    metric: String,
    before: String,
    now: String,
    regressed: bool,
    mark: Whisker,
}

/// What is compared, and a row a metric.
type Compared = (String, Vec<Difference>);

fn compared(found: &Comparison) -> Compared {
    let widest = found
        .changes
        .iter()
        .map(|c| c.difference.low.abs().max(c.difference.high.abs()))
        .fold(0.05, f64::max);
    let rows = found.changes.iter().map(|change| Difference {
        metric: change.metric.clone(),
        before: format!("{:.1}", change.before * 100.0),
        now: format!("{:.1}", change.now * 100.0),
        regressed: change.regressed,
        mark: plot::difference(&change.difference, widest),
    });
    (found.scope(), rows.collect())
}
