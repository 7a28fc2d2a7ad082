//! Passages: what a question is matched against and what the model reads.
//! Cut by section and case with the procedure's name as context, never by a blind window.

use serde::{Deserialize, Serialize};

use crate::known::State;
use crate::procedure::Procedure;
use crate::section::Section;

/// A retrievable part of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// `CODE#section` or `CODE#section/N` for the N-th case.
    pub id: String,
    /// Code of the procedure.
    pub procedure: String,
    /// Which part.
    pub section: Section,
    /// Case name, where the section is split by case.
    pub case: Option<String>,
    /// Lines as a citizen reads them, one fact a line.
    pub text: String,
}

/// The lines of one section of a record, with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Which part.
    pub section: Section,
    /// Present, silent or not fetched.
    pub state: State,
    /// Lines as a citizen reads them; when not present, the one sentence that says so.
    pub lines: Vec<String>,
}

/// The facts of one section, ready to show.
pub fn facts(procedure: &Procedure, section: Section) -> Facts {
    let _ = procedure;
    Facts {
        section,
        state: State::NotFetched,
        lines: Vec::new(),
    }
}

/// Every passage of a record, in section order.
pub fn passages(procedure: &Procedure) -> Vec<Passage> {
    let _ = procedure;
    Vec::new()
}
