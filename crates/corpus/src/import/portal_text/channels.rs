//! Ways of filing: one block a way, never merged, each with time, fee and remark.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{is_silent, squeeze};
use crate::known::Known;
use crate::procedure::{Channel, ChannelKind, Fee, FeeKind, Period, PeriodUnit};
use crate::values;

/// What the lines of one way of filing say, before it is read.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) kind: String,
    pub(super) duration: Vec<String>,
    pub(super) fee: Vec<String>,
    pub(super) note: Vec<String>,
}

/// Which part of a way of filing a continuation line belongs to.
#[derive(Clone, Copy)]
enum Part {
    Duration,
    Fee,
    Note,
}

/// Reads the block.
pub(super) fn channels(lines: &[&str]) -> Vec<Channel> {
    raws(lines).iter().map(channel).collect()
}

/// Cuts the block into ways of filing. The labels inside count at their own indent
/// only: remarks hold lines such as `Thời hạn giải quyết:` at column 0 (214 of them).
pub(super) fn raws(lines: &[&str]) -> Vec<Raw> {
    let mut raws: Vec<Raw> = Vec::new();
    let mut part = Part::Note;
    for line in lines {
        if let Some(kind) = line.strip_prefix("  * Hình thức nộp:") {
            raws.push(Raw {
                kind: kind.trim().to_owned(),
                ..Raw::default()
            });
            part = Part::Note;
            continue;
        }
        let Some(raw) = raws.last_mut() else { continue };
        let text = match labelled(line) {
            Some((next, text)) => {
                part = next;
                text
            }
            None => line,
        };
        let text = squeeze(text);
        if !text.is_empty() {
            match part {
                Part::Duration => raw.duration.push(text),
                Part::Fee => raw.fee.push(text),
                Part::Note => raw.note.push(text),
            }
        }
    }
    raws
}

fn labelled(line: &str) -> Option<(Part, &str)> {
    let rest = line.strip_prefix("    ")?;
    [
        ("Thời hạn giải quyết:", Part::Duration),
        ("Phí, lệ phí:", Part::Fee),
        ("Mô tả:", Part::Note),
    ]
    .into_iter()
    .find_map(|(label, part)| Some((part, rest.strip_prefix(label)?)))
}

/// A remark that speaks of time belongs to the period (it may hold the real rule);
/// any other is about the way of filing.
fn channel(raw: &Raw) -> Channel {
    let note = Some(raw.note.join("\n")).filter(|note| !is_silent(note));
    let timely = note.as_deref().is_some_and(speaks_of_time);
    let (time_note, note) = if timely { (note, None) } else { (None, note) };
    Channel {
        kind: kind(&raw.kind),
        durations: duration(&raw.duration.join(" "), time_note),
        fees: fees(&raw.fee.join(" ")),
        note,
    }
}

fn kind(word: &str) -> ChannelKind {
    match word {
        "DIRECT" => ChannelKind::Direct,
        "ONLINE" => ChannelKind::Online,
        "POSTAL" => ChannelKind::Postal,
        _ => ChannelKind::Other,
    }
}

static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(
        r"(?i)\b(?:\d|một|hai|ba|năm|mười|nửa)[^.;]{0,40}?\b(?:ngày|giờ|phút|tuần|tháng|năm)\b|\bthời (?:hạn|gian)\b|\bngay\b|\btrong ngày\b|\bchậm nhất\b",
    )
});

fn speaks_of_time(note: &str) -> bool {
    TIME.as_ref().is_some_and(|time| time.is_match(note))
}

static NUMBER_UNIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(r"^(\d+(?:[.,]\d+)?) (WORKING_DAY|ngày|HOUR|MINUTE|MONTH|YEAR)$")
});

