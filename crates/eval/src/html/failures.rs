//! Every failure with the record beside the answer: what the gold records and the one
//! answered from say about the aspect asked for, with the lines that the answer cites and
//! the words that it should have said.

use std::collections::BTreeMap;
use std::sync::Arc;

use corpus::{Facts, Procedure, Section, State, facts};
use serde::Serialize;

use super::marks::{Piece, compiled, holds, pieces};
use crate::faults::{fault_kinds, faults};
use crate::pattern::Pattern;
use crate::runner::{Cited, Outcome, Shown};

/// Where the page takes records from, by code.
pub type Records<'r> = dyn Fn(&str) -> Option<Arc<Procedure>> + 'r;

/// Gold records shown beside one failure: a procedure may have a variant a province.
const GOLD: usize = 2;

/// Lines of a section that are shown; cited and marked lines always are.
const LINES: usize = 14;

/// A button that hides all failures but those of one kind of question or of fault.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// `kind` or `fault`.
    pub group: &'static str,
    /// The class of the failures that stay.
    pub class: String,
    /// What is on the button.
    pub label: String,
    /// Failures that stay.
    pub count: usize,
}

/// The buttons for these failures, each group with the most frequent first.
pub fn filters(failed: &[&Outcome]) -> Vec<Filter> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in failed {
        *kinds.entry(&outcome.kind).or_default() += 1;
        for fault in fault_kinds(outcome) {
            *wrong.entry(fault).or_default() += 1;
        }
    }
    [("kind", kinds), ("fault", wrong)]
        .into_iter()
        .flat_map(|(group, counts)| {
            let mut counts: Vec<_> = counts.into_iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let numbered = counts.into_iter().enumerate();
            numbered.map(move |(number, (label, count))| Filter {
                group,
                class: format!("{group}-{number}"),
                label: label.to_owned(),
                count,
            })
        })
        .collect()
}

/// A failure as the page shows it.
#[derive(Debug, Serialize)]
pub struct Failure<'a> {
    outcome: &'a Outcome,
    classes: String,
    faults: Vec<String>,
    rank: Option<usize>,
    patterns: Vec<Wanted>,
    answer: Vec<Vec<Piece>>,
    records: Vec<Record>,
}

/// A pattern and what became of it.
#[derive(Debug, Serialize)]
struct Wanted {
    pattern: String,
    /// `must say` or `must not say`.
    rule: &'static str,
    /// True when the rule is kept.
    kept: bool,
    /// Sections of the records shown that hold it.
    stands_in: Vec<&'static str>,
}

/// A record beside an answer.
#[derive(Debug, Serialize)]
struct Record {
    code: String,
    name: String,
    level: &'static str,
    gold: bool,
    answered: bool,
    sections: Vec<SectionView>,
}

#[derive(Debug, Serialize)]
struct SectionView {
    label: &'static str,
    present: bool,
    lines: Vec<Line>,
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct Line {
    pieces: Vec<Piece>,
    cited: Vec<u32>,
}

/// The failures, in the order given.
pub fn failures<'a>(
    failed: &[&'a Outcome],
    filters: &[Filter],
    records: &Records<'_>,
) -> Vec<Failure<'a>> {
    failed
        .iter()
        .map(|outcome| failure(outcome, filters, records))
        .collect()
}

fn failure<'a>(outcome: &'a Outcome, filters: &[Filter], records: &Records<'_>) -> Failure<'a> {
    let wanted = compiled(&outcome.must_include);
    let unwanted = compiled(&outcome.must_not);
    let found = beside(outcome, records);
    let answer = outcome.answer.as_ref();
    let first_gold = |code: &String| outcome.gold.contains(code);
    Failure {
        outcome,
        classes: classes(outcome, filters),
        faults: faults(outcome),
        rank: outcome.search.iter().position(first_gold).map(|at| at + 1),
        patterns: patterns(outcome, &found),
        answer: answer.map_or_else(Vec::new, |answer| answer_lines(answer, &wanted, &unwanted)),
        records: found
            .iter()
            .map(|record| view(record, outcome, &wanted))
            .collect(),
    }
}

fn classes(outcome: &Outcome, filters: &[Filter]) -> String {
    let kinds = fault_kinds(outcome);
    let applies = |filter: &&Filter| match filter.group {
        "kind" => filter.label == outcome.kind,
        _ => kinds.contains(&filter.label.as_str()),
    };
    let classes: Vec<&str> = filters
        .iter()
        .filter(applies)
        .map(|filter| filter.class.as_str())
        .collect();
    classes.join(" ")
}

