//! What a given answer states, as patterns: an answer of ours to the same question has to
//! state it too.
//!
//! Only what is exact becomes a pattern: amounts, periods, numbers of laws, codes of
//! procedures and forms. Words can be put in many ways; a number cannot.

use std::collections::BTreeSet;

use vitext::spans::{Span, SpanKind, find};

/// Not inside a longer number: `20.000` is not in `120.000` nor in `20.000.000`.
const BEFORE: &str = r"(?<![\d.,/])";
const AFTER: &str = r"(?![.,/]?\d)";

/// The other end of a range: `5 - 7 ngày` says 5 days too.
const RANGE: &str = r"(?: ?(?:-|–|đến) ?[\d.,]+)?";

/// Patterns (see [`crate::pattern`]) for everything exact in an answer, each once.
pub fn patterns(answer: &str) -> Vec<String> {
    let text = vitext::normalize(answer);
    let mut seen = BTreeSet::new();
    let patterns = find(&text).into_iter().filter_map(|span| pattern(&span));
    patterns.filter(|made| seen.insert(made.clone())).collect()
}

fn pattern(span: &Span) -> Option<String> {
    let value = span.value.as_str();
    match span.kind {
        SpanKind::Amount => amount(value),
        SpanKind::Period => period(value),
        SpanKind::FormCode if value.bytes().all(|byte| byte.is_ascii_digit()) => Some(format!(
            r"(?:mẫu|biểu|tờ khai|phiếu)[^\d.;\n]{{0,20}}0*{value}{AFTER}"
        )),
        SpanKind::LawNumber | SpanKind::ProcedureCode | SpanKind::FormCode => Some(code(value)),
        _ => None,
    }
}

/// `154/2024/NĐ-CP`, with or without zeros before it.
fn code(value: &str) -> String {
    let written = fancy_regex::escape(value);
    format!(r"(?<![\w/])0*{written}(?![\w/])")
}

/// An amount in đồng in figures, or with `nghìn`, `triệu`, `tỷ`.
fn amount(value: &str) -> Option<String> {
    let dong: u64 = value.parse().ok()?;
    let currency = r" ?(?:đồng|đ\b|vnđ|vnd|₫)";
    let figures = grouped(value);
    // A small number is money only with its unit; a large one is written without it too.
    let unit = if dong < 1_000 { currency } else { "" };
    let range = if dong < 1_000 { RANGE } else { "" };
    let mut ways = vec![format!("{BEFORE}{figures}{AFTER}{range}{unit}")];
    for (power, words) in [
        (1_000_u64, r"(?:nghìn|ngàn|k\b)"),
        (1_000_000, r"(?:triệu|tr\b)"),
        (1_000_000_000, r"(?:tỷ|tỉ)"),
    ] {
        if dong >= power
            && let Some(number) = in_units(dong, power)
        {
            ways.push(format!("{BEFORE}{number}{AFTER}{RANGE} ?{words}"));
        }
    }
    Some(ways.join("|"))
}

/// The digits with an optional separator between groups of three.
fn grouped(digits: &str) -> String {
    let head = digits.len() % 3;
    let (first, rest) = digits.split_at(head);
    let groups = rest.as_bytes().chunks(3).map(String::from_utf8_lossy);
    let first = (!first.is_empty()).then(|| first.into());
    let groups: Vec<_> = first.into_iter().chain(groups).collect();
    groups.join("[., ]?")
}

/// `1[.,]5` for 1,500,000 in millions; `None` where it takes more than two decimals.
fn in_units(dong: u64, power: u64) -> Option<String> {
    let (whole, rest) = (dong / power, dong % power);
    let hundredths = rest.checked_mul(100)? / power;
    if hundredths * power != rest * 100 {
        return None;
    }
    let whole = grouped(&whole.to_string());
    let decimals = format!("{hundredths:02}");
    Some(match decimals.trim_end_matches('0') {
        "" => whole,
        decimals => format!("{whole}[.,]{decimals}0*"),
    })
}

