//! What a citizen typed, in standard written Vietnamese: abbreviations written out, dialect
//! and chat words replaced, typing errors repaired, missing diacritics restored.

use serde::{Deserialize, Serialize};
use vitext::repair::{Vocabulary, repair};

use crate::snapshot::Snapshot;

/// A text as it is read, with the steps that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// In standard words, in NFC.
    pub text: String,
    /// Whether it was typed with diacritics. If not, those of `text` are guesses.
    pub marked: bool,
    /// The steps that changed it, in order.
    pub steps: Vec<Step>,
}

/// One step of a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was done.
    pub kind: StepKind,
    /// The text after it.
    pub text: String,
}

/// What a step does to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Writes abbreviations out.
    Abbreviations,
    /// Replaces dialect and chat words.
    Everyday,
    /// Repairs typing errors by the words of the index.
    Typing,
    /// Restores missing diacritics.
    Diacritics,
}

impl StepKind {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Abbreviations => "abbreviations",
            Self::Everyday => "everyday words",
            Self::Typing => "typing errors",
            Self::Diacritics => "diacritics",
        }
    }
}

impl Snapshot {
    /// Reads a text as typed. Typing errors are repaired by the words of this index; they
    /// come before diacritics, whose model looks at whole syllables.
    pub fn read(&self, typed: &str) -> Reading {
        let text = vitext::normalize(typed);
        let mut reading = Reading {
            marked: vitext::has_marks(&text),
            text,
            steps: Vec::new(),
        };
        reading.step(StepKind::Abbreviations, vitext::expand_abbreviations);
        reading.step(StepKind::Everyday, |text| {
            vitext::colloquial::standardize(text).text
        });
        reading.step(StepKind::Typing, |text| {
            let has = |folded: &str| self.frequency_of(folded) > 0;
            repair(text, &Vocabulary { has: &has }).text
        });
        if !reading.marked {
            reading.step(StepKind::Diacritics, |text| {
                vitext::restore::restore(text).text
            });
        }
        reading
    }
}

impl Reading {
    fn step(&mut self, kind: StepKind, change: impl Fn(&str) -> String) {
        let text = change(&self.text);
        if text != self.text {
            self.text.clone_from(&text);
            self.steps.push(Step { kind, text });
        }
    }
}
