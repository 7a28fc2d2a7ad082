//! Fits the model of `vitext::restore` and measures it.
//!
//! ```text
//! cargo run --release -p vitext --example train-restorer -- fit RECORDS_DIR TREEBANK... > crates/vitext/data/restorer.bin
//! cargo run --release -p vitext --example train-restorer -- measure records RECORDS_DIR
//! cargo run --release -p vitext --example train-restorer -- measure questions SUITE.jsonl
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

/// What one line of a record counts: the unit.
const RECORD: f64 = 1.0;
/// What a sentence of the treebank counts. (Chosen on eval/suites/citizens-dev.jsonl.)
const TREEBANK: f64 = 1.0;
/// What our own everyday sentences, aliases and lexicon count. (Likewise.)
const EVERYDAY: f64 = 4.0;

fn limits() -> Limits {
    let env = |name: &str, default: usize| {
        std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
    };
    Limits {
        least: env("LEAST", 2) as f64,
        bigrams: env("BI", 200_000),
        trigrams: env("TRI", 500_000),
    }
}

fn fit(records: &Path, treebanks: &[PathBuf]) -> Outcome {
    let env = |name: &str, default: f64| {
        std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
    };
    let mut trainer = Trainer::default();
    for line in texts::records(records, texts::Part::Fit)? {
        trainer.add(0, &line, RECORD);
    }
    for path in treebanks {
        for line in texts::treebank(path)? {
            trainer.add(1, &line, TREEBANK);
        }
    }
    for line in texts::everyday()? {
        trainer.add(2, &line, EVERYDAY);
    }
    std::io::stdout().write_all(&trainer.finish(&[1.0 - env("ST", 0.15) - env("SE", 0.4), env("ST", 0.15), env("SE", 0.4)], limits()))?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let words: Vec<&str> = arguments.iter().filter_map(|a| a.to_str()).collect();
    let outcome = match words.as_slice() {
        ["fit", records, ..] => fit(records.as_ref(), &arguments[2..]),
        ["measure", "records", folder] => measure::records(folder.as_ref()),
        ["measure", "questions", suite] => measure::questions(suite.as_ref()),
        _ => Err("usage: fit RECORDS_DIR TREEBANK... | measure records DIR | measure questions SUITE".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}
