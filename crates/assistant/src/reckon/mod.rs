//! Arithmetic with what a record states: copies times the fee of one, the day on which a
//! period ends. Always with its working, so that whoever reads it can check it.
//!
//! Nothing is worked out where the record leaves a choice: fees that differ by way of filing
//! or by case, periods with a remark, a question without a number. Then the record's own
//! lines answer, as they do anyway beside the working.

mod calendar;
mod days;
mod fee;
mod filing;

use corpus::{Facts, Section, State};
use jiff::civil::Date;
use regex::Regex;
use serde::Deserialize;

use self::days::Days;
use self::fee::Fees;
use crate::card::Sheet;
use crate::understanding::Understanding;

pub use self::calendar::{Calendar, HOLIDAYS};

const DATA: &str = include_str!("../../data/reckoning.toml");

/// The rules of `data/reckoning.toml` and the holidays of `data/holidays.toml`.
#[derive(Debug)]
pub struct Reckoning {
    fees: Fees,
    days: Days,
}

/// Something worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// The working in words, ready to show.
    pub text: String,
    /// The line of the record that it rests on, to cite.
    pub line: String,
}

#[derive(Deserialize)]
struct File {
    numbers: Vec<String>,
    fee: fee::Data,
    days: filing::Data,
    words: Phrases,
}

/// What is said.
#[derive(Debug, Clone, Deserialize)]
struct Phrases {
    each: String,
    unstated: String,
    pages: String,
    falling: String,
    most: String,
    end: String,
    start_moved: String,
    working_days: String,
    calendar_days: String,
    moved: String,
    holidays: String,
    unsettled: String,
    weekdays: Vec<String>,
}

impl Reckoning {
    /// The data files in the binary.
    pub fn embedded() -> Result<Self, String> {
        let file: File =
            toml::from_str(DATA).map_err(|error| format!("reckoning.toml: {error}"))?;
        let numbers = Numbers {
            words: file.numbers,
        };
        Ok(Self {
            fees: Fees::new(&file.fee, numbers, file.words.clone())?,
            days: Days::new(&file.days, file.words, Calendar::embedded()?)?,
        })
    }

    /// A message without how many copies and pages there are: that names no procedure, and
    /// makes the search less sure. None where it counts none.
    pub fn without_counts(&self, message: &str) -> Option<String> {
        self.fees.without_counts(message)
    }

    /// What can be worked out of the facts asked for.
    pub fn work(&self, sheet: &Sheet, understanding: &Understanding) -> Vec<Worked> {
        let counted = understanding.counted.as_ref();
        let text = counted.unwrap_or(&understanding.text).to_lowercase();
        let asked = |section: Section| {
            let facts = sheet.facts.iter().find(|facts| facts.section == section);
            let wanted = understanding.aspects.contains(&section);
            facts.filter(|facts| wanted && facts.state == State::Present)
        };
        let channel = understanding.channel;
        let fee = asked(Section::Fee).and_then(|facts| {
            let (said, amount) = self.fees.work(&sheet.procedure, channel, &text)?;
            cited(facts, &amount, said)
        });
        let end = asked(Section::Time).and_then(|facts| {
            let today = understanding.today;
            let (said, period) = self.days.work(&sheet.procedure, channel, &text, today)?;
            cited(facts, &period, said)
        });
        fee.into_iter().chain(end).collect()
    }
}

/// Without a line that states the value there is no source, and nothing is said.
fn cited(facts: &Facts, value: &str, text: String) -> Option<Worked> {
    let line = facts.lines.iter().find(|line| line.contains(value))?;
    Some(Worked {
        text,
        line: line.clone(),
    })
}

/// The day it is in Viet Nam, which has one time zone (UTC+7) and no summer time.
pub fn today() -> Date {
    let offset = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    jiff::Timestamp::now().to_zoned(offset).date()
}

/// Numbers as a question writes them.
#[derive(Debug, Clone)]
struct Numbers {
    words: Vec<String>,
}

impl Numbers {
    /// A pattern of one number.
    fn pattern(&self) -> String {
        format!(r"\d{{1,3}}|{}", self.words.join("|"))
    }

    fn read(&self, text: &str) -> Option<u64> {
        let word = || self.words.iter().position(|word| word == text);
        let number = text.parse().ok();
        number.or_else(|| word().map(|at| at as u64 + 1))
    }
}

fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| format!("reckoning.toml: {error}"))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
