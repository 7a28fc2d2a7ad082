//! Conditions: for which case, person or way of filing a value holds.
//!
//! A record gives several fees or periods, each under its own words ("theo danh sách",
//! "dưới 10 chỗ", "nộp trực tuyến"). A sentence that takes one of them must name what sets
//! it apart, and must not name what sets another one apart.

use std::collections::HashSet;

use vitext::spans::SpanKind;

use super::evidence::{Evidence, Topic};
use super::reading::Value;
use super::units::{Unit, is_rival};

/// What is wrong with a value in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// The clause speaks of the case of another value.
    Other,
    /// The clause does not say for which case.
    Open,
}

/// Checks one value of a clause that `unit` gives. `said` are the clause's words, `earlier`
/// those of the conditions before it in the same sentence.
pub(super) fn check(
    evidence: &Evidence<'_>,
    unit: &Unit,
    value: &Value,
    said: &HashSet<String>,
    earlier: &HashSet<String>,
) -> Result<(), Mismatch> {
    if !is_rival(value.kind) {
        return Ok(());
    }
    if unit.has_parts {
        check_parts(evidence, unit, value, said)?;
    }
    let rivals = evidence
        .units
        .iter()
        .filter(|other| rivals(evidence, unit, other, value));
    for rival in rivals {
        let mut of_rival = rival.words.difference(&unit.words);
        let foreign = |word: &&String| said.contains(*word) && !evidence.name_words.contains(*word);
        if of_rival.any(|word| foreign(&word)) {
            return Err(Mismatch::Other);
        }
        let apart: Vec<&String> = unit
            .words
            .difference(&rival.words)
            .filter(|w| tells(w, value))
            .collect();
        if value.kind == SpanKind::Date
            || apart.is_empty()
            || apart.iter().any(|word| said.contains(*word))
        {
            continue;
        }
        if !apart.iter().any(|word| earlier.contains(*word)) {
            return Err(Mismatch::Open);
        }
    }
    Ok(())
}

/// A statement of several values: of the parts that give this one, one must not be spoken of in
/// the words of a later part.
fn check_parts(
    evidence: &Evidence<'_>,
    unit: &Unit,
    value: &Value,
    said: &HashSet<String>,
) -> Result<(), Mismatch> {
    let parts = || {
        let parts = evidence.units.iter();
        parts.filter(|part| part.part.is_some() && part.line == unit.line)
    };
    let gives = |part: &Unit| part.values.iter().any(|own| own.is(value));
    let another = |part: &Unit| {
        let own = part.values.iter().find(|own| own.kind == value.kind);
        own.is_some_and(|own| said.contains(&own.word()))
    };
    let foreign = |giver: &Unit| {
        parts()
            .filter(|part| part.part != Some(0) && part.rivals(value) && !another(part))
            .any(|part| {
                let mut own = part.own.difference(&giver.words);
                let common = |word: &String| {
                    evidence.name_words.contains(word) || evidence.gate.is_generic(word)
                };
                own.any(|word| said.contains(word) && !common(word))
            })
    };
    let mut owners = parts().filter(|part| gives(part)).peekable();
    if owners.peek().is_none() || owners.any(|giver| !foreign(giver)) {
        Ok(())
    } else {
        Err(Mismatch::Other)
    }
}

/// Another statement of the same sort with another value of the kind: the other rows of a
/// table, the other parts of one line.
fn rivals(evidence: &Evidence<'_>, unit: &Unit, other: &Unit, value: &Value) -> bool {
    let topic = evidence.lines[unit.line].topic;
    let same_table = topic == Topic::Channel && evidence.lines[other.line].topic == topic;
    (same_table || unit.line == other.line) && !other.has_parts && other.rivals(value)
}

/// True for a word that sets a case apart: not the value itself.
fn tells(word: &str, value: &Value) -> bool {
    word != value.word()
}
