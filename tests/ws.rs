//! The WebSocket contract, over a real socket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::common::app::{FEE, TestApp};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(app: &TestApp) -> Self {
        Self(connect_async(app.ws_url()).await.unwrap().0)
    }

    async fn say(&mut self, message: &Value) {
        let text = message.to_string();
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next event; `None` when the socket is closed without one.
    async fn next(&mut self) -> Option<Value> {
        while let Some(message) = self.0.next().await {
            match message.unwrap() {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
        None
    }

    /// Events up to the one that ends a turn.
    async fn turn(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let event = self.next().await.unwrap();
            let last = event["type"] == "final" || event["type"] == "error";
            events.push(event);
            if last {
                return events;
            }
        }
    }

    async fn close_code(&mut self) -> CloseCode {
        while let Some(message) = self.0.next().await {
            if let Message::Close(Some(frame)) = message.unwrap() {
                return frame.code;
            }
        }
        panic!("closed without a code");
    }
}

fn message(text: &str) -> Value {
    json!({ "type": "message", "message": text })
}

#[tokio::test]
async fn a_conversation_goes_on_over_one_socket() {
    let app = TestApp::start();
    let mut socket = Socket::open(&app).await;
    socket.say(&message(FEE)).await;
    let first = socket.turn().await;
    let mut types: Vec<_> = first
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    types.dedup();
    assert_eq!(types, ["accepted", "card", "sources", "delta", "final"]);
    let answer = &first.last().unwrap()["data"];
    assert_eq!(answer["procedures"][0]["code"], "1.004222");

    socket.say(&message("còn nộp trực tiếp thì sao?")).await;
    let second = socket.turn().await;
    let follow_up = &second.last().unwrap()["data"];
    assert_eq!(follow_up["conversation_id"], answer["conversation_id"]);
    assert!(format!("{}{}", follow_up["text"], follow_up["cards"]).contains("20.000"));
}

#[tokio::test]
async fn messages_sent_at_once_are_answered_in_order() {
    let app = TestApp::start();
    let mut socket = Socket::open(&app).await;
    // An unknown key starts a conversation of its own: the order alone is tested here,
    // not what a follow-up means.
    for question in [
        FEE,
        "Đăng ký khai sinh cần giấy tờ gì?",
        "Đăng ký kết hôn mấy ngày?",
    ] {
        let mut sent = message(question);
        sent["conversation_id"] = json!("5b0c0a52-6d5c-4a4f-9f0e-2d8a1d5c9a11");
        socket.say(&sent).await;
    }
    for code in ["1.004222", "1.001193", "1.000894"] {
        let turn = socket.turn().await;
        assert_eq!(turn.last().unwrap()["data"]["procedures"][0]["code"], code);
    }
}

#[tokio::test]
async fn a_bad_message_gets_an_error_and_the_socket_stays() {
    let app = TestApp::start();
    let mut socket = Socket::open(&app).await;
    for (sent, code) in [
        ("{", "invalid_json"),
        (r#"{"type":"dance"}"#, "invalid_json"),
        (r#"{"type":"message","message":" "}"#, "blank_message"),
        (
            r#"{"type":"message","message":"a","conversation_id":"x"}"#,
            "invalid_conversation_id",
        ),
    ] {
        socket.0.send(Message::text(sent)).await.unwrap();
        let event = socket.next().await.unwrap();
        assert_eq!(event["type"], "error");
        assert_eq!(event["data"]["code"], code, "{sent}");
    }
    socket.say(&message(FEE)).await;
    assert_eq!(socket.turn().await.last().unwrap()["type"], "final");
}

#[tokio::test]
async fn over_sixteen_kibibytes_closes_with_1009() {
    let app = TestApp::start();
    for size in [16 * 1024 + 1, 100_000] {
        let mut socket = Socket::open(&app).await;
        socket
            .0
            .send(Message::text("a".repeat(size)))
            .await
            .unwrap();
        assert_eq!(socket.close_code().await, CloseCode::Size);
    }
    let mut socket = Socket::open(&app).await;
    socket
        .0
        .send(Message::text("a".repeat(16 * 1024)))
        .await
        .unwrap();
    assert_eq!(socket.next().await.unwrap()["data"]["code"], "invalid_json");
}

#[tokio::test]
async fn binary_messages_close_with_1003() {
    let app = TestApp::start();
    let mut socket = Socket::open(&app).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.close_code().await, CloseCode::Unsupported);
}

#[tokio::test]
async fn a_stopping_server_says_goodbye() {
    let mut app = TestApp::start();
    let mut socket = Socket::open(&app).await;
    app.begin_stop();
    assert_eq!(socket.close_code().await, CloseCode::Away);
    app.stop().await;
}

#[tokio::test]
async fn plain_http_is_told_what_to_do() {
    let app = TestApp::start();
    let response = app.get("/v1/ws").await;
    assert_eq!(response.status().as_u16(), 400);
    assert_eq!(
        crate::common::app::error_code(response).await,
        "invalid_parameter"
    );
}
