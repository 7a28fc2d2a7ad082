//! `motcua eval` from outside: our suites against our records, a run over a tiny
//! index, exit codes and what is written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eval::{Mode, Options, Report, Runner, Setting, Suite};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::terminal::{eval as motcua, stderr};

const RECORDS: [&str; 3] = ["1.004222", "1.000894", "1.003197"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// An index over three of our records, in a folder that goes with the test.
fn tiny_index() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let records = dir.path().join("records");
    std::fs::create_dir(&records).unwrap();
    for code in RECORDS {
        let name = format!("{code}.json");
        let from = root().join("corpus/procedures").join(&name);
        std::fs::copy(from, records.join(&name)).unwrap();
    }
    let index = dir.path().join("index");
    retrieval::build(&[records], &index, &mut |_, _| ()).unwrap();
    (dir, index)
}

fn question(id: &str, turns: &[&str], code: &str, include: &str) -> Value {
    json!({
        "id": id, "kind": "direct", "turns": turns, "gold_codes": [code], "min_gold": 1,
        "aspect": "fee", "must_include": [include], "must_not": [], "route": "answer",
        "notes": "[cu_tru] mini",
    })
}

fn mini_suite(dir: &Path, extra: Option<Value>) -> PathBuf {
    let mut lines = vec![
        question(
            "m1",
            &["Đăng ký thường trú nộp trực tuyến hết bao nhiêu tiền?"],
            "1.004222",
            r"(?<!\d)10\.000",
        ),
        question(
            "m2",
            &["Đăng ký kết hôn", "lệ phí thế nào?"],
            "1.000894",
            "[Mm]iễn lệ phí",
        ),
    ];
    lines.extend(extra);
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    let path = dir.join("mini-dev.jsonl");
    std::fs::write(&path, text.join("\n")).unwrap();
    path
}

#[test]
fn our_suites_hold_against_our_records() {
    let loaded = corpus::load_dir(&root().join("corpus/procedures")).unwrap();
    let records: HashMap<String, Arc<corpus::Procedure>> = loaded
        .procedures
        .into_iter()
        .map(|record| (record.code.clone(), Arc::new(record)))
        .collect();
    let suites: Vec<Suite> = ["citizens-dev", "citizens-test"]
        .iter()
        .map(|name| Suite::read(&root().join(format!("eval/suites/{name}.jsonl"))).unwrap())
        .collect();
    let questions: usize = suites.iter().map(|suite| suite.items.len()).sum();
    assert!(questions >= 150, "{questions} questions");
    let findings = eval::check(&suites, |code| records.get(code).cloned());
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn a_mini_suite_is_answered_from_the_record() {
    let (dir, index) = tiny_index();
    let suite = Suite::read(&mini_suite(dir.path(), None)).unwrap();
    let snapshot = Arc::new(retrieval::Snapshot::open(&index).unwrap());
    let assistant = assistant::Assistant::new();
    let mut runner = Runner::new(&snapshot, &assistant, None, Options::default());
    let outcomes = runner.run(&[suite], &mut |_| ()).unwrap();
    for outcome in &outcomes {
        assert_eq!(outcome.scores.get("pass"), Some(&1.0), "{outcome:?}");
        assert_eq!(outcome.scores.get("grounded"), Some(&1.0), "{outcome:?}");
        assert_eq!(outcome.scores.get("hit_1"), Some(&1.0), "{outcome:?}");
        let numbers = outcome.grounding.as_ref().map(|found| found.numbers);
        assert!(numbers > Some(0), "{outcome:?}");
    }
    let setting = Setting {
        version: "0".into(),
        mode: Mode::Record,
        model: None,
        snapshot: snapshot.id().to_owned(),
    };
    let report = Report::new(setting, outcomes, None);
    assert_eq!(report.overall.questions, 2);
    assert!(report.failures().is_empty());
    assert!(report.latency.contains_key("search") && report.latency.contains_key("total"));
}

#[test]
fn the_command_writes_reports_and_fails_on_a_regression() {
    let (dir, index) = tiny_index();
    let impossible = question(
        "m3",
        &["Xóa đăng ký thường trú mất bao nhiêu tiền?"],
        "1.003197",
        "987\\.654",
    );
    let suite = mini_suite(dir.path(), Some(impossible));
    let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (suite, index) = (suite.to_string_lossy(), index.to_string_lossy());
    let (json, html, baseline) = (
        at("out/report.json"),
        at("out/report.html"),
        at("base.json"),
    );
    let common = [&*suite, "--index", &*index, "--no-model"];

    let first = motcua(
        &[
            &common[..],
            &[
                "--json",
                &json,
                "--html",
                &html,
                "--write-baseline",
                &baseline,
            ],
        ]
        .concat(),
    );
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    assert!(stderr(&first).contains("pass"), "{}", stderr(&first));
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["outcomes"].as_array().map(Vec::len), Some(3));
    assert!(std::fs::read_to_string(&html).unwrap().contains("<svg"));

    let same = motcua(&[&common[..], &["--baseline", &baseline]].concat());
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));

    let mut stored: Value = serde_json::from_slice(&std::fs::read(&baseline).unwrap()).unwrap();
    assert_eq!(stored["questions"]["mini-dev/m3"]["pass"], json!(0.0));
    stored["questions"]["mini-dev/m3"]["pass"] = json!(1.0);
    std::fs::write(&baseline, stored.to_string()).unwrap();
    let worse = motcua(&[&common[..], &["--baseline", &baseline]].concat());
    assert_eq!(worse.status.code(), Some(1), "{}", stderr(&worse));
    assert!(
        stderr(&worse).contains("worse than the baseline: pass"),
        "{}",
        stderr(&worse)
    );

    let other_mode = motcua(&[
        &*suite,
        "--index",
        &*index,
        "--retrieval-only",
        "--baseline",
        &baseline,
    ]);
    assert_eq!(other_mode.status.code(), Some(2), "{}", stderr(&other_mode));
}

