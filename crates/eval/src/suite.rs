//! The suite format: one question a line, parsed strictly.
//!
//! A suite is data that people argue about, so every mistake names its file and
//! line: an unknown key, a bad aspect, a pattern that does not compile or that
//! matches everything.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use corpus::Section;
use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::faq;
use crate::pattern::Pattern;

/// The route that a suite expects; [`crate::judge`] says which answers meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Facts from a record.
    Answer,
    /// A question back.
    Clarify,
    /// The source or the corpus is silent.
    NoInfo,
    /// Not ours to answer.
    OutOfScope,
    /// Danger, fraud, bribery.
    Safety,
}

impl Expected {
    /// The word used in suites.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clarify => "clarify",
            Self::NoInfo => "no_info",
            Self::OutOfScope => "out_of_scope",
            Self::Safety => "safety",
        }
    }
}

/// A line as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    kind: String,
    turns: Vec<String>,
    gold_codes: Vec<String>,
    min_gold: usize,
    aspect: String,
    must_include: Vec<String>,
    must_not: Vec<String>,
    route: Expected,
    #[serde(default)]
    notes: String,
}

/// One question with what a right answer looks like.
#[derive(Debug, Clone)]
pub struct Item {
    /// Unique within everything that is run together.
    pub id: String,
    /// How the question is put (`direct`, `typo`, …): an open set, for grouping.
    pub kind: String,
    /// What the citizen says; the answer to the last turn is judged.
    pub turns: Vec<String>,
    /// Procedures that answer it; any one counts.
    pub gold_codes: Vec<String>,
    /// How many different ones must be offered.
    pub min_gold: usize,
    /// What is asked for.
    pub aspect: Section,
    /// Each must be found in the text or the cards.
    pub must_include: Vec<Pattern>,
    /// None may be found in the text.
    pub must_not: Vec<Pattern>,
    /// The route expected.
    pub route: Expected,
    /// For people; may start with `[field]`.
    pub notes: String,
    /// 1-based line in its file.
    pub line: usize,
}

impl Item {
    /// The field between brackets at the start of the notes, `-` without one.
    pub fn field(&self) -> &str {
        self.notes
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map_or("-", |(field, _)| field)
    }

    /// Whether more than the route of the answer is checked.
    pub fn is_judged(&self) -> bool {
        !(self.gold_codes.is_empty() && self.must_include.is_empty() && self.must_not.is_empty())
    }

    /// The turn that is judged.
    pub fn question(&self) -> &str {
        self.turns.last().map_or("", String::as_str)
    }
}

/// Which half of the questions a suite belongs to, told by its file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Tuned on: look at every item freely.
    Dev,
    /// Reported on: never tuned on.
    Test,
    /// The file name says neither.
    Other,
}

impl Split {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Other => "other",
        }
    }
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dev" => Ok(Self::Dev),
            "test" => Ok(Self::Test),
            "other" => Ok(Self::Other),
            _ => Err(format!("unknown split `{text}`: use dev or test")),
        }
    }
}

/// A file of questions.
#[derive(Debug, Clone)]
pub struct Suite {
    /// File name without its ending.
    pub name: String,
    /// Where it was read from.
    pub path: PathBuf,
    /// Dev or test.
    pub split: Split,
    /// The questions, in file order.
    pub items: Vec<Item>,
}

impl Suite {
    /// Reads a suite, or a CSV of questions and answers (`eval/README.md` says which
    /// columns); the first bad line stops it.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
        {
            return Self::of(path, faq::read(path)?);
        }
        Self::parse(path, &fs::read_to_string(path)?)
    }

    /// Parses a suite's text; `path` names it in messages and gives the split.
    pub fn parse(path: &Path, text: &str) -> Result<Self, EvalError> {
        let mut items = Vec::new();
        for (index, raw) in text.lines().enumerate() {
            if raw.trim().is_empty() {
                continue;
            }
            let fail = |reason: String| EvalError::Suite {
                path: path.to_owned(),
                line: index + 1,
                reason,
            };
            items.push(item(raw, index + 1).map_err(fail)?);
        }
        Self::of(path, items)
    }

    /// A suite of items that were read; no two may have one id.
    fn of(path: &Path, items: Vec<Item>) -> Result<Self, EvalError> {
        let mut ids = HashSet::new();
        if let Some(twice) = items.iter().find(|item| !ids.insert(&item.id)) {
            return Err(EvalError::Suite {
                path: path.to_owned(),
                line: twice.line,
                reason: format!("id `{}` occurs twice", twice.id),
            });
        }
        if items.is_empty() {
            return Err(EvalError::Empty {
                path: path.to_owned(),
            });
        }
        let name = path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Ok(Self {
            split: split_of(&name),
            name,
            path: path.to_owned(),
            items,
        })
    }
}

/// `citizens-test` is test, `dev-questions` is dev.
fn split_of(name: &str) -> Split {
    name.split(['-', '_', '.'])
        .find_map(|part| match part {
            "dev" => Some(Split::Dev),
            "test" => Some(Split::Test),
            _ => None,
        })
        .unwrap_or(Split::Other)
}

fn item(raw: &str, line: usize) -> Result<Item, String> {
    let parsed: Line = serde_json::from_str(raw).map_err(|error| error.to_string())?;
    let aspect = parsed.aspect.parse::<Section>().map_err(|error| {
        let known: Vec<_> = Section::ALL.iter().map(|s| s.as_str()).collect();
        format!("{error}: use one of {}", known.join(" "))
    })?;
    let item = Item {
        must_include: patterns("must_include", &parsed.must_include)?,
        must_not: patterns("must_not", &parsed.must_not)?,
        id: parsed.id,
        kind: parsed.kind,
        turns: parsed.turns,
        gold_codes: parsed.gold_codes,
        min_gold: parsed.min_gold,
        aspect,
        route: parsed.route,
        notes: parsed.notes,
        line,
    };
    consistent(&item).map(|()| item)
}

fn patterns(key: &str, sources: &[String]) -> Result<Vec<Pattern>, String> {
    sources
        .iter()
        .map(|source| Pattern::new(source).map_err(|error| format!("{key}: {error}")))
        .collect()
}

fn consistent(item: &Item) -> Result<(), String> {
    let distinct: HashSet<_> = item.gold_codes.iter().collect();
    if item.id.trim().is_empty() {
        return Err("id is empty".into());
    }
    if item.kind.is_empty() || item.kind.contains(char::is_whitespace) {
        return Err("kind must be one word, such as direct".into());
    }
    if item.turns.is_empty() || item.turns.iter().any(|turn| turn.trim().is_empty()) {
        return Err("turns must hold at least one message and no blank one".into());
    }
    if distinct.len() != item.gold_codes.len() {
        return Err("gold_codes names a code twice".into());
    }
    if item.min_gold > item.gold_codes.len() {
        return Err(format!(
            "min_gold is {} but gold_codes has {}",
            item.min_gold,
            item.gold_codes.len()
        ));
    }
    if item.min_gold == 0 && !item.gold_codes.is_empty() {
        return Err("min_gold must be at least 1 when gold_codes has any".into());
    }
    Ok(())
}

#[cfg(test)]
#[path = "suite_tests.rs"]
mod tests;
