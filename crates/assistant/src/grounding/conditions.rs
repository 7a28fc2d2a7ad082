//! Conditions: for which case, person or way of filing a value holds.
//!
//! A record gives several fees or periods, each under its own words ("theo danh sách",
//! "dưới 10 chỗ", "nộp trực tuyến"). A sentence that takes one of them must name what sets
//! it apart, and must not name what sets another one apart.

use std::collections::HashSet;

use super::evidence::{Evidence, Topic, Unit, is_rival};
use super::reading::Value;

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
        if apart.is_empty() || apart.iter().any(|word| said.contains(*word)) {
            continue;
        }
        if !apart.iter().any(|word| earlier.contains(*word)) {
            return Err(Mismatch::Open);
        }
    }
    Ok(())
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
