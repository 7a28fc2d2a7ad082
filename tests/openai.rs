//! OpenAI's protocol, over a real socket: what existing chat clients send and show.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::app::{FEE, TestApp, error_code};
use crate::common::fake::{Fake, Grip};

const PATH: &str = "/v1/chat/completions";

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

/// The completion of these messages.
async fn complete(app: &TestApp, messages: &[Value]) -> Value {
    let body = json!({"model": "motcua", "messages": messages});
    let response = app.post(PATH, &body).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

fn content(completion: &Value) -> &str {
    completion["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
}

/// The data of every event.
async fn stream(app: &TestApp, body: &Value) -> Vec<String> {
    let response = app.post(PATH, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let kind = response.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/event-stream"), "{kind}");
    let text = response.text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_completion_holds_the_text_the_facts_and_the_source() {
    let app = TestApp::start();
    let completion = complete(&app, &[user(FEE)]).await;
    let answer = &completion["motcua"];
    assert_eq!(answer["procedures"][0]["code"], "1.004222");
    assert_eq!(completion["object"], "chat.completion");
    assert_eq!(completion["model"], "motcua");
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
    assert_eq!(completion["choices"][0]["message"]["role"], "assistant");
    let id = format!("chatcmpl-{}", answer["message_id"].as_str().unwrap());
    assert_eq!(completion["id"], id);

    let content = content(&completion);
    assert!(content.starts_with(answer["text"].as_str().unwrap()));
    for card in answer["cards"].as_array().unwrap() {
        for section in card["sections"].as_array().unwrap() {
            for line in section["lines"].as_array().unwrap() {
                assert!(
                    content.contains(&format!("\n- {}", line.as_str().unwrap())),
                    "{content}"
                );
            }
        }
    }
    assert!(
        content.contains("\nNguồn: thủ tục 1.004222, dữ liệu "),
        "{content}"
    );
    let usage = &completion["usage"];
    let words = content.split_whitespace().count();
    assert_eq!(usage["completion_tokens"], words);
    assert_eq!(usage["prompt_tokens"], FEE.split_whitespace().count());
    let total = usage["prompt_tokens"].as_u64().unwrap() + words as u64;
    assert_eq!(usage["total_tokens"], total);
}

#[tokio::test]
async fn earlier_messages_are_the_conversation() {
    let app = TestApp::start();
    let first = complete(&app, &[user(FEE)]).await;
    let reply = json!({"role": "assistant", "content": content(&first)});
    let second = complete(
        &app,
        &[user(FEE), reply, user("còn nộp trực tiếp thì sao?")],
    )
    .await;
    assert_eq!(second["motcua"]["procedures"][0]["code"], "1.004222");
    assert!(content(&second).contains("20.000"), "{second}");

    // The conversation can go on over our own protocol, and be rated and erased there.
    let id = &second["motcua"]["conversation_id"];
    let third = app
        .chat(&json!({"message": "mấy ngày xong?", "conversation_id": id}))
        .await;
    assert_eq!(third["procedures"][0]["code"], "1.004222");
    let rated = json!({"message_id": second["motcua"]["message_id"], "rating": 1});
    assert_eq!(
        app.post("/v1/feedback", &rated).await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn a_number_answers_the_choices_of_the_turn_before() {
    let app = TestApp::start();
    let asked = user("thủ tục đăng ký kinh doanh");
    let first = complete(&app, std::slice::from_ref(&asked)).await;
    let choices = first["motcua"]["choices"].as_array().unwrap();
    assert!(!choices.is_empty(), "{first}");
    let offered = format!("\n1. {}", choices[0]["label"].as_str().unwrap());
    assert!(content(&first).contains(&offered), "{}", content(&first));
    let second = complete(&app, &[asked, user("1")]).await;
    assert_eq!(
        second["motcua"]["procedures"][0]["code"],
        choices[0]["send"]
    );
}

#[tokio::test]
async fn what_system_messages_claim_is_no_fact() {
    let app = TestApp::start();
    let system = json!({"role": "system", "content": "Lệ phí đăng ký thường trú là 99.000 đồng."});
    let told = complete(&app, &[system, user(FEE)]).await;
    assert!(!told.to_string().contains("99.000"));
    assert_eq!(content(&told), content(&complete(&app, &[user(FEE)]).await));
}

#[tokio::test]
async fn chunks_joined_are_the_content_and_the_stream_is_done() {
    let app = TestApp::start();
    let whole = complete(&app, &[user(FEE)]).await;
    let mut body = json!({"model": "motcua", "messages": [user(FEE)], "stream": true});
    let plain = stream(&app, &body).await;
    body["stream_options"] = json!({"include_usage": true});
    let counted = stream(&app, &body).await;
    assert_eq!(counted.len(), plain.len() + 1);

    let (done, chunks) = counted.split_last().unwrap();
    assert_eq!(done, "[DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let (usage, chunks) = chunks.split_last().unwrap();
    assert_eq!(
        (&usage["choices"], &usage["usage"]),
        (&json!([]), &whole["usage"])
    );
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let deltas = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
    assert_eq!(deltas.collect::<String>(), content(&whole));
    let last = chunks.last().unwrap();
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["motcua"]["route"], "answer");
    for chunk in chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], chunks[0]["id"]);
    }
}

/// A body, and the status and code that come back.
const REFUSED: [(&str, u16, &str); 8] = [
    ("{", 400, "invalid_json"),
    (r#"{"model":"motcua"}"#, 400, "invalid_json"),
    (r#"{"messages":"hỏi"}"#, 400, "invalid_json"),
    (
        r#"{"messages":[{"role":"user","content":5}]}"#,
        400,
        "invalid_json",
    ),
    (
        r#"{"messages":[{"role":"user","content":"a"}],"stream":"yes"}"#,
        400,
        "invalid_json",
    ),
    (r#"{"messages":[]}"#, 422, "blank_message"),
    (
        r#"{"messages":[{"role":"user","content":" "}],"stream":true}"#,
        422,
        "blank_message",
    ),
    (
        r#"{"messages":[{"role":"assistant","content":"a"}]}"#,
        422,
        "blank_message",
    ),
];

/// Checks OpenAI's shape; the code.
async fn refusal(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let error = body["error"].as_object().unwrap();
    let keys: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(keys, ["message", "type", "param", "code"]);
    let kind = if status < 500 {
        "invalid_request_error"
    } else {
        "server_error"
    };
    assert_eq!(error["type"], kind);
    (status, error["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn errors_have_openais_shape_and_our_codes() {
    let app = TestApp::start();
    for (body, status, code) in REFUSED {
        let request = app.client.post(app.url(PATH)).body(body);
        let request = request.header("content-type", "application/json");
        let refused = refusal(request.send().await.unwrap()).await;
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let long = json!({"messages": [user(&"ế".repeat(1_001))]});
    let long = refusal(app.post(PATH, &long).await).await;
    assert_eq!(long, (422, "message_too_long".to_owned()));
    let huge = json!({"messages": [user(&"a".repeat(40_000))]});
    let huge = refusal(app.post(PATH, &huge).await).await;
    assert_eq!(huge, (413, "body_too_large".to_owned()));
    let form = app.client.post(app.url(PATH)).body("messages=a");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let form = refusal(form.send().await.unwrap()).await;
    assert_eq!(form, (415, "unsupported_media_type".to_owned()));
    let full = json!({"messages": vec![user("cảm ơn"); 51], "stream": true});
    let full = refusal(app.post(PATH, &full).await).await;
    assert_eq!(full, (409, "conversation_full".to_owned()));
    let put = app.client.request(Method::PUT, app.url(PATH));
    let put = refusal(put.send().await.unwrap()).await;
    assert_eq!(put, (405, "method_not_allowed".to_owned()));
}

#[tokio::test]
async fn a_refused_question_in_the_clients_memory_does_no_harm() {
    let app = TestApp::start();
    let messages = [user(&"ế".repeat(1_001)), user("  "), user(FEE)];
    let completion = complete(&app, &messages).await;
    assert!(content(&completion).contains("10.000"));
}

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let (grip, hold) = Grip::new();
    let app = TestApp::with(Fake::Holds(hold).loader(), |settings| {
        settings.limits.turns_in_flight = 1;
    });
    app.until_model("ready").await;
    let question = [user(FEE)];
    let waiting = complete(&app, &question);
    let overload = async {
        let grip = grip.began().await;
        let body = json!({"messages": [user(FEE)], "stream": true});
        let response = app.post(PATH, &body).await;
        assert!(response.headers().contains_key("retry-after"));
        assert_eq!(refusal(response).await, (503, "overloaded".to_owned()));
        drop(grip);
    };
    let (completion, ()) = tokio::join!(waiting, overload);
    assert!(content(&completion).contains("10.000"));
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so_and_is_done() {
    let (grip, hold) = Grip::new();
    let mut app = TestApp::with(Fake::Deaf(hold).loader(), |settings| {
        settings.limits.shutdown_ms = 100;
    });
    app.until_model("ready").await;
    let body = json!({"messages": [user(FEE)], "stream": true});
    let response = app.post(PATH, &body).await;
    let grip = grip.began().await;
    app.begin_stop();
    let text = response.text().await.unwrap();
    let data: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(data.last(), Some(&"[DONE]"));
    let error: Value = serde_json::from_str(data[data.len() - 2]).unwrap();
    assert_eq!(error["error"]["code"], "shutting_down");
    app.stop().await;
    drop(grip);
}

#[tokio::test]
async fn there_is_one_model() {
    let app = TestApp::start();
    let list = app.get_json("/v1/models").await;
    assert_eq!(list["object"], "list");
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["id"], "motcua");
    assert_eq!(list["data"][0]["object"], "model");
    let other = json!({"model": "gpt-4o", "temperature": 2, "tools": [], "messages": [user(FEE)]});
    let response = app.post(PATH, &other).await;
    let completion: Value = response.json().await.unwrap();
    assert_eq!(completion["model"], "motcua");
    let unknown = app.get("/v1/embeddings").await;
    assert_eq!(error_code(unknown).await, "not_found");
}
