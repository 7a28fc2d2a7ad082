//! The one integration-test binary.

mod api;
mod common;
mod corpus;
mod eval;
mod model;
mod reliability;
mod retrieval;
mod serve;
mod ws;
