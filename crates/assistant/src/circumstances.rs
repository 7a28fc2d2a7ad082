//! What a citizen mentions about the own case (a child, a lost paper, former residences),
//! and how records write about it. Rules are data (`data/circumstances.toml`).

use serde::Deserialize;

use crate::phrase::{Phrase, Words, phrases};

/// The compiled data file.
#[derive(Debug)]
pub struct Circumstances(Vec<Circumstance>);

/// One kind of case.
#[derive(Debug)]
pub struct Circumstance {
    /// One word that stands for it between turns.
    pub name: String,
    /// How an answer names the case; none for what is asked, not told (a deadline).
    pub label: Option<String>,
    /// True when it may stand in any section, whatever is asked for.
    pub anywhere: bool,
    said: Vec<Phrase>,
    unless: Vec<Phrase>,
    record: Vec<Phrase>,
    record_unless: Vec<Phrase>,
}

#[derive(Deserialize)]
struct File {
    circumstance: Vec<Data>,
}

#[derive(Deserialize)]
struct Data {
    name: String,
    label: Option<String>,
    #[serde(default)]
    anywhere: bool,
    said: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    record: Vec<String>,
    #[serde(default)]
    record_unless: Vec<String>,
}

impl Circumstances {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(data).map_err(|error| format!("circumstances.toml: {error}"))?;
        let compile = |data: Data| Circumstance {
            said: phrases(&data.said),
            unless: phrases(&data.unless),
            record: phrases(&data.record),
            record_unless: phrases(&data.record_unless),
            anywhere: data.anywhere,
            name: data.name,
            label: data.label,
        };
        Ok(Self(file.circumstance.into_iter().map(compile).collect()))
    }

    /// Names of the circumstances that a question mentions, in the order of the file.
    pub fn said(&self, question: &Words) -> Vec<String> {
        let mentions = |list: &[Phrase]| list.iter().any(|p| p.find(question, 0).is_some());
        let said = |c: &&Circumstance| mentions(&c.said) && !mentions(&c.unless);
        self.0.iter().filter(said).map(|c| c.name.clone()).collect()
    }

    /// A circumstance by its name.
    pub fn get(&self, name: &str) -> Option<&Circumstance> {
        self.0.iter().find(|c| c.name == name)
    }
}

impl Circumstance {
    /// True when a record's text speaks of such a case.
    pub fn is_in(&self, text: &Words) -> bool {
        let holds = |list: &[Phrase]| list.iter().any(|p| p.find(text, 0).is_some());
        holds(&self.record) && !holds(&self.record_unless)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let data = include_str!("../data/circumstances.toml");
        Circumstances::parse(data).unwrap().said(&Words::read(text))
    }

    #[test]
    fn a_case_is_read_with_and_without_marks() {
        let marked = "Xin giấy độc thân, tôi từng thường trú ở 3 nơi, nhờ người nhà nộp";
        assert_eq!(said(marked), ["former_residences", "proxy"]);
        let plain = vitext::fold(marked);
        assert_eq!(said(&plain), ["former_residences", "proxy"]);
    }

    #[test]
    fn a_death_is_no_lost_paper() {
        assert_eq!(
            said("bố tôi bị mất hôm qua, người mất ở quê"),
            [] as [&str; 0]
        );
        assert_eq!(said("sổ đỏ bị mất thì làm lại sao"), ["lost"]);
    }
}
