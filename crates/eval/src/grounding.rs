//! Groundedness: every number that an answer states stands in the records it cites.
//!
//! An independent check on purpose. It does not ask the assistant's own gate; it
//! reads the finished answer from outside and compares digit groups with the raw
//! record, not with the lines that the product made of it. `10.000`, `10000` and
//! `10 000` are the same number, and so are `07` and `7`. What was worked out of a record
//! stands in none; [`crate::worked`] does the sum again.

use std::collections::BTreeSet;

use assistant::{Answer, Route};
use corpus::Procedure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::worked::{Asked, without_results};

/// What the check found in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grounding {
    /// Digit groups looked up.
    pub numbers: usize,
    /// Those that no cited record holds, as written.
    pub unsupported: Vec<String>,
}

/// Checks an answer to what was `asked`; `None` where its route states no facts from records (a hotline
/// in a safety text is ours, not a record's).
pub fn check(
    answer: &Answer,
    asked: &Asked,
    record: impl Fn(&str) -> Option<std::sync::Arc<Procedure>>,
) -> Option<Grounding> {
    if !matches!(
        answer.route,
        Route::Answer | Route::Journey | Route::NoInformation
    ) {
        return None;
    }
    let cited: BTreeSet<_> = answer.citations.iter().map(|c| c.code.as_str()).collect();
    let known = |code: &str| {
        let record = cited.contains(code).then(|| record(code)).flatten();
        record.map(|record| numbers_of(&record)).unwrap_or_default()
    };
    let mut everything: BTreeSet<String> = cited.iter().flat_map(|code| known(code)).collect();
    for offered in &answer.procedures {
        // Naming a procedure ("… cho người dưới 14 tuổi") needs no citation.
        everything.extend(readings(&offered.name).chain(readings(&offered.code)));
    }
    let mut found = Grounding::default();
    let text = without_marks(&answer.text, answer.citations.len());
    let text = without_results(&text, asked, &everything);
    look_up(&mut found, &text, &everything);
    for card in &answer.cards {
        let own = known(&card.code);
        for line in card.sections.iter().flat_map(|section| &section.lines) {
            look_up(&mut found, &without_marks(line, 0), &own);
        }
    }
    Some(found)
}

fn look_up(found: &mut Grounding, text: &str, known: &BTreeSet<String>) {
    for number in numbers(text) {
        found.numbers += 1;
        if !number
            .forms
            .iter()
            .any(|form| form.iter().all(|part| known.contains(part)))
        {
            found.unsupported.push(number.written);
        }
    }
}

/// Text without what is layout and not a statement: list numbers at the start of a
/// line (`2. Nộp hồ sơ`) and citation marks up to the number of citations (`[1]`).
fn without_marks(text: &str, citations: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let digits = trimmed.chars().take_while(char::is_ascii_digit).count();
        let rest = &trimmed[digits..];
        let marker =
            (1..=2).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "));
        out.push_str(if marker { &rest[2..] } else { trimmed });
        out.push('\n');
    }
    for id in 1..=citations {
        out = out.replace(&format!("[{id}]"), " ");
    }
    out
}

/// A number as written, with the readings under which it may be found: as one
/// number, or as the numbers it is made of (`đợt 1 500 người` is not 1500).
struct Number {
    written: String,
    forms: Vec<Vec<String>>,
}

/// Every number of a text, its thousands joined.
pub(crate) fn numbers_in(text: &str) -> impl Iterator<Item = String> {
    let forms = numbers(text).into_iter().map(|number| number.forms);
    forms.filter_map(|forms| forms.into_iter().next()?.pop())
}

/// Every number of a text, in every reading.
fn readings(text: &str) -> impl Iterator<Item = String> {
    numbers(text)
        .into_iter()
        .flat_map(|number| number.forms)
        .flatten()
}

/// Digit groups with their thousands joined.
fn numbers(text: &str) -> Vec<Number> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let groups = groups_from(&chars, at);
        let end = groups.last().map_or(at + 1, |group| group.1);
        let parts: Vec<String> = groups
            .iter()
            .map(|g| chars[g.0..g.1].iter().collect())
            .collect();
        let mut forms = vec![vec![trimmed(&parts.concat())]];
        if parts.len() > 1 {
            forms.push(parts.iter().map(|part| trimmed(part)).collect());
        }
        out.push(Number {
            written: chars[at..end].iter().collect(),
            forms,
        });
        at = end;
    }
    out
}

/// The run of digits at `at`, joined with following groups of exactly three digits
/// behind one separator when the first has at most three.
fn groups_from(chars: &[char], at: usize) -> Vec<(usize, usize)> {
    let run = |from: usize| {
        let length = chars[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        from + length
    };
    let mut groups = vec![(at, run(at))];
    if groups[0].1 - at > 3 {
        return groups;
    }
    while let Some(&(_, end)) = groups.last() {
        let separated = chars
            .get(end)
            .is_some_and(|c| matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}'));
        if !separated || run(end + 1) != end + 4 {
            break;
        }
        groups.push((end + 1, end + 4));
    }
    groups
}

/// Without leading zeros: `07` is `7`, `000` is `0`.
pub(crate) fn trimmed(digits: &str) -> String {
    let short = digits.trim_start_matches('0');
    if short.is_empty() { "0" } else { short }.to_owned()
}

/// Keys of a record that state nothing: what we added, hashes and addresses.
const NOT_FACTS: [&str; 7] = [
    "aliases",
    "life_events",
    "flags",
    "sha256",
    "importer_version",
    "url",
    "source_url",
];

/// Every number that a record holds, in every reading.
fn numbers_of(record: &Procedure) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(record) {
        collect(&value, &mut out);
    }
    out
}

fn collect(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => out.extend(readings(text)),
        Value::Number(number) => {
            let text = match number.as_f64() {
                Some(float) if float.fract() == 0.0 => format!("{float:.0}"),
                _ => number.to_string(),
            };
            out.extend(readings(&text));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, out)),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !NOT_FACTS.contains(&key.as_str()))
            .for_each(|(_, value)| collect(value, out)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
#[path = "grounding_tests.rs"]
mod tests;
