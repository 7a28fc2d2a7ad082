//! The sentence gate: nothing the model wrote is shown unless the record holds it.
//!
//! A sentence passes when every amount, period, date, law number, form code and other
//! number in it stands in the evidence, under the same way of filing where both name
//! one; when every word that changes what is claimed (`miễn`, `không cần`, `tối đa`, …)
//! stands there too; when every capitalised name does; and when enough of its other
//! words do. Polarity, papers and agencies get a stricter check in a later version.

mod evidence;
mod sentences;

pub use evidence::{Evidence, Gate, Refusal};
pub use sentences::Sentences;
