//! Whoever hangs up is written for no longer, and the next one has the place.

use std::any::Any;

use assistant::StopReason;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::common::app::{FEE, TestApp};
use crate::common::events::Events;
use crate::reliability::{LONG, held, until_metric};

#[tokio::test]
async fn a_reader_who_leaves_the_stream_stops_the_model() {
    let (app, grip) = held(|limits| limits.model_deadline_ms = LONG).await;
    let stream = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    drop(stream);
    assert_eq!(grip.ended().await, StopReason::Interrupted);
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_the_model() {
    let (app, grip) = held(|limits| limits.model_deadline_ms = LONG).await;
    let request = app
        .client
        .post(app.url("/v1/chat"))
        .json(&json!({ "message": FEE }));
    let asking = tokio::spawn(request.send());
    let grip = grip.began().await;
    asking.abort();
    assert_eq!(grip.ended().await, StopReason::Interrupted);
}

/// A POST over a socket of its own, which hangs up when it is dropped.
async fn post(app: &TestApp, path: &str, body: &Value) -> TcpStream {
    let host = app.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(host).await.unwrap();
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// Each way to ask over a socket, until it is dropped.
async fn connections(app: &TestApp, way: usize) -> Box<dyn Any> {
    let completion = json!({ "messages": [{"role": "user", "content": FEE}], "stream": true });
    match way {
        0 => Box::new(post(app, "/v1/chat", &json!({ "message": FEE })).await),
        1 => Box::new(post(app, "/v1/chat", &json!({ "message": FEE, "stream": true })).await),
        2 => Box::new(post(app, "/v1/chat/completions", &completion).await),
        _ => {
            let (mut socket, _) = connect_async(app.ws_url()).await.unwrap();
            let message = json!({ "type": "message", "message": FEE }).to_string();
            socket.send(Message::text(message)).await.unwrap();
            Box::new(socket)
        }
    }
}

const WAYS: usize = 4;

#[tokio::test]
async fn whoever_hangs_up_in_the_queue_gives_place_and_permit_back_at_once() {
    let (app, grip) = held(|limits| {
        limits.turns_in_flight = 2;
        limits.model_queue = 1;
        limits.model_deadline_ms = LONG;
        limits.model_latest_start_ms = LONG;
    })
    .await;
    let first = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    // All the while the model writes for the first.
    for way in 0..WAYS {
        let waiting = connections(&app, way).await;
        until_metric(&app, "motcua_model_queue_length 1").await;
        drop(waiting);
        until_metric(&app, "motcua_model_queue_length 0").await;
        until_metric(&app, "motcua_turns_in_flight 1").await;
    }
    let next = Events::ask(&app, FEE).await;
    until_metric(&app, "motcua_model_queue_length 1").await;
    drop(grip);
    for stream in [first, next] {
        assert_eq!(stream.rest().await.last().unwrap().0, "final");
    }
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains("motcua_model_turns_total 2\n"),
        "the model was asked for those who stayed alone: {metrics}"
    );
}

#[tokio::test]
async fn whoever_hangs_up_while_the_model_writes_makes_room_for_the_next() {
    let (app, mut grip) = held(|limits| {
        limits.turns_in_flight = 1;
        limits.model_deadline_ms = LONG;
    })
    .await;
    for way in 0..WAYS {
        let written = connections(&app, way).await;
        grip = grip.began().await;
        drop(written);
        until_metric(&app, "motcua_turns_in_flight 0").await;
    }
    let next = Events::ask(&app, FEE).await;
    let grip = grip.began().await;
    drop(grip);
    assert_eq!(next.rest().await.last().unwrap().0, "final");
}
