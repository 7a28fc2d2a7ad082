//! The HTTP contract, over a real socket.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::app::{FEE, TestApp, error_code, on_disk};
use crate::common::events::{Events, names, text};

const ANSWER_KEYS: [&str; 13] = [
    "conversation_id",
    "message_id",
    "route",
    "text",
    "cards",
    "procedures",
    "citations",
    "choices",
    "suggestions",
    "notices",
    "written_by",
    "snapshot",
    "timings_ms",
];

#[tokio::test]
async fn an_answer_has_every_key_of_the_contract() {
    let app = TestApp::start();
    let answer = app.ask(FEE).await;
    for key in ANSWER_KEYS {
        assert!(answer.get(key).is_some(), "{key}");
    }
    assert_eq!(answer["route"], "answer");
    assert_eq!(answer["procedures"][0]["code"], "1.004222");
    assert_eq!(answer["written_by"], "record");
    let said = format!("{}{}", answer["text"], answer["cards"]);
    assert!(said.contains("10.000"), "{said}");
    assert!(answer["timings_ms"]["total"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn a_follow_up_keeps_the_procedure() {
    let app = TestApp::start();
    let first = app.ask(FEE).await;
    let id = &first["conversation_id"];
    let body = json!({ "message": "còn nộp trực tiếp thì sao?", "conversation_id": id });
    let second = app.chat(&body).await;
    assert_eq!(&second["conversation_id"], id);
    assert_eq!(second["procedures"][0]["code"], "1.004222");
    assert!(format!("{}{}", second["text"], second["cards"]).contains("20.000"));
}

#[tokio::test]
async fn the_stream_shows_facts_first_and_ends_with_the_answer() {
    let app = TestApp::start();
    let events = Events::ask(&app, FEE).await.rest().await;
    assert_eq!(
        names(&events),
        ["accepted", "card", "sources", "delta", "final"]
    );
    let answer = &events.last().unwrap().1;
    assert_eq!(answer["route"], "answer");
    assert_eq!(answer["message_id"], events[0].1["message_id"]);
    assert_eq!(answer["cards"][0], events[1].1);
    assert_eq!(answer["text"].as_str().unwrap(), text(&events));
}

/// What is sent, how, and the status and code that come back.
const REFUSED: [(&str, &str, &str, u16, &str); 9] = [
    ("not JSON", "application/json", "{", 400, "invalid_json"),
    (
        "wrong type",
        "application/json",
        r#"{"message":5}"#,
        400,
        "invalid_json",
    ),
    ("no message", "application/json", "{}", 400, "invalid_json"),
    (
        "form",
        "application/x-www-form-urlencoded",
        "message=a",
        415,
        "unsupported_media_type",
    ),
    (
        "no type",
        "",
        r#"{"message":"a"}"#,
        415,
        "unsupported_media_type",
    ),
    (
        "blank",
        "application/json",
        r#"{"message":"  \n"}"#,
        422,
        "blank_message",
    ),
    (
        "zero width",
        "application/json",
        r#"{"message":"\u200b\ufeff"}"#,
        422,
        "blank_message",
    ),
    (
        "key",
        "application/json",
        r#"{"message":"a","conversation_id":"x'--"}"#,
        422,
        "invalid_conversation_id",
    ),
    (
        "blank stream",
        "application/json",
        r#"{"message":"","stream":true}"#,
        422,
        "blank_message",
    ),
];

#[tokio::test]
async fn bad_requests_get_their_status_and_code() {
    let app = TestApp::start();
    for (what, kind, body, status, code) in REFUSED {
        let mut request = app.client.post(app.url("/v1/chat")).body(body);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{what}");
        assert_eq!(error_code(response).await, code, "{what}");
    }
}

#[tokio::test]
async fn a_question_has_at_most_a_thousand_characters_composed() {
    let app = TestApp::start();
    let longest = json!({ "message": "ế".repeat(1_000) });
    assert_eq!(
        app.post("/v1/chat", &longest).await.status(),
        StatusCode::OK
    );
    // The same thousand characters as some keyboards send them: each in three parts.
    let decomposed = json!({ "message": "e\u{302}\u{301}".repeat(1_000) });
    assert_eq!(
        app.post("/v1/chat", &decomposed).await.status(),
        StatusCode::OK
    );
    let longer = app
        .post("/v1/chat", &json!({ "message": "a".repeat(1_001) }))
        .await;
    assert_eq!(longer.status().as_u16(), 422);
    assert_eq!(error_code(longer).await, "message_too_long");
}

/// The server answers before it has read such a body; the client must still get to
/// read the answer rather than a reset connection.
#[tokio::test]
async fn a_huge_body_is_refused_in_words_every_time() {
    let app = TestApp::start();
    for _ in 0..20 {
        let body = json!({ "message": "a".repeat(200_000) });
        let response = app.post("/v1/chat", &body).await;
        assert_eq!(response.status().as_u16(), 413);
        assert_eq!(error_code(response).await, "body_too_large");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json_too() {
    let app = TestApp::start();
    for path in ["/nothing", "/v1/", "/widget.js", "/hooks/telegram"] {
        let response = app.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(error_code(response).await, "not_found");
    }
    for (method, path, allow) in [
        (Method::GET, "/v1/chat", "POST"),
        (Method::GET, "/v1/chat/completions", "POST"),
        (Method::POST, "/v1/models", "GET, HEAD"),
        (Method::PUT, "/v1/feedback", "POST"),
        (Method::POST, "/v1/search", "GET, HEAD"),
        (Method::GET, "/v1/conversations/x", "DELETE"),
        (Method::DELETE, "/", "GET, HEAD"),
    ] {
        let request = app.client.request(method, app.url(path));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(response.headers()["allow"], allow, "{path}");
        assert_eq!(error_code(response).await, "method_not_allowed");
    }
}

#[tokio::test]
async fn an_unknown_conversation_starts_anew_under_a_fresh_key() {
    let app = TestApp::start();
    let unknown = "5b0c0a52-6d5c-4a4f-9f0e-2d8a1d5c9a11";
    let answer = app
        .chat(&json!({ "message": FEE, "conversation_id": unknown }))
        .await;
    assert_ne!(answer["conversation_id"], unknown);
}

#[tokio::test]
async fn a_conversation_has_fifty_turns() {
    let app = TestApp::start();
    let mut body = json!({ "message": "cảm ơn" });
    for _ in 0..50 {
        let answer = app.chat(&body).await;
        body["conversation_id"] = answer["conversation_id"].clone();
    }
    let response = app.post("/v1/chat", &body).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(error_code(response).await, "conversation_full");
    body["stream"] = json!(true);
    let response = app.post("/v1/chat", &body).await;
    assert_eq!(
        response.status(),
        StatusCode::CONFLICT,
        "before the first event"
    );
}

#[tokio::test]
async fn feedback_needs_its_answer() {
    let app = TestApp::start();
    let answer = app.ask(FEE).await;
    for (message_id, rating, status) in [
        (answer["message_id"].clone(), json!(1), 204),
        (answer["message_id"].clone(), json!(-1), 204),
        (answer["message_id"].clone(), json!(0), 422),
        (answer["message_id"].clone(), json!("1"), 400),
        (json!("no such message"), json!(1), 404),
    ] {
        let body = json!({ "message_id": message_id, "rating": rating, "comment": "tốt" });
        let response = app.post("/v1/feedback", &body).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
    }
}

#[tokio::test]
async fn erasure_leaves_no_byte_and_no_memory() {
    let app = TestApp::start();
    let answer = app.ask(FEE).await;
    let (id, message) = (key(&answer, "conversation_id"), key(&answer, "message_id"));
    let rated = json!({ "message_id": message, "rating": 1, "comment": "lời góp ý dễ nhận ra" });
    assert_eq!(
        app.post("/v1/feedback", &rated).await.status().as_u16(),
        204
    );
    assert!(app.on_disk(&id) && app.on_disk("lời góp ý dễ nhận ra"));
    let path = format!("/v1/conversations/{id}");
    for _ in 0..2 {
        let request = app.client.delete(app.url(&path));
        assert_eq!(request.send().await.unwrap().status().as_u16(), 204);
    }
    let after = app
        .chat(&json!({ "message": "còn lệ phí thì sao?", "conversation_id": id }))
        .await;
    assert_ne!(key(&after, "conversation_id"), id);
    let malformed = app.client.delete(app.url("/v1/conversations/..%2f"));
    assert_eq!(malformed.send().await.unwrap().status().as_u16(), 422);
    let folder = app.stop().await;
    for needle in [id.as_str(), message.as_str(), "lời góp ý dễ nhận ra"] {
        assert!(!on_disk(folder.path(), needle), "{needle}");
    }
}

#[tokio::test]
async fn identifiers_are_masked_before_they_are_stored() {
    let app = TestApp::start();
    let answer = app
        .ask("Tôi tên An, số căn cước 079090012345, hỏi lệ phí đăng ký thường trú")
        .await;
    let comment = "gọi tôi số 0912345678";
    let rated = json!({ "message_id": answer["message_id"], "rating": -1, "comment": comment });
    assert_eq!(
        app.post("/v1/feedback", &rated).await.status().as_u16(),
        204
    );
    assert!(
        app.on_disk("lệ phí đăng ký thường trú"),
        "the masked question is kept"
    );
    assert!(!app.on_disk("079090012345") && !app.on_disk("0912345678"));
}

fn key(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_may_run_nothing_but_its_own_files() {
    let app = TestApp::start();
    for (path, kind) in [
        ("/", "text/html"),
        ("/chat.css", "text/css"),
        ("/chat.js", "text/javascript"),
        ("/view.js", "text/javascript"),
        ("/stream.js", "text/javascript"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let response = app.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers();
        assert!(
            headers["content-type"].to_str().unwrap().starts_with(kind),
            "{path}"
        );
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn operators_see_health_metrics_and_the_description() {
    let app = TestApp::start();
    app.until_model("off").await;
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
    let ready = app.get_json("/readyz").await;
    assert!(!ready["snapshot"].as_str().unwrap().is_empty());
    app.ask(FEE).await;
    app.get("/nothing/here").await;
    let metrics = app.get("/metrics").await.text().await.unwrap();
    for line in [
        "motcua_http_requests_total{route=\"/v1/chat\",status=\"200\"}",
        "motcua_http_requests_total{route=\"unmatched\",status=\"404\"}",
        "motcua_answers_total{route=\"answer\",written_by=\"record\"}",
        "motcua_stage_seconds_bucket{stage=\"retrieve\"",
        "motcua_model_status{state=\"off\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
    let description = app.get_json("/openapi.json").await;
    for path in [
        "/v1/chat",
        "/v1/ws",
        "/v1/search",
        "/v1/procedures/{code}",
        "/v1/journeys/{id}",
        "/v1/feedback",
    ] {
        assert!(description["paths"].get(path).is_some(), "{path}");
    }
}
