//! Fits the model of `vitext::restore` and measures it.
//!
//! ```text
//! cargo run --release -p vitext --example train-restorer -- fit RECORDS_DIR TREEBANK... > crates/vitext/data/restorer.bin
//! cargo run --release -p vitext --example train-restorer -- measure records RECORDS_DIR
//! cargo run --release -p vitext --example train-restorer -- measure questions SUITE.jsonl
//! cargo run --release -p vitext --example train-restorer -- measure legacy RECORDS_DIR
//! ```
//!
//! `RECORDS_DIR` is what `motcua import` makes of the national records; a `TREEBANK` is a file
//! in CoNLL-U. The records whose name falls in one tenth (by hash) are held back from fitting
//! and are what `measure records` measures. `crates/vitext/data/README.md` says more.

mod measure;
mod texts;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use vitext::restore::train::{Limits, Trainer};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// How much the records, the treebank and what we wrote ourselves weigh in the mixture.
/// Chosen on eval/suites/citizens-dev.jsonl: 94.4 % of its syllables with 0.35, 0.25, 0.4;
/// 94.6 % with 0.25, 0.25, 0.5; 94.3 % with 0.3, 0.35, 0.35.
const SHARES: [f64; 3] = [0.28, 0.25, 0.47];

/// What a syllable of each counts towards [`LIMITS`]: one that we wrote is always kept.
const WEIGHTS: [f64; 3] = [1.0, 1.0, 4.0];

/// What is kept: at these sizes all n-grams of the texts of 2026 fit.
const LIMITS: Limits = Limits {
    least: 2.0,
    bigrams: 200_000,
    trigrams: 500_000,
};

fn fit(records: &Path, treebanks: &[PathBuf]) -> Outcome {
    let mut trainer = Trainer::default();
    for line in texts::records(records, texts::Part::Fit)? {
        trainer.add(0, &line, WEIGHTS[0]);
    }
    for path in treebanks {
        for line in texts::treebank(path)? {
            trainer.add(1, &line, WEIGHTS[1]);
        }
    }
    for line in texts::everyday()? {
        trainer.add(2, &line, WEIGHTS[2]);
    }
    std::io::stdout().write_all(&trainer.finish(&SHARES, LIMITS))?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let words: Vec<&str> = arguments.iter().filter_map(|a| a.to_str()).collect();
    let outcome = match words.as_slice() {
        ["fit", records, ..] => fit(records.as_ref(), &arguments[2..]),
        ["measure", "records", folder] => measure::records(folder.as_ref()),
        ["measure", "questions", suite] => measure::questions(suite.as_ref()),
        ["measure", "legacy", folder] => measure::legacy(folder.as_ref()),
        _ => Err("usage: fit RECORDS TREEBANK... | measure records|legacy RECORDS | measure questions SUITE".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}
