//! The patterns of a suite and the text they are searched in.
//!
//! Both sides are Unicode NFC; the text also has every run of white space made one
//! space and Markdown marks removed, so that a pattern speaks about words and not
//! about layout. Case is ignored. This is deliberately not the product's own text
//! normalisation: a judge that shares the code it judges would share its mistakes.

use std::fmt;
use std::ops::Range;

use fancy_regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

/// Steps back after which a search gives up, over the whole text. A pattern costs some at
/// every letter, and more where each of its alternatives begins with a look-behind: four such
/// alternatives need 720,000 on 100,000 characters, eight need 1,530,000. At 200,000 the
/// longest answer over the national records (40,859 characters) used them up before the
/// search came to the words, which then counted as missing. A pattern that explodes is given
/// up after half a second.
const BACKTRACKS: usize = 2_000_000;

/// A compiled pattern that remembers how it was written.
#[derive(Clone)]
pub struct Pattern {
    source: String,
    regex: Regex,
}

impl Pattern {
    /// Compiles; refuses what does not compile and what matches the empty string,
    /// since such a pattern is found in every answer.
    pub fn new(source: &str) -> Result<Self, String> {
        let nfc: String = source.nfc().collect();
        let regex = RegexBuilder::new(&nfc)
            .case_insensitive(true)
            .backtrack_limit(BACKTRACKS)
            .build()
            .map_err(|error| format!("`{source}` does not compile: {error}"))?;
        match regex.is_match("") {
            Ok(false) => Ok(Self {
                source: source.to_owned(),
                regex,
            }),
            Ok(true) => Err(format!("`{source}` matches the empty string")),
            Err(error) => Err(format!("`{source}` cannot be searched: {error}")),
        }
    }

    /// As written in the suite.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The first place where [`plain`] text matches, `None` without one. A search
    /// that gives up (too much backtracking) is an `Err`, so that the caller fails
    /// closed in both directions.
    pub fn find<'t>(&self, text: &'t str) -> Result<Option<&'t str>, String> {
        self.place(text)
            .map(|found| found.map(|place| &text[place]))
    }

    /// The same, as a range of bytes.
    pub fn place(&self, text: &str) -> Result<Option<Range<usize>>, String> {
        self.regex
            .find(text)
            .map(|found| found.map(|m| m.range()))
            .map_err(|error| format!("`{}` gave up: {error}", self.source))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.source)
    }
}

/// NFC, white space squeezed, Markdown marks removed.
pub fn plain(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let lines = composed.lines().map(line);
    let mut out = String::with_capacity(composed.len());
    for word in lines.flat_map(|line| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    }) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
    }
    out
}

/// One line without heading, quote and emphasis marks; links keep their words.
fn line(text: &str) -> String {
    let text = text.trim_start();
    let heading = text.trim_start_matches('#');
    let text = if heading.len() < text.len() && heading.starts_with(' ') {
        heading
    } else {
        text
    };
    let text = text.strip_prefix("> ").unwrap_or(text);
    links(&text.replace(['*', '`'], "").replace("__", ""))
}

/// `[words](address)` becomes `words`.
fn links(text: &str) -> String {
    let Some((before, rest)) = text.split_once('[') else {
        return text.to_owned();
    };
    let link = rest.split_once("](").and_then(|(words, tail)| {
        let (_, after) = tail.split_once(')')?;
        (!words.contains(['[', ']'])).then_some((words, after))
    });
    match link {
        Some((words, after)) => format!("{before}{words}{}", links(after)),
        None => format!("{before}[{}", links(rest)),
    }
}

/// Folded syllables: no case, no marks, no punctuation. For telling whether two
/// questions are the same question.
pub fn syllables(text: &str) -> Vec<String> {
    let folded: String = text
        .to_lowercase()
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_ignore_case_and_look_around() {
        let pattern = Pattern::new(r"(?<!\d)0?7 (\(\w+\) )?ngày").unwrap();
        assert!(pattern.find("Trong 07 NGÀY làm việc").unwrap().is_some());
        assert!(pattern.find("trong 17 ngày").unwrap().is_none());
    }

    #[test]
    fn alternatives_that_look_behind_are_found_at_the_end_of_a_long_card() {
        let pattern = Pattern::new(r"(?<!x)nộp|(?<!x)zz").unwrap();
        let long = "hồ sơ ".repeat(12_000);
        assert_eq!(pattern.find(&format!("{long}nộp")), Ok(Some("nộp")));
        assert_eq!(pattern.find(&format!("{long}xnộp")), Ok(None));
    }

    #[test]
    fn a_search_without_end_gives_up() {
        let pattern = Pattern::new(r"(?<!x)(?:[a-z]+ ?(?!q))+!").unwrap();
        let error = pattern.find(&"hay nop ".repeat(20)).unwrap_err();
        assert!(error.contains("gave up"), "{error}");
    }

    #[test]
    fn decomposed_patterns_meet_composed_text() {
        let decomposed: String = "kết hôn".nfd().collect();
        let pattern = Pattern::new(&decomposed).unwrap();
        assert_eq!(pattern.find("Kết hôn").unwrap(), Some("Kết hôn"));
    }

    #[test]
    fn useless_patterns_are_refused() {
        assert!(
            Pattern::new("x*")
                .unwrap_err()
                .contains("matches the empty string")
        );
        assert!(Pattern::new("(").unwrap_err().contains("does not compile"));
    }

    #[test]
    fn markdown_and_white_space_disappear() {
        let text = "## Lệ phí\n\n**10.000\u{a0}đồng** xem [trang](https://x.vn/a) [1]\n> `CT01`";
        assert_eq!(plain(text), "Lệ phí 10.000 đồng xem trang [1] CT01");
        assert_eq!(plain("#1 và a*b"), "#1 và ab");
    }

    #[test]
    fn syllables_are_folded() {
        assert_eq!(syllables("Đăng ký, KẾT hôn?"), ["dang", "ky", "ket", "hon"]);
    }

    proptest::proptest! {
        #[test]
        fn plain_is_idempotent_on_words(text in "[a-zàáđêôừ0-9 .,\n\t]{0,60}") {
            let once = plain(&text);
            proptest::prop_assert_eq!(plain(&once), once);
        }
    }
}
