//! Wrong sentences made from true ones: one thing in a line of a record is changed, and
//! the line says it no longer.
//!
//! The true sentence is a line of the record as a card and an answer show it, or the row of
//! a table in everyday words. The swaps are `data/mutations.toml`. Which line and which swap
//! is drawn from the record's code, so the same records give the same sentences.

mod change;
mod text;

use std::hash::{DefaultHasher, Hash, Hasher};

use corpus::{Procedure, Section, State, facts};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use vitext::spans::{SpanKind, find};

use self::change::change;
use self::text::lower;
use crate::gate::Pair;
use crate::metrics::SEED;

/// Longest line used, in characters: what the model is shown of a line.
const LINE: usize = 300;

/// Most lines of one section that stand beside it.
const LINES: usize = 12;

/// Draws of a line before a record is given up.
const DRAWS: usize = 60;

/// What can be changed, in turn, so that every kind gets its share.
const KINDS: [&str; 12] = [
    "amount",
    "period",
    "unit",
    "law",
    "form",
    "agency",
    "paper",
    "polarity",
    "condition",
    "comparator",
    "channel",
    "quantity",
];

/// At most `count` pairs, spread over the records and, as far as they allow, the kinds.
pub fn pairs(records: &[Procedure], count: usize) -> Vec<Pair> {
    let mut found: Vec<Pair> = Vec::new();
    let mut round = 0;
    // More rounds over the same records give other lines; twelve of them without a find end it.
    while found.len() < count && round < 12 * KINDS.len() && !records.is_empty() {
        for (place, record) in records.iter().enumerate() {
            let kind = KINDS[(place + round) % KINDS.len()];
            let fresh = |pair: &Pair| {
                found
                    .iter()
                    .rev()
                    .take(4 * records.len())
                    .all(|p| p.wrong != pair.wrong)
            };
            if let Some(pair) = draw(record, kind, round).filter(fresh) {
                found.push(pair);
            }
            if found.len() == count {
                break;
            }
        }
        round += 1;
    }
    found
}

/// One pair of a kind from a record, if a few draws find one.
fn draw(record: &Procedure, kind: &str, round: usize) -> Option<Pair> {
    let mut hasher = DefaultHasher::new();
    (&record.code, kind, round).hash(&mut hasher);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED ^ hasher.finish());
    let passages = passages(record);
    if passages.is_empty() {
        return None;
    }
    (0..DRAWS).find_map(|_| {
        let lines = &passages[rng.random_range(0..passages.len())];
        let line = &lines[rng.random_range(1..lines.len())];
        let good = sentence(line, &mut rng);
        let wrong = change(&good, kind, lines, &mut rng)?;
        Some(Pair {
            id: format!("{}-{kind}-{round}", record.code),
            record: record.code.clone(),
            kind: kind.to_owned(),
            lines: lines.clone(),
            good,
            wrong,
        })
    })
}

/// The sections that state something, each as the lines of a passage under the name.
fn passages(record: &Procedure) -> Vec<Vec<String>> {
    let of = |section: &Section| {
        let facts = facts(record, *section);
        let short = |line: &&String| line.chars().count() <= LINE && !line.ends_with(':');
        let mut lines = vec![record.name.clone()];
        lines.extend(
            facts
                .lines
                .iter()
                .filter(short)
                .take(LINES)
                .map(|line| vitext::normalize(line)),
        );
        (facts.state == State::Present && lines.len() > 1).then_some(lines)
    };
    let sections = Section::ALL
        .iter()
        .filter(|section| **section != Section::Overview);
    sections.filter_map(of).collect()
}

/// The line itself, or the row of a table as it is said.
fn sentence(line: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let line = line.trim_end_matches(['.', ';', ' ']);
    if let Some((head, value)) = line.split_once(": ").filter(|_| rng.random_bool(0.5)) {
        let short = value.chars().count() < 60 && !value.contains(['(', ';', ':', ',']);
        let place = find(value).first().map(|span| span.kind);
        match (head, place) {
            (_, Some(SpanKind::Amount)) if short && head.starts_with("Nộp") => {
                return format!("Dạ, nếu {} thì mình đóng {value} ạ.", lower(head));
            }
            (_, Some(SpanKind::Period)) if short && head.starts_with("Nộp") => {
                return format!("{head} thì thời hạn giải quyết là {value}.");
            }
            ("Cơ quan thực hiện", _) if short => {
                return format!("Anh/chị nộp hồ sơ tại {value} nhé.");
            }
            _ => {}
        }
    }
    format!("{line}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_records_give_the_same_sentences() {
        let record: Procedure = serde_json::from_value(serde_json::json!({
            "code": "1.000001", "name": "Cấp thẻ", "levels": ["xa"], "scope": {"kind": "national"},
            "channels": [{"kind": "direct", "durations": [{"value": 7, "unit": "working_day", "raw": "7 WORKING_DAY"}],
                          "fees": [{"amount_vnd": 10_000, "raw": "10000 VNĐ"}]}],
            "provenance": {"source_kind": "own"}
        }))
        .unwrap();
        let records = [record];
        let one = pairs(&records, 5);
        assert!(!one.is_empty());
        assert_eq!(one, pairs(&records, 5));
        assert!(one.iter().all(|pair| pair.good != pair.wrong));
    }
}
