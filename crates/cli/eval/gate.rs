//! `motcua eval --gate`: what the sentence gate lets through, of pairs of a true and a
//! wrong sentence and of mutated lines of records.

use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;
use assistant::rules::Rules;
use eval::gate::{GateReport, measure, read_pairs};

use super::{Args, write_json};
use crate::progress::say;

/// Mutations made of a folder of records, unless `--limit` says otherwise.
const MUTATIONS: usize = 5_000;

/// Least share of true sentences let through.
const GOOD: f64 = 0.95;

/// Largest share of wrong ones.
const WRONG: f64 = 0.01;

/// Measures each file of pairs and each folder of records. Exit code 1 when one of them
/// misses the bars.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut reports = Vec::new();
    for path in &args.suites {
        let report = report(path, args.limit)?;
        say(report.table().trim_end());
        reports.push(report);
    }
    write_json(args, &reports)?;
    let is_below = |report: &&GateReport| report.good.share < GOOD || report.wrong.share > WRONG;
    let missed: Vec<&str> = reports
        .iter()
        .filter(is_below)
        .map(|r| r.name.as_str())
        .collect();
    if missed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!(
        "below the bars (95 % of the true, 1 % of the wrong): {}",
        missed.join(", ")
    ));
    Ok(ExitCode::from(1))
}

fn report(path: &Path, limit: Option<usize>) -> anyhow::Result<GateReport> {
    let pairs = if path.is_dir() {
        let records = corpus::load_dir(path)?.procedures;
        eval::mutation::pairs(&records, limit.unwrap_or(MUTATIONS))
    } else {
        let mut pairs = read_pairs(path)?;
        pairs.truncate(limit.unwrap_or(usize::MAX));
        pairs
    };
    ensure!(
        !pairs.is_empty(),
        "{}: no pair and no record to make one of",
        path.display()
    );
    Ok(measure(
        &path.display().to_string(),
        &Rules::embedded().gate,
        &pairs,
    ))
}