/// A number and its unit as [`vitext::spans`] reads them: `7 working_day`.
fn period(value: &str) -> Option<String> {
    let (number, unit) = value.split_once(' ')?;
    let number = fancy_regex::escape(number).replace(r"\.", "[.,]");
    let unit = match unit {
        "working_day" => r"ngày ?\(?làm việc",
        "day" => r"ngày(?! ?\(?làm việc)",
        "week" => "tuần",
        "month" => "tháng",
        "year" => "năm",
        "hour" => "(?:giờ|tiếng)",
        "minute" => "phút",
        _ => return None,
    };
    Some(format!(
        r"{BEFORE}0*{number}{AFTER}{RANGE} ?(?:\([^)\d]{{1,20}}\) ?)?{unit}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    /// Whether a text says everything exact that an answer says.
    fn says(answer: &str, text: &str) -> bool {
        let found = patterns(answer);
        assert!(!found.is_empty(), "nothing exact in {answer}");
        found
            .iter()
            .all(|p| Pattern::new(p).unwrap().find(text).unwrap().is_some())
    }

    #[test]
    fn an_amount_is_found_however_it_is_written() {
        for written in [
            "20.000 đồng",
            "20000đ",
            "20 nghìn",
            "20k/bản",
            "lệ phí 20 000 VNĐ",
        ] {
            assert!(says("Phí 20.000 đồng một bản", written), "{written}");
        }
        for other in [
            "120.000 đồng",
            "20.000.000 đồng",
            "2.000 đồng",
            "20 ngày",
            "20.0001",
        ] {
            assert!(!says("Phí 20.000 đồng", other), "{other}");
        }
        assert!(says("hết 1,5 triệu", "nộp 1.500.000 đồng"));
        assert!(says("hết 1.500.000 đồng", "khoảng 1,5 triệu"));
        assert!(says(
            "từ 5 đến 10 triệu đồng",
            "5.000.000 - 10.000.000 đồng"
        ));
        assert!(says("phí 0 đồng", "nguồn ghi 0 đồng"));
        assert!(!says("phí 0 đồng", "10 đồng"));
    }

    #[test]
    fn a_period_keeps_its_unit() {
        for written in [
            "07 ngày làm việc",
            "7 (bảy) ngày làm việc",
            "7 - 10 ngày làm việc",
        ] {
            assert!(says("Trong 7 ngày làm việc", written), "{written}");
        }
        assert!(!says("Trong 7 ngày làm việc", "7 ngày"));
        assert!(!says("Trong 7 ngày", "7 ngày làm việc"));
        assert!(!says("Trong 7 ngày", "17 ngày"));
        assert!(says("trong hai tháng", "2 tháng"));
    }

    #[test]
    fn codes_are_whole() {
        assert!(says(
            "Theo Nghị định 154/2024/NĐ-CP",
            "nghị định số 154/2024/nđ-cp."
        ));
        assert!(!says("Theo Nghị định 54/2024/NĐ-CP", "154/2024/NĐ-CP"));
        assert!(says("thủ tục 1.004222", "mã 1.004222"));
        assert!(says("điền tờ khai CT01", "Tờ khai (mẫu CT01)"));
        assert!(says("điền Mẫu số 01", "theo mẫu 1 kèm theo"));
        assert!(!says("điền Mẫu số 01", "theo mẫu 10"));
    }

    #[test]
    fn words_state_nothing_exact() {
        assert!(patterns("Nộp tại Ủy ban nhân dân cấp xã, mang theo căn cước.").is_empty());
        assert_eq!(patterns("20.000 đồng, tức 20 nghìn đồng").len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn every_pattern_compiles_and_finds_its_own_amount(dong in 1_u64..5_000_000_000) {
            for made in patterns(&format!("hết {dong} đồng")) {
                let pattern = Pattern::new(&made).unwrap();
                let written = format!("là {dong} đồng");
                proptest::prop_assert!(pattern.find(&written).unwrap().is_some());
            }
        }

        #[test]
        fn any_answer_gives_patterns_that_compile(answer in "[0-9a-zđ.,/()ngày tháng đồng]{0,40}") {
            for made in patterns(&answer) {
                proptest::prop_assert!(Pattern::new(&made).is_ok(), "{}", made);
            }
        }
    }
}
