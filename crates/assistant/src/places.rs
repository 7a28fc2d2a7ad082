//! Places that a citizen names: a former province is answered with the present one, a named
//! province is the citizen's from then on, and nobody is sent to a district office, which
//! there is none of since 1 July 2025 (`data/places.toml`).

use std::ops::Range;
use std::sync::LazyLock;

use corpus::provinces::{self, DISTRICTS_ENDED, Province, RESOLUTION};
use corpus::{Level, Procedure, Section, facts};
use regex::Regex;
use serde::Deserialize;

use crate::phrase::{Phrase, Words, phrases};
use crate::understanding::Understanding;

const DATA: &str = include_str!("../data/places.toml");

/// Where the record says so, the desk that takes dossiers of a whole commune or province.
const CENTRE: &str = "Trung tâm Phục vụ hành chính công";

/// The compiled rules.
#[derive(Debug)]
pub struct Places {
    /// Names as phrases, the longest first.
    names: Vec<(Phrase, &'static Province)>,
    before: Vec<Phrase>,
    after: Vec<Phrase>,
    became: Vec<Phrase>,
    district: Vec<Phrase>,
    most_words: usize,
    most_told: usize,
    words: Texts,
}

#[derive(Debug, Deserialize)]
struct Texts {
    former: String,
    joined: String,
    joined_since: String,
    alone: String,
    district: String,
    what_next: String,
    agency: String,
    centre: String,
}

#[derive(Deserialize)]
struct File {
    before: Vec<String>,
    after: Vec<String>,
    became: Vec<String>,
    most_words: usize,
    most_told: usize,
    district: Vec<String>,
    sends: String,
    body: String,
    remark: String,
    words: Texts,
}

/// A province named in a message.
#[derive(Debug, Clone)]
struct Mention {
    province: &'static Province,
    place: Range<usize>,
    /// The words around it say that it is a place.
    cued: bool,
}

/// The patterns and the remark of the data file.
struct Guard {
    sends: Regex,
    body: Regex,
    remark: String,
}

static GUARD: LazyLock<Option<Guard>> = LazyLock::new(|| {
    let file: File = toml::from_str(DATA).ok()?;
    Some(Guard {
        sends: Regex::new(&file.sends).ok()?,
        body: Regex::new(&file.body).ok()?,
        remark: file.remark,
    })
});

/// True when a text sends people to an office of the abolished district level. What stands in
/// quotation marks is a title and sends nobody.
pub fn sends_to_district(text: &str) -> bool {
    let unquoted = outside_quotes(&vitext::normalize(text));
    let guard = GUARD.as_ref();
    guard.is_some_and(|guard| unquoted.lines().any(|line| guard.sends.is_match(line)))
}

/// Says at the end of a record's line that sends people to a district office that there is
/// none. In the section that says where to go the body's name is enough.
pub(crate) fn remark(section: Section, line: &mut String) {
    let Some(guard) = GUARD.as_ref() else { return };
    let named = section == Section::Where && guard.body.is_match(&vitext::normalize(line));
    if named || sends_to_district(line) {
        line.push(' ');
        line.push_str(&guard.remark);
    }
}

fn outside_quotes(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                '“' => depth += 1,
                '”' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
        .collect()
}

impl Places {
    /// Compiles the data file.
    pub fn embedded() -> Result<Self, String> {
        let file: File = toml::from_str(DATA).map_err(|error| format!("places.toml: {error}"))?;
        for pattern in [&file.sends, &file.body] {
            Regex::new(pattern).map_err(|error| format!("places.toml: {error}"))?;
        }
        let mut names: Vec<_> = provinces::all().iter().flat_map(named).collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let phrase = |(name, province): (String, _)| (Phrase::loose(&name), province);
        Ok(Self {
            names: names.into_iter().map(phrase).collect(),
            before: phrases(&file.before),
            after: phrases(&file.after),
            became: phrases(&file.became),
            district: phrases(&file.district),
            most_words: file.most_words,
            most_told: file.most_told,
            words: file.words,
        })
    }

    /// A text without the provinces that it names.
    pub(crate) fn without(&self, text: &str) -> String {
        let words = Words::read(text);
        let mentions = self.mentions(&words);
        words.join(|place| {
            !mentions
                .iter()
                .any(|mention| mention.place.contains(&place))
        })
    }

    /// The present province that a message says the citizen is in; none when it names two.
    pub(crate) fn province(&self, message: &str) -> Option<&'static str> {
        let words = Words::read(message);
        let mut mentions = self.mentions(&words).into_iter().filter(|m| m.cued);
        let now = mentions.next()?.province.now;
        mentions
            .all(|other| other.province.now == now)
            .then_some(now)
    }

    /// The answer to a message that is about a place and nothing else.
    pub(crate) fn answer(&self, message: &str, understanding: &Understanding) -> Option<String> {
        let words = Words::read(message);
        let asked = self.became.iter().find_map(|way| way.find(&words, 0));
        let mentions = self.mentions(&words);
        let rest = |places: &[Range<usize>]| {
            let left = words.join(|at| !places.iter().any(|place| place.contains(&at)));
            let topic = understanding.topic.split_whitespace();
            let left: Vec<&str> = left.split(' ').collect();
            topic.filter(|word| left.contains(word)).count()
        };
        let mut places: Vec<_> = mentions.iter().map(|m| m.place.clone()).collect();
        if let Some(asked) = asked {
            places.push(asked);
            if rest(&places) > self.most_words {
                return None;
            }
            let district = self.district.iter().any(|w| w.find(&words, 0).is_some());
            return match &mentions[..] {
                [] if district => Some(dated(&self.words.district, DISTRICTS_ENDED)),
                [] => None,
                [first, ..] => Some(self.fate(first.province)),
            };
        }
        let [only] = &mentions[..] else { return None };
        let told = only.cued && !only.province.is_present();
        let silent = understanding.aspects.is_empty() || understanding.vague;
        let statement = told && silent && rest(&places) <= self.most_told;
        statement.then(|| format!("{} {}", self.fate(only.province), self.words.what_next))
    }

