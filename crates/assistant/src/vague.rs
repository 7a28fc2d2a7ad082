//! Questions that name a kind of paper or an act and nothing else ("tôi muốn làm lại giấy bị
//! mất"): no search can tell what is meant, so the citizen is asked which one. Rows are data
//! (`data/vague.toml`).

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
    rows: Vec<(Regex, Vec<String>)>,
}

#[derive(Deserialize)]
struct File {
    words: String,
    vague: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    asked: String,
    codes: Vec<String>,
}

impl Vague {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let bad = |error: &dyn std::fmt::Display| format!("vague.toml: {error}");
        let file: File = toml::from_str(data).map_err(|error| bad(&error))?;
        let row = |row: Row| Ok::<_, regex::Error>((Regex::new(&row.asked)?, row.codes));
        let rows: Result<Vec<_>, _> = file.vague.into_iter().map(row).collect();
        let words: Vec<String> = file.words.split_whitespace().map(str::to_owned).collect();
        Ok(Self {
            words: phrases(&words),
            rows: rows.map_err(|error| bad(&error))?,
        })
    }

    /// The procedures to choose from when a question says nothing that tells them apart.
    pub(crate) fn choices(&self, snapshot: &Snapshot, u: &Understanding) -> Option<Vec<Found>> {
        let topic = Words::read(&u.topic);
        let known = self.words.iter().map(|word| word.find_all(&topic).len());
        if topic.is_empty() || known.sum::<usize>() < topic.len() {
            return None;
        }
        let text = vitext::fold(&u.text);
        let (_, codes) = self.rows.iter().find(|(asked, _)| asked.is_match(&text))?;
        let known = codes.iter().filter_map(|code| snapshot.procedure(code));
        let found: Vec<Found> = known.map(Found::chosen).collect();
        (found.len() >= LEAST).then_some(found)
    }
}
