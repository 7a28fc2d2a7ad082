//! What a citizen typed, in standard written Vietnamese: abbreviations written out, dialect
//! and chat words replaced, typing errors repaired, missing diacritics restored.

use serde::{Deserialize, Serialize};
use vitext::repair::{Vocabulary, repair};

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

impl Reading {
    /// Reads a text as typed; `has` knows which folded words, and pairs of them with a space
    /// between, stand in the records. Typing errors come before diacritics, whose model looks
    /// at whole syllables.
    pub(crate) fn of(typed: &str, has: &dyn Fn(&str) -> bool) -> Self {
        let text = vitext::normalize(typed);
        let mut reading = Self {
            marked: vitext::has_marks(&text),
            text,
            steps: Vec::new(),
        };
        let everyday = |text: &str| vitext::colloquial::standardize(text).text;
        // Long forms bring marks into an unmarked text, and "o mo" would no longer be read.
        if !reading.marked {
            reading.step(StepKind::Everyday, everyday);
        }
        reading.step(StepKind::Abbreviations, vitext::expand_abbreviations);
        if reading.marked {
            reading.step(StepKind::Everyday, everyday);
        }
        reading.step(StepKind::Typing, |text| {
            repair(text, &Vocabulary { has }).text
        });
        if !reading.marked {
            reading.step(StepKind::Diacritics, |text| {
                vitext::restore::restore(text).text
            });
        }
        reading
    }

    fn step(&mut self, kind: StepKind, change: impl Fn(&str) -> String) {
        let text = change(&self.text);
        if text != self.text {
            self.text.clone_from(&text);
            self.steps.push(Step { kind, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str) -> Reading {
        Reading::of(typed, &|_| false)
    }

    fn kinds(reading: &Reading) -> Vec<StepKind> {
        reading.steps.iter().map(|step| step.kind).collect()
    }

    #[test]
    fn each_step_is_told_once_and_in_order() {
        let reading = read("dk ket honn o mo het bn tien");
        assert_eq!(reading.text, "đăng ký kết hôn ở đâu hết bao nhiêu tiền");
        let all = [
            StepKind::Everyday,
            StepKind::Abbreviations,
            StepKind::Typing,
            StepKind::Diacritics,
        ];
        assert_eq!(kinds(&reading), all);
        assert_eq!(reading.steps[3].text, reading.text);
        assert!(!reading.marked);
    }

    #[test]
    fn standard_words_stay() {
        let typed = "Đăng ký kết hôn ở đâu?";
        let reading = read(typed);
        assert_eq!((reading.text.as_str(), reading.steps.len()), (typed, 0));
        assert!(reading.marked);
    }

    #[test]
    fn a_word_without_marks_in_a_marked_question_is_itself() {
        assert_eq!(read("cho thuê đất phi nông nghiệp").steps, []);
    }

    proptest! {
        #[test]
        fn composed_and_decomposed_are_one(typed in "[a-zà-ỹđ .?]{0,40}") {
            use unicode_normalization::UnicodeNormalization;
            let (nfc, nfd): (String, String) = (typed.nfc().collect(), typed.nfd().collect());
            prop_assert_eq!(read(&nfc), read(&nfd));
        }
    }
}
