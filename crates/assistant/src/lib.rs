//! From a citizen's question to a checked answer.
//!
//! understand → retrieve → decide → card → write → check, top to bottom in [`turn`].
//! Synchronous; does no I/O; knows neither HTTP nor any particular model.

pub mod answer;
pub mod conversation;
pub mod generator;
pub mod turn;

pub use answer::*;
pub use conversation::{Conversation, MAX_TURNS, TurnMemory};
pub use generator::{
    Cancel, ChatMessage, Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason,
};
pub use turn::{Assistant, Draft, Request};
