//! The sentence gate: nothing the model wrote is shown unless the record says it.

mod check;
mod clauses;
mod conditions;
mod evidence;
mod names;
mod polarity;
mod reading;
mod rules;
mod sentences;

pub use check::{Refusal, Support};
pub use evidence::Evidence;
pub use rules::Gate;
pub use sentences::Sentences;
