//! The steps in order. A step keeps its own heading; numbers are added only to our
//! own records where no step has one: in an import the order is ours, not the
//! source's, and a number of ours would pass for its words.

use super::{Facts, absent, paragraphs, present};
use crate::known::{Known, State};
use crate::procedure::{Procedure, Step};
use crate::section::Section;

pub(super) fn steps(procedure: &Procedure) -> Facts {
    let steps = match &procedure.steps {
        Known::Present(steps) => steps,
        Known::Silent => return absent(Section::Steps, State::Silent),
        Known::NotFetched => return absent(Section::Steps, State::NotFetched),
    };
    let own = procedure.provenance.source_kind == "own";
    let numbered = own && steps.len() > 1 && steps.iter().all(is_bare);
    let mut lines = Vec::new();
    let mut case: Option<&str> = None;
    for step in steps {
        if step.case.as_deref() != case {
            case = step.case.as_deref();
            lines.extend(case.map(|case| format!("Trường hợp: {case}")));
        }
        push(step, numbered, &mut lines);
    }
    present(Section::Steps, lines)
}

/// True for a step that names no step itself.
fn is_bare(step: &Step) -> bool {
    step.title.is_none() && !step.text.trim_start().to_lowercase().starts_with("bước")
}

fn push(step: &Step, numbered: bool, lines: &mut Vec<String>) {
    let heading = match &step.title {
        Some(title) => Some(title.trim().trim_end_matches([':', '.']).to_owned()),
        None if numbered => Some(format!("Bước {}", step.order)),
        None => None,
    };
    let mut text = paragraphs(&step.text).into_iter();
    match (heading, text.next()) {
        (Some(heading), Some(first)) => lines.push(format!("{heading}: {first}")),
        (Some(heading), None) => lines.push(heading),
        (None, Some(first)) => lines.push(first),
        (None, None) => {}
    }
    lines.extend(text);
}
