//! Measuring: suites of questions, the judge, figures with their spread, reports.
//!
//! Data moves one way: [`suite`] → [`runner`] (with [`judge`], [`grounding`] and [`worked`]) →
//! [`metrics`] → [`report`] → [`mod@html`]; [`baseline`] holds a run against the scores of an
//! earlier one, [`versus`] two whole reports side by side, and [`mod@check`] holds the questions against the records. [`variant`] types the
//! same questions in other ways and [`robustness`] says what that costs.
//!
//! [`gate`] measures the assistant's sentence gate alone, on pairs written by hand and on
//! mutations of records ([`mutation`]).
//!
//! What others have is measured beside: [`collection`] → [`mod@ranked`] for judged documents,
//! [`mod@treebank`] for word segmentation, a CSV of questions and answers as a suite.
//! `eval/README.md` in the repository says how to write each.

pub mod baseline;
pub mod check;
pub mod collection;
pub mod error;
mod faq;
pub mod faults;
pub mod gate;
pub mod grounding;
pub mod html;
pub mod judge;
pub mod metrics;
pub mod mutation;
pub mod pattern;
pub mod plot;
pub mod proportion;
pub mod ranked;
pub mod report;
pub mod robustness;
pub mod runner;
pub mod stated;
pub mod suite;
#[cfg(test)]
mod testing;
pub mod treebank;
pub mod variant;
pub mod versus;
pub mod worked;
pub mod write;

pub use baseline::{Baseline, Comparison, TOLERANCE};
pub use check::{Finding, check};
pub use collection::Collection;
pub use error::EvalError;
pub use html::{Records, html, versus_html};
pub use ranked::{CollectionReport, ranked};
pub use report::{Mode, Report, Setting, table};
pub use robustness::Robustness;
pub use runner::{Options, Outcome, Runner, TODAY};
pub use suite::{Expected, Item, Split, Suite};
pub use treebank::{Segmentation, Treebank, segmentation};
pub use variant::Variant;
pub use versus::Versus;
pub use write::write;