/// `7 WORKING_DAY`, `20 ngày`, `1 OTHER`, `Không quá … OTHER`. `OTHER` without words
/// and without a remark says nothing.
fn duration(raw: &str, note: Option<String>) -> Known<Vec<Period>> {
    if is_silent(raw) && note.is_none() {
        return Known::Silent;
    }
    let parsed = NUMBER_UNIT.as_ref().and_then(|pattern| {
        let parts = pattern.captures(raw)?;
        Some((parts[1].replace(',', ".").parse().ok()?, unit(&parts[2])))
    });
    let (value, unit) = match parsed {
        Some((value, unit)) => (Some(value), unit),
        None if note.is_none() && values::period_words(raw).is_none() => return Known::Silent,
        None => (None, PeriodUnit::Other),
    };
    Known::Present(vec![Period {
        value,
        unit,
        raw: raw.to_owned(),
        note,
    }])
}

fn unit(word: &str) -> PeriodUnit {
    match word {
        "WORKING_DAY" => PeriodUnit::WorkingDay,
        "ngày" => PeriodUnit::Day,
        "HOUR" => PeriodUnit::Hour,
        "MINUTE" => PeriodUnit::Minute,
        "MONTH" => PeriodUnit::Month,
        "YEAR" => PeriodUnit::Year,
        _ => PeriodUnit::Other,
    }
}

/// `x | y`: several fees; nothing but separators is silence.
fn fees(raw: &str) -> Known<Vec<Fee>> {
    let list: Vec<Fee> = split_fees(raw)
        .into_iter()
        .filter(|part| !is_silent(part))
        .map(fee)
        .collect();
    Known::from_list(list)
}

/// Splits at the bars that stand between fees. A bar inside a remark stays: after
/// an amount the next fee begins with an amount too.
fn split_fees(raw: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let mut start = 0;
    let with_amounts = values::recorded_amount(raw).is_some();
    for (at, _) in raw.match_indices('|') {
        let rest = raw[at + 1..].trim_start();
        let next_is_fee =
            values::recorded_amount(rest).is_some() || raw[..at].trim_end().ends_with(')');
        if !with_amounts || next_is_fee {
            parts.push(raw[start..at].trim());
            start = at + 1;
        }
    }
    parts.push(raw[start..].trim());
    parts
}

static AMOUNT_NOTE: LazyLock<Option<Regex>> =
    LazyLock::new(|| values::pattern(r"(?s)^\d[\d.,]* ?VNĐ *(?:\((.*)\)?)?$"));

/// One fee. The words beside 0 are the value, so 0 is kept as an amount only where
/// it stands alone; an amount below a thousand stays raw.
fn fee(raw: &str) -> Fee {
    let note = AMOUNT_NOTE
        .as_ref()
        .and_then(|pattern| pattern.captures(raw))
        .and_then(|parts| Some(unwrap(parts.get(1)?.as_str())))
        .filter(|note| !note.is_empty());
    let (amount, note) = match values::recorded_amount(raw) {
        None => (None, Some(raw.to_owned())),
        Some(0) if note.is_some() => (None, note),
        Some(_) if values::suspect_amount(raw).is_some() => (None, note),
        Some(amount) => (Some(amount), note),
    };
    Fee {
        kind: fee_kind(note.as_deref().unwrap_or_default()),
        amount_vnd: amount,
        raw: raw.to_owned(),
        note,
    }
}

/// The remark without the bracket that the layout closes it with, and without a
/// second pair that wraps it whole.
fn unwrap(note: &str) -> String {
    let mut note = note.trim();
    let closed = note.matches(')').count() > note.matches('(').count();
    if closed {
        note = note.strip_suffix(')').unwrap_or(note).trim();
    }
    let inner = note
        .strip_prefix('(')
        .and_then(|note| note.strip_suffix(')'));
    match inner {
        Some(inner) if !inner.contains(['(', ')']) => inner.trim().to_owned(),
        _ => note.to_owned(),
    }
}

