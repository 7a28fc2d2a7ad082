//! `motcua eval` over what others have: folders of judged documents (BEIR) and treebanks
//! (`.conllu`). Neither needs an index of ours.

use std::path::Path;

use anyhow::{Context, ensure};
use eval::{Collection, CollectionReport, Segmentation, Treebank};
use retrieval::documents::Documents;
use serde::Serialize;

use super::Args;
use crate::progress::{bar, print, say};

/// The figures of everything that was named.
#[derive(Serialize)]
struct Reports {
    collections: Vec<CollectionReport>,
    treebanks: Vec<Segmentation>,
}

/// True for a folder and a `.conllu` file; everything else is a suite.
pub fn measures(path: &Path) -> bool {
    path.is_dir() || is_treebank(path)
}

fn is_treebank(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("conllu"))
}

/// Measures each folder and file, prints the figures and writes them as JSON.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let suite = args.suites.iter().find(|path| !measures(path));
    if let Some(suite) = suite {
        anyhow::bail!(
            "{}: a suite; run suites apart from folders and .conllu files",
            suite.display()
        );
    }
    let of_suites = args.check
        || args.variants
        || args.html.is_some()
        || args.baseline.is_some()
        || args.write_baseline.is_some();
    ensure!(
        !of_suites,
        "--check, --variants, --html, --baseline and --write-baseline are for suites: a folder \
         is always run in its variants, and --json writes its figures"
    );
    let mut reports = Reports {
        collections: Vec::new(),
        treebanks: Vec::new(),
    };
    for path in &args.suites {
        if is_treebank(path) {
            let found = eval::segmentation(&Treebank::read(path)?).context("no sentence")?;
            say(found.table().trim_end());
            reports.treebanks.push(found);
        } else {
            let found = collection(path, args.limit)?;
            say(found.table().trim_end());
            reports.collections.push(found);
        }
    }
    write(args, &reports)
}

fn collection(folder: &Path, limit: Option<usize>) -> anyhow::Result<CollectionReport> {
    let mut collection = Collection::read(folder)?;
    collection.questions.truncate(limit.unwrap_or(usize::MAX));
    let documents = std::mem::take(&mut collection.documents);
    let indexed = bar(documents.len() as u64, "documents");
    let index = Documents::build(documents, &mut |done| indexed.set_position(done as u64))?;
    indexed.finish_and_clear();
    let configurations = eval::ranked::configurations();
    let asked = bar(configurations.len() as u64, "configurations");
    let report = eval::ranked(&collection, &index, configurations, &mut |done| {
        asked.set_position(done as u64);
    })?;
    asked.finish_and_clear();
    Ok(report)
}

fn write(args: &Args, reports: &Reports) -> anyhow::Result<()> {
    match &args.json {
        None => {}
        Some(path) if path.as_os_str() == "-" => {
            print(&serde_json::to_string(reports).context("report as JSON")?)?;
        }
        Some(path) => {
            let json = serde_json::to_string_pretty(reports).context("report as JSON")?;
            eval::write(path, &json)?;
        }
    }
    Ok(())
}
