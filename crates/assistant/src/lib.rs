//! From a citizen's question to a checked answer.
//!
//! understand → retrieve → decide → card → write → check, top to bottom in [`turn`].
//! Synchronous; does no I/O; knows neither HTTP nor any particular model. Every word
//! list and fixed reply is a data file under `data/`.

pub mod answer;
pub mod card;
pub mod circumstances;
pub mod compare;
pub mod compose;
pub mod conversation;
pub mod correction;
pub mod decide;
pub mod draft;
pub mod english;
pub mod generator;
pub mod grounding;
pub mod intents;
pub mod journey;
mod lead;
pub mod listing;
pub mod phrase;
pub mod places;
pub mod points;
pub mod privacy;
pub mod prompt;
pub mod reckon;
pub mod rules;
#[cfg(test)]
mod scripted;
pub mod turn;
pub mod understanding;
pub mod vague;
mod versions;
pub mod write;
#[cfg(test)]
mod write_tests;

pub use answer::*;
pub use conversation::{Conversation, MAX_TURNS, TurnMemory};
pub use draft::Draft;
pub use generator::{
    Cancel, ChatMessage, Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason,
};
pub use privacy::Masked;
pub use retrieval::{Embedder, Side};
pub use turn::{Assistant, Request};
