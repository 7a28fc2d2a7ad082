//! `motcua import` and `motcua lint` from outside, and the whole national set where
//! it is at hand.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ::corpus::Section;
use serde_json::Value;

const PAGE: &str = include_str!("../crates/corpus/data/test-page.txt");

fn motcua(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(args)
        .output()
        .expect("the binary runs")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file beside the repository, or a loud line that the test was skipped.
#[allow(clippy::print_stderr, reason = "a skipped test must be seen")]
fn shared(file: &str) -> Option<PathBuf> {
    let path = repository().join("../shared").join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

#[test]
fn import_writes_records_and_exits_1_for_quarantined_ones() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("in");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("a.txt"), PAGE).unwrap();
    let out = dir.path().join("out");
    let args = ["import", text(&source), "--out", text(&out), "--json"];
    let good = motcua(&args);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    let report: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!(report["imported"], 1);
    assert_eq!(report["counts"]["fields"]["online"]["not_fetched"], 1);
    assert!(out.join("9.000002.json").is_file());
    assert_eq!(report["listed"], 1);
    assert!(out.join("catalogue.jsonl").is_file());

    std::fs::write(source.join("b.txt"), PAGE.replace("9.000002", "9.0000021")).unwrap();
    let mixed = motcua(&args);
    assert_eq!(mixed.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&mixed.stdout).unwrap();
    let reason = report["quarantined"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("7 digits"), "{reason}");
    assert!(out.join("quarantine/9.0000021.txt").is_file());
}

#[test]
fn import_exits_2_for_what_it_cannot_read() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let page = dir.path().join("a.txt");
    std::fs::write(&page, PAGE).unwrap();
    let file = dir.path().join("a.docx");
    std::fs::write(&file, "x").unwrap();
    let nowhere = dir.path().join("nowhere");
    for (args, said) in [
        (
            vec![text(&page), "--format", "portal-json"],
            "chưa được hỗ trợ",
        ),
        (vec![text(&file)], "docx chưa được hỗ trợ"),
        (vec![text(&nowhere)], "no such file"),
        (vec![text(&page), "--as-of", "hôm qua"], "YYYY-MM-DD"),
    ] {
        let args = [&["import", "--out", text(&out)][..], &args].concat();
        let run = motcua(&args);
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
}

#[test]
fn lint_prints_one_finding_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("a.txt");
    let bad = PAGE.replace("10000 VNĐ", "10 VNĐ");
    std::fs::write(&page, bad).unwrap();
    let out = dir.path().join("out");
    motcua(&["import", text(&page), "--out", text(&out)]);
    let run = motcua(&["lint", text(&out), "--json"]);
    assert_eq!(run.status.code(), Some(1));
    let stdout = String::from_utf8(run.stdout).unwrap();
    let findings: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(findings.len(), 1, "{stdout}");
    assert_eq!(findings[0]["rule"], "suspect-fee");
    assert_eq!(findings[0]["field"], "channels[0].fees[0]");
    assert_eq!(motcua(&["lint"]).status.code(), Some(2));
}

#[test]
fn the_schema_that_lint_prints_is_the_committed_one() {
    let run = motcua(&["lint", "--schema"]);
    let committed = std::fs::read(repository().join("corpus/procedure.schema.json")).unwrap();
    assert_eq!(run.stdout, committed);
}

#[test]
fn our_own_records_pass_lint() {
    let run = motcua(&["lint", text(&repository().join("corpus/procedures"))]);
    let stderr = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{stderr}");
}

