//! Whatever the model or the store does, the question is answered from the record.

use reqwest::StatusCode;
use serde_json::json;

use assistant::StopReason;
use server::Loader;

use crate::common::app::{FEE, TestApp, error_code, no_model};
use crate::common::events::{Events, names, text};
use crate::common::fake::{Fake, Grip, PATIENCE};

/// A sentence that the test record proves.
const TRUE_SENTENCE: &str = "Lệ phí đăng ký thường trú nộp trực tuyến là 10.000 đồng.";

/// The same as it is shown: with the number of its source.
const TRUE_SHOWN: &str = "Thủ tục “Đăng ký thường trú” (cấp xã).\nLệ phí đăng ký thường trú nộp trực tuyến là 10.000 đồng [1].";

async fn with(model: Fake) -> TestApp {
    let app = TestApp::with(model.loader(), |_| {});
    app.until_model("ready").await;
    app
}

/// A held model with these limits, and the grip on it.
pub async fn held(change: impl FnOnce(&mut server::settings::Limits)) -> (TestApp, Grip) {
    let (grip, hold) = Grip::new();
    let app = TestApp::with(Fake::Holds(hold).loader(), |settings| {
        change(&mut settings.limits);
    });
    app.until_model("ready").await;
    (app, grip)
}

#[tokio::test]
async fn the_model_writes_what_the_record_proves() {
    let app = with(Fake::Says(TRUE_SENTENCE)).await;
    let events = Events::ask(&app, FEE).await.rest().await;
    assert_eq!(
        names(&events),
        ["accepted", "card", "sources", "delta", "final"]
    );
    let answer = &events.last().unwrap().1;
    assert_eq!(answer["written_by"], "model");
    assert_eq!(answer["text"], TRUE_SHOWN);
    assert_eq!(text(&events), TRUE_SHOWN);
}

#[tokio::test]
async fn an_invented_amount_is_never_shown() {
    let app = with(Fake::Says(
        "Lệ phí đăng ký thường trú nộp trực tuyến là 99.000 đồng.",
    ))
    .await;
    let events = Events::ask(&app, FEE).await.rest().await;
    assert_eq!(events.last().unwrap().1["written_by"], "record");
    assert!(text(&events).contains("10.000"));
    assert!(
        !events
            .iter()
            .any(|(_, data)| data.to_string().contains("99.000"))
    );
}

#[tokio::test]
async fn a_model_that_fails_is_answered_around_and_stays() {
    let app = with(Fake::Fails).await;
    for _ in 0..2 {
        let answer = app.ask(FEE).await;
        assert_eq!(answer["written_by"], "record");
        assert!(answer["text"].as_str().unwrap().contains("10.000"));
    }
    assert_eq!(app.model().await, "ready");
}

#[tokio::test]
async fn a_model_that_panics_is_given_up() {
    let app = with(Fake::Panics).await;
    for _ in 0..2 {
        assert_eq!(app.ask(FEE).await["written_by"], "record");
        app.until_model("broken").await;
    }
    let ready = app.get_json("/readyz").await;
    assert!(
        ready["reason"].as_str().unwrap().contains("scripted panic"),
        "{ready}"
    );
}

#[tokio::test]
async fn one_of_several_that_panics_or_is_stuck_leaves_the_others() {
    let (grip, hold) = Grip::new();
    let fakes = vec![Fake::Panics, Fake::Deaf(hold), Fake::Says(TRUE_SENTENCE)];
    let app = TestApp::with(Fake::crew(fakes), |settings| {
        settings.limits.model_deadline_ms = 300;
        settings.limits.model_grace_ms = 0;
    });
    app.until_model("ready").await;
    // Whoever takes a turn: it is answered, and at the end only the third still writes.
    while app.ask(FEE).await["written_by"] != "model" || app.ask(FEE).await["written_by"] != "model"
    {
        assert_eq!(app.model().await, "ready");
    }
    assert_eq!(app.model().await, "ready");
    drop(grip);
}

#[tokio::test]
async fn a_loader_that_gives_no_model_leaves_the_record() {
    let cases: [(Loader, &str, &str); 3] = [
        (no_model(), "off", ""),
        (
            Box::new(|| Err("the file is cut off".into())),
            "broken",
            "the file is cut off",
        ),
        (
            Box::new(|| panic!("scripted loader")),
            "broken",
            "scripted loader",
        ),
    ];
    for (loader, state, reason) in cases {
        let app = TestApp::with(loader, |_| {});
        app.until_model(state).await;
        let ready = app.get_json("/readyz").await;
        assert!(
            ready["reason"]
                .as_str()
                .unwrap_or_default()
                .contains(reason)
        );
        assert_eq!(app.ask(FEE).await["written_by"], "record");
    }
}

#[tokio::test]
async fn answers_come_while_the_model_is_loading() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let loader = Box::new(move || {
        let _ = released.recv();
        Fake::Says(TRUE_SENTENCE).loader()()
    });
    let app = TestApp::with(loader, |_| {});
    assert_eq!(app.model().await, "loading");
    assert_eq!(app.ask(FEE).await["written_by"], "record");
    release.send(()).unwrap();
    app.until_model("ready").await;
    assert_eq!(app.ask(FEE).await["written_by"], "model");
}

