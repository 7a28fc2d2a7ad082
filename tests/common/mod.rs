//! What several integration tests share.

pub mod app;
pub mod events;
pub mod fake;
pub mod fake_openai;
pub mod place;
pub mod terminal;
pub mod tiny_gguf;
