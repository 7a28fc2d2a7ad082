//! Spans that an answer must not invent: amounts, periods, dates, codes and numbers.
//!
//! The grounding gate reads an answer and the cited record with the same finder and
//! asks whether every span of the one stands in the other, so what matters is that
//! one meaning has one value: `10.000 đồng`, `10000 VNĐ` and `10k` are all
//! `Amount 10000`; `07 ngày làm việc` and `7 WORKING_DAY` are both `7 working_day`.
//! Working days and days are different units and never meet.

mod number;
mod pattern;

use serde::Serialize;

/// What a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Money; the value is the amount in đồng, `20000`.
    Amount,
    /// A length of time; the value is number and unit, `7 working_day`.
    Period,
    /// A date; the value is ISO, `2025-07-01`, `2025-07`, `2025` or `--07-01`.
    Date,
    /// The number of a law, upper case, `154/2024/NĐ-CP`.
    LawNumber,
    /// A procedure's code, `1.004222`.
    ProcedureCode,
    /// The code of one person's dossier, `H57.132-260804-0583`.
    DossierCode,
    /// A form's number, `CT01`, `1`, `1/ĐK`.
    FormCode,
    /// A share, `50`.
    Percent,
    /// Any other number, without thousands separators, `3`, `1.5`.
    Number,
}

/// A stretch of a text with its reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
    /// Canonical reading: equal values mean the same thing however they were written.
    pub value: String,
}

/// Every span of a [normalised](crate::normalize) text, in order, none overlapping.
///
/// Every digit of the text is in a span, so that nothing with a number in it can
/// pass the gate unseen.
pub fn find(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for rule in pattern::rules() {
        for caps in rule.regex.captures_iter(text) {
            for span in (rule.read)(&caps) {
                if found
                    .iter()
                    .all(|s| span.end <= s.start || s.end <= span.start)
                {
                    found.push(span);
                }
            }
        }
    }
    found.extend(uncovered(text, &found));
    found.sort_by_key(|span| span.start);
    found
}

/// Runs of digits that no rule has taken, such as the first 0 of "a0.0đ": numbers.
fn uncovered(text: &str, found: &[Span]) -> Vec<Span> {
    let taken = |at: usize| {
        found
            .iter()
            .any(|span| (span.start..span.end).contains(&at))
    };
    let mut runs: Vec<Span> = Vec::new();
    for (at, c) in text.char_indices() {
        if !c.is_ascii_digit() || taken(at) {
            continue;
        }
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => {
                run.end = at + 1;
                run.value.push(c);
            }
            None => runs.push(Span {
                kind: SpanKind::Number,
                start: at,
                end: at + 1,
                value: c.to_string(),
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests;
