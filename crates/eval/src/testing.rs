//! Answers and outcomes for this crate's own tests.

use std::collections::BTreeMap;

use assistant::{Answer, Route, Timings, WrittenBy};

use crate::runner::Outcome;
use crate::suite::{Expected, Split};

/// An answer with a route and a text and nothing else.
pub fn answer(route: Route, text: &str) -> Answer {
    Answer {
        conversation_id: "c".into(),
        message_id: "m".into(),
        route,
        text: text.into(),
        cards: Vec::new(),
        procedures: Vec::new(),
        citations: Vec::new(),
        choices: Vec::new(),
        suggestions: Vec::new(),
        notices: Vec::new(),
        written_by: WrittenBy::Record,
        snapshot: "s".into(),
        timings_ms: Timings::default(),
    }
}

/// A question with no scores yet.
pub fn outcome(id: &str) -> Outcome {
    Outcome {
        suite: "mini-dev".into(),
        split: Split::Dev,
        id: id.into(),
        kind: "direct".into(),
        field: "-".into(),
        aspect: "fee".into(),
        turns: vec![format!("câu {id}")],
        gold: Vec::new(),
        expected: Expected::Answer,
        must_include: Vec::new(),
        must_not: Vec::new(),
        notes: String::new(),
        search: Vec::new(),
        answer: None,
        verdict: None,
        grounding: None,
        scores: BTreeMap::new(),
        ms: BTreeMap::new(),
    }
}
