//! Reading the values that sources write: shared by importers, facts and lint, so
//! that what one of them takes for a period or an amount the others do too.

use std::sync::LazyLock;

use regex::Regex;

/// Amounts below this are suspect: the source lost thousands or means a percentage
/// (299 lines of the national records), so they are shown raw.
pub const SUSPECT_BELOW: u64 = 1_000;

/// A pattern known at compile time; an error in it is caught by the unit tests,
/// which run every pattern of this crate.
pub(crate) fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// `20 VNĐ (…)`, `8000 VNĐ ()`.
static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"^(\d[\d.,]*) ?VNĐ"));

/// The papers' words for a form. `Đơn vị` and `đơn giản` are other words.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:\d+\. *|[a-zđ]\) *)?(?:tờ khai|phiếu|đơn|giấy đề nghị|văn bản đề nghị theo mẫu)(?: [^vg]|$)",
        r"|\bmẫu (?:số|[A-ZĐ]{1,4}\d|\d)|theo mẫu|\(mẫu|\bmẫu đơn\b|\btờ khai\b"
    ))
});

/// A procedure code, service suffix included: `1.004222`,
/// `2.000815.000.00.00.H55`, `2.000635.02`.
static CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"^[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[GH]\d{2})?(?:\.\d{2})?$"));

/// True for an existing day written `2026-07-19`, or a month written `2026-07` where
/// the source tells no day.
pub fn is_iso_date(text: &str) -> bool {
    let day = match text.len() {
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok()
}

/// True for a well-formed procedure code.
pub fn is_code(code: &str) -> bool {
    CODE.as_ref().is_some_and(|pattern| pattern.is_match(code))
}

/// What is wrong with a malformed code, where that can be told.
pub fn code_fault(code: &str) -> Option<String> {
    let (head, tail) = code.split_once('.')?;
    let digits = tail.chars().take_while(char::is_ascii_digit).count();
    let rest = &tail[digits..];
    if head.len() != 1 || !head.starts_with(|c: char| ('1'..='9').contains(&c)) {
        Some("a code begins with one digit from 1 to 9".to_owned())
    } else if digits != 6 {
        Some(format!("{digits} digits after the dot, 6 expected"))
    } else if rest.to_lowercase().starts_with("-xoa") {
        Some("marked as deleted by its source (xóa)".to_owned())
    } else {
        Some(format!("unexpected `{rest}` after the six digits"))
    }
}

/// An amount above zero and below a thousand đồng: thousands were lost or it is a
/// percentage.
pub fn suspect_amount(raw: &str) -> Option<u64> {
    let amount = recorded_amount(raw)?;
    (1..SUSPECT_BELOW).contains(&amount).then_some(amount)
}

/// The amount in front of `VNĐ`, when the text begins with one. Dots and commas
/// group thousands.
pub fn recorded_amount(raw: &str) -> Option<u64> {
    let captures = AMOUNT.as_ref()?.captures(raw.trim_start())?;
    let digits: String = captures[1].chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What a period in words says, without the unit that is none (`OTHER`): `None` for
/// a bare number, a dash or a pointer to the remark.
pub fn period_words(raw: &str) -> Option<String> {
    let words = raw.trim();
    let words = words.strip_suffix("OTHER").unwrap_or(words).trim();
    let lower = words.to_lowercase();
    let empty = words.chars().all(|c| !c.is_alphabetic() && c != '/')
        || [
            "theo mô tả",
            "xem phần mô tả",
            "không có thông tin",
            "không",
        ]
        .contains(&lower.as_str());
    (!empty).then(|| words.to_owned())
}

/// Without the bullets that sources put before a text (`- - `, `- + `, `* `).
pub fn strip_bullets(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(stripped) = rest.strip_prefix(['-', '+', '*', '•', '–']) {
        rest = stripped.trim_start();
    }
    rest
}

/// True when the name of a paper mentions a form to fill in.
pub fn names_a_form(name: &str) -> bool {
    FORM.as_ref().is_some_and(|form| form.is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(AMOUNT.is_some() && FORM.is_some() && CODE.is_some());
    }

    #[test]
    fn codes_are_judged_with_a_reason() {
        for code in ["1.004222", "2.000815.000.00.00.H55", "2.000635.02"] {
            assert!(is_code(code), "{code}");
        }
        for (code, reason) in [
            ("1.0133611", "7 digits after the dot, 6 expected"),
            ("1.014955-Xoa", "marked as deleted by its source (xóa)"),
            ("0.014955", "a code begins with one digit from 1 to 9"),
            ("1.014955x", "unexpected `x` after the six digits"),
        ] {
            assert!(!is_code(code));
            assert_eq!(code_fault(code).as_deref(), Some(reason));
        }
        assert_eq!(code_fault("mèo"), None);
    }

    #[test]
    fn dates_are_days_or_months() {
        assert!(is_iso_date("2026-07-19") && is_iso_date("2026-07"));
        for text in ["2026-13", "2026-02-30", "19/7/2026", "2026", "tháng 7"] {
            assert!(!is_iso_date(text), "{text}");
        }
    }

    #[test]
    fn small_amounts_are_suspect_and_zero_is_not() {
        assert_eq!(suspect_amount("20 VNĐ (lần)"), Some(20));
        assert_eq!(suspect_amount("0 VNĐ ()"), None);
        assert_eq!(suspect_amount("8000 VNĐ ()"), None);
        assert_eq!(suspect_amount("1.500 VNĐ"), None);
        assert_eq!(suspect_amount("Theo quy định"), None);
    }

    #[test]
    fn a_bare_other_says_nothing() {
        for raw in [
            "1 OTHER",
            " OTHER",
            "- OTHER",
            "Theo mô tả OTHER",
            "Xem phần mô tả OTHER",
        ] {
            assert_eq!(period_words(raw), None, "{raw}");
        }
        let words = period_words("Không quá 5 ngày OTHER");
        assert_eq!(words.as_deref(), Some("Không quá 5 ngày"));
    }

    #[test]
    fn bullets_go_and_text_stays() {
        assert_eq!(strip_bullets("- + Giấy tờ"), "Giấy tờ");
        assert_eq!(strip_bullets("a) Giấy tờ"), "a) Giấy tờ");
        assert_eq!(strip_bullets("- -"), "");
    }

    #[test]
    fn forms_are_found_by_their_words() {
        for name in [
            "Tờ khai theo mẫu",
            "Đơn xin học",
            "Giấy X (Mẫu số 02)",
            "mẫu CT01",
            "1. Đơn đề nghị",
        ] {
            assert!(names_a_form(name), "{name}");
        }
        for name in ["Đơn vị xác nhận", "Giấy chứng sinh", "Hộ chiếu"] {
            assert!(!names_a_form(name), "{name}");
        }
    }
}
