//! The sentence gate: nothing the model wrote is shown unless the record says it.
//!
//! A sentence is cut into clauses (`clauses`), and for each clause one statement of the
//! record has to say all of it (`check`, `claim`): every content word, every value with
//! its unit and bound (`reading`), agencies, people and papers by name (`names`), yes
//! and no over the same words (`polarity`), and the case, person or way of filing that a
//! value belongs to (`conditions`). Of the whole sentence it is asked what comes first
//! (`order`), whether a choice is still one (`choice`), a duty no leave (`duty`) and a
//! condition not left out (`premise`). Both sides are read alike; the word lists are `data/grounding.toml`. Words that
//! are in no list need the record, so what the gate does not know it refuses.

mod actors;
mod check;
mod choice;
mod claim;
mod clauses;
mod conditions;
mod counts;
mod details;
mod duty;
mod echo;
mod evidence;
mod limits;
mod names;
mod order;
mod polarity;
mod premise;
mod reading;
mod rules;
mod sentences;
mod units;
mod values;

pub use check::{Refusal, Support};
pub use evidence::Evidence;
pub use rules::Gate;
pub use sentences::Sentences;
