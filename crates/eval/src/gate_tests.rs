//! The bars that the gate has to hold, on the pairs to tune on and on mutations of our
//! own records.

use std::path::PathBuf;

use assistant::rules::Rules;

use super::*;
use crate::mutation;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_gate_holds_its_bars_on_the_pairs_to_tune_on() {
    let pairs = read_pairs(&repository().join("eval/grounding/pairs-dev.jsonl")).unwrap();
    assert!(pairs.len() >= 100);
    let report = measure("dev", &Rules::embedded().gate, &pairs);
    assert!(report.good.share >= 0.95, "{}", report.table());
    assert!(report.wrong.share <= 0.01, "{}", report.table());
}

/// Below the bars; what was measured on 2026-11-22 (85.5 % and 2.4 %) is kept.
#[test]
fn the_gate_gets_no_worse_on_the_later_pairs() {
    let pairs = read_pairs(&repository().join("eval/grounding/pairs-dev2.jsonl")).unwrap();
    let report = measure("dev2", &Rules::embedded().gate, &pairs);
    assert!(report.good.share >= 0.85, "{}", report.table());
    assert!(report.wrong.share <= 0.025, "{}", report.table());
}

/// Far below the bars: paraphrases by another hand, of which the gate before let 38.3 % of the
/// true and 10.8 % of the wrong through, unseen; what was measured since (57.5 % and 5.8 %) is kept.
#[test]
fn the_gate_gets_no_worse_on_the_pairs_of_another_hand() {
    let pairs = read_pairs(&repository().join("eval/grounding/pairs-dev3.jsonl")).unwrap();
    let report = measure("dev3", &Rules::embedded().gate, &pairs);
    assert!(report.good.share >= 0.57, "{}", report.table());
    assert!(report.wrong.share <= 0.06, "{}", report.table());
}

/// Far below the bars too, and not tuned on: what was first measured (40.3 % and 3.2 %) is kept.
#[test]
fn the_gate_gets_no_worse_on_the_pairs_of_a_fourth_hand() {
    let pairs = read_pairs(&repository().join("eval/grounding/pairs-dev4.jsonl")).unwrap();
    let report = measure("dev4", &Rules::embedded().gate, &pairs);
    assert!(report.good.share >= 0.40, "{}", report.table());
    assert!(report.wrong.share <= 0.035, "{}", report.table());
}

#[test]
fn the_gate_refuses_mutations_of_our_records() {
    let loaded = corpus::load_dir(&repository().join("corpus/procedures")).unwrap();
    let pairs = mutation::pairs(&loaded.procedures, 1_000);
    assert!(pairs.len() >= 900, "{}", pairs.len());
    let report = measure("mutations", &Rules::embedded().gate, &pairs);
    assert!(report.good.share >= 0.95, "{}", report.table());
    assert!(report.wrong.share <= 0.01, "{}", report.table());
}

#[test]
fn a_bad_line_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pairs.jsonl");
    fs::write(&path, "\n{\"id\":\"1\"}\n").unwrap();
    let error = read_pairs(&path).unwrap_err().to_string();
    assert!(error.contains("pairs.jsonl:2"), "{error}");
}

#[test]
fn misses_are_told_apart() {
    let pair = Pair {
        id: "1".into(),
        record: "r".into(),
        kind: "amount".into(),
        lines: vec!["Cấp thẻ".into(), "Nộp trực tiếp: 10.000 đồng".into()],
        good: "Nộp trực tiếp hết 10.000 đồng.".into(),
        wrong: "Nộp trực tiếp hết 20.000 đồng.".into(),
    };
    let swapped = Pair {
        good: pair.wrong.clone(),
        wrong: pair.good.clone(),
        ..pair.clone()
    };
    let report = measure("two", &Rules::embedded().gate, &[pair, swapped]);
    assert_eq!((report.good.count, report.wrong.count), (1, 1));
    assert_eq!(report.misses.len(), 2);
    assert!(report.misses.iter().any(|miss| miss.refusal.is_some()));
}
