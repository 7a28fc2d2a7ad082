//! The steps of a procedure: cut at the source's headings (`  * …`, in 1,089 records)
//! and at lines that begin with `Bước N`.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{is_silent, squeeze};
use crate::procedure::Step;
use crate::values;

/// `Bước 1:`, `a) Bước 2.` — with its mark: `Bước 1 và Bước 2 …` is a sentence.
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(
        r"(?i)^((?:[a-zđ]\) *|\d+[.)] *)?bước \d+(?:\.\d+)*[a-z]?) *(?:[:.\-–]+(?: |$)(.*)|$)",
    )
});

/// A heading longer than this is a sentence, not a heading.
const HEADING_CHARS: usize = 160;

/// Reads the block.
pub(super) fn steps(lines: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in lines {
        let text = squeeze(line);
        if is_silent(&text) {
            continue;
        }
        let heading = line.starts_with("  * ");
        let bare = values::strip_bullets(&text);
        match numbered(bare) {
            Some((title, rest)) => start(&mut steps, Some(title), rest),
            None if heading && is_title(bare) => start(&mut steps, Some(bare.to_owned()), ""),
            None if heading => start(&mut steps, None, bare),
            None => match steps.last_mut() {
                Some(step) => append(step, &text),
                None => start(&mut steps, None, &text),
            },
        }
    }
    steps
}

fn numbered(text: &str) -> Option<(String, &str)> {
    let parts = NUMBERED.as_ref()?.captures(text)?;
    let rest = parts.get(2).map_or("", |rest| rest.as_str().trim());
    Some((parts[1].to_owned(), rest))
}

fn is_title(text: &str) -> bool {
    let ends = text.ends_with(':') || !text.ends_with(['.', ';', ',']);
    !text.is_empty() && ends && text.chars().count() <= HEADING_CHARS
}

fn start(steps: &mut Vec<Step>, title: Option<String>, text: &str) {
    let order = u32::try_from(steps.len() + 1).unwrap_or(u32::MAX);
    steps.push(Step {
        case: None,
        order,
        title,
        text: text.to_owned(),
    });
}

fn append(step: &mut Step, text: &str) {
    if !step.text.is_empty() {
        step.text.push('\n');
    }
    step.text.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_compiles() {
        assert!(NUMBERED.is_some());
    }

    #[test]
    fn headings_and_numbered_lines_begin_steps() {
        let text = [
            "",
            "    Chuẩn bị mèo.",
            "  * Nộp hồ sơ TTHC:",
            "    Mang mèo đến.",
            "    - Bước 1: Cân mèo.",
            "Bước 1 và Bước 2 làm cùng ngày.",
            "  * * Bước 2.",
            "    Nhận thẻ.",
        ];
        let steps = steps(&text);
        let titles: Vec<_> = steps.iter().map(|step| step.title.as_deref()).collect();
        assert_eq!(
            titles,
            [
                None,
                Some("Nộp hồ sơ TTHC:"),
                Some("Bước 1"),
                Some("Bước 2")
            ]
        );
        assert_eq!(steps[2].text, "Cân mèo.\nBước 1 và Bước 2 làm cùng ngày.");
        assert_eq!(steps[3].order, 4);
    }
}