/// The figures that were counted in the published records before this importer was
/// written: another figure means that something is misread.
const KNOWN: [(&str, u64); 42] = [
    ("/read", 5652),
    ("/imported", 5649),
    ("/counts/fields/steps/present", 5652),
    ("/counts/fields/channels/present", 5652),
    ("/counts/fields/decision/present", 5651),
    ("/counts/fields/cases/present", 5556),
    ("/counts/fields/executing/present", 4546),
    ("/counts/fields/competent/present", 2190),
    ("/counts/fields/receiving_addresses/present", 1177),
    ("/counts/fields/requirements/present", 2708),
    ("/counts/fields/legal_basis/silent", 200),
    ("/counts/fields/online/not_fetched", 5652),
    ("/counts/levels/bo", 1778),
    ("/counts/levels/tinh", 2669),
    ("/counts/levels/xa", 1120),
    ("/counts/levels/unknown", 85),
    ("/counts/kinds/NOT_ASSIGNED_REGULATION", 690),
    ("/counts/kinds/OTHER", 356),
    ("/counts/kinds/LOCAL_REGULATION", 100),
    ("/counts/kinds/CENTRAL_REGULATION", 88),
    ("/counts/code_first_digit/1", 4424),
    ("/counts/distinct_fields", 283),
    ("/counts/channels/lines", 16509),
    ("/counts/channels/records_online", 4782),
    ("/counts/channels/records_repeating_one", 346),
    ("/counts/durations/working_day", 11035),
    ("/counts/durations/day", 3427),
    ("/counts/durations/hour", 294),
    ("/counts/durations/month", 60),
    ("/counts/durations/other", 1689),
    ("/counts/durations/other_bare_without_note", 964),
    ("/counts/fees/zero", 6724),
    ("/counts/fees/records_with_only_zero", 2448),
    ("/counts/fees/zero_with_text", 2960),
    ("/counts/fees/amount", 2132),
    ("/counts/fees/below_1000", 299),
    ("/counts/fees/several", 1511),
    ("/counts/documents/items", 27958),
    ("/counts/documents/items_counted_zero", 1554),
    ("/counts/documents/records_without_heading", 4417),
    ("/counts/description_repeats", 5649),
    ("/counts/flags/not_nfc", 1187),
];

#[test]
fn the_national_records_count_as_they_are_known_to() {
    let Some(archive) = shared("national/records-txt.tar.gz") else {
        return;
    };
    let links = archive.with_file_name("page-urls.tsv");
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("records");
    let run = motcua(&[
        "import",
        text(&archive),
        "--out",
        text(&out),
        "--links",
        text(&links),
        "--json",
    ]);
    assert_eq!(run.status.code(), Some(1), "three codes are malformed");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let wrong: Vec<String> = KNOWN
        .iter()
        .filter(|(pointer, known)| report.pointer(pointer).and_then(Value::as_u64) != Some(*known))
        .map(|(pointer, known)| format!("{pointer}: {:?}, known {known}", report.pointer(pointer)))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    let codes: Vec<&str> = report["quarantined"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 3);
    for code in ["1.0133611", "1.014955-Xoa", "2.009182739"] {
        assert!(codes.contains(&code), "{codes:?}");
        assert!(out.join("quarantine").join(format!("{code}.txt")).is_file());
    }
    facts_show_the_record_and_only_it(&out);
}

/// Over every imported record: each digit group of a fact stands in the record, and
/// each text of the record in a fact.
fn facts_show_the_record_and_only_it(records: &Path) {
    let mut count = 0;
    for record in ::corpus::records(records).expect("the folder is there") {
        let record = record.expect("the importer wrote it");
        let value = serde_json::to_value(&record).expect("it is JSON");
        let known = groups(&value.to_string());
        let mut shown = String::new();
        for section in Section::ALL {
            for line in ::corpus::facts(&record, section).lines {
                shown.push_str(&line);
                shown.push('\n');
                assert!(!line.contains('\n'), "{} {section}: {line}", record.code);
                for group in groups(&line) {
                    assert!(
                        known.contains(&group),
                        "{} {section}: {group} in {line}",
                        record.code
                    );
                }
            }
        }
        each_text(&value, "", &mut |field, text| {
            let text = text.trim_end_matches(['.', ';', ',', ':', ' ']);
            assert!(shown.contains(text), "{} {field}: {text}", record.code);
        });
        count += 1;
    }
    assert_eq!(count, 5649);
}

/// Every paragraph of a record that a citizen should be able to reach. The technical
/// words (kinds, units, digests) and the raw forms of what is shown read are not for them.
fn each_text(value: &Value, field: &str, visit: &mut dyn FnMut(&str, &str)) {
    const TECHNICAL: [&str; 8] = [
        "raw",
        "unit",
        "kind",
        "levels",
        "scope",
        "provenance",
        "status",
        "flags",
    ];
    match value {
        Value::String(text) => {
            for line in text.lines() {
                visit(
                    field,
                    line.split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ")
                        .as_str(),
                );
            }
        }
        Value::Array(list) => list.iter().for_each(|value| each_text(value, field, visit)),
        Value::Object(map) => {
            for (key, value) in map {
                if !TECHNICAL.contains(&key.as_str()) {
                    each_text(value, key, visit);
                }
            }
        }
        _ => {}
    }
}

/// Runs of digits with the marks inside them taken out: `10.000` and `10000` are one
/// amount, `0,5` and `0.5` one number.
fn groups(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
        .map(|run| run.replace(['.', ','], ""))
        .filter(|run| !run.is_empty())
        .collect()
}
