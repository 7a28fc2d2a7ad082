//! The HTTP face of the assistant, and the only async crate.
//!
//! A question comes in (`chat`, `ws`), is parsed (`ask`), answered as a stream of
//! events (`turn`, with the model behind one queue in `writer`), rendered (`events`)
//! and stored (`store`). `openai` is a second face of the same. Everything that HTTP responses share is in `http`.

pub mod application;
pub mod error;
pub mod openapi;
pub mod settings;
pub mod store;
pub mod writer;

mod ask;
mod chat;
mod conversations;
mod events;
mod health;
mod http;
mod journeys;
mod metrics;
mod openai;
mod page;
mod search;
mod state;
mod turn;
mod ws;

pub use application::{Application, serve_until_signal};
pub use error::{ErrorCode, ServerError};
pub use settings::Settings;
pub use writer::{Generators, Loader};
