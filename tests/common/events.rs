//! Reads server-sent events as they arrive.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::app::TestApp;

/// Name and data.
pub type Event = (String, Value);

/// A stream being read.
pub struct Events {
    response: Response,
    buffer: String,
}

impl Events {
    /// Asks with `stream: true`.
    pub async fn ask(app: &TestApp, message: &str) -> Self {
        let body = json!({ "message": message, "stream": true });
        let response = app.post("/v1/chat", &body).await;
        assert_eq!(response.status(), StatusCode::OK);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self {
            response,
            buffer: String::new(),
        }
    }

    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let block: String = self.buffer.drain(..end + 2).collect();
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            // Characters may be split between chunks only on a real network; the server
            // writes whole events.
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Everything until the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let data = serde_json::from_str(field("data:")?).unwrap();
    Some((field("event:")?.to_owned(), data))
}

/// The names, each run of the same one once.
pub fn names(events: &[Event]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    names
}

/// The deltas joined.
pub fn text(events: &[Event]) -> String {
    let deltas = events.iter().filter(|(name, _)| name == "delta");
    deltas
        .map(|(_, data)| data["text"].as_str().unwrap())
        .collect()
}
