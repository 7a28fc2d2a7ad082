//! What stands beside a wrong answer.

use assistant::{Citation, Route};

use super::*;
use crate::judge::Verdict;
use crate::testing::{answer, outcome};

fn record(code: &str, fee: u64) -> Arc<Procedure> {
    let json = serde_json::json!({
        "code": code, "name": "Đăng ký thường trú", "levels": ["xa"], "scope": {"kind": "national"},
        "requirements": ["Có chỗ ở hợp pháp.", "Nộp trong 7 ngày."],
        "channels": [{"kind": "online", "durations": [],
            "fees": [{"amount_vnd": fee, "raw": "x VNĐ"}]}],
        "provenance": {"source_kind": "own"},
    });
    Arc::new(serde_json::from_value(json).unwrap())
}

/// Answered from 1.000002 where 1.000001 is right.
fn wrong() -> Outcome {
    let mut out = outcome("a");
    out.gold = vec!["1.000001".into()];
    out.must_include = vec!["10[.]000".into(), "7 ngày".into()];
    out.must_not = vec!["miễn".into()];
    let mut given = answer(
        Route::Answer,
        "Phí 20.000 đồng, miễn cho trẻ em [1].\nTrong 7 ngày.",
    );
    given.citations.push(Citation {
        id: 1,
        code: "1.000002".into(),
        section: Section::Fee,
        quote: "Nộp trực tuyến: 20.000 đồng".into(),
        url: None,
        as_of: None,
    });
    let mut shown = Shown::new(&given, false);
    shown.procedures = vec!["1.000002".into()];
    out.answer = Some(shown);
    out.verdict = Some(Verdict {
        route: true,
        gold: Some(false),
        missing: vec!["10[.]000".into()],
        violations: vec!["miễn → miễn".into()],
    });
    out
}

fn both(code: &str) -> Option<Arc<Procedure>> {
    match code {
        "1.000001" => Some(record(code, 10_000)),
        "1.000002" => Some(record(code, 20_000)),
        _ => None,
    }
}

fn shown(outcome: &Outcome) -> Failure<'_> {
    let failed = [outcome];
    failures(&failed, &filters(&failed), &both).pop().unwrap()
}

#[test]
fn the_right_record_stands_beside_the_answered_one() {
    let outcome = wrong();
    let failure = shown(&outcome);
    let told: Vec<_> = failure
        .records
        .iter()
        .map(|r| (r.gold, r.answered))
        .collect();
    assert_eq!(told, [(true, false), (false, true)]);
    let fee = &failure.records[0].sections[0];
    assert_eq!(fee.label, "Phí, lệ phí");
    let marked: Vec<&str> = fee.lines[0]
        .pieces
        .iter()
        .filter(|piece| piece.mark == "found")
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(marked, ["10.000"]);
    assert_eq!(failure.records[1].sections[0].lines[0].cited, [1]);
}

#[test]
fn each_pattern_says_what_became_of_it_and_where_it_stands() {
    let outcome = wrong();
    let failure = shown(&outcome);
    let told: Vec<_> = failure
        .patterns
        .iter()
        .map(|row| (row.rule, row.kept, row.stands_in.as_slice()))
        .collect();
    let fee = ["Phí, lệ phí"];
    let conditions = ["Yêu cầu, điều kiện"];
    assert_eq!(told[0], ("must say", false, &fee[..]));
    assert_eq!(told[1], ("must say", true, &conditions[..]));
    assert!(!told[2].1);
    let marks: Vec<&str> = failure.answer[0].iter().map(|piece| piece.mark).collect();
    assert_eq!(marks, ["", "wrong", ""]);
    // Another section shows the line that holds what was wanted, not all of it.
    let other = &failure.records[0].sections[1];
    assert_eq!(
        (other.label, other.lines.len(), other.left_out),
        (conditions[0], 1, 1)
    );
}

#[test]
fn filters_count_kinds_and_faults() {
    let (first, mut second) = (wrong(), wrong());
    second.kind = "typo".into();
    let failed = [&first, &second];
    let found = filters(&failed);
    let told: Vec<_> = found
        .iter()
        .map(|f| (f.group, f.label.as_str(), f.count))
        .collect();
    assert!(told.contains(&("kind", "typo", 1)) && told.contains(&("fault", "procedure", 2)));
    let shown = failures(&failed, &found, &|_| None);
    assert_ne!(shown[0].classes, shown[1].classes);
    assert!(shown[0].records.is_empty());
}