    /// A line for each former province that a message names as a place.
    pub(crate) fn notices(&self, message: &str) -> Vec<String> {
        let mentions = self.mentions(&Words::read(message));
        let former = mentions
            .iter()
            .filter(|m| m.cued && !m.province.is_present());
        former.map(|m| self.former(m.province)).collect()
    }

    /// Who decides a procedure, and the desk that its record names, for whoever asked about a
    /// district office.
    pub(crate) fn instead(&self, procedure: &Procedure) -> Option<String> {
        let agencies = procedure.agencies.executing.iter();
        let mut agencies = agencies.filter(|name| !self.is_district(name));
        let level = procedure.level();
        let level = (level != Level::Unknown).then(|| level.label());
        let agency = agencies.next().map(String::as_str).or(level);
        let mut said = Vec::new();
        if let Some(agency) = agency {
            said.push(
                self.words
                    .agency
                    .replace("{agency}", agency.trim_end_matches('.')),
            );
        }
        if let Some(centre) = centre(procedure) {
            said.push(self.words.centre.replace("{centre}", &centre));
        }
        (!said.is_empty()).then(|| said.join(" "))
    }

    fn is_district(&self, agency: &str) -> bool {
        let words = Words::read(agency);
        self.district
            .iter()
            .any(|way| way.find(&words, 0).is_some())
    }

    fn mentions(&self, words: &Words) -> Vec<Mention> {
        let mut mentions: Vec<Mention> = Vec::new();
        for (name, province) in &self.names {
            for place in name.find_all(words) {
                let overlaps = |m: &Mention| m.place.start < place.end && place.start < m.place.end;
                let cued = self.is_cued(words, &place);
                // "Trả giá lại" is not Gia Lai; "ở Lao Cai" is Lào Cai.
                let written = || name.strictly().end_at(words, place.start) == Some(place.end);
                if (cued || written()) && !mentions.iter().any(overlaps) {
                    mentions.push(Mention {
                        province,
                        place,
                        cued,
                    });
                }
            }
        }
        mentions.sort_by_key(|mention| mention.place.start);
        mentions
    }

    fn is_cued(&self, words: &Words, place: &Range<usize>) -> bool {
        let ends = |way: &Phrase| way.find_all(words).iter().any(|r| r.end == place.start);
        let starts = |way: &Phrase| way.find_all(words).iter().any(|r| r.start == place.end);
        self.before.iter().any(ends) || self.after.iter().any(starts)
    }

    fn former(&self, province: &Province) -> String {
        self.words
            .former
            .replace("{name}", province.name)
            .replace("{now}", &provinces::titled(province.now))
            .replace("{date}", &day(province.ended.unwrap_or(DISTRICTS_ENDED)))
            .replace("{source}", province.source.unwrap_or(RESOLUTION))
    }

    /// What became of a province: where it lies now, and what that consists of.
    fn fate(&self, province: &Province) -> String {
        let parts: Vec<&str> = provinces::parts(province.now).map(|p| p.name).collect();
        let list = match &parts[..] {
            [all @ .., last] if !all.is_empty() => format!("{} và {last}", all.join(", ")),
            _ => String::new(),
        };
        let fill = |text: &str| {
            dated(text, DISTRICTS_ENDED)
                .replace("{now}", &capital(&provinces::titled(province.now)))
                .replace("{parts}", &list)
                .replace("{source}", RESOLUTION)
        };
        match (province.is_present(), list.is_empty()) {
            (true, true) => fill(&self.words.alone),
            (true, false) => fill(&self.words.joined_since),
            (false, true) => self.former(province),
            (false, false) => {
                format!("{} {}", self.former(province), fill(&self.words.joined))
            }
        }
    }
}

/// A province with each of its names; hyphens are no words.
fn named(province: &'static Province) -> impl Iterator<Item = (String, &'static Province)> {
    let names = std::iter::once(province.name).chain(province.everyday());
    names.map(move |name| (name.replace(" - ", " ").replace(['-', '.'], " "), province))
}

fn centre(procedure: &Procedure) -> Option<String> {
    let lines = [Section::Where, Section::Steps].map(|section| facts(procedure, section).lines);
    lines.iter().flatten().find_map(|line| {
        let lower = vitext::normalize(line).to_lowercase();
        let rest = lower.split_once(&CENTRE.to_lowercase())?.1.trim_start();
        let level = ["cấp xã", "cấp tỉnh"]
            .into_iter()
            .find(|level| rest.starts_with(level));
        Some(level.map_or(CENTRE.to_owned(), |level| format!("{CENTRE} {level}")))
    })
}

fn dated(text: &str, iso: &str) -> String {
    text.replace("{date}", &day(iso))
}

/// `2025-07-01` as a citizen reads it.
fn day(iso: &str) -> String {
    corpus::format::date(iso)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
