//! The day on which a citizen says that they file.

use jiff::ToSpan;
use jiff::civil::Date;
use regex::{Captures, Regex};
use serde::Deserialize;

use super::compile;

/// A date without a year is of this year unless it lies further back than so many days: who
/// says "20/11" on the 25th speaks of last week, who says "05/01" in November of next year.
const BACK: i64 = 180;

/// How a question names the day.
#[derive(Debug, Deserialize)]
pub(super) struct Data {
    before: String,
    after: String,
    today: String,
    tomorrow: String,
    date: String,
    weekday: String,
}

/// The compiled rules: each kind of day, with the verb of filing before it and after it. A
/// written date goes before a weekday ("thứ sáu ngày 20/11").
#[derive(Debug)]
pub(super) struct Filing {
    date: [Regex; 2],
    today: [Regex; 2],
    tomorrow: [Regex; 2],
    weekday: [Regex; 2],
}

impl Filing {
    pub(super) fn new(data: &Data) -> Result<Self, String> {
        let both = |day: &str| {
            let (before, after) = (&data.before, &data.after);
            let before = compile(&format!(r"\b{before}(?:{day})(?:$|[ ,.;?!])"))?;
            Ok::<_, String>([
                before,
                compile(&format!(r"(?:^|[ ,.;?!])(?:{day}){after}\b"))?,
            ])
        };
        Ok(Self {
            date: both(&data.date)?,
            today: both(&data.today)?,
            tomorrow: both(&data.tomorrow)?,
            weekday: both(&data.weekday)?,
        })
    }

    /// The day of filing that a question names; without `today` only one with its year.
    pub(super) fn day(&self, question: &str, today: Option<Date>) -> Option<Date> {
        if let Some(found) = found(&self.date, question) {
            return date(&found, today);
        }
        let today = today?;
        if found(&self.today, question).is_some() {
            Some(today)
        } else if found(&self.tomorrow, question).is_some() {
            today.tomorrow().ok()
        } else {
            weekday(&found(&self.weekday, question)?, today)
        }
    }
}

fn found<'q>(patterns: &[Regex; 2], question: &'q str) -> Option<Captures<'q>> {
    patterns
        .iter()
        .find_map(|pattern| pattern.captures(question))
}

fn date(found: &Captures<'_>, today: Option<Date>) -> Option<Date> {
    let part = |name: &str| found[name].parse::<i8>().ok();
    let (day, month) = (part("day")?, part("month")?);
    if let Some(year) = found.name("year") {
        return Date::new(year.as_str().parse().ok()?, month, day).ok();
    }
    let today = today?;
    let this_year = Date::new(today.year(), month, day).ok()?;
    let oldest = today.checked_sub(BACK.days()).ok()?;
    if this_year >= oldest {
        return Some(this_year);
    }
    Date::new(today.year() + 1, month, day).ok()
}

/// The next such day, today included; "tuần sau" is the week after this one, which begins on
/// Monday.
fn weekday(found: &Captures<'_>, today: Date) -> Option<Date> {
    let names = ["hai", "ba", "tư", "năm", "sáu", "bảy"];
    let word = found["weekday"].rsplit(' ').next()?.to_owned();
    let by_number = || word.parse::<usize>().ok()?.checked_sub(2);
    let by_name = names.iter().position(|name| *name == word);
    // "chủ nhật" is the one that is left.
    let wanted = i64::try_from(by_name.or_else(by_number).unwrap_or(6)).ok()?;
    let now = i64::from(today.weekday().to_monday_zero_offset());
    let ahead = if found.name("next").is_some() {
        7 - now + wanted
    } else {
        (wanted - now).rem_euclid(7)
    };
    today.checked_add(ahead.days()).ok()
}
