//! Working days: weekends, public holidays, and the days that nobody had decided on yet.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The holidays as a file: what a day off is, from when to when it is known, the source.
pub const HOLIDAYS: &str = include_str!("../../data/holidays.toml");

/// Days off between two dates.
#[derive(Debug)]
pub struct Calendar {
    from: Date,
    through: Date,
    days: BTreeSet<Date>,
    unsettled: Vec<Unsettled>,
}

#[derive(Deserialize)]
struct File {
    from: String,
    through: String,
    days: Vec<String>,
    unsettled: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    from: String,
    to: String,
    what: String,
}

#[derive(Debug)]
struct Unsettled {
    from: Date,
    to: Date,
    what: String,
}

impl Calendar {
    /// The table in the binary.
    pub fn embedded() -> Result<Self, String> {
        Self::parse(HOLIDAYS).map_err(|error| format!("holidays.toml: {error}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let date = |text: &String| {
            text.parse::<Date>()
                .map_err(|error| format!("`{text}`: {error}"))
        };
        let row = |row: Row| {
            Ok(Unsettled {
                from: date(&row.from)?,
                to: date(&row.to)?,
                what: row.what,
            })
        };
        Ok(Self {
            from: date(&file.from)?,
            through: date(&file.through)?,
            days: file.days.iter().map(date).collect::<Result<_, _>>()?,
            unsettled: file
                .unsettled
                .into_iter()
                .map(row)
                .collect::<Result<_, String>>()?,
        })
    }

    /// True for a day that the table covers.
    pub fn covers(&self, day: Date) -> bool {
        (self.from..=self.through).contains(&day)
    }

    /// False on weekends and holidays.
    pub fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.days.contains(&day)
    }

    /// The day itself, or the first working day after it.
    pub fn working_from(&self, day: Date) -> Option<Date> {
        let mut day = day;
        while self.covers(day) {
            if self.is_working(day) {
                return Some(day);
            }
            day = next(day)?;
        }
        None
    }

    /// The last day of a period of working days; the day it starts on does not count
    /// (Bộ luật Dân sự 91/2015/QH13, điều 147 khoản 2).
    pub fn after_working(&self, start: Date, days: u32) -> Option<Date> {
        let mut day = start;
        for _ in 0..days {
            day = self.working_from(next(day)?)?;
        }
        Some(day)
    }

    /// The last day of a period of calendar days: on a day off, the next working day
    /// (điều 148 khoản 5).
    pub fn after(&self, start: Date, days: u32) -> Option<Date> {
        self.working_from(start.checked_add(i64::from(days).days()).ok()?)
    }

    /// Holidays on weekdays after one day and up to another.
    pub fn holidays(&self, after: Date, to: Date) -> Vec<Date> {
        let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let between = self.days.iter().copied();
        let between = between.filter(|day| *day > after && *day <= to);
        between.filter(|day| !weekend(day)).collect()
    }

    /// What was undecided about the days after one and up to another.
    pub fn unsettled(&self, after: Date, to: Date) -> impl Iterator<Item = &str> {
        let meets = move |row: &&Unsettled| row.to > after && row.from <= to;
        self.unsettled
            .iter()
            .filter(meets)
            .map(|row| row.what.as_str())
    }
}

fn next(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}
