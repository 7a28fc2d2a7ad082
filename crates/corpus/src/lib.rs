//! The procedure record, its importers, lint and passages.

pub mod catalogue;
pub mod error;
pub mod facts;
pub mod format;
pub mod import;
pub mod journeys;
pub mod known;
pub mod lint;
pub mod load;
pub mod passage;
pub mod procedure;
pub mod provenance;
pub mod provinces;
pub mod schema;
pub mod section;
pub mod store;
pub mod values;

pub use catalogue::Listed;
pub use error::CorpusError;
pub use facts::{Facts, facts};
pub use journeys::Journey;
pub use known::{Known, State};
pub use load::{Loaded, Problem, Records, load_dir, read_file, records};
pub use passage::{Passage, passages};
pub use procedure::*;
pub use provenance::{Provenance, Status};
pub use section::{Level, Section};
pub use store::{Writer, write_file};
