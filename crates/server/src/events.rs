//! The one rendering of events: a name and a JSON value, the same over SSE and WebSocket.

use assistant::Event;
use serde_json::{Value, json};

use crate::error::ErrorCode;
use crate::turn::Progress;

/// Name and data of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// `accepted`, `card`, `sources`, `delta`, `final` or `error`.
    pub name: &'static str,
    /// What it carries.
    pub data: Value,
}

/// Renders an event, or the error that ends a stream.
pub fn render(progress: Progress) -> Rendered {
    match progress {
        Ok(event) => render_event(event),
        Err(code) => Rendered {
            name: "error",
            data: json!(code.detail()),
        },
    }
}

fn render_event(event: Event) -> Rendered {
    let (name, data) = match event {
        Event::Accepted {
            conversation_id,
            message_id,
        } => (
            "accepted",
            Ok(json!({"conversation_id": conversation_id, "message_id": message_id})),
        ),
        Event::Card(card) => ("card", serde_json::to_value(card)),
        Event::Sources(citations) => ("sources", serde_json::to_value(citations)),
        Event::Delta { text } => ("delta", Ok(json!({"text": text}))),
        Event::Final(answer) => ("final", serde_json::to_value(answer)),
        Event::Failed { code, message } => ("error", Ok(json!({"code": code, "message": message}))),
    };
    match data {
        Ok(data) => Rendered { name, data },
        Err(error) => {
            tracing::error!(%error, name, "an event cannot be rendered");
            render(Err(ErrorCode::Internal))
        }
    }
}
