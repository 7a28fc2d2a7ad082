//! The assistant's rules: every data file of `data/`, compiled once and shared.

use std::sync::{Arc, LazyLock};

use crate::circumstances::Circumstances;
use crate::compare::Comparing;
use crate::correction::Corrections;
use crate::english::English;
use crate::grounding::Gate;
use crate::intents::Intents;
use crate::journey::Journeys;
use crate::phrase::Words;
use crate::places::Places;
use crate::points::Details;
use crate::privacy::Privacy;
use crate::reckon::Reckoning;
use crate::understanding::{Reader, Understanding};
use crate::vague::Vague;

/// All rules.
#[derive(Debug)]
pub struct Rules {
    /// Personal identifiers.
    pub privacy: Privacy,
    /// Fixed answers.
    pub intents: Intents,
    /// Aspects, ways of filing, topics.
    pub reader: Reader,
    /// Two procedures in one question.
    pub comparing: Comparing,
    /// Messages that take back what was understood.
    pub corrections: Corrections,
    /// Questions in English.
    pub english: English,
    /// What citizens mention about their own case.
    pub circumstances: Circumstances,
    /// Which sentences answer a question.
    pub details: Details,
    /// The sentence gate.
    pub gate: Gate,
    /// Life events.
    pub journeys: Journeys,
    /// Questions that name nothing.
    pub vague: Vague,
    /// Provinces and the abolished district level.
    pub places: Places,
    /// Copies times fees, and the day on which a period ends.
    pub reckoning: Reckoning,
}

impl Rules {
    /// Compiles the given data files.
    pub fn parse(
        privacy: &str,
        intents: &str,
        aspects: &str,
        circumstances: &str,
        english: &str,
        grounding: &str,
        journeys: &str,
    ) -> Result<Self, String> {
        Ok(Self {
            privacy: Privacy::parse(privacy)?,
            intents: Intents::parse(include_str!("../data/safety.toml"), intents)?,
            reader: Reader::parse(aspects)?,
            comparing: Comparing::parse(aspects)?,
            corrections: Corrections::parse(aspects)?,
            english: English::parse(english)?,
            circumstances: Circumstances::parse(circumstances)?,
            gate: Gate::parse(grounding)?,
            journeys: Journeys::parse(journeys)?,
            places: Places::embedded()?,
            vague: Vague::parse(include_str!("../data/vague.toml"))?,
            details: Details::parse(include_str!("../data/points.toml"))?,
            reckoning: Reckoning::embedded()?,
        })
    }

    /// What a message asks for and mentions; masked and in standard words.
    pub fn understand(&self, text: &str) -> Understanding {
        let mut understanding = self.reader.read(text);
        understanding.circumstances = self.circumstances.said(&Words::read(&understanding.text));
        understanding
    }

    /// Takes the province that a message names out of its topic: "đất ở Đắk Lắk" inside a
    /// conversation says where, not what.
    pub(crate) fn settle(&self, masked: &str, understanding: &mut Understanding) {
        understanding.province = self.places.province(masked);
        if understanding.province.is_some() {
            for words in [&mut understanding.topic, &mut understanding.subject] {
                *words = self.places.without(words);
            }
            if understanding.subject_words() <= 1 && understanding.aspects.is_empty() {
                // What it says beside the place ("đất tôi ở …") still belongs to the question.
                understanding.content = std::mem::take(&mut understanding.subject);
                understanding.topic.clear();
            }
        }
    }

    /// The data files in the binary.
    ///
    /// # Panics
    /// When an embedded file does not compile, which a unit test rules out.
    pub fn embedded() -> Arc<Self> {
        static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| {
            let rules = Rules::parse(
                include_str!("../data/privacy.toml"),
                include_str!("../data/intents.toml"),
                include_str!("../data/aspects.toml"),
                include_str!("../data/circumstances.toml"),
                include_str!("../data/english.toml"),
                include_str!("../data/grounding.toml"),
                include_str!("../data/journeys.toml"),
            );
            Arc::new(rules.expect("the embedded data files compile"))
        });
        Arc::clone(&RULES)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn embedded_files_compile() {
        super::Rules::embedded();
    }
}
