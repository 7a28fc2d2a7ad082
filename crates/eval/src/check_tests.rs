//! The checker must find each kind of mistake, and nothing in a good suite.

use std::path::Path;

use super::*;

fn record(code: &str) -> Option<Arc<Procedure>> {
    let json = serde_json::json!({
        "code": "1.1", "name": "Đăng ký thường trú", "aliases": ["nhập khẩu"],
        "levels": ["xa"], "scope": {"kind": "national"},
        "requirements": ["Có chỗ ở hợp pháp, tối thiểu 8 m2"],
        "provenance": {"source_kind": "own"},
    });
    (code == "1.1").then(|| Arc::new(serde_json::from_value(json).unwrap()))
}

fn problems(lines: &[Value]) -> Vec<String> {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    let suite = Suite::parse(Path::new("x-dev.jsonl"), &text.join("\n")).unwrap();
    check(&[suite], record)
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn line(id: &str, changes: &Value) -> Value {
    let mut line = serde_json::json!({
        "id": id, "kind": "direct", "turns": [format!("câu hỏi riêng {id} {id}x {id}y")],
        "gold_codes": ["1.1"], "min_gold": 1, "aspect": "conditions",
        "must_include": ["(?<!\\d)8 m2"], "must_not": [], "route": "answer",
    });
    for (key, value) in changes.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

#[test]
fn a_good_suite_has_no_findings() {
    let lines = [
        line("a", &serde_json::json!({})),
        line("b", &serde_json::json!({})),
    ];
    assert_eq!(problems(&lines), Vec::<String>::new());
}

#[test]
fn each_mistake_is_found_and_placed() {
    for (changes, expected) in [
        (
            serde_json::json!({"gold_codes": ["1.2"]}),
            "no record with code 1.2",
        ),
        (
            serde_json::json!({"must_include": ["9 m2"]}),
            "no gold record says `9 m2`",
        ),
        (
            serde_json::json!({"must_include": ["nhập khẩu"]}),
            "no gold record says",
        ),
        (
            serde_json::json!({"kind": "no_diacritics"}),
            "not plain ASCII",
        ),
        (serde_json::json!({"kind": "multi_turn"}), "with one turn"),
        (
            serde_json::json!({"gold_codes": [], "min_gold": 0}),
            "without a gold code",
        ),
        (
            serde_json::json!({"route": "clarify"}),
            "at least two gold codes",
        ),
        (serde_json::json!({"route": "no_info"}), "needs must_not"),
    ] {
        let found = problems(&[line("a", &changes)]);
        assert_eq!(found.len(), 1, "{changes}: {found:?}");
        assert!(found[0].starts_with("x-dev.jsonl:1: a: "), "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn the_same_question_twice_is_found() {
    let ask = |id: &str, turn: &str| line(id, &serde_json::json!({"turns": [turn]}));
    let found = problems(&[
        ask("a", "Nhập hộ khẩu cần nhà rộng bao nhiêu?"),
        ask("b", "nhap ho khau can nha rong bao nhieu vay"),
        ask("c", "Mẹ tôi mất, khai tử ở đâu?"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("b: asks the same as x-dev/a"),
        "{found:?}"
    );
}