#[test]
fn two_reports_are_compared_question_by_question() {
    let (dir, index) = tiny_index();
    let suite = mini_suite(dir.path(), None);
    let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (first, second, page, out) = (at("a.json"), at("b.json"), at("ab.html"), at("ab.json"));
    let run = motcua(&[
        &*suite.to_string_lossy(),
        "--index",
        &*index.to_string_lossy(),
        "--no-model",
        "--json",
        &first,
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let same = motcua(&["--compare", &first, &first]);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));

    let mut report: Value = serde_json::from_slice(&std::fs::read(&first).unwrap()).unwrap();
    report["outcomes"][0]["scores"]["pass"] = json!(0.0);
    report["outcomes"][0]["answer"]["text"] = json!("Không rõ mức phí.");
    std::fs::write(&second, report.to_string()).unwrap();
    let args = [
        "--compare",
        &first,
        &second,
        "--html",
        &page,
        "--json",
        &out,
    ];
    let worse = motcua(&args);
    let said = stderr(&worse);
    assert_eq!(worse.status.code(), Some(1), "{said}");
    assert!(said.contains("B is worse than A: pass"), "{said}");
    assert!(
        said.contains("broken (1)") && said.contains("B: Không rõ mức phí."),
        "{said}"
    );
    let found: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(found["broken"][0]["id"], "m1");
    assert!(
        std::fs::read_to_string(&page)
            .unwrap()
            .contains("Không rõ mức phí.")
    );
    let missing = motcua(&["--compare", &first, "/nowhere.json"]);
    assert_eq!(missing.status.code(), Some(2), "{}", stderr(&missing));
}

#[test]
fn bad_input_is_one_sentence_and_exit_2() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bad.jsonl");
    std::fs::write(&path, "{\"id\":\"a\"}\n").unwrap();
    let output = motcua(&[&path.to_string_lossy(), "--no-model"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("bad.jsonl:1: missing field"),
        "{}",
        stderr(&output)
    );
    let output = motcua(&["/nowhere.jsonl", "--no-model"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn checking_names_each_problem() {
    let dir = tempfile::tempdir().unwrap();
    let suite = mini_suite(
        dir.path(),
        Some(question("m3", &["Cấp phép bay"], "9.999999", "x")),
    );
    let records = root().join("corpus/procedures");
    let output = motcua(&[
        &suite.to_string_lossy(),
        "--check",
        "--corpus",
        &records.to_string_lossy(),
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("mini-dev.jsonl:3: m3: no record with code 9.999999"));
}
