//! The patterns behind each kind of span, in the order they claim text.
//!
//! A code claims its digits before a number can, a date before a period
//! (`tháng 7 năm 2025` holds no seven years).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::number::{canonical, from_words, scaled, zeros};
use super::{Span, SpanKind};

/// One pattern and how its captures read.
pub(super) struct Rule {
    pub(super) regex: Regex,
    pub(super) read: fn(&Captures<'_>) -> Vec<Span>,
}

/// The rules in order of precedence.
pub(super) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        TABLE
            .iter()
            .filter_map(|(pattern, read)| {
                let regex = Regex::new(&pattern.replace("NUM", NUM).replace("UNIT", UNIT)).ok()?;
                Some(Rule { regex, read: *read })
            })
            .collect()
    });
    &RULES
}

/// Number of patterns, for the test that none was left out as malformed.
#[cfg(test)]
pub(super) fn declared() -> usize {
    TABLE.len()
}

type Reader = fn(&Captures<'_>) -> Vec<Span>;

/// A number with separators of either sort.
const NUM: &str = r"\d+(?:[.,]\d+)*";

/// A unit of time; the longest first, since a working day is not a day.
const UNIT: &str =
    r"(ngày\s*\(?làm việc\b|ngay lam viec\b|ngày\b|tháng\b|năm\b|giờ\b|phút\b|tuần\b|tiếng\b)";

const TABLE: &[(&str, Reader)] = &[
    (
        r"\b(?:\d{3}\.\d{2}\.\d{2}\.)?[GH]\d{2}(?:\.\d{1,4}){0,3}-\d{6}-\d{3,6}\b",
        dossier,
    ),
    (
        r"\b[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[GH]\d{2})?(?:\.\d{2})?\b",
        code,
    ),
    (r"\b[A-Z]-[A-Z]{3}-\d{6}(?:-TT)?\b", code),
    // With a year, or with a body after a hyphen, a law needs no context.
    (
        r"(?i)\b\d{1,5}(?:\.\d{1,2})?/\d{4}/(?:QH\d{1,2}|[A-ZĐ][A-ZĐ0-9]{1,7}(?:[-_][A-ZĐ][A-ZĐ0-9]{0,15})*)\b",
        law,
    ),
    (
        r"(?i)(?:mẫu|biểu|tờ khai|phiếu)(?:\s+(?:mẫu|đơn|tờ khai|biểu))?(?:\s+số)?:?\s*(\d{1,3}[a-zđ]?\d?(?:[-/.][A-ZĐ0-9]{1,8}){0,3}|[A-ZĐ]{1,3}\d{1,3}[a-zđ]?(?:-[A-ZĐ0-9]{1,6})*)\b",
        form,
    ),
    (
        r"\b\d{1,5}(?:\.\d{1,2})?/[A-ZĐ][A-ZĐ0-9]{1,7}(?:-[A-ZĐ][A-ZĐa-zđ0-9]{0,15})+\b",
        law,
    ),
    (
        r"(?i)(?:luật|nghị định|thông tư|quyết định|nghị quyết|chỉ thị|pháp lệnh|thông báo|công văn|nđ|tt|qđ|nq)(?:\s+số)?:?\s+(\d{1,5}(?:\.\d{1,2})?/(?:\d{4}|[A-ZĐ][A-ZĐ0-9]{1,7}))\b",
        law,
    ),
    (r"\b\d{1,2}[a-zA-Z]?/[A-ZĐ]{2,6}\b", form),
    (
        r"\b(?:[A-ZĐ]{2,3}\d{2}[a-z]?|TK\d{1,2}(?:-[A-Z]{2,4})?|\d{1,2}[A-Z]?-HSB|[DM]\d{2}[a-z]?-[A-Z]{2,4})\b",
        form,
    ),
    // Dates before periods and numbers.
    (r"\b(\d{4})-(\d{2})-(\d{2})\b", date_iso),
    (r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", date_dmy),
    (
        r"(?i)\bngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm\s+(\d{4}))?\b",
        date_dmy,
    ),
    (r"(?i)\bngày\s+(\d{1,2})[/-](\d{1,2})\b", date_dmy),
    (
        r"(?i)\btháng\s+(\d{1,2})(?:\s+năm\s+|\s*[/-]\s*)(\d{4})\b",
        date_my,
    ),
    (r"(?i)\bnăm\s+((?:19|20)\d{2})\b", date_year),
    // Money.
    (
        r"(?i)\b(NUM)\s*(?:-|–|đến)\s*(NUM)\s*(nghìn|ngàn|triệu|tr|tỷ|tỉ|k)?\s*(?:đồng|vnđ|vnd|đ)\b",
        amount_range,
    ),
    (
        r"(?i)\b(\d+)\s*(tr|triệu|tỷ|tỉ)\s*(\d)(?:\s*(?:đồng|vnđ|vnd|đ))?\b",
        amount_and_tenth,
    ),
    (
        r"(?i)\b(NUM)\s*(triệu|tr|tỷ|tỉ)\s+(?:(\d{1,3})\s*(?:nghìn|ngàn|k)|(rưỡi))(?:\s*(?:đồng|vnđ|vnd|đ))?\b",
        amount_mixed,
    ),
    (
        r"(?i)\b(NUM)\s*(nghìn|ngàn|triệu|trieu|nghin|ngan|tr|tỷ|tỉ|k)(?:\s*(?:đồng|dong|vnđ|vnd|đ))?\b",
        amount,
    ),
    (r"(?i)\b(NUM)()\s*(?:đồng|dong|vnđ|vnd|đ|₫)(?:\b|$)", amount),
    (
        r"(?i)(?:^|[\s(])((?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+(?:(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín|mười|mươi|trăm|linh|lẻ|nghìn|ngàn|triệu|tỷ|tỉ)\s+)*)đồng\b",
        amount_words,
    ),
    // Time. `07 (bảy) ngày làm việc` repeats its number in words.
    (r"(?i)\b(NUM)\s*(?:-|–|đến)\s*(NUM)\s*UNIT", period_range),
    (r"(?i)\b(NUM)\s*(?:\([^)\d]{1,20}\)\s*)?UNIT", period),
    (
        r"\b(NUM)\s+(WORKING_DAY|DAY|HOUR|MINUTE|MONTH|YEAR)\b",
        period,
    ),
    (
        r"(?i)(?:^|[\s(])((?:(?:một|mốt|hai|ba|bốn|tư|lăm|sáu|bảy|tám|chín|mười|mươi|trăm|linh|lẻ)\s+)+(?:năm\s+)?|năm\s+)UNIT",
        period_words,
    ),
    (r"(?i)\b(NUM)\s*(?:%|phần trăm\b)", percent),
    (r"(NUM)", number),
];

fn span(caps: &Captures<'_>, group: usize, kind: SpanKind, value: String) -> Option<Span> {
    caps.get(group).map(|found| Span {
        kind,
        start: found.start(),
        end: found.end(),
        value,
    })
}

fn whole(caps: &Captures<'_>, kind: SpanKind, value: Option<String>) -> Vec<Span> {
    value
        .and_then(|value| span(caps, 0, kind, value))
        .into_iter()
        .collect()
}

fn text<'a>(caps: &'a Captures<'_>, group: usize) -> &'a str {
    caps.get(group).map_or("", |found| found.as_str())
}

fn dossier(caps: &Captures<'_>) -> Vec<Span> {
    whole(caps, SpanKind::DossierCode, Some(text(caps, 0).to_owned()))
}

fn code(caps: &Captures<'_>) -> Vec<Span> {
    whole(
        caps,
        SpanKind::ProcedureCode,
        Some(text(caps, 0).to_owned()),
    )
}

/// The number alone, without the `Nghị định số` that gave it context.
fn law(caps: &Captures<'_>) -> Vec<Span> {
    let group = usize::from(caps.get(1).is_some());
    let value = text(caps, group).to_uppercase().replace('_', "-");
    let value = value.trim_start_matches('0').to_owned();
    span(caps, group, SpanKind::LawNumber, value)
        .into_iter()
        .collect()
}

/// `Mẫu số 01` and `mẫu 1` are one form.
fn form(caps: &Captures<'_>) -> Vec<Span> {
    let group = usize::from(caps.get(1).is_some());
    let value = text(caps, group).to_uppercase();
    let value = value.trim_start_matches('0').to_owned();
    span(caps, group, SpanKind::FormCode, value)
        .into_iter()
        .collect()
}

fn date_iso(caps: &Captures<'_>) -> Vec<Span> {
    date(caps, text(caps, 1), text(caps, 2), text(caps, 3))
}

fn date_dmy(caps: &Captures<'_>) -> Vec<Span> {
    date(caps, text(caps, 3), text(caps, 2), text(caps, 1))
}

fn date_my(caps: &Captures<'_>) -> Vec<Span> {
    date(caps, text(caps, 2), text(caps, 1), "")
}

fn date_year(caps: &Captures<'_>) -> Vec<Span> {
    whole(caps, SpanKind::Date, Some(text(caps, 1).to_owned()))
}

/// An ISO date with the parts there are; nothing when a part is out of range.
fn date(caps: &Captures<'_>, year: &str, month: &str, day: &str) -> Vec<Span> {
    let part = |written: &str, most: u8| match written {
        "" => Some(String::new()),
        _ => written
            .parse::<u8>()
            .ok()
            .filter(|n| (1..=most).contains(n))
            .map(|n| format!("-{n:02}")),
    };
    let value = part(month, 12).zip(part(day, 31)).map(|(month, day)| {
        let year = if year.is_empty() { "-" } else { year };
        format!("{year}{month}{day}")
    });
    whole(caps, SpanKind::Date, value)
}

fn amount(caps: &Captures<'_>) -> Vec<Span> {
    let value = scaled(text(caps, 1), zeros(text(caps, 2)));
    whole(caps, SpanKind::Amount, value)
}

/// `2tr5` is 2.5 million.
fn amount_and_tenth(caps: &Captures<'_>) -> Vec<Span> {
    let written = format!("{},{}", text(caps, 1), text(caps, 3));
    let value = scaled(&written, zeros(text(caps, 2)));
    whole(caps, SpanKind::Amount, value)
}

/// `1 triệu 200 nghìn`, `2 triệu rưỡi`.
fn amount_mixed(caps: &Captures<'_>) -> Vec<Span> {
    let power = zeros(text(caps, 2));
    let sum = || {
        let head: u64 = scaled(text(caps, 1), power)?.parse().ok()?;
        let tail = match caps.get(3) {
            Some(thousands) => thousands.as_str().parse::<u64>().ok()?.checked_mul(1000)?,
            None => 5 * 10_u64.pow(u32::try_from(power).ok()?.checked_sub(1)?),
        };
        Some(head.checked_add(tail)?.to_string())
    };
    whole(caps, SpanKind::Amount, sum())
}

/// Both ends of `10.000 - 20.000 đồng`; a scale word after the second holds for both.
fn amount_range(caps: &Captures<'_>) -> Vec<Span> {
    let power = zeros(text(caps, 3));
    range(caps, SpanKind::Amount, |written| scaled(written, power))
}

/// The first end by itself, the second with the unit that holds for both.
fn range(caps: &Captures<'_>, kind: SpanKind, read: impl Fn(&str) -> Option<String>) -> Vec<Span> {
    let first = read(text(caps, 1)).and_then(|value| span(caps, 1, kind, value));
    let second = read(text(caps, 2)).and_then(|value| span(caps, 2, kind, value));
    let end = caps.get(0).map_or(0, |all| all.end());
    let second = second.map(|span| Span { end, ..span });
    first.into_iter().chain(second).collect()
}

fn amount_words(caps: &Captures<'_>) -> Vec<Span> {
    let value = from_words(text(caps, 1)).map(|n| n.to_string());
    words_to_end(caps, SpanKind::Amount, value)
}

fn period(caps: &Captures<'_>) -> Vec<Span> {
    let value = canonical(text(caps, 1)).map(|n| with_unit(&n, text(caps, 2)));
    whole(caps, SpanKind::Period, value)
}

fn period_range(caps: &Captures<'_>) -> Vec<Span> {
    let unit = text(caps, 3);
    range(caps, SpanKind::Period, |written| {
        Some(with_unit(&canonical(written)?, unit))
    })
}

fn period_words(caps: &Captures<'_>) -> Vec<Span> {
    let value = from_words(text(caps, 1)).map(|n| with_unit(&n.to_string(), text(caps, 2)));
    words_to_end(caps, SpanKind::Period, value)
}

/// A span in number words: from its first word, without the space or bracket before it.
fn words_to_end(caps: &Captures<'_>, kind: SpanKind, value: Option<String>) -> Vec<Span> {
    let ends = caps.get(1).zip(caps.get(0));
    let build = |value| {
        ends.map(|(first, all)| Span {
            kind,
            start: first.start(),
            end: all.end(),
            value,
        })
    };
    value.and_then(build).into_iter().collect()
}

fn with_unit(number: &str, unit: &str) -> String {
    let unit = unit.to_lowercase();
    let unit = match unit.as_str() {
        "working_day" | "ngay lam viec" => "working_day",
        u if u.ends_with("làm việc") => "working_day",
        "giờ" | "tiếng" | "hour" => "hour",
        "phút" | "minute" => "minute",
        "tuần" => "week",
        "tháng" | "month" => "month",
        "năm" | "year" => "year",
        _ => "day",
    };
    format!("{number} {unit}")
}

fn percent(caps: &Captures<'_>) -> Vec<Span> {
    whole(caps, SpanKind::Percent, canonical(text(caps, 1)))
}

fn number(caps: &Captures<'_>) -> Vec<Span> {
    let written = text(caps, 1);
    let value = canonical(written).unwrap_or_else(|| written.to_owned());
    whole(caps, SpanKind::Number, Some(value))
}
