//! A local language model: a GGUF file run on the CPU by [`kernels`] of our own, behind
//! [`assistant::Generator`]. With the feature `remote`, also one behind an
//! OpenAI-compatible endpoint.
//!
//! [`manifest`] names the models, [`locate`] finds one on this machine, [`pull`] fetches
//! and [`verify`] checks it, [`load`] makes a [`CandleGenerator`] of it. Knows neither
//! the corpus nor the index. A bad file is one clear [`ModelError`], never a panic.

pub mod arch;
pub mod bench;
mod carrier;
mod draft;
pub mod encoder;
mod error;
mod generate;
pub mod gguf;
mod hub;
pub mod kernels;
pub mod kv;
mod load;
pub mod locate;
pub mod manifest;
mod prefixes;
mod priority;
pub mod pull;
mod reader;
#[cfg(feature = "remote")]
pub mod remote;
mod sample;
pub mod template;
pub mod tokenizer;
pub mod verify;

pub use encoder::Encoder;
pub use error::{ModelError, ModelResult};
pub use generate::CandleGenerator;
pub use load::load;
pub use priority::lower_priority;

#[cfg(test)]
#[path = "../../../tests/common/tiny_gguf.rs"]
mod tiny_gguf;

#[cfg(all(test, feature = "remote"))]
#[path = "../../../tests/common/fake_openai.rs"]
mod fake_openai;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod file_tests;
