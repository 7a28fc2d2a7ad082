//! Syllables: runs of letters and digits, with codes and numbers kept whole.
//!
//! `1.004222`, `154/2024/NĐ-CP` and `20.000` are one token each: cut at their
//! punctuation they would match every other code (the search adapter adds the
//! parts where it wants them).

use unicode_normalization::char::is_combining_mark;

/// A piece of a text; `text` is exactly the bytes `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Token<'a> {
    /// The piece itself.
    pub text: &'a str,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
}

impl<'a> Token<'a> {
    /// The piece of `text` between two byte offsets, which lie on characters.
    pub(crate) fn of(text: &'a str, start: usize, end: usize) -> Self {
        Self {
            text: &text[start..end],
            start,
            end,
        }
    }
}

/// Every syllable, number and code of a text, in order.
pub fn syllables(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(offset) = text[at..].find(char::is_alphanumeric) {
        let start = at + offset;
        let mut end = run_end(text, start);
        while let Some(next) = joined_end(text, start, end) {
            end = next;
        }
        tokens.push(Token::of(text, start, end));
        at = end;
    }
    tokens
}

/// End of the run of letters, digits and combining marks that starts at `start`.
fn run_end(text: &str, start: usize) -> usize {
    text[start..]
        .find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map_or(text.len(), |offset| start + offset)
}

/// Where the token `start..end` goes on past a joining `.`, `,`, `/`, `-` or `:`.
pub(crate) fn joined_end(text: &str, start: usize, end: usize) -> Option<usize> {
    let joiner = text[end..].chars().next()?;
    let next_start = end + joiner.len_utf8();
    let next = text[next_start..].chars().next()?;
    let token = &text[start..end];
    let last_is_digit = token.ends_with(|c: char| c.is_ascii_digit());
    let joins = match joiner {
        '.' => last_is_digit && (next.is_ascii_digit() || is_agency(&text[next_start..])),
        ',' | ':' => last_is_digit && next.is_ascii_digit(),
        '/' => {
            token.starts_with(|c: char| c.is_ascii_digit())
                && (next.is_ascii_digit() || is_acronym(text, next_start))
        }
        '-' => {
            token.contains(|c: char| c.is_ascii_digit())
                && (next.is_ascii_digit() || is_acronym(text, next_start))
        }
        _ => false,
    };
    joins.then(|| run_end(text, next_start))
}

/// `H55` in `2.000815.000.00.00.H55`.
fn is_agency(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    matches!(bytes.next(), Some(b'G' | b'H'))
        && bytes.next().is_some_and(|b| b.is_ascii_digit())
        && bytes.next().is_some_and(|b| b.is_ascii_digit())
}

/// `NĐ`, `CP`, `TTg`, `HSB`, `nđ`: what follows the number in a law's or a form's number.
/// `30/ngày` and `01/hộ` are not codes.
fn is_acronym(text: &str, start: usize) -> bool {
    let run = &text[start..run_end(text, start)];
    let upper = run.chars().filter(|c| c.is_uppercase()).count();
    let known = [
        "nđ", "nd", "tt", "qđ", "qd", "nq", "ct", "cp", "qh13", "qh14", "qh15", "ttg",
    ];
    let numbered = upper == 1 && run.ends_with(|c: char| c.is_ascii_digit());
    upper >= 2 || numbered || known.contains(&run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<&str> {
        syllables(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn codes_and_numbers_stay_whole() {
        for code in [
            "1.004222",
            "2.000815.000.00.00.H55",
            "154/2024/NĐ-CP",
            "154/2024/nđ-cp",
            "66.7/2025/NQ-CP",
            "1523/QĐ-BCA-C06",
            "72/2025/QH15",
            "20.000",
            "01/7/2025",
            "13-HSB",
            "01/ĐK",
            "H57.132-260804-0583",
            "CT01",
        ] {
            assert_eq!(texts(&format!("theo {code}, nhé.")), ["theo", code, "nhé"]);
        }
    }

    #[test]
    fn words_are_cut_at_punctuation() {
        assert_eq!(
            texts("Nam/nữ: 30/ngày. Lệ phí-miễn"),
            ["Nam", "nữ", "30", "ngày", "Lệ", "phí", "miễn"]
        );
    }

    #[test]
    fn decomposed_syllables_stay_whole() {
        assert_eq!(
            texts("ke\u{302}\u{301}t ho\u{302}n"),
            ["ke\u{302}\u{301}t", "ho\u{302}n"]
        );
    }

    proptest! {
        #[test]
        fn offsets_are_valid_and_ordered(text in any::<String>()) {
            let mut last = 0;
            for token in syllables(&text) {
                prop_assert!(last <= token.start && token.start < token.end);
                prop_assert_eq!(&text[token.start..token.end], token.text);
                last = token.end;
            }
        }

        #[test]
        fn every_letter_and_digit_is_in_a_syllable(text in "[a-zà-ỹđA-Z0-9./,-: ]{0,40}") {
            let inside = |at| syllables(&text).iter().any(|t| (t.start..t.end).contains(&at));
            for (at, c) in text.char_indices() {
                prop_assert!(!c.is_alphanumeric() || inside(at));
            }
        }
    }
}
