//! Numbers that an answer worked out: allowed only beside a working that holds.
//!
//! The product multiplies fees and counts days (`assistant::reckon`); their results stand in
//! no record. This check finds the working in the finished text, does the sum again with code
//! of its own, and accepts a result only when every number that goes in is known: from a
//! cited record, from the citizen's question, or from an earlier step that held. Everything
//! else stays a number without a source. Only the list of holidays is shared, as data.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use fancy_regex::{Captures, Regex};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::grounding::{numbers_in, trimmed};

/// What a working may take from the conversation.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the citizen said, all turns.
    pub question: String,
    /// The day on which it was said.
    pub today: Date,
}

/// Days ahead that "hôm nay", "mai" and a weekday may mean: to the end of next week.
const AHEAD: i32 = 14;

const WORDS: [&str; 10] = [
    "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười",
];

const WEEKDAYS: [&str; 7] = [
    "thứ Hai",
    "thứ Ba",
    "thứ Tư",
    "thứ Năm",
    "thứ Sáu",
    "thứ Bảy",
    "Chủ nhật",
];

static PRODUCT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?<![\d.])(?<a>\d[\d.]*) đồng × (?<b>\d+) [^=×;]{1,30}= (?<c>\d[\d.]*) đồng")
});
static SUM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?<![\d.])(?<a>\d[\d.]*) đồng \+ (?<b>\d[\d.]*) đồng = (?<c>\d[\d.]*) đồng")
});
static SPLIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?<![\d.])(?<c>\d+) trang = (?<a>\d+) trang đầu \+ (?<b>\d+) trang sau")
});
static END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = |at: &str| format!(r"(?<w{at}>thứ \S+|Chủ nhật) ngày (?<d{at}>\d\d/\d\d/\d{{4}})");
    pattern(&format!(
        r"tiếp nhận {}(?: \(ngày làm việc đầu tiên từ {}\))? thì chậm nhất {} có kết quả: (?<n>\d+) (?<unit>ngày làm việc|ngày) theo nguồn(?<rest>[^.;]*(?:; ngày cuối[^.;]*)?)(?<unsettled>(?:; chưa tính [^.;]*)*)\.",
        day("1"),
        day("0"),
        day("2")
    ))
});

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// The text without the results of workings that hold; what is left must stand in a record.
pub fn without_results(text: &str, asked: &Asked, known: &BTreeSet<String>) -> String {
    let mut steps = Steps {
        known,
        question: counts(&asked.question),
        made: BTreeSet::new(),
    };
    let mut accepted: Vec<Range<usize>> = Vec::new();
    for found in all(&SPLIT, text) {
        if steps.split_holds(&found) {
            accepted.extend(places(&found, &["a", "b", "c"]));
        }
    }
    for found in in_order(text) {
        if steps.step_holds(&found) {
            accepted.extend(places(&found, &["a", "b", "c"]));
        }
    }
    for found in all(&END, text) {
        if end_holds(&found, asked, known) {
            let parts = ["d0", "d1", "d2", "rest", "unsettled"];
            accepted.extend(places(&found, &parts));
        }
    }
    blanked(text, &accepted)
}

/// What the next step of a working may take.
struct Steps<'k> {
    /// Numbers of the cited records.
    known: &'k BTreeSet<String>,
    /// Counts of the question.
    question: BTreeSet<u64>,
    /// Results of steps that held.
    made: BTreeSet<String>,
}

impl Steps<'_> {
    /// `3 trang = 2 trang đầu + 1 trang sau`: the question's pages, cut where the record says
    /// that a page costs less from there on.
    fn split_holds(&mut self, found: &Captures<'_>) -> bool {
        let Some([a, b, c]) = terms(found) else {
            return false;
        };
        let cut_by_record = self.known.contains(&a.saturating_add(1).to_string());
        let holds = self.question.contains(&c) && a.checked_add(b) == Some(c) && cut_by_record;
        if holds {
            self.made.extend([a.to_string(), b.to_string()]);
        }
        holds
    }

    /// A product of an amount and a count, or a sum of two amounts.
    fn step_holds(&mut self, found: &Captures<'_>) -> bool {
        let Some([a, b, c]) = terms(found) else {
            return false;
        };
        let made = |value: u64| self.made.contains(&value.to_string());
        let amount = |value: u64| made(value) || self.known.contains(&value.to_string());
        let is_sum = found.get(0).is_some_and(|all| all.as_str().contains(" + "));
        let holds = if is_sum {
            amount(a) && amount(b) && a.checked_add(b) == Some(c)
        } else {
            let counted = self.question.contains(&b) || made(b);
            amount(a) && counted && a.checked_mul(b) == Some(c)
        };
        if holds {
            self.made.insert(c.to_string());
        }
        holds
    }
}

/// The numbers of a step: what goes in, twice, and what comes out.
fn terms(found: &Captures<'_>) -> Option<[u64; 3]> {
    Some([
        number(found, "a")?,
        number(found, "b")?,
        number(found, "c")?,
    ])
}

/// Products and sums in the order of the text, because a step may use the one before.
fn in_order(text: &str) -> Vec<Captures<'_>> {
    let mut found = all(&PRODUCT, text);
    found.extend(all(&SUM, text));
    found.sort_by_key(|step| step.get(0).map(|all| all.start()));
    found
}

fn all<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Vec<Captures<'t>> {
    let found = pattern.as_ref().map(|regex| regex.captures_iter(text));
    found.into_iter().flatten().filter_map(Result::ok).collect()
}

