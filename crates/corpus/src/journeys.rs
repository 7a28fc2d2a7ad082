//! Life events and the procedures that belong to them, in order: "vợ em mới sinh" is the
//! birth certificate, then residence and health insurance, which one dossier can bundle.
//!
//! Each event is a file of `corpus/lexicon/journeys/`, ours, with its date and source. A file
//! holds no fact of a procedure: papers, fees and periods stand in the records of its codes.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::error::CorpusError;
use crate::values::is_code;

/// Most words of a step's reason, which is read at a glance.
const WHY_WORDS: usize = 12;

/// Most words of an opening: a list follows it.
const OPENING_WORDS: usize = 30;

macro_rules! embedded {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("../../../corpus/lexicon/journeys/", $id, ".toml")))),*]
    };
}

const FILES: [(&str, &str); 27] = embedded![
    "sinh-con",
    "hoc-tap",
    "vao-dai-hoc",
    "mat-viec",
    "chuyen-nha",
    "mat-giay-to",
    "ve-nuoc",
    "di-nuoc-ngoai",
    "ket-hon",
    "ly-hon",
    "mua-nha-dat",
    "xay-nha",
    "om-dau",
    "tai-nan-khuyet-tat",
    "mua-xe",
    "mua-xe-cu",
    "nghi-huu",
    "qua-doi",
    "tranh-chap-dat",
    "khieu-nai",
    "mo-cua-hang",
    "mo-nha-nghi",
    "mo-cong-ty",
    "thue-lao-dong",
    "chi-nhanh",
    "dong-cua-hang",
    "giai-the-cong-ty",
];

/// Whom a life event concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// A person or a family.
    Citizen,
    /// A household business or an enterprise.
    Business,
}

impl Group {
    /// The word used in contracts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Business => "business",
        }
    }
}

/// A life event with its steps.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// Name of the file, such as `sinh-con`.
    pub id: String,
    /// Citizens or businesses.
    pub group: Group,
    /// The national portal's name of the group of events, such as `Có con nhỏ`.
    pub event: String,
    /// What happened, in a few words.
    pub title: String,
    /// First sentence to the citizen.
    pub opening: String,
    /// Where the order comes from.
    pub source: String,
    /// ISO date on which the file was last checked.
    pub as_of: String,
    /// Ways to tell the event that need no question: "bố tôi mới mất". Expanded; `*` stands
    /// for up to three words.
    #[serde(default)]
    pub told: Vec<String>,
    /// Ways that need one ("mở quán cà phê" may be about anything), expanded.
    #[serde(default)]
    pub asked: Vec<String>,
    /// What shows that a message tells something else, expanded.
    #[serde(default)]
    pub unless: Vec<String>,
    /// In the order in which they are done.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One procedure of a life event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name within the file, for `after`.
    pub key: String,
    /// What is done, short.
    pub name: String,
    /// Codes of procedures that do it, best first.
    pub codes: Vec<String>,
    /// What it is good for.
    pub why: String,
    /// Keys of the steps that it needs.
    #[serde(default)]
    pub after: Vec<String>,
    /// Code of the procedure that does this and others in one dossier.
    #[serde(default)]
    pub bundled_in: Option<String>,
    /// The paper that is then handed in only once.
    #[serde(default)]
    pub once: Option<String>,
    /// For whom it is: "nếu …"; empty when it is for everybody.
    #[serde(default)]
    pub optional: Option<String>,
}

/// Every life event of the binary, citizens' first.
///
/// # Panics
/// When an embedded file is not as [`parse`] wants it, which a unit test rules out.
pub fn all() -> &'static [Journey] {
    static ALL: LazyLock<Vec<Journey>> =
        LazyLock::new(|| parse(&FILES).expect("the embedded life events are well-formed"));
    &ALL
}

/// A life event by its id.
pub fn find(id: &str) -> Option<&'static Journey> {
    all().iter().find(|journey| journey.id == id)
}

