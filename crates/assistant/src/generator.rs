//! What the assistant asks of a language model. Implemented by the `model` crate
//! (candle over a file, or a remote endpoint); the assistant itself works without one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// One chat message handed to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// `system`, `user` or `assistant`.
    pub role: &'static str,
    /// The words.
    pub content: String,
}

/// What the model reads. The messages are rendered by the model's own chat template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    /// Messages in order.
    pub messages: Vec<ChatMessage>,
    /// The start of the assistant's own answer, continued by the model; often empty.
    pub prefill: String,
    /// Words that the answer may well begin with; often empty. Never read as part of the
    /// prompt: a model that drafts checks them several tokens in one pass, and keeps only
    /// what it would have written anyway.
    pub expected: String,
}

/// How to decode.
#[derive(Debug, Clone)]
pub struct Sampling {
    /// Stop after this many tokens.
    pub max_tokens: usize,
    /// 0 is greedy.
    pub temperature: f64,
    /// Seed for temperatures above 0.
    pub seed: u64,
    /// Stop when this moment has passed.
    pub deadline: Option<Instant>,
    /// Stop soon after this becomes true (client gone, shutdown).
    pub cancel: Cancel,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            max_tokens: 128,
            temperature: 0.0,
            seed: 0,
            deadline: None,
            cancel: Cancel::default(),
        }
    }
}

impl Sampling {
    /// True when the deadline has passed or the work was cancelled.
    pub fn is_over(&self) -> bool {
        self.cancel.is_set()
            || self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// A flag that several threads share to stop one generation.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks for a stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once a stop was asked for.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the receiver of the text wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Enough.
    Stop,
}

/// Why a generation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The model ended its turn.
    EndOfTurn,
    /// [`Sampling::max_tokens`] reached.
    Length,
    /// The sink said [`Flow::Stop`].
    Sink,
    /// Deadline or cancellation.
    Interrupted,
}

/// What a generation took and gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The whole text.
    pub text: String,
    /// Prompt length in tokens.
    pub prompt_tokens: usize,
    /// Of which already held as state from an earlier prompt.
    pub reused_tokens: usize,
    /// Tokens written.
    pub generated_tokens: usize,
    /// Milliseconds to the first token.
    pub first_token_ms: f64,
    /// Milliseconds from the first token to the last.
    pub generate_ms: f64,
    /// Why it ended.
    pub stop: StopReason,
}

/// Why a model could not write.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The prompt does not fit the model's context.
    #[error("prompt has {tokens} tokens, the context holds {limit}")]
    PromptTooLong {
        /// Tokens asked for.
        tokens: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// The template, the tokenizer or the forward pass failed.
    #[error("model failed: {0}")]
    Failed(String),
}

/// A language model that continues a prompt, piece by piece.
pub trait Generator: Send {
    /// Name for logs and answers, such as `qwen2.5-coder-1.5b-instruct-q4_k_m`.
    fn name(&self) -> &str;

    /// Writes a continuation; `sink` receives each piece of valid UTF-8 as it comes.
    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError>;
}