#[tokio::test]
async fn a_full_queue_is_answered_from_the_record_at_once() {
    let (app, grip) = held(|limits| limits.model_queue = 1).await;
    let first = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    let second = Events::ask(&app, FEE).await;
    until_metric(&app, "motcua_model_queue_length 1").await;
    assert_eq!(app.ask(FEE).await["written_by"], "record");
    drop(grip);
    for waiting in [first, second] {
        assert_eq!(waiting.rest().await.last().unwrap().0, "final");
    }
}

/// Waits until `/metrics` has this line.
pub async fn until_metric(app: &TestApp, line: &str) {
    let told = async {
        loop {
            let metrics = app.get("/metrics").await.text().await.unwrap();
            if metrics.lines().any(|found| found == line) {
                return;
            }
        }
    };
    let outcome = tokio::time::timeout(PATIENCE, told).await;
    outcome.unwrap_or_else(|_| panic!("never: {line}"));
}

#[tokio::test]
async fn the_deadline_ends_the_model_and_the_record_answers() {
    let (app, grip) = held(|limits| limits.model_deadline_ms = 150).await;
    assert_eq!(app.ask(FEE).await["written_by"], "record");
    assert_eq!(grip.ended().await, StopReason::Interrupted);
    assert_eq!(app.model().await, "ready");
}

#[tokio::test]
async fn a_turn_that_waits_too_long_is_answered_from_the_record() {
    let (app, grip) = held(|limits| limits.model_latest_start_ms = 100).await;
    let first = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    assert_eq!(app.ask(FEE).await["written_by"], "record");
    drop(grip);
    assert_eq!(first.rest().await.last().unwrap().0, "final");
}

#[tokio::test]
async fn a_stuck_model_is_answered_around_until_it_is_back() {
    let (grip, hold) = Grip::new();
    let app = TestApp::with(Fake::Deaf(hold).loader(), |settings| {
        settings.limits.model_deadline_ms = 100;
        settings.limits.model_grace_ms = 100;
    });
    app.until_model("ready").await;
    // The opening was streamed before the model got stuck: the record's text goes on behind it.
    let events = Events::ask(&app, FEE).await.rest().await;
    let answer = &events.last().unwrap().1;
    assert_eq!(answer["written_by"], "record");
    assert_eq!(answer["text"], text(&events));
    assert!(text(&events).contains("10.000"), "{}", text(&events));
    assert_eq!(app.model().await, "broken");
    assert_eq!(app.ask(FEE).await["written_by"], "record");
    drop(grip);
    app.until_model("ready").await;
}

/// Long enough that only a cancellation can end the model within the test's patience.
pub const LONG: u64 = 600_000;

#[tokio::test]
async fn too_many_turns_are_told_when_to_come_back() {
    let (app, grip) = held(|limits| limits.turns_in_flight = 1).await;
    let first = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    let refused = app.post("/v1/chat", &json!({ "message": FEE })).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(error_code(refused).await, "overloaded");
    drop(grip);
    assert_eq!(first.rest().await.last().unwrap().0, "final");
    assert_eq!(app.ask(FEE).await["route"], "answer");
}

#[tokio::test]
async fn a_stopping_server_lets_running_streams_end() {
    let (mut app, grip) = held(|_| {}).await;
    let stream = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    app.begin_stop();
    drop(grip);
    assert_eq!(stream.rest().await.last().unwrap().0, "final");
    app.stop().await;
}

#[tokio::test]
async fn a_stopping_server_tells_the_streams_that_do_not_end() {
    let (grip, hold) = Grip::new();
    let mut app = TestApp::with(Fake::Deaf(hold).loader(), |settings| {
        settings.limits.shutdown_ms = 100;
        settings.limits.model_deadline_ms = LONG;
    });
    app.until_model("ready").await;
    let stream = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    app.begin_stop();
    let events = stream.rest().await;
    let (name, data) = events.last().unwrap();
    assert_eq!(
        (name.as_str(), &data["code"]),
        ("error", &json!("shutting_down"))
    );
    app.stop().await;
    drop(grip);
}

#[tokio::test]
async fn a_locked_store_does_not_fail_the_answer() {
    let app = TestApp::start();
    let before = app.ask(FEE).await;
    let lock = rusqlite::Connection::open(app.folder.path().join("store.sqlite")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = json!({ "message": FEE, "conversation_id": before["conversation_id"] });
    let answer = app.chat(&body).await;
    assert_eq!(answer["procedures"][0]["code"], "1.004222");
    let rated = json!({ "message_id": before["message_id"], "rating": 1 });
    let response = app.post("/v1/feedback", &rated).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(error_code(response).await, "store_unavailable");
    let path = format!(
        "/v1/conversations/{}",
        before["conversation_id"].as_str().unwrap()
    );
    let erase = app.client.delete(app.url(&path)).send().await.unwrap();
    assert_eq!(
        erase.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "not erased must not say erased"
    );
    drop(lock);
    assert_eq!(
        app.post("/v1/feedback", &rated).await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn two_turns_at_once_in_one_conversation_are_both_remembered() {
    let app = TestApp::start();
    let first = app.ask(FEE).await;
    let body = json!({ "message": "cảm ơn", "conversation_id": first["conversation_id"] });
    let turns = (0..4).map(|_| app.chat(&body));
    for answer in futures_util::future::join_all(turns).await {
        assert_eq!(answer["conversation_id"], first["conversation_id"]);
    }
    // 5 turns so far: 45 more are allowed, the next one is not.
    for _ in 0..45 {
        app.chat(&body).await;
    }
    let full = app.post("/v1/chat", &body).await;
    assert_eq!(full.status(), StatusCode::CONFLICT);
}