fn number(found: &Captures<'_>, name: &str) -> Option<u64> {
    found.name(name)?.as_str().replace('.', "").parse().ok()
}

fn places(found: &Captures<'_>, parts: &[&str]) -> Vec<Range<usize>> {
    let parts = parts.iter().filter_map(|part| found.name(part));
    parts.map(|place| place.range()).collect()
}

fn blanked(text: &str, places: &[Range<usize>]) -> String {
    let inside = |at: usize| places.iter().any(|place| place.contains(&at));
    text.char_indices()
        .map(|(at, letter)| if inside(at) { ' ' } else { letter })
        .collect()
}

/// Counts that a question gives, in digits or in words.
fn counts(question: &str) -> BTreeSet<u64> {
    let lower = question.to_lowercase();
    let digits = numbers_in(&lower).filter_map(|number| number.parse().ok());
    let words = WORDS.iter().enumerate();
    let said = words.filter(|(_, word)| lower.split_whitespace().any(|said| said == **word));
    digits.chain(said.map(|(at, _)| at as u64 + 1)).collect()
}

/// True when the days are named rightly, the first is one that the question means, the period
/// stands in the record and the last day is where it ends.
fn end_holds(found: &Captures<'_>, asked: &Asked, known: &BTreeSet<String>) -> bool {
    let day = |at: &str| named_day(found, at);
    let (Some(start), Some(end), Some(days)) = (day("1"), day("2"), number(found, "n")) else {
        return false;
    };
    let Some(holidays) = Holidays::shared() else {
        return false;
    };
    let said = if found.name("d0").is_some() {
        match day("0").filter(|said| holidays.next_working(*said) == Some(start)) {
            Some(said) => said,
            None => return false,
        }
    } else {
        start
    };
    let working = found
        .name("unit")
        .is_some_and(|unit| unit.as_str() != "ngày");
    known.contains(&trimmed(&days.to_string()))
        && means(asked, said)
        && holidays.end(start, days, working) == Some(end)
        && holidays.are_named_rightly(found, start, end)
}

/// The day that stands under a number in the pattern, when its weekday is right.
fn named_day(found: &Captures<'_>, at: &str) -> Option<Date> {
    let written = found.name(&format!("d{at}"))?.as_str();
    let day = read_day(written)?;
    let name = found.name(&format!("w{at}"))?.as_str();
    let right = WEEKDAYS.get(day.weekday().to_monday_zero_offset() as usize);
    (right == Some(&name)).then_some(day)
}

/// `23/11/2026`.
fn read_day(written: &str) -> Option<Date> {
    let mut parts = written.split('/').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A day is the question's when its day and month are said there, or, of the two weeks from
/// today on, when the question names a day in words.
fn means(asked: &Asked, day: Date) -> bool {
    let said: Vec<String> = numbers_in(&asked.question).collect();
    let holds = |part: i8| said.iter().any(|number| *number == part.to_string());
    let ahead = (day - asked.today).get_days();
    let question = asked.question.to_lowercase();
    let words = ["nay", "mai", "thứ", "chủ nhật"];
    let in_words = words.iter().any(|word| question.contains(word));
    holds(day.day()) && holds(day.month()) || in_words && (0..=AHEAD).contains(&ahead)
}

#[derive(Deserialize)]
struct Holidays {
    through: String,
    days: Vec<String>,
    unsettled: Vec<Unsettled>,
}

#[derive(Deserialize)]
struct Unsettled {
    what: String,
}

impl Holidays {
    fn shared() -> Option<&'static Self> {
        static TABLE: LazyLock<Option<Holidays>> =
            LazyLock::new(|| toml::from_str(assistant::reckon::HOLIDAYS).ok());
        TABLE.as_ref()
    }

    fn is_off(&self, day: Date) -> bool {
        let weekend = day.weekday().to_monday_zero_offset() > 4;
        weekend || self.days.contains(&day.to_string())
    }

    /// The day or the next one on which offices work, as far as the table goes.
    fn next_working(&self, day: Date) -> Option<Date> {
        let mut days = std::iter::successors(Some(day), |day| day.tomorrow().ok());
        let mut days = days
            .by_ref()
            .take_while(|day| day.to_string() <= self.through);
        days.find(|day| !self.is_off(*day))
    }

    /// Where a period ends that begins the day after `start`.
    fn end(&self, start: Date, days: u64, working: bool) -> Option<Date> {
        if !working {
            let last = start.checked_add(i64::try_from(days).ok()?.days()).ok()?;
            return self.next_working(last);
        }
        let mut left = days;
        let mut day = start;
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= u64::from(!self.is_off(day));
        }
        (day.to_string() <= self.through).then_some(day)
    }

    /// Holidays named are in the table and in the period; what is left open is what the table
    /// leaves open.
    fn are_named_rightly(&self, found: &Captures<'_>, start: Date, end: Date) -> bool {
        let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let days: Option<Vec<Date>> = match part("rest").split_once("ngày lễ ") {
            Some((_, list)) => list.split(", ").map(|day| read_day(day.trim())).collect(),
            None if part("rest").contains(|c: char| c.is_ascii_digit()) => None,
            None => Some(Vec::new()),
        };
        let right =
            |day: &Date| self.days.contains(&day.to_string()) && *day > start && *day <= end;
        let mut open = part("unsettled").to_owned();
        for row in &self.unsettled {
            open = open.replace(&format!("; chưa tính {}", row.what), "");
        }
        days.is_some_and(|days| days.iter().all(right)) && open.trim().is_empty()
    }
}

#[cfg(test)]
#[path = "worked_tests.rs"]
mod tests;
