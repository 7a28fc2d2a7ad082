//! Measuring: suites of questions, the judge, figures with their spread, reports.
//!
//! Data moves one way: [`suite`] → [`runner`] (with [`judge`] and [`grounding`]) →
//! [`metrics`] → [`report`] → [`mod@html`]; [`baseline`] holds a run against an earlier
//! one and [`mod@check`] holds the questions against the records. `eval/README.md` in
//! the repository says how to write a suite.

pub mod baseline;
pub mod check;
pub mod error;
pub mod grounding;
pub mod html;
pub mod judge;
pub mod metrics;
pub mod pattern;
pub mod plot;
pub mod report;
pub mod runner;
pub mod suite;
#[cfg(test)]
mod testing;
pub mod write;

pub use baseline::{Baseline, Comparison, TOLERANCE};
pub use check::{Finding, check};
pub use error::EvalError;
pub use html::html;
pub use report::{Mode, Report, Setting, table};
pub use runner::{Options, Outcome, Runner};
pub use suite::{Expected, Item, Split, Suite};
pub use write::write;
