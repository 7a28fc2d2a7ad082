//! Life events: the list over HTTP and in a conversation, over our own records.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use assistant::{Answer, Assistant, Conversation, Request, Route, Sampling};
use corpus::Section;
use reqwest::StatusCode;
use retrieval::Snapshot;
use serde_json::json;
use tempfile::TempDir;

use crate::common::app::{TestApp, error_code};

/// Our records, indexed once for all tests here.
static OURS: LazyLock<(TempDir, Arc<Snapshot>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let records = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/procedures");
    let index = folder.path().join("index");
    retrieval::build(&[records], &index, &mut |_, _| {}).unwrap();
    let snapshot = Arc::new(Snapshot::open(&index).unwrap());
    (folder, snapshot)
});

/// The answers to the turns of one conversation, in the record's words.
fn talk(turns: &[&str]) -> Vec<Answer> {
    let assistant = Assistant::new();
    let mut conversation = Conversation::new();
    let mut answers = Vec::new();
    for turn in turns {
        let request = Request {
            message: (*turn).to_owned(),
            province: None,
        };
        let draft = assistant.prepare(&OURS.1, &conversation, &request);
        conversation = draft.conversation().clone();
        answers.push(draft.write(None, &Sampling::default(), &mut |_| {}));
    }
    answers
}

#[test]
fn a_birth_is_answered_with_ordered_steps_and_their_bundle() {
    let answer = &talk(&["Vợ em mới sinh, em phải làm những gì?"])[0];
    assert_eq!(answer.route, Route::Journey);
    insta::assert_snapshot!(answer.text);
    let codes: Vec<&str> = answer.procedures.iter().map(|p| p.code.as_str()).collect();
    let cards: Vec<&str> = answer.cards.iter().map(|c| c.code.as_str()).collect();
    let sends: Vec<&str> = answer.choices.iter().map(|c| c.send.as_str()).collect();
    assert_eq!(codes[..3], ["1.014331", "1.001193", "1.004222"]);
    assert_eq!(codes.last(), Some(&"2.000986"));
    assert_eq!((&cards, &sends), (&codes, &codes));
    assert!(answer.cards.iter().all(|card| card.sections.is_empty()));
    assert!(answer.citations.len() >= codes.len());
}

#[test]
fn a_death_is_answered_with_condolence_and_no_figure_of_ours() {
    let turns = [
        "Bố tôi mới mất hôm qua",
        "bo toi moi mat hom qua",
        "ba tui mới mất, giờ mần răng",
    ];
    for turn in turns {
        let answer = &talk(&[turn])[0];
        assert_eq!(answer.route, Route::Journey, "{turn}");
        assert!(answer.text.starts_with("Xin chia buồn"), "{}", answer.text);
        assert_eq!(answer.procedures[0].code, "1.000656");
        let digits = |line: &str| {
            let words = line.split_once(". ").map_or(line, |(_, words)| words);
            words.chars().any(|c| c.is_ascii_digit())
        };
        assert!(!answer.text.lines().any(digits), "{}", answer.text);
    }
}

#[test]
fn what_is_asked_of_every_step_is_on_its_card() {
    let answers = talk(&["Bố tôi mới mất hôm qua", "lệ phí bao nhiêu?"]);
    assert_eq!(answers[1].route, Route::Journey);
    for card in &answers[1].cards {
        assert!(card.sections.iter().any(|s| s.section == Section::Fee));
    }
}

#[test]
fn a_step_is_opened_by_its_number_and_the_next_one_after_it() {
    let answers = talk(&[
        "Vợ em mới sinh, em phải làm những gì?",
        "bước 2 cần giấy gì",
        "3",
        "lệ phí bao nhiêu?",
        "việc tiếp theo",
    ]);
    let codes: Vec<&str> = answers[1..]
        .iter()
        .map(|answer| answer.procedures[0].code.as_str())
        .collect();
    assert_eq!(codes, ["1.001193", "1.004222", "1.004222", "1.014137"]);
    let sections: Vec<Section> = answers[1].cards[0]
        .sections
        .iter()
        .map(|s| s.section)
        .collect();
    assert_eq!(sections, [Section::Documents]);
    assert!(answers[1..].iter().all(|a| a.route == Route::Answer));
}

#[test]
fn one_procedure_with_an_aspect_stays_one() {
    for turn in [
        "khai sinh cho con cần giấy gì",
        "vợ em mới sinh, đăng ký khai sinh cần những giấy tờ gì",
        "đăng ký kết hôn mất bao lâu",
    ] {
        assert_eq!(talk(&[turn])[0].route, Route::Answer, "{turn}");
    }
}

#[tokio::test]
async fn life_events_are_listed_and_told_over_http() {
    let app = TestApp::start();
    let list = app.get_json("/v1/journeys").await;
    let journeys = list["journeys"].as_array().unwrap();
    for group in ["citizen", "business"] {
        assert!(journeys.iter().any(|journey| journey["group"] == group));
    }
    let birth = app.get_json("/v1/journeys/sinh-con").await;
    assert_eq!(birth["event"], "Có con nhỏ");
    // The test records know two of its steps and not their bundle.
    let steps = birth["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0]["procedure"]["code"], "1.001193");
    assert_eq!(steps[1]["position"], 2);
    assert_eq!(steps[1]["after"], json!([1]));
    assert_eq!(steps[1]["bundled"], false);
    assert_eq!(birth["bundle"], json!(null));
    let line = journeys.iter().find(|journey| journey["id"] == "sinh-con");
    assert_eq!(line.unwrap()["steps"], 2);
}

#[tokio::test]
async fn an_unknown_life_event_is_not_found() {
    let app = TestApp::start();
    let response = app.get("/v1/journeys/no-such").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(error_code(response).await, "journey_not_found");
}

#[tokio::test]
async fn a_step_is_opened_over_http_too() {
    let app = TestApp::start();
    let first = app.ask("Vợ em mới sinh, em phải làm những gì?").await;
    assert_eq!(first["route"], "journey");
    assert_eq!(first["choices"].as_array().unwrap().len(), 2);
    let conversation = &first["conversation_id"];
    let body = json!({"message": "2", "conversation_id": conversation});
    let second = app.chat(&body).await;
    assert_eq!(second["route"], "answer");
    assert_eq!(second["procedures"][0]["code"], "1.004222");
}
