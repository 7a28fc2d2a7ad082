//! Text cut into pieces, so that a template can mark some of them without trusting any.

use serde::Serialize;

use crate::pattern::{Pattern, plain};

/// A stretch of text that is shown alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// How they are shown: nothing, `found` or `wrong`.
    pub mark: &'static str,
}

/// Cuts a line where patterns are found: those it must hold are marked `found`, those it
/// must not are `wrong` and win. The line is shown as the judge reads it.
pub fn pieces(line: &str, wanted: &[Pattern], unwanted: &[Pattern]) -> Vec<Piece> {
    let line = plain(line);
    let mut marks = vec![""; line.len()];
    for (patterns, mark) in [(wanted, "found"), (unwanted, "wrong")] {
        for place in patterns
            .iter()
            .filter_map(|p| p.place(&line).ok().flatten())
        {
            marks[place].fill(mark);
        }
    }
    let mut out: Vec<Piece> = Vec::new();
    for (at, letter) in line.char_indices() {
        match out.last_mut() {
            Some(last) if last.mark == marks[at] => last.text.push(letter),
            _ => out.push(Piece {
                text: letter.to_string(),
                mark: marks[at],
            }),
        }
    }
    out
}

/// True when a line holds one of the patterns.
pub fn holds(line: &str, patterns: &[Pattern]) -> bool {
    let line = plain(line);
    patterns
        .iter()
        .any(|pattern| matches!(pattern.place(&line), Ok(Some(_))))
}

/// The patterns that compile; a report from elsewhere may hold others.
pub fn compiled(sources: &[String]) -> Vec<Pattern> {
    sources
        .iter()
        .filter_map(|source| Pattern::new(source).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, wanted: &str, unwanted: &str) -> String {
        let compile = |source: &str| compiled(&[source.to_owned()]);
        let cut = pieces(line, &compile(wanted), &compile(unwanted));
        cut.iter()
            .map(|piece| format!("{}|{}", piece.mark, piece.text))
            .collect::<Vec<_>>()
            .join("/")
    }

    #[test]
    fn what_is_found_is_marked_and_what_must_not_be_wins() {
        assert_eq!(
            shown("Phí **10.000** đồng", r"10\.000", "miễn"),
            "|Phí /found|10.000/| đồng"
        );
        assert_eq!(shown("miễn phí", "phí", "miễn phí"), "wrong|miễn phí");
        assert_eq!(shown("Không có", "zz", "yy"), "|Không có");
    }

    proptest::proptest! {
        #[test]
        fn no_letter_is_lost(line in "[a-zàđệ0-9 .]{0,40}") {
            let patterns = compiled(&["[aà]".to_owned(), r"\d+".to_owned()]);
            let cut = pieces(&line, &patterns, &patterns[..1]);
            let whole: String = cut.into_iter().map(|piece| piece.text).collect();
            proptest::prop_assert_eq!(whole, plain(&line));
        }
    }
}
