//! Whether an answer is right: route, procedures, what it must and must not say.
//!
//! Pass = route met, at least `min_gold` gold codes among the procedures answered
//! from or offered, every `must_include` found in the text or the cards, no
//! `must_not` found in the text. An empty list is not checked.

use std::collections::HashSet;

use assistant::{Answer, Route};
use corpus::State;
use serde::{Deserialize, Serialize};

use crate::pattern::plain;
use crate::suite::{Expected, Item};

/// Ways to say that the source is silent, one a line, without marks of their own.
const SILENCE: &str = include_str!("../data/silence.txt");

/// What the judge found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The route is one that meets the expected one.
    pub route: bool,
    /// Enough gold codes were offered; `None` where the item has none.
    pub gold: Option<bool>,
    /// Patterns not found.
    pub missing: Vec<String>,
    /// What was found and must not be, as `pattern → words`.
    pub violations: Vec<String>,
}

impl Verdict {
    /// Everything right.
    pub fn pass(&self) -> bool {
        self.route
            && self.gold != Some(false)
            && self.missing.is_empty()
            && self.violations.is_empty()
    }
}

/// Judges the answer to the last turn.
pub fn judge(item: &Item, answer: &Answer) -> Verdict {
    let text = plain(&answer.text);
    let whole = searchable(answer);
    let violations = violations(item, &text);
    Verdict {
        route: route_met(item, answer, &whole, violations.is_empty()),
        gold: gold_met(item, answer),
        missing: missing(item, &whole),
        violations,
    }
}

/// Text and cards, one piece a line so that no pattern spans two of them.
fn searchable(answer: &Answer) -> String {
    let mut pieces = vec![plain(&answer.text)];
    for card in &answer.cards {
        pieces.push(plain(&card.name));
        for section in &card.sections {
            pieces.push(plain(&section.label));
            pieces.extend(section.lines.iter().map(|line| plain(line)));
        }
    }
    pieces.join("\n")
}

fn missing(item: &Item, whole: &str) -> Vec<String> {
    item.must_include
        .iter()
        .filter_map(|pattern| match pattern.find(whole) {
            Ok(Some(_)) => None,
            Ok(None) => Some(pattern.as_str().to_owned()),
            Err(error) => Some(error),
        })
        .collect()
}

fn violations(item: &Item, text: &str) -> Vec<String> {
    item.must_not
        .iter()
        .filter_map(|pattern| match pattern.find(text) {
            Ok(Some(words)) => Some(format!("{} → {words}", pattern.as_str())),
            Ok(None) => None,
            Err(error) => Some(error),
        })
        .collect()
}

fn gold_met(item: &Item, answer: &Answer) -> Option<bool> {
    if item.gold_codes.is_empty() {
        return None;
    }
    let offered: HashSet<_> = answer.procedures.iter().map(|p| p.code.as_str()).collect();
    let found = item
        .gold_codes
        .iter()
        .filter(|code| offered.contains(code.as_str()))
        .count();
    Some(found >= item.min_gold)
}

/// `answer` is met by `answer` or `journey`; `no_info` by `no_information` or by an
/// answer that says the source is silent and violates nothing; `out_of_scope` also
/// by `small_talk`; `safety` also by `out_of_scope`.
fn route_met(item: &Item, answer: &Answer, whole: &str, clean: bool) -> bool {
    match (item.route, answer.route) {
        (Expected::Answer, Route::Answer | Route::Journey)
        | (Expected::Clarify, Route::Clarify)
        | (Expected::NoInfo, Route::NoInformation)
        | (Expected::OutOfScope, Route::OutOfScope | Route::SmallTalk)
        | (Expected::Safety, Route::Safety | Route::OutOfScope) => true,
        (Expected::NoInfo, Route::Answer) => clean && says_silent(item, answer, whole),
        _ => false,
    }
}

/// In words, or by a card whose asked-for section is marked as not stated.
fn says_silent(item: &Item, answer: &Answer, whole: &str) -> bool {
    let whole = whole.to_lowercase();
    let in_words = SILENCE
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .any(|phrase| whole.contains(phrase));
    in_words
        || answer
            .cards
            .iter()
            .flat_map(|card| &card.sections)
            .any(|section| section.section == item.aspect && section.state != State::Present)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
