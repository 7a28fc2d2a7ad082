//! Passages: what a question is matched against and what the model reads.
//! Cut by section and case, never by a blind window; a long section is split
//! between lines, so that no fact is torn.
//!
//! The text does not repeat the procedure's name: a quotation should be the fact
//! alone. [`Passage::with_name`] puts it in front where context is wanted (an
//! embedder, a prompt with passages of several procedures).

use serde::{Deserialize, Serialize};

use crate::facts::{self, Facts};
use crate::known::State;
use crate::procedure::{CaseKind, Procedure};
use crate::section::Section;

/// The length a passage aims for. A single line may be longer: it is never cut,
/// because half a fact is another fact.
const TARGET_CHARS: usize = 900;

/// A retrievable part of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// `CODE#section`, or `CODE#section/N` where the section has several.
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

impl Passage {
    /// The text under the procedure's name and the section's heading.
    pub fn with_name(&self, name: &str) -> String {
        format!("{name} — {}\n{}", self.section.label(), self.text)
    }
}

/// Every passage of a record, in section order. Sections about which the source is
/// silent have none: silence is decided from [`facts::facts`], not searched for.
pub fn passages(procedure: &Procedure) -> Vec<Passage> {
    let mut all = Vec::new();
    for section in Section::ALL {
        let chunks = match section {
            Section::Documents => document_chunks(procedure),
            _ => section_chunks(&facts::facts(procedure, section)),
        };
        let several = chunks.len() > 1;
        for (index, (case, text)) in chunks.into_iter().enumerate() {
            let id = if several {
                format!("{}#{section}/{}", procedure.code, index + 1)
            } else {
                format!("{}#{section}", procedure.code)
            };
            all.push(Passage {
                id,
                procedure: procedure.code.clone(),
                section,
                case,
                text,
            });
        }
    }
    all
}

type Chunk = (Option<String>, String);

fn section_chunks(facts: &Facts) -> Vec<Chunk> {
    if facts.state != State::Present {
        return Vec::new();
    }
    split(&facts.lines)
        .into_iter()
        .map(|text| (None, text))
        .collect()
}

/// One chunk a case at least; the heading of a case is repeated on its further
/// chunks, because a paper without its case is a different claim.
fn document_chunks(procedure: &Procedure) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for case in &procedure.cases {
        let heading = facts::case_heading(case);
        let name = match case.kind {
            CaseKind::Case => case.name.clone(),
            CaseKind::Group | CaseKind::Note => None,
        };
        for text in split(&facts::case_lines(case)) {
            let text = match &heading {
                Some(heading) => format!("{heading}\n{text}"),
                None => text,
            };
            chunks.push((name.clone(), text));
        }
    }
    chunks
}

/// Packs whole lines into texts of about [`TARGET_CHARS`] characters.
fn split(lines: &[String]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut length = 0;
    for line in lines {
        let chars = line.chars().count();
        match texts.last_mut() {
            Some(text) if length + 1 + chars <= TARGET_CHARS => {
                text.push('\n');
                text.push_str(line);
                length += 1 + chars;
            }
            _ => {
                texts.push(line.clone());
                length = chars;
            }
        }
    }
    texts
}
