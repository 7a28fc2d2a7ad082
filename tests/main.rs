//! The one integration-test binary.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails should fail its test"
)]

mod api;
mod catalogue;
mod common;
mod copies;
mod corpus;
mod eval;
mod eval_sets;
mod hangup;
mod journeys;
mod model;
mod named;
mod openai;
mod reliability;
#[cfg(feature = "remote")]
mod remote;
mod retrieval;
mod scenarios;
mod serve;
mod terminal;
mod vectors;
mod ws;
