//! What several integration tests share.

pub mod tiny_gguf;