/// The text's lines, then the cards' (in which nothing is unwanted: the judge looks for that
/// in the text alone).
fn answer_lines(answer: &Shown, wanted: &[Pattern], unwanted: &[Pattern]) -> Vec<Vec<Piece>> {
    let text = answer
        .text
        .lines()
        .map(|line| pieces(line, wanted, unwanted));
    let cards = answer.cards.iter().map(|line| pieces(line, wanted, &[]));
    text.chain(cards).collect()
}

/// The gold records, and the one that the answer is about when it is another.
fn beside(outcome: &Outcome, records: &Records<'_>) -> Vec<Arc<Procedure>> {
    let answered = answered(outcome);
    let is_right = answered.is_some_and(|code| outcome.gold.iter().any(|gold| gold == code));
    let mut codes: Vec<&str> = outcome.gold.iter().map(String::as_str).collect();
    if is_right {
        codes.retain(|code| Some(*code) == answered);
    }
    codes.truncate(GOLD);
    codes.extend(answered.filter(|_| !is_right));
    codes.into_iter().filter_map(records).collect()
}

fn answered(outcome: &Outcome) -> Option<&str> {
    let answer = outcome.answer.as_ref()?;
    answer.procedures.first().map(String::as_str)
}

fn patterns(outcome: &Outcome, records: &[Arc<Procedure>]) -> Vec<Wanted> {
    let Some(verdict) = &outcome.verdict else {
        return Vec::new();
    };
    let stands_in = |source: &String| {
        let pattern = compiled(std::slice::from_ref(source));
        let holding = |section: &&Section| {
            let of = |record: &Arc<Procedure>| facts(record, **section).lines;
            let mut lines = records.iter().flat_map(of);
            lines.any(|line| holds(&line, &pattern))
        };
        let sections = Section::ALL.iter().filter(holding);
        sections.map(|section| section.label()).collect()
    };
    let row = |source: &String, rule, kept| Wanted {
        pattern: source.clone(),
        rule,
        kept,
        stands_in: stands_in(source),
    };
    let violated = |source: &String| {
        let violations = verdict.violations.iter();
        violations.clone().any(|found| found.starts_with(source))
    };
    let says = outcome.must_include.iter();
    let says = says.map(|s| row(s, "must say", !verdict.missing.contains(s)));
    let not = outcome.must_not.iter();
    let not = not.map(|s| row(s, "must not say", !violated(s)));
    says.chain(not).collect()
}

fn view(record: &Arc<Procedure>, outcome: &Outcome, wanted: &[Pattern]) -> Record {
    let citations: &[Cited] = outcome.answer.as_ref().map_or(&[], |a| &a.citations);
    let cited: Vec<&Cited> = citations.iter().filter(|c| c.code == record.code).collect();
    let asked = outcome.aspect.parse::<Section>().ok();
    let sections = Section::ALL.iter().map(|section| facts(record, *section));
    let concerned = |found: &Facts| {
        let stated = found.state == State::Present;
        let held = |line: &String| holds(line, wanted) || !citing(line, &cited).is_empty();
        Some(found.section) == asked || stated && found.lines.iter().any(held)
    };
    let mut shown: Vec<Facts> = sections.filter(concerned).collect();
    shown.sort_by_key(|found| Some(found.section) != asked);
    Record {
        code: record.code.clone(),
        name: record.name.clone(),
        level: record.level().label(),
        gold: outcome.gold.contains(&record.code),
        answered: answered(outcome) == Some(record.code.as_str()),
        sections: shown
            .iter()
            .map(|found| section(found, wanted, &cited, Some(found.section) == asked))
            .collect(),
    }
}

/// A section: the one asked for with its first lines, another with those lines only that are
/// cited or hold what is wanted.
fn section(found: &Facts, wanted: &[Pattern], cited: &[&Cited], asked: bool) -> SectionView {
    let mut lines = Vec::new();
    for line in &found.lines {
        let numbers = citing(line, cited);
        let worth = !numbers.is_empty() || holds(line, wanted);
        if worth || asked && lines.len() < LINES {
            lines.push(Line {
                pieces: pieces(line, wanted, &[]),
                cited: numbers,
            });
        }
    }
    SectionView {
        label: found.section.label(),
        present: found.state == State::Present,
        left_out: found.lines.len() - lines.len(),
        lines,
    }
}

/// Numbers of the citations that quote a line, or a sentence of it.
fn citing(line: &str, cited: &[&Cited]) -> Vec<u32> {
    let quoted = |citation: &&&Cited| {
        !citation.quote.is_empty()
            && (line.contains(&citation.quote) || citation.quote.starts_with(line))
    };
    cited.iter().filter(quoted).map(|c| c.id).collect()
}

#[cfg(test)]
#[path = "failures_tests.rs"]
mod tests;