/// Reads and checks files, given as id and TOML text.
pub fn parse(files: &[(&str, &str)]) -> Result<Vec<Journey>, CorpusError> {
    let mut journeys = Vec::with_capacity(files.len());
    let mut phrases: HashMap<String, &str> = HashMap::new();
    let mut ids = HashSet::new();
    for (id, text) in files {
        let fault = |reason: String| CorpusError::Journey {
            id: (*id).to_owned(),
            reason,
        };
        let mut journey: Journey =
            toml::from_str(text).map_err(|error| fault(error.to_string()))?;
        for list in [&mut journey.told, &mut journey.asked, &mut journey.unless] {
            *list = list.iter().flat_map(|phrase| expand(phrase)).collect();
        }
        if journey.id != *id || !ids.insert(*id) {
            return Err(fault(format!(
                "id `{}` is another file's or stands twice",
                journey.id
            )));
        }
        check(&journey).map_err(fault)?;
        let mut own = HashSet::new();
        for phrase in journey.told.iter().chain(&journey.asked) {
            // "bố" and "bọ" of one file may look alike without marks, two files may not.
            let other = phrases.insert(key(phrase), *id);
            if let Some(other) = other.filter(|other| other != id || !own.insert(phrase)) {
                return Err(fault(format!("phrase `{phrase}` also stands in {other}")));
            }
            own.insert(phrase);
        }
        journeys.push(journey);
    }
    Ok(journeys)
}

/// `(mới|vừa) sinh` as `mới sinh` and `vừa sinh`.
fn expand(phrase: &str) -> Vec<String> {
    let Some((head, rest)) = phrase.split_once('(') else {
        return vec![phrase.to_owned()];
    };
    let (group, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let tails = expand(tail);
    let each = |word: &str| -> Vec<String> {
        let join = |tail: &String| format!("{head}{word}{tail}");
        tails.iter().map(join).collect()
    };
    group.split('|').flat_map(each).collect()
}

/// A phrase as it matches a message that is typed without marks.
fn key(phrase: &str) -> String {
    vitext::fold(&vitext::normalize(phrase)).to_lowercase()
}

fn check(journey: &Journey) -> Result<(), String> {
    let phrases = || journey.told.iter().chain(&journey.asked);
    if phrases().count() == 0 || journey.steps.len() < 2 {
        return Err("needs phrases and at least two steps".to_owned());
    }
    if let Some(bad) = phrases().chain(&journey.unless).find(|p| !is_phrase(p)) {
        return Err(format!(
            "`{bad}` is no phrase: words in NFC with `*` between"
        ));
    }
    let blank = [&journey.title, &journey.event, &journey.source];
    if blank.iter().any(|text| text.trim().is_empty()) || journey.as_of.len() != 10 {
        return Err("title, event, source or as_of is missing".to_owned());
    }
    if !plain(&journey.opening, OPENING_WORDS) {
        return Err(format!(
            "opening: 1 to {OPENING_WORDS} words without digits"
        ));
    }
    let mut known: HashSet<&str> = HashSet::new();
    for step in &journey.steps {
        check_step(step, &known).map_err(|reason| format!("step {}: {reason}", step.key))?;
        known.insert(&step.key);
    }
    Ok(())
}

fn check_step(step: &Step, earlier: &HashSet<&str>) -> Result<(), String> {
    if earlier.contains(step.key.as_str()) {
        return Err("its key stands twice".to_owned());
    }
    let mut codes = step.codes.iter().chain(&step.bundled_in);
    if step.codes.is_empty() || !codes.all(|code| is_code(code)) {
        return Err("codes are missing or malformed".to_owned());
    }
    // Only earlier steps are known, so that nothing can wait for itself.
    if let Some(later) = step.after.iter().find(|k| !earlier.contains(k.as_str())) {
        return Err(format!("`after` names `{later}`, which is no earlier step"));
    }
    if !plain(&step.why, WHY_WORDS) || !plain(&step.name, WHY_WORDS) {
        return Err(format!(
            "name and why: 1 to {WHY_WORDS} words without digits"
        ));
    }
    let condition = step
        .optional
        .as_deref()
        .is_none_or(|words| words.starts_with("nếu ") && plain(words, WHY_WORDS));
    if !condition {
        return Err("optional: `nếu …`, without digits".to_owned());
    }
    if step.once.is_some() && step.bundled_in.is_none() {
        return Err("once: only what is bundled is handed in once".to_owned());
    }
    Ok(())
}

/// Words for a citizen: few, and without a digit, because a figure must come from a record.
fn plain(text: &str, most: usize) -> bool {
    let words = text.split_whitespace().count();
    (1..=most).contains(&words)
        && !text.chars().any(|c| c.is_ascii_digit())
        && vitext::normalize(text) == text
}

fn is_phrase(phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split(' ').collect();
    let ends = [words.first(), words.last()];
    !ends.contains(&Some(&"*"))
        && words.iter().all(|word| !word.is_empty())
        && !phrase.contains(['(', ')', '|'])
        && vitext::normalize(phrase) == phrase
}

#[cfg(test)]
#[path = "journeys_tests.rs"]
mod tests;
