//! Reading numbers the Vietnamese way: `.` and `,` as separators of either sort,
//! and number words up to the millions.

/// The canonical form of a written number: no thousands separators, no leading
/// zeros, `.` before decimals.
///
/// Groups of exactly three digits after a separator are thousands (`20.000`,
/// `1,500,000`); anything else is a decimal (`1,5`, `66.7`). `None` when it is no number.
pub(super) fn canonical(written: &str) -> Option<String> {
    let mut groups = written.split(['.', ',']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(first) || !rest.iter().all(|g| all_digits(g)) {
        return None;
    }
    let thousands = first.len() <= 3 && first != "0" && rest.iter().all(|g| g.len() == 3);
    let (whole, decimals) = match rest.as_slice() {
        [] => (first.to_owned(), ""),
        _ if thousands => (format!("{first}{}", rest.concat()), ""),
        [decimals] => (first.to_owned(), *decimals),
        // `1.500.000,50`: the last group is decimals when the others are thousands.
        [middle @ .., last] if middle.iter().all(|g| g.len() == 3) => {
            (format!("{first}{}", middle.concat()), *last)
        }
        _ => (written.replace([',', '.'], ""), ""),
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let decimals = decimals.trim_end_matches('0');
    Some(if decimals.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{decimals}")
    })
}

/// A written number times a power of ten, as a whole number where it is one.
pub(super) fn scaled(written: &str, zeros: usize) -> Option<String> {
    let number = canonical(written)?;
    let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
    let (kept, beyond) = decimals.split_at(decimals.len().min(zeros));
    let padding = "0".repeat(zeros - kept.len());
    canonical(&format!("{whole}{kept}{padding}")).map(|scaled| {
        if beyond.is_empty() {
            scaled
        } else {
            format!("{scaled}.{beyond}")
        }
    })
}

/// How many zeros a word after a number stands for: `nghìn` 3, `triệu` 6, `tỷ` 9.
pub(super) fn zeros(word: &str) -> usize {
    match word.to_lowercase().as_str() {
        "k" | "nghìn" | "ngàn" | "nghin" | "ngan" => 3,
        "triệu" | "trieu" | "tr" | "củ" => 6,
        "tỷ" | "tỉ" | "ty" | "ti" => 9,
        _ => 0,
    }
}

/// The value of number words (`hai mươi lăm`, `mười nghìn`, `một trăm linh năm`),
/// `None` when a word is no number.
pub(super) fn from_words(words: &str) -> Option<u64> {
    let (mut total, mut group, mut digit) = (0_u64, 0_u64, None::<u64>);
    for word in words.to_lowercase().split_whitespace() {
        match word {
            "mười" => group += 10 * digit.take().unwrap_or(1),
            "mươi" => group += 10 * digit.take()?,
            "trăm" => group += 100 * digit.take().unwrap_or(1),
            "linh" | "lẻ" => {}
            "nghìn" | "ngàn" | "triệu" | "tỷ" | "tỉ" => {
                group += digit.take().unwrap_or(0);
                let power = u32::try_from(zeros(word)).ok()?;
                total = total.checked_add(group.max(1).checked_mul(10_u64.pow(power))?)?;
                group = 0;
            }
            _ => {
                if digit.is_some() {
                    return None;
                }
                digit = Some(unit(word)?);
            }
        }
    }
    total.checked_add(group + digit.unwrap_or(0))
}

fn unit(word: &str) -> Option<u64> {
    Some(match word {
        "không" => 0,
        "một" | "mốt" => 1,
        "hai" => 2,
        "ba" => 3,
        "bốn" | "tư" => 4,
        "năm" | "lăm" | "nhăm" => 5,
        "sáu" => 6,
        "bảy" | "bẩy" => 7,
        "tám" => 8,
        "chín" => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn separators() {
        for (written, want) in [
            ("20.000", "20000"),
            ("1,500,000", "1500000"),
            ("1,5", "1.5"),
            ("66.7", "66.7"),
            ("0.5", "0.5"),
            ("0.500", "0.5"),
            ("07", "7"),
            ("00", "0"),
            ("1.500.000,50", "1500000.5"),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(want), "{written}");
        }
        assert_eq!(canonical("1..2"), None);
    }

    #[test]
    fn scales() {
        assert_eq!(scaled("1,5", 6).as_deref(), Some("1500000"));
        assert_eq!(scaled("50", 3).as_deref(), Some("50000"));
        assert_eq!(scaled("10.000", 0).as_deref(), Some("10000"));
        assert_eq!(scaled("1,2345", 3).as_deref(), Some("1234.5"));
    }

    #[test]
    fn words() {
        for (words, want) in [
            ("bảy", 7),
            ("mười lăm", 15),
            ("hai mươi mốt", 21),
            ("mười nghìn", 10_000),
            ("hai triệu năm trăm nghìn", 2_500_000),
            ("một trăm linh năm", 105),
        ] {
            assert_eq!(from_words(words), Some(want), "{words}");
        }
        assert_eq!(from_words("con mèo"), None);
        assert_eq!(from_words("hai ba"), None);
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent_on_whole_numbers(n in any::<u64>()) {
            let text = n.to_string();
            prop_assert_eq!(canonical(&text), Some(text));
        }

        #[test]
        fn nothing_panics(text in "[0-9.,]{0,20}", zeros in 0_usize..10) {
            let _ = scaled(&text, zeros);
            let _ = from_words(&text);
        }
    }
}
