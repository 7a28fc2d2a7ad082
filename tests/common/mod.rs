//! What several integration tests share.

pub mod app;
pub mod events;
pub mod fake;
pub mod tiny_gguf;
