//! Places in a sentence and what is put there.

use std::ops::Range;

/// The text with a small letter at its start.
pub(super) fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// The text as two texts are compared: without case and marks.
pub(super) fn folded(text: &str) -> String {
    vitext::fold(&vitext::normalize(text)).to_lowercase()
}

/// True when a line has these words and no "không" before them.
pub(super) fn holds(line: &str, words: &str) -> bool {
    let negated = ["khong", "chua", "chang"];
    line.match_indices(words).any(|(at, _)| {
        let before = &line[..at];
        let whole = !before.ends_with(char::is_alphanumeric);
        let turned = negated.iter().any(|word| before.trim_end().ends_with(word));
        whole && !turned
    })
}

/// Where a phrase stands as whole words, whatever its case.
pub(super) fn place(text: &str, phrase: &str) -> Option<Range<usize>> {
    let (low, phrase) = (text.to_lowercase(), phrase.to_lowercase());
    // Lower case may be of another length in a few scripts; not in Vietnamese.
    if low.len() != text.len() {
        return None;
    }
    let whole = |at: &usize| {
        let before = low[..*at].chars().next_back();
        let after = low[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let at = low.match_indices(&phrase).map(|(at, _)| at).find(whole)?;
    Some(at..at + phrase.len())
}

/// The text with a stretch replaced; a capital at its start stays one.
pub(super) fn replaced(text: &str, range: Range<usize>, by: &str) -> String {
    let upper = text[range.clone()]
        .chars()
        .next()
        .is_some_and(char::is_uppercase);
    let mut chars = by.chars();
    let by: String = match chars.next() {
        Some(first) if upper => first.to_uppercase().chain(chars).collect(),
        _ => by.to_owned(),
    };
    format!("{}{by}{}", &text[..range.start], &text[range.end..])
}

/// The words at a place with two before and two behind.
pub(super) fn around(text: &str, start: usize, length: usize) -> String {
    let end = (start + length).min(text.len());
    let before: Vec<&str> = text[..start].split_whitespace().rev().take(2).collect();
    let behind = text
        .get(end..)
        .unwrap_or_default()
        .split_whitespace()
        .take(2);
    let before = before.into_iter().rev();
    let middle = text.get(start..end).unwrap_or_default();
    let words: Vec<&str> = before.chain([middle]).chain(behind).collect();
    words
        .join(" ")
        .trim_matches(['.', ',', ';', ' '])
        .to_owned()
}

/// Runs of digits, thousands' points included.
pub(super) fn digit_runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        let joins = |run: &Range<usize>| run.end == at && (c.is_ascii_digit() || c == '.');
        match runs.last_mut() {
            Some(run) if joins(run) => run.end = at + 1,
            _ if c.is_ascii_digit() => runs.push(at..at + 1),
            _ => {}
        }
    }
    for run in &mut runs {
        run.end -= text[run.clone()].len() - text[run.clone()].trim_end_matches('.').len();
    }
    runs
}
