//! The texts that the restorer is fitted to and measured on.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One record in so many is held back.
const HELD_BACK: u64 = 10;

/// Which records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those that the model is fitted to.
    Fit,
    /// The tenth that it has not seen.
    HeldBack,
}

/// Where the repository is.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every distinct line of the records of one part, in order. Records of one name (the same
/// procedure at another level or in another province) are in one part.
pub fn records(folder: &Path, part: Part) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut lines = BTreeSet::new();
    for path in json_files(folder)? {
        let record: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let name = record["name"].as_str().unwrap_or_default();
        let held_back = hash(&bare_name(name)).is_multiple_of(HELD_BACK);
        if held_back == (part == Part::HeldBack) {
            collect(&record, "", &mut lines);
        }
    }
    Ok(lines)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    Ok(paths)
}

/// A record's name without case, level and place: folded letters before the first bracket.
fn bare_name(name: &str) -> String {
    let bare = name.split(['(', '[']).next().unwrap_or(name);
    vitext::fold(bare)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// FNV-1a: the same on every machine and version.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The lines of all texts in a record; keys that hold codes, links and enums are left out.
fn collect(value: &Value, key: &str, lines: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !matches!(key, "sha256" | "source_url" | "unit" | "number") => {
            let lines_of = text.lines().map(str::trim);
            lines.extend(lines_of.filter(|l| l.contains(' ')).map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, key, lines)),
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| collect(value, key, lines)),
        _ => {}
    }
}

/// The sentences of a treebank in CoNLL-U.
pub fn treebank(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let sentence = |line: &str| line.strip_prefix("# text =").map(|s| s.trim().to_owned());
    Ok(text.lines().filter_map(sentence).collect())
}

/// What we wrote ourselves: everyday sentences, our records (their aliases are citizens'
/// words), the lexicon of search.
pub fn everyday() -> Result<Vec<String>, Box<dyn Error>> {
    let mut lines = rows(&root().join("crates/vitext/data/everyday.txt"))?;
    let mut own = BTreeSet::new();
    for path in json_files(&root().join("corpus/procedures"))? {
        collect(
            &serde_json::from_str(&fs::read_to_string(&path)?)?,
            "",
            &mut own,
        );
    }
    lines.extend(own);
    for name in [
        "synonyms.tsv",
        "frames.tsv",
        "acts.tsv",
        "abbreviations.tsv",
    ] {
        for row in rows(&root().join("corpus/lexicon").join(name))? {
            let cells = row.split(['\t', '|']).filter(|cell| cell.contains(' '));
            lines.extend(cells.map(str::to_owned));
        }
    }
    Ok(lines)
}

/// The lines of a file that are neither empty nor a comment.
fn rows(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    Ok(text.lines().filter(said).map(str::to_owned).collect())
}

/// The turns of a suite of questions that were typed with diacritics.
pub fn marked_turns(suite: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut turns = Vec::new();
    for line in fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let texts = item["turns"].as_array().into_iter().flatten();
        let texts = texts.filter_map(Value::as_str).map(str::to_owned);
        turns.extend(
            texts.filter(|text| item["kind"] != "no_diacritics" && vitext::has_marks(text)),
        );
    }
    Ok(turns)
}
