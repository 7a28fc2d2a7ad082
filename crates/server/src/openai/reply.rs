//! An answer as a chat completion, whole or in chunks.

use std::collections::VecDeque;
use std::convert::Infallible;

use actix_web::Responder;
use actix_web_lab::sse;
use assistant::{Answer, Event};
use futures_util::stream::unfold;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use super::error::OpenAiError;
use super::{MODEL, text};
use crate::chat::sse_response;
use crate::error::ErrorCode;
use crate::turn::{Progress, Progresses};

/// What ends every stream.
const DONE: &str = "[DONE]";

/// A whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Completion {
    /// `chatcmpl-` and the answer's `message_id`.
    id: String,
    /// `chat.completion`.
    object: &'static str,
    /// Unix time.
    created: i64,
    /// `motcua`.
    model: &'static str,
    /// Always one.
    choices: [CompletionChoice; 1],
    /// Counts of words.
    usage: CompletionUsage,
    /// The answer with its cards, sources and choices, a field of our own.
    #[schema(schema_with = answer_schema)]
    motcua: Answer,
}

/// The one choice of a completion.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletionChoice {
    /// 0.
    index: u32,
    /// The answer.
    message: CompletionReply,
    /// `stop`.
    finish_reason: &'static str,
}

/// A message of the assistant.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletionReply {
    /// `assistant`.
    role: &'static str,
    /// The text and, below it, the facts and their source.
    content: String,
}

/// Words between white space, in place of tokens: most answers are written by no model.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the names are OpenAI's")]
pub struct CompletionUsage {
    /// Words of the messages.
    prompt_tokens: usize,
    /// Words of the answer.
    completion_tokens: usize,
    /// Both.
    total_tokens: usize,
}

fn answer_schema() -> RefOr<Schema> {
    Ref::from_schema_name("Answer").into()
}

/// What is known of a reply before the answer is there.
#[derive(Debug)]
pub struct Replying {
    id: String,
    created: i64,
    prompt_words: usize,
    wants_usage: bool,
}

impl Replying {
    /// To a request of so many words.
    pub fn new(prompt_words: usize, wants_usage: bool) -> Self {
        Self {
            id: String::new(),
            created: Timestamp::now().as_second(),
            prompt_words,
            wants_usage,
        }
    }

    /// The completion.
    pub fn whole(self, answer: Answer) -> Completion {
        let content = format!("{}{}", answer.text, text::below(&answer));
        Completion {
            id: key(&answer.message_id),
            object: "chat.completion",
            created: self.created,
            model: MODEL,
            usage: self.usage(&content),
            choices: [CompletionChoice {
                index: 0,
                message: CompletionReply {
                    role: "assistant",
                    content,
                },
                finish_reason: "stop",
            }],
            motcua: answer,
        }
    }

    fn usage(&self, content: &str) -> CompletionUsage {
        let completion_tokens = content.split_whitespace().count();
        CompletionUsage {
            prompt_tokens: self.prompt_words,
            completion_tokens,
            total_tokens: self.prompt_words + completion_tokens,
        }
    }

    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": MODEL,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        })
    }

    /// The chunks that one event makes; cards and sources come below the text.
    fn chunks(&mut self, event: Event) -> Vec<Value> {
        match event {
            Event::Accepted { message_id, .. } => {
                self.id = key(&message_id);
                vec![self.chunk(&json!({"role": "assistant", "content": ""}), None)]
            }
            Event::Delta { text } => vec![self.chunk(&json!({ "content": text }), None)],
            Event::Final(answer) => self.last(&answer),
            Event::Card(_) | Event::Sources(_) | Event::Failed { .. } => Vec::new(),
        }
    }

    fn last(&self, answer: &Answer) -> Vec<Value> {
        let below = text::below(answer);
        let usage = self.usage(&format!("{}{below}", answer.text));
        let mut chunks = Vec::new();
        if !below.is_empty() {
            chunks.push(self.chunk(&json!({ "content": below }), None));
        }
        let mut end = self.chunk(&json!({}), Some("stop"));
        end["motcua"] = json!(answer);
        chunks.push(end);
        if self.wants_usage {
            let mut counts = self.chunk(&json!({}), None);
            counts["choices"] = json!([]);
            counts["usage"] = json!(usage);
            chunks.push(counts);
        }
        chunks
    }
}

fn key(message_id: &str) -> String {
    format!("chatcmpl-{message_id}")
}

/// A stream being sent.
struct Chunks {
    replying: Replying,
    turn: Progresses,
    ready: VecDeque<String>,
}

impl Chunks {
    fn take(&mut self, progress: Progress) {
        let (chunks, ends) = match progress {
            Ok(event) => {
                let ends = matches!(event, Event::Final(_));
                (self.replying.chunks(event), ends)
            }
            Err(code) => (vec![json!(OpenAiError(code).body())], true),
        };
        self.ready.extend(chunks.iter().map(Value::to_string));
        if ends {
            self.ready.push_back(DONE.to_owned());
        }
    }

    /// The data of the next event, `None` after the last.
    async fn next(&mut self) -> Option<String> {
        while self.ready.is_empty() {
            let progress = self.turn.next().await?;
            self.take(progress);
        }
        self.ready.pop_front()
    }
}

/// Chunks as they come. What fails before the first of them is still an HTTP status.
pub async fn stream(
    replying: Replying,
    mut turn: Progresses,
) -> Result<impl Responder, OpenAiError> {
    let first = turn.next().await.unwrap_or(Err(ErrorCode::Internal))?;
    let mut chunks = Chunks {
        replying,
        turn,
        ready: VecDeque::new(),
    };
    chunks.take(Ok(first));
    let frames = unfold(chunks, |mut chunks| async {
        let data = chunks.next().await?;
        let frame = sse::Event::from(sse::Data::new(data));
        Some((Ok::<_, Infallible>(frame), chunks))
    });
    Ok(sse_response(frames))
}
