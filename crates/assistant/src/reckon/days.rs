//! The day on which the period of a record ends.

use corpus::{ChannelKind, Period, PeriodUnit, Procedure, format};
use jiff::civil::Date;

use super::filing::{Data, Filing};
use super::{Calendar, Phrases};

/// Longest period that is counted, in days: beyond it too much of the calendar is unknown.
const LONGEST: f64 = 90.0;

/// The compiled rules.
#[derive(Debug)]
pub(super) struct Days {
    filing: Filing,
    words: Phrases,
    calendar: Calendar,
}

impl Days {
    pub(super) fn new(data: &Data, words: Phrases, calendar: Calendar) -> Result<Self, String> {
        Ok(Self {
            filing: Filing::new(data)?,
            words,
            calendar,
        })
    }

    /// The last day in words, and the period as the record's line has it.
    pub(super) fn work(
        &self,
        procedure: &Procedure,
        channel: Option<ChannelKind>,
        question: &str,
        today: Option<Date>,
    ) -> Option<(String, String)> {
        let (days, unit) = period(procedure, channel)?;
        let asked = self.filing.day(question, today)?;
        let start = self.calendar.working_from(asked)?;
        let (end, mut without) = if unit == PeriodUnit::WorkingDay {
            let end = self.calendar.after_working(start, days)?;
            (end, self.working_days(start, end))
        } else {
            let end = self.calendar.after(start, days)?;
            (end, self.calendar_days(start, days, end))
        };
        for what in self.calendar.unsettled(start, end) {
            without.push_str(&self.words.unsettled.replace("{what}", what));
        }
        let period = format!("{days} {}", format::unit(unit)?);
        let said = self
            .words
            .end
            .replace("{start}", &self.start(asked, start))
            .replace("{end}", &self.day(end))
            .replace("{period}", &period)
            .replace("{without}", &without);
        Some((said, period))
    }

    fn working_days(&self, start: Date, end: Date) -> String {
        let days = self.calendar.holidays(start, end);
        let listed: Vec<String> = days.into_iter().map(written).collect();
        let holidays = if listed.is_empty() {
            String::new()
        } else {
            self.words.holidays.replace("{days}", &listed.join(", "))
        };
        self.words.working_days.replace("{holidays}", &holidays)
    }

    fn calendar_days(&self, start: Date, days: u32, end: Date) -> String {
        let mut without = self.words.calendar_days.clone();
        if i64::from((end - start).get_days()) > i64::from(days) {
            without.push_str(&self.words.moved);
        }
        without
    }

    fn start(&self, asked: Date, start: Date) -> String {
        if asked == start {
            return self.day(start);
        }
        let moved = self.words.start_moved.replace("{start}", &self.day(start));
        moved.replace("{asked}", &self.day(asked))
    }

    /// `thứ Hai ngày 23/11/2026`.
    fn day(&self, day: Date) -> String {
        let at = day.weekday().to_monday_zero_offset() as usize;
        let name = self.words.weekdays.get(at).map_or("", String::as_str);
        format!("{name} ngày {}", written(day))
    }
}

fn written(day: Date) -> String {
    format::date(&day.to_string())
}

/// The one period in days that all ways to file (or the one asked for) have, without a remark.
fn period(procedure: &Procedure, channel: Option<ChannelKind>) -> Option<(u32, PeriodUnit)> {
    let channels = procedure.channels.value()?;
    let chosen = |kind: ChannelKind| channel.is_none_or(|asked| asked == kind);
    let any = channels
        .iter()
        .any(|c| chosen(c.kind) && c.durations.is_present());
    let channels = channels.iter().filter(|c| !any || chosen(c.kind));
    let mut periods = channels.flat_map(|channel| channel.durations.iter());
    let first = read(periods.next()?)?;
    periods
        .all(|period| read(period) == Some(first))
        .then_some(first)
}

fn read(period: &Period) -> Option<(u32, PeriodUnit)> {
    let value = period
        .value
        .filter(|value| *value >= 1.0 && *value <= LONGEST)?;
    let counted = matches!(period.unit, PeriodUnit::WorkingDay | PeriodUnit::Day);
    let plain = counted && value.fract() == 0.0 && period.note.is_none();
    plain.then_some((value as u32, period.unit))
}