/// Only a remark that begins with the word tells which kind the amount is.
fn fee_kind(note: &str) -> FeeKind {
    let note = values::strip_bullets(note).to_lowercase();
    let both = note.contains("lệ phí") && note.replace("lệ phí", "").contains("phí");
    if both {
        FeeKind::Unknown
    } else if note.starts_with("lệ phí") {
        FeeKind::LePhi
    } else if note.starts_with("phí") {
        FeeKind::Phi
    } else {
        FeeKind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(TIME.is_some() && NUMBER_UNIT.is_some() && AMOUNT_NOTE.is_some());
    }

    fn one(raw: &str) -> Fee {
        match fees(raw) {
            Known::Present(list) if list.len() == 1 => list[0].clone(),
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn fees_of_every_kind() {
        let zero = one("0 VNĐ ()");
        assert_eq!((zero.amount_vnd, zero.note), (Some(0), None));
        let text = one("0 VNĐ (Do tỉnh quy định)");
        let note = text.note.as_deref();
        assert_eq!((text.amount_vnd, note), (None, Some("Do tỉnh quy định")));
        let amount = one("8000 VNĐ (lệ phí (mỗi trang))");
        let note = amount.note.as_deref();
        assert_eq!(
            (amount.amount_vnd, note),
            (Some(8000), Some("lệ phí (mỗi trang)"))
        );
        assert_eq!(amount.kind, FeeKind::LePhi);
        let wrapped = one("5000 VNĐ ((đến hết năm))");
        assert_eq!(wrapped.note.as_deref(), Some("đến hết năm"));
        let suspect = one("20 VNĐ (cấp lại)");
        assert_eq!(
            (suspect.amount_vnd, suspect.raw.as_str()),
            (None, "20 VNĐ (cấp lại)")
        );
        let free_text = one("Theo biểu phí kèm theo");
        assert_eq!(free_text.note.as_deref(), Some("Theo biểu phí kèm theo"));
    }

    #[test]
    fn several_fees_and_bare_separators() {
        let list = fees("150000 VNĐ (cấp mới) | 70000 VNĐ (cấp | đổi)");
        let amounts: Vec<_> = list.iter().map(|fee| fee.amount_vnd).collect();
        assert_eq!(amounts, [Some(150_000), Some(70_000)]);
        assert_eq!(fees("A | B").iter().count(), 2);
        for raw in ["", "|", " | | ", "Không có thông tin"] {
            assert_eq!(fees(raw), Known::Silent, "{raw:?}");
        }
    }

    #[test]
    fn durations_of_every_kind() {
        let of = |raw: &str| duration(raw, None);
        for raw in ["1 OTHER", "OTHER", "- OTHER", "Không có thông tin"] {
            assert_eq!(of(raw), Known::Silent, "{raw}");
        }
        let half = of("0.5 WORKING_DAY");
        let half = half.iter().next().expect("a period");
        assert_eq!((half.value, half.unit), (Some(0.5), PeriodUnit::WorkingDay));
        let days = of("20 ngày");
        assert_eq!(days.iter().next().map(|p| p.unit), Some(PeriodUnit::Day));
        let words = of("Không quá 10 ngày OTHER");
        let words = words.iter().next().expect("a period");
        assert_eq!((words.value, words.unit), (None, PeriodUnit::Other));
        let noted = duration("1 OTHER", Some("trong ngày".to_owned()));
        assert_eq!(
            noted.iter().next().and_then(|p| p.note.as_deref()),
            Some("trong ngày")
        );
    }

    #[test]
    fn repeated_ways_stay_apart_and_inner_labels_are_text() {
        let text = [
            "",
            "  * Hình thức nộp: DIRECT",
            "    Thời hạn giải quyết: 1 ngày",
            "    Phí, lệ phí: ",
            "    Mô tả: Kiểm tra",
            "Thời hạn giải quyết: tùy việc",
            "  * Hình thức nộp: DIRECT",
            "    Thời hạn giải quyết: 2 ngày",
            "    Phí, lệ phí: 0 VNĐ ()",
        ];
        let list = channels(&text);
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].fees, Known::Silent);
        let period = list[0].durations.iter().next().expect("a period");
        assert_eq!(
            period.note.as_deref(),
            Some("Kiểm tra\nThời hạn giải quyết: tùy việc")
        );
        assert_eq!(list[1].note, None);
    }
}
