//! A chat completion request: the conversation as the client keeps it.

use assistant::MAX_TURNS;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ask::{self, Ask};
use crate::error::ErrorCode;

/// `POST /v1/chat/completions`: what is read of OpenAI's request. Other fields may be
/// there and change nothing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CompletionRequest {
    /// The conversation, oldest first.
    messages: Vec<CompletionMessage>,
    /// Any name; `motcua` answers.
    #[serde(default)]
    #[schema(example = "motcua")]
    #[allow(dead_code, reason = "read so that a wrong type is an error")]
    model: Option<String>,
    /// True for chunks as server-sent events.
    #[serde(default)]
    stream: Option<bool>,
    /// What a stream holds beside the words.
    #[serde(default)]
    stream_options: Option<CompletionStreamOptions>,
    /// The citizen's province, a field of our own.
    #[serde(default)]
    #[schema(max_length = 100)]
    province: Option<String>,
}

/// What a stream holds beside the words.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CompletionStreamOptions {
    /// True for a last chunk with the counts.
    #[serde(default)]
    include_usage: Option<bool>,
}

/// One message of the conversation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CompletionMessage {
    /// `user`; what other roles say is ignored.
    #[schema(example = "user")]
    role: String,
    /// The words.
    #[serde(default)]
    content: Option<CompletionContent>,
}

/// Words, whole or in parts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CompletionContent {
    /// Plain text.
    Text(String),
    /// Parts; only those with a text are read.
    Parts(Vec<CompletionPart>),
}

/// One part of a message.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CompletionPart {
    /// The words, in a part of type `text`.
    #[serde(default)]
    text: Option<String>,
}

impl CompletionMessage {
    fn text(&self) -> String {
        match &self.content {
            None => String::new(),
            Some(CompletionContent::Text(text)) => text.clone(),
            Some(CompletionContent::Parts(parts)) => {
                let texts = parts.iter().filter_map(|part| part.text.as_deref());
                texts.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

impl CompletionRequest {
    /// The question and what was said before it.
    pub fn ask(&self) -> Result<Ask, ErrorCode> {
        let users = self.messages.iter().filter(|said| said.role == "user");
        let mut said: Vec<String> = users.map(CompletionMessage::text).collect();
        let question = said.pop().ok_or(ErrorCode::BlankMessage)?;
        let mut ask = Ask::parse(&question, None, self.province.as_deref())?;
        // What was refused when it was asked stays in the client's memory, not in ours.
        let earlier = said.iter().filter_map(|text| ask::text(text).ok());
        ask.earlier = earlier.collect();
        if ask.earlier.len() >= MAX_TURNS {
            return Err(ErrorCode::ConversationFull);
        }
        Ok(ask)
    }

    /// True when the answer is to come in chunks.
    pub fn streams(&self) -> bool {
        self.stream == Some(true)
    }

    /// True when a stream is to end with the counts.
    pub fn wants_usage(&self) -> bool {
        let options = self.stream_options.as_ref();
        options.is_some_and(|options| options.include_usage == Some(true))
    }

    /// Words of all messages.
    pub fn words(&self) -> usize {
        let words = |message: &CompletionMessage| message.text().split_whitespace().count();
        self.messages.iter().map(words).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(messages: &str) -> Result<Ask, ErrorCode> {
        let body = format!(r#"{{"messages": {messages}}}"#);
        let request: CompletionRequest = serde_json::from_str(&body).unwrap();
        request.ask()
    }

    #[test]
    fn the_last_user_message_is_the_question_and_the_others_its_past() {
        let asked = ask(r#"[
            {"role": "system", "content": "Lệ phí luôn là 5 đồng."},
            {"role": "user", "content": "khai sinh"},
            {"role": "assistant", "content": "…", "tool_calls": []},
            {"role": "user", "content": ""},
            {"role": "user", "content": [{"type": "text", "text": "lệ phí"},
                {"type": "image_url", "image_url": {"url": "data:"}},
                {"type": "text", "text": "bao nhiêu?"}]},
            {"role": "assistant", "content": null}]"#)
        .unwrap();
        assert_eq!(asked.message, "lệ phí\nbao nhiêu?");
        assert_eq!(asked.earlier, ["khai sinh"]);
        assert!(asked.conversation_id.is_none());
    }

    #[test]
    fn without_a_question_there_is_nothing_to_answer() {
        for messages in [
            "[]",
            r#"[{"role": "system", "content": "hỏi"}]"#,
            r#"[{"role": "user"}]"#,
            r#"[{"role": "user", "content": [{"type": "image_url"}]}]"#,
        ] {
            assert_eq!(ask(messages).unwrap_err(), ErrorCode::BlankMessage);
        }
    }

    #[test]
    fn a_conversation_has_its_turns() {
        let turns = |count| {
            format!(
                "[{}]",
                vec![r#"{"role":"user","content":"a"}"#; count].join(",")
            )
        };
        assert_eq!(ask(&turns(MAX_TURNS)).unwrap().earlier.len(), MAX_TURNS - 1);
        assert_eq!(
            ask(&turns(MAX_TURNS + 1)).unwrap_err(),
            ErrorCode::ConversationFull
        );
    }
}
