//! Each rule on a record that breaks it alone.

use serde_json::{Value, json};

use super::*;

fn good() -> Value {
    json!({
        "code": "9.000001", "name": "Đăng ký nuôi mèo", "aliases": ["nuôi mèo"],
        "fields": ["Thú nuôi"], "levels": ["xa"], "scope": {"kind": "national"},
        "steps": [{"order": 1, "text": "Nộp tờ khai."}],
        "channels": [{"kind": "direct",
            "durations": [{"value": 3, "unit": "day", "raw": "3 ngày"}],
            "fees": [{"amount_vnd": 0, "raw": "0 VNĐ ()"}]}],
        "cases": null, "agencies": {"executing": ["Ủy ban nhân dân cấp xã"]},
        "provenance": {"source_kind": "own", "source_url": null, "as_of": "2026-07-19"}
    })
}

/// Rules and fields of the findings on one record, infos left out.
fn findings(text: &str) -> Vec<(String, String)> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::write(dir.path().join("9.000001.json"), text).expect("it is written");
    let report = lint_dir(dir.path()).expect("the folder is there");
    let grave = report.findings.iter().filter(|f| f.level > Severity::Info);
    grave
        .map(|f| (f.rule.to_owned(), f.field.clone().unwrap_or_default()))
        .collect()
}

fn with(pointer: &str, value: Value) -> String {
    let mut record = good();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    record.pointer_mut(parent).expect("the parent is there")[key] = value;
    serde_json::to_string_pretty(&record).expect("it is JSON")
}

#[test]
fn a_good_record_has_no_findings() {
    assert_eq!(findings(&good().to_string()), []);
}

#[test]
fn each_fault_is_found_by_rule_and_field() {
    let fee = json!([{"amount_vnd": 20, "raw": "20 đồng"}]);
    let sent = json!([{"order": 1, "text": "Nộp tại UBND huyện."}]);
    for (pointer, value, rule, field) in [
        ("/code", json!("9.1"), "code", "code"),
        ("/name", json!(" "), "name", "name"),
        ("/name", json!("Nuo\u{302}i"), "nfc", "name"),
        ("/name", json!("Nu\u{200b}ôi"), "zero-width", "name"),
        ("/steps", Value::Null, "required", "steps"),
        ("/steps", sent, "district", "steps[0]"),
        (
            "/channels/0/fees",
            fee,
            "suspect-fee",
            "channels[0].fees[0]",
        ),
        (
            "/agencies/executing",
            json!(["UBND cấp huyện"]),
            "district",
            "agencies.executing[0]",
        ),
        ("/online", json!({"level": "full"}), "word", "online.level"),
        (
            "/provenance/as_of",
            json!("19/7/2026"),
            "date",
            "provenance.as_of",
        ),
        ("/provenance/as_of", Value::Null, "own", "provenance.as_of"),
        ("/aliases", json!([]), "own", "aliases"),
        (
            "/agencies/boss",
            json!(["X"]),
            "unknown-field",
            "agencies.boss",
        ),
        ("/colour", json!("red"), "schema", "colour"),
        ("/levels", json!("xa"), "schema", "levels"),
    ] {
        let found = findings(&with(pointer, value));
        let expected = (rule.to_owned(), field.to_owned());
        assert!(found.contains(&expected), "{pointer}: {found:?}");
    }
}

#[test]
fn a_missing_field_is_named() {
    let mut record = good();
    record
        .as_object_mut()
        .expect("an object")
        .remove("provenance");
    let text = serde_json::to_string_pretty(&record).expect("it is JSON");
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::write(dir.path().join("9.000001.json"), text).expect("it is written");
    let report = lint_dir(dir.path()).expect("the folder is there");
    assert!(report.findings[0].message.contains("`provenance`"));
    assert!(report.has_problems());
}

#[test]
fn duplicate_codes_are_found() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["9.000001.json", "again.json"] {
        fs::write(dir.path().join(name), good().to_string()).expect("it is written");
    }
    let report = lint_dir(dir.path()).expect("the folder is there");
    let rules: Vec<_> = report.findings.iter().map(|f| f.rule).collect();
    assert!(rules.contains(&"duplicate-code") && rules.contains(&"file-name"));
}
