//! Two runs: what is compared, who changed sides, and what is refused.

use super::*;
use crate::report::Mode;
use crate::testing::{answer, outcome};
use assistant::Route;

fn run(passes: &[(&str, bool)], mode: Mode) -> Report {
    let one = |(id, pass): &(&str, bool)| {
        let mut out = outcome(id);
        out.scores = BTreeMap::from([("pass".to_owned(), f64::from(u8::from(*pass)))]);
        out.verdict = Some(crate::judge::Verdict {
            route: true,
            gold: None,
            missing: if *pass {
                vec![]
            } else {
                vec!["7 ngày".into()]
            },
            violations: vec![],
        });
        let text = if *pass { "7 ngày <b>" } else { "không rõ" };
        out.answer = Some(Shown::new(&answer(Route::Answer, text), false));
        out
    };
    let setting = Setting {
        version: "0".into(),
        mode,
        model: None,
        snapshot: "s".into(),
    };
    Report::new(setting, passes.iter().map(one).collect(), None)
}

fn ids(list: &[Changed]) -> Vec<&str> {
    list.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn who_changed_sides_is_listed_with_both_answers() {
    let before = run(
        &[("a", true), ("b", false), ("c", true), ("gone", true)],
        Mode::Record,
    );
    let now = run(
        &[("a", false), ("b", true), ("c", true), ("new", false)],
        Mode::Record,
    );
    let found = Versus::of(&before, &now, 0.02).unwrap();
    assert_eq!(
        (ids(&found.broken), ids(&found.mended)),
        (vec!["a"], vec!["b"])
    );
    let (common, gone, new) = (found.overall.common, found.overall.gone, found.overall.new);
    assert_eq!((common, gone, new), (3, 1, 1));
    assert_eq!(found.broken[0].faults, ["does not say 7 ngày"]);
    let table = found.table();
    for expected in [
        "broken (1)",
        "A: 7 ngày",
        "B: không rõ",
        "by kind",
        "mini-dev/b",
    ] {
        assert!(table.contains(expected), "{expected} in\n{table}");
    }
    assert_eq!(found.groups["kind"]["direct"].common, 3);
    assert_eq!(found.groups["route"]["answer"].changes[0].metric, "pass");
}

#[test]
fn worse_is_what_a_baseline_calls_worse() {
    let all: Vec<String> = (0..100).map(|i| format!("q{i}")).collect();
    let passing = |lost: usize| {
        let marked: Vec<(&str, bool)> = all
            .iter()
            .enumerate()
            .map(|(at, id)| (id.as_str(), at >= lost))
            .collect();
        run(&marked, Mode::Record)
    };
    let worse = |lost| {
        let found = Versus::of(&passing(0), &passing(lost), 0.02).unwrap();
        found.overall.regressions().count()
    };
    assert_eq!((worse(0), worse(2), worse(3)), (0, 0, 1));
}

#[test]
fn runs_that_cannot_be_compared_are_refused() {
    let record = run(&[("a", true)], Mode::Record);
    let model = run(&[("a", true)], Mode::Model);
    let error = Versus::of(&record, &model, 0.02).unwrap_err().to_string();
    assert!(
        error.contains("record") && error.contains("model"),
        "{error}"
    );
    let other = run(&[("z", true)], Mode::Record);
    let error = Versus::of(&record, &other, 0.02).unwrap_err().to_string();
    assert!(error.contains("no question"), "{error}");
}

#[test]
fn a_report_reads_back_and_another_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.json");
    let report = run(&[("a", true)], Mode::Record);
    std::fs::write(&path, serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(Report::read(&path).unwrap().outcomes.len(), 1);
    std::fs::write(&path, "{}").unwrap();
    let error = Report::read(&path).unwrap_err().to_string();
    assert!(
        error.contains("a.json") && error.contains("--json"),
        "{error}"
    );
}

#[test]
fn the_page_shows_both_answers_and_fetches_nothing() {
    let before = run(&[("a", true), ("b", true)], Mode::Record);
    let now = run(&[("a", false), ("b", true)], Mode::Record);
    let page = crate::versus_html(&Versus::of(&before, &now, 0.02).unwrap()).unwrap();
    assert!(
        page.contains("7 ngày &lt;b&gt;") && page.contains("không rõ"),
        "{page}"
    );
    for forbidden in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden} in the page");
    }
}
