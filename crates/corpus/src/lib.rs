//! The procedure record, its importers, lint and passages.

pub mod known;
pub mod passage;
pub mod procedure;
pub mod section;

pub use known::{Known, State};
pub use passage::{Facts, Passage, facts, passages};
pub use procedure::*;
pub use section::{Level, Section};
