//! `motcua eval` over what others have: a BEIR folder, a CSV of questions and answers, a
//! treebank; and the same questions typed in other ways.

use std::path::{Path, PathBuf};

use eval::Collection;
use eval::ranked::{REFERENCE, configurations};
use retrieval::documents::Documents;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::terminal::{eval as motcua, stderr};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> String {
    let path = root().join("tests/fixtures").join(name);
    path.to_string_lossy().into_owned()
}

/// The JSON that a run with `--json -` prints.
fn figures(arguments: &[&str]) -> Value {
    let output = motcua(&[arguments, &["--json", "-"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// An index over three of our records, in a folder that goes with the test.
fn tiny_index() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let records = dir.path().join("records");
    std::fs::create_dir(&records).unwrap();
    for code in ["1.004222", "1.000894", "1.003197"] {
        let name = format!("{code}.json");
        let from = root().join("corpus/procedures").join(&name);
        std::fs::copy(from, records.join(&name)).unwrap();
    }
    let index = dir.path().join("index");
    retrieval::build(&[records], &index, &mut |_, _| ()).unwrap();
    let index = index.to_string_lossy().into_owned();
    (dir, index)
}

/// nDCG@10 of a configuration and variant.
fn ndcg(report: &Value, configuration: &str, variant: &str) -> f64 {
    let all = report["configurations"].as_array().unwrap();
    let found = all.iter().find(|c| c["configuration"] == configuration);
    let figure = &found.unwrap()["variants"][variant]["ndcg_10"]["value"]["mean"];
    figure.as_f64().unwrap()
}

#[test]
fn a_folder_of_judged_documents_needs_no_index() {
    let reports = figures(&[&fixture("beir")]);
    let report = &reports["collections"][0];
    assert_eq!(report["documents"], 5);
    assert_eq!(report["questions"], 3, "q4 is not in test_ids.txt");
    for variant in ["as_written", "no_marks", "nfd"] {
        let found = ndcg(report, "gated", variant);
        assert!((found - 1.0).abs() < 1e-9, "{variant}: {found}");
    }
    // What the gate is for: without marks the accented index finds next to nothing.
    assert!(ndcg(report, "pairs", "no_marks") < 0.5);
    let output = motcua(&[&fixture("beir")]);
    assert!(stderr(&output).contains("nDCG@10"), "{}", stderr(&output));
}

#[test]
fn decomposed_questions_find_the_same_documents() {
    let reports = figures(&[&fixture("beir")]);
    let outcomes = reports["collections"][0]["outcomes"].as_array().unwrap();
    let ranked = |variant: &str| -> Vec<&Value> {
        let of_variant = outcomes.iter().filter(|o| o["variant"] == variant);
        of_variant.map(|o| &o["ranked"]).collect()
    };
    assert_eq!(ranked("as_written").len(), 3);
    assert_eq!(ranked("as_written"), ranked("nfd"));
}

#[test]
fn a_table_of_questions_and_answers_is_a_suite() {
    let (_dir, index) = tiny_index();
    let file = fixture("questions.csv");
    let report = figures(&[&file, "--index", &index, "--no-model"]);
    let outcomes = report["outcomes"].as_array().unwrap();
    assert_eq!(outcomes[0]["id"], "questions-2");
    assert_eq!(outcomes[0]["gold"], json!(["1.004222"]));
    assert_eq!(outcomes[0]["scores"]["pass"], 1.0, "{}", outcomes[0]);
    assert_eq!(outcomes[0]["scores"]["includes"], 1.0);
    assert_eq!(outcomes[1]["kind"], "no_diacritics");
    assert!(outcomes[1]["scores"].get("includes").is_none());
    let output = motcua(&[&file, "--index", &index, "--no-model"]);
    let said = stderr(&output);
    assert!(said.contains("1 of 2 questions have no code"), "{said}");
}

#[test]
fn words_are_held_against_a_treebank() {
    let reports = figures(&[&fixture("mini.conllu")]);
    let report = &reports["treebanks"][0];
    assert_eq!(
        (&report["sentences"], &report["words"]),
        (&json!(2), &json!(12))
    );
    // 16 syllables and marks, 8 of them words of their own: 8/16, 8/12, 16/28.
    let bare = &report["syllables"];
    let mean = |name: &str| bare[name]["mean"].as_f64().unwrap();
    assert!((mean("precision") - 0.5).abs() < 1e-9, "{bare}");
    assert!((mean("recall") - 8.0 / 12.0).abs() < 1e-9, "{bare}");
    assert!((mean("f1") - 16.0 / 28.0).abs() < 1e-9, "{bare}");
}

#[test]
fn variants_are_the_same_questions_held_against_themselves() {
    let (_dir, index) = tiny_index();
    let file = fixture("questions.csv");
    let report = figures(&[&file, "--index", &index, "--no-model", "--variants"]);
    let variants = report["robustness"]["variants"].as_array().unwrap();
    let names: Vec<&Value> = variants.iter().map(|of| &of["variant"]).collect();
    assert_eq!(names, ["as_written", "no_marks", "nfd", "typos"]);
    assert!(variants[0]["metrics"]["pass"].get("difference").is_none());
    // A composed letter taken apart is the same letter.
    let nfd = &variants[2]["metrics"];
    for metric in ["pass", "search_hit_1", "search_hit_3", "search_hit_10"] {
        let difference = &nfd[metric]["difference"];
        assert_eq!(difference["low"], 0.0, "{metric}: {difference}");
        assert_eq!(difference["high"], 0.0, "{metric}: {difference}");
    }
    let plain = figures(&[&file, "--index", &index, "--no-model"]);
    assert!(plain.get("robustness").is_none());
    assert_eq!(plain["overall"], report["overall"]);
}

#[test]
fn what_cannot_be_read_is_named_by_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |name: &str, text: &[u8], reason: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let output = motcua(&[&path.to_string_lossy(), "--no-model"]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(&format!("{name}:{reason}")), "{said}");
    };
    refused(
        "a.csv",
        b"hoi,tra loi,ma\n1,2\n",
        "2: 2 cells under 3 headings",
    );
    refused("b.csv", b"x,y\n1,2\n", "1: no column `question`");
    refused(
        "c.csv",
        b"question,answer\n\"a\nb\",c\n,d\n",
        "4: the question is empty",
    );
    refused("d.csv", b"question,answer\nL\xe9,d\n", "2: not UTF-8");
    refused("e.conllu", b"# x\n1\tanh\n", "2: 2 columns");
    let folder = dir.path().join("beir");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(fixture("beir/queries.jsonl"), folder.join("queries.jsonl")).unwrap();
    std::fs::copy(fixture("beir/qrels.tsv"), folder.join("qrels.tsv")).unwrap();
    std::fs::write(folder.join("corpus.jsonl"), "{\"_id\": \"a\"}\n").unwrap();
    let output = motcua(&[&folder.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("corpus.jsonl:1: missing field `text`"),
        "{said}"
    );
}

#[test]
fn options_of_suites_are_refused_for_folders() {
    let output = motcua(&[&fixture("beir"), "--variants"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = motcua(&[&fixture("beir"), &fixture("questions.csv")]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("questions.csv: a suite"));
}

#[test]
fn statutes_that_others_judged_are_found_as_well_as_known() {
    let folder = root().join("../shared/text/alqac23");
    if !Path::new(&folder).exists() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let mut collection = Collection::read(&folder).unwrap();
    let documents = std::mem::take(&mut collection.documents);
    let documents = Documents::build(documents, &mut |_| ()).unwrap();
    // The reference alone: all five take 30 s of CPU when built for development.
    let mut product = configurations();
    product.retain(|configuration| configuration.name == REFERENCE);
    let report = eval::ranked(&collection, &documents, product, &mut |_| ()).unwrap();
    let report = serde_json::to_value(report).unwrap();
    for (variant, bar) in [
        ("as_written", 0.89),
        ("no_marks", 0.885),
        ("nfd", 0.89),
        ("typos", 0.88),
    ] {
        let found = ndcg(&report, REFERENCE, variant);
        assert!(found >= bar, "{variant}: {found} is below {bar}");
    }
}
