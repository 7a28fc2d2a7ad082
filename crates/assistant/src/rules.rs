//! The assistant's rules: every data file of `data/`, compiled once and shared.

use std::sync::{Arc, LazyLock};

use crate::grounding::Gate;
use crate::intents::Intents;
use crate::journey::Journeys;
use crate::places::Places;
use crate::privacy::Privacy;
use crate::understanding::Reader;

/// All rules.
#[derive(Debug)]
pub struct Rules {
    /// Personal identifiers.
    pub privacy: Privacy,
    /// Fixed answers.
    pub intents: Intents,
    /// Aspects, ways of filing, topics.
    pub reader: Reader,
    /// The sentence gate.
    pub gate: Gate,
    /// Life events.
    pub journeys: Journeys,
    /// Provinces and the abolished district level.
    pub places: Places,
}

impl Rules {
    /// Compiles the given data files.
    pub fn parse(
        privacy: &str,
        intents: &str,
        aspects: &str,
        grounding: &str,
        journeys: &str,
    ) -> Result<Self, String> {
        Ok(Self {
            privacy: Privacy::parse(privacy)?,
            intents: Intents::parse(intents)?,
            reader: Reader::parse(aspects)?,
            gate: Gate::parse(grounding)?,
            journeys: Journeys::parse(journeys)?,
            places: Places::embedded()?,
        })
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
