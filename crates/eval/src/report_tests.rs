//! The report's shape (a snapshot) and what its page promises.

use assistant::WrittenBy;

use super::*;
use crate::baseline::Baseline;
use crate::grounding::Grounding;
use crate::judge::Verdict;
use crate::runner::Shown;
use crate::suite::Expected;
use crate::testing::outcome;
use crate::variant::Variant;

fn setting() -> Setting {
    Setting {
        version: "0.0.0".into(),
        mode: Mode::Record,
        model: None,
        snapshot: "s1".into(),
    }
}

/// One right, one wrong, one out of scope.
fn outcomes() -> Vec<Outcome> {
    let right = judged(
        "a",
        &["1.1", "1.2"],
        Verdict {
            route: true,
            gold: Some(true),
            missing: Vec::new(),
            violations: Vec::new(),
        },
    );
    let mut wrong = judged(
        "b",
        &["1.2", "1.1"],
        Verdict {
            route: true,
            gold: Some(true),
            missing: vec!["7 ngày <b>".into()],
            violations: Vec::new(),
        },
    );
    wrong.scores.insert("pass".into(), 0.0);
    wrong.scores.insert("hit_1".into(), 0.0);
    wrong.scores.insert("includes".into(), 0.0);
    let mut scope = outcome("c");
    scope.expected = Expected::OutOfScope;
    scope.scores = BTreeMap::from([("pass".into(), 1.0), ("route".into(), 1.0)]);
    vec![right, wrong, scope]
}

fn judged(id: &str, offered: &[&str], verdict: Verdict) -> Outcome {
    let mut out = outcome(id);
    out.gold = vec!["1.1".into()];
    out.search = offered.iter().map(|code| (*code).to_owned()).collect();
    out.answer = Some(Shown {
        route: "answer".into(),
        text: "Lệ phí & <script>alert(1)</script>".into(),
        procedures: out.search.clone(),
        cards: vec!["1.1 Khai sinh".into()],
        citations: Vec::new(),
        written_by: WrittenBy::Record,
        asked_model: false,
    });
    out.verdict = Some(verdict);
    out.grounding = Some(Grounding::default());
    out.scores = ["pass", "route", "hit_1", "includes", "grounded"]
        .map(|name| (name.to_owned(), 1.0))
        .into();
    out.ms = BTreeMap::from([("search".into(), 0.5), ("total".into(), 2.0)]);
    out
}

#[test]
fn the_json_report_keeps_its_shape() {
    let outcomes = outcomes();
    let baseline = Baseline::of("0.0.0", Mode::Record, None, &outcomes);
    let comparison = baseline.compare(&outcomes, 0.02);
    let report = Report::new(setting(), outcomes, Some(comparison));
    insta::assert_json_snapshot!(report);
}

#[test]
fn failures_are_those_that_did_not_pass() {
    let report = Report::new(setting(), outcomes(), None);
    let ids: Vec<_> = report.failures().iter().map(|o| o.id.clone()).collect();
    assert_eq!(ids, ["b"]);
}

#[test]
fn the_table_names_metrics_and_stages() {
    let shown = table(&Report::new(setting(), outcomes(), None));
    for expected in [
        "pass",
        "66.7 [",
        "n=3",
        "milliseconds",
        "total",
        "mini-dev (3)",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
}

#[test]
fn the_page_escapes_what_it_shows_and_fetches_nothing() {
    let outcomes = outcomes();
    let baseline = Baseline::of("0.0.0", Mode::Record, None, &outcomes);
    let comparison = baseline.compare(&outcomes, 0.02);
    let typed = [(Variant::Typos, outcomes.clone())];
    let robustness = Robustness::of(&outcomes, &typed);
    let mut report = Report::new(setting(), outcomes, Some(comparison));
    report.robustness = Some(robustness);
    let page = crate::html(&report, &|_| None).unwrap();
    assert!(page.contains("<th class=\"n\">typos</th>") && page.contains("+0.0 [+0.0, +0.0]"));
    assert!(page.contains("&lt;script&gt;alert(1)"), "text is escaped");
    for forbidden in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden} in the page");
    }
    assert!(page.contains("<polyline") && page.contains("câu b"));
}

#[test]
fn failures_stand_beside_their_record_and_can_be_filtered() {
    let record = serde_json::json!({
        "code": "1.1", "name": "Đăng ký <i>khai sinh", "levels": ["xa"],
        "scope": {"kind": "national"}, "channels": [{"kind": "direct", "durations": [],
            "fees": [{"amount_vnd": 8_000, "raw": "8000 VNĐ"}]}],
        "provenance": {"source_kind": "own"},
    });
    let record: std::sync::Arc<corpus::Procedure> =
        std::sync::Arc::new(serde_json::from_value(record).unwrap());
    let report = Report::new(setting(), outcomes(), None);
    let give = |code: &str| (code == "1.1").then(|| record.clone());
    let page = crate::html(&report, &give).unwrap();
    for expected in [
        "Đăng ký &lt;i&gt;khai sinh",
        "8.000 đồng",
        "right one",
        "id=\"kind-0\"",
        ".failure:not(.fault-0)",
        "class=\"failure kind-0 fault-0\"",
    ] {
        assert!(page.contains(expected), "{expected} in\n{page}");
    }
}

#[test]
fn an_empty_and_a_retrieval_only_run_are_shown() {
    let mut only = outcome("a");
    only.gold = vec!["1.1".into()];
    only.scores = BTreeMap::from([("search_hit_1".into(), 0.0)]);
    let report = Report::new(setting(), vec![only], None);
    assert_eq!(report.failures().len(), 1);
    assert!(
        crate::html(&report, &|_| None)
            .unwrap()
            .contains("right procedure not first")
    );
    assert!(crate::html(&Report::new(setting(), Vec::new(), None), &|_| None).is_ok());
}
