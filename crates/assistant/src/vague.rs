//! Questions that name a kind of paper or an act and nothing else ("tôi muốn làm lại giấy bị
//! mất"): no search can tell what is meant, so the citizen is asked which one. Rows are data
//! (`data/vague.toml`).

use std::collections::HashSet;

use regex::Regex;
use retrieval::Snapshot;
use serde::Deserialize;

use crate::decide::Found;
use crate::phrase::{Phrase, Words, phrases};
use crate::understanding::Understanding;

/// Fewer procedures than this are nothing to choose from.
const LEAST: usize = 2;

/// The compiled data file.
#[derive(Debug)]
pub struct Vague {
    words: Vec<Phrase>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct File {
    words: String,
    vague: Vec<RowData>,
}

#[derive(Deserialize)]
struct RowData {
    asked: String,
    unless: Option<String>,
    codes: Vec<String>,
}

/// One thing that is not named, and what it may be.
#[derive(Debug)]
struct Row {
    asked: Regex,
    unless: Option<Regex>,
    codes: Vec<String>,
}

impl Row {
    fn compile(data: RowData) -> Result<Self, regex::Error> {
        Ok(Self {
            asked: Regex::new(&data.asked)?,
            unless: data.unless.as_deref().map(Regex::new).transpose()?,
            codes: data.codes,
        })
    }

    fn is_meant(&self, text: &str) -> bool {
        let named = self.unless.as_ref().is_some_and(|u| u.is_match(text));
        self.asked.is_match(text) && !named
    }
}

impl Vague {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let bad = |error: &dyn std::fmt::Display| format!("vague.toml: {error}");
        let file: File = toml::from_str(data).map_err(|error| bad(&error))?;
        let rows: Result<Vec<_>, _> = file.vague.into_iter().map(Row::compile).collect();
        let words: Vec<String> = file.words.split_whitespace().map(str::to_owned).collect();
        Ok(Self {
            words: phrases(&words),
            rows: rows.map_err(|error| bad(&error))?,
        })
    }

    /// The procedures to choose from when a question says nothing that tells them apart.
    pub(crate) fn choices(&self, snapshot: &Snapshot, u: &Understanding) -> Option<Vec<Found>> {
        let topic = Words::read(&u.topic);
        let places = self.words.iter().flat_map(|word| word.find_all(&topic));
        let known: HashSet<usize> = places.flatten().collect();
        if topic.is_empty() || known.len() < topic.len() {
            return None;
        }
        let text = vitext::fold(&u.text);
        let row = self.rows.iter().find(|row| row.is_meant(&text))?;
        let known = row.codes.iter().filter_map(|code| snapshot.procedure(code));
        let found: Vec<Found> = known.map(Found::chosen).collect();
        (found.len() >= LEAST).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> bool {
        let vague = Vague::parse(include_str!("../data/vague.toml")).unwrap();
        vague
            .rows
            .iter()
            .any(|row| row.is_meant(&vitext::fold(text)))
    }

    #[test]
    fn what_is_named_is_not_vague() {
        assert!(meant("ra xã chứng thực giấy tờ cần mang gì"));
        assert!(!meant("5 bản chứng thực mỗi bản 3 trang hết bao nhiêu"));
    }
}
