//! Checks the questions themselves against the records they are about.
//!
//! A wrong expectation costs more than a wrong answer: it makes the product worse
//! on purpose. So every code must exist, what an answer must say must stand in a
//! gold record, what a "silent" question forbids must not, and no question may be
//! asked twice, least of all once in dev and once in test.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use corpus::{Procedure, Section};
use serde_json::Value;

use crate::pattern::{plain, syllables};
use crate::suite::{Expected, Item, Suite};

/// Two questions that share this much of their folded syllables are one question.
const SAME: f64 = 0.6;

/// A problem with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The suite.
    pub path: PathBuf,
    /// 1-based line.
    pub line: usize,
    /// The question.
    pub id: String,
    /// What is wrong.
    pub problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            path,
            line,
            id,
            problem,
        } = self;
        write!(f, "{}:{line}: {id}: {problem}", path.display())
    }
}

/// Every problem found; `record` gives a procedure by its code.
pub fn check(suites: &[Suite], record: impl Fn(&str) -> Option<Arc<Procedure>>) -> Vec<Finding> {
    let all: Vec<(&Suite, &Item)> = suites
        .iter()
        .flat_map(|suite| suite.items.iter().map(move |item| (suite, item)))
        .collect();
    let mut findings = Vec::new();
    let mut ids = HashSet::new();
    for (suite, item) in &all {
        let mut problems = shape(item);
        if !ids.insert(&item.id) {
            problems.push("another suite uses this id".into());
        }
        problems.extend(against_records(item, &record));
        findings.extend(
            problems
                .into_iter()
                .map(|problem| finding(suite, item, problem)),
        );
    }
    findings.extend(duplicates(&all));
    findings
}

fn finding(suite: &Suite, item: &Item, problem: String) -> Finding {
    Finding {
        path: suite.path.clone(),
        line: item.line,
        id: item.id.clone(),
        problem,
    }
}

/// What a kind or route promises about the item itself.
fn shape(item: &Item) -> Vec<String> {
    let mut out = Vec::new();
    if item.kind == "no_diacritics" && !item.turns.iter().all(|turn| turn.is_ascii()) {
        out.push("no_diacritics, but a turn is not plain ASCII".into());
    }
    if item.kind == "multi_turn" && item.turns.len() < 2 {
        out.push("multi_turn with one turn".into());
    }
    if item.route == Expected::Answer && item.gold_codes.is_empty() {
        out.push("route answer without a gold code".into());
    }
    if item.route == Expected::Clarify && item.gold_codes.len() < 2 {
        out.push("route clarify needs at least two gold codes to choose from".into());
    }
    if item.route == Expected::NoInfo && !item.gold_codes.is_empty() && item.must_not.is_empty() {
        out.push("a silent field needs must_not: what an invented answer would say".into());
    }
    out
}

fn against_records(item: &Item, record: impl Fn(&str) -> Option<Arc<Procedure>>) -> Vec<String> {
    let mut out = Vec::new();
    let mut records = Vec::new();
    for code in &item.gold_codes {
        match record(code) {
            Some(found) if found.is_named_only() => {
                out.push(format!("only the name of {code} is known, not its record"));
            }
            Some(found) => records.push(found),
            None => out.push(format!("no record with code {code}")),
        }
    }
    if item.route == Expected::Answer {
        let texts: Vec<String> = records.iter().map(|r| statements(r)).collect();
        for pattern in &item.must_include {
            let found = |text: &String| matches!(pattern.find(text), Ok(Some(_)));
            if !records.is_empty() && !texts.iter().any(found) {
                out.push(format!("no gold record says `{}`", pattern.as_str()));
            }
        }
    }
    if item.route == Expected::NoInfo {
        for record in &records {
            let text = section(record, item.aspect);
            for pattern in &item.must_not {
                if let Ok(Some(words)) = pattern.find(&text) {
                    out.push(format!("{} is not silent: it says `{words}`", record.code));
                }
            }
        }
    }
    out
}

/// Everything a record states, as cards show it and as it is stored, one piece a line.
fn statements(record: &Procedure) -> String {
    let mut pieces: Vec<String> = Section::ALL
        .into_iter()
        .map(|part| section(record, part))
        .collect();
    if let Ok(value) = serde_json::to_value(record) {
        strings(&value, &mut pieces);
    }
    pieces.join("\n")
}

fn section(record: &Procedure, part: Section) -> String {
    let lines = corpus::facts(record, part).lines;
    lines
        .iter()
        .map(|line| plain(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(plain(text)),
        Value::Array(list) => list.iter().for_each(|value| strings(value, out)),
        // Aliases are ours: an answer cannot be proved by them.
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "aliases")
            .for_each(|(_, value)| strings(value, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn duplicates(all: &[(&Suite, &Item)]) -> Vec<Finding> {
    let sets: Vec<HashSet<String>> = all
        .iter()
        .map(|(_, item)| syllables(&item.turns.join(" ")).into_iter().collect())
        .collect();
    let mut out = Vec::new();
    for (later, (suite, item)) in all.iter().enumerate() {
        for (earlier, (other_suite, other)) in all.iter().enumerate().take(later) {
            let common = sets[later].intersection(&sets[earlier]).count() as f64;
            let union = (sets[later].len() + sets[earlier].len()) as f64 - common;
            if union > 0.0 && common / union >= SAME {
                let name = &other_suite.name;
                let problem = format!(
                    "asks the same as {name}/{} ({:.2})",
                    other.id,
                    common / union
                );
                out.push(finding(suite, item, problem));
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
