//! The one integration-test binary.
mod eval;
mod model;
mod api;
mod common;
mod reliability;
mod serve;
mod ws;
