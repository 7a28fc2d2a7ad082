//! What may be chosen stays a choice: "công chứng hoặc chứng thực" is not "công chứng và chứng thực".
//! The two are asked of the whole sentence, since each half of an "và" is held by the record alone.
//!
//! Of the true sentences of four authors that the gate let through (306), none was lost to it.

use super::evidence::{Evidence, Line};
use super::reading::Token;

/// How far from its "và" a thing is named in a sentence, in words.
const SAID: usize = 4;

/// How far from its "hoặc" a thing is named in the record, in words: names of papers are longer there.
const RECORDED: usize = 8;

/// The content on either side of a word that joins.
type Sides<'t> = [Vec<&'t str>; 2];

/// True when the sentence joins with "và" what the record leaves a choice between.
/// `lines` are those that support the sentence.
pub(super) fn taken(evidence: &Evidence<'_>, tokens: &[Token], lines: &[usize]) -> bool {
    let joins = (0..tokens.len()).filter(|at| joins(&tokens[*at].word));
    let mut sides = joins.map(|at| {
        let end = tokens.len().min(at + 1 + SAID);
        [
            content(&tokens[at.saturating_sub(SAID)..at]),
            content(&tokens[at + 1..end]),
        ]
    });
    let lines = || lines.iter().map(|line| &evidence.lines[*line]);
    sides.any(|sides| {
        lines().any(|line| offers(line, &sides)) && !lines().any(|line| asks_both(line, &sides))
    })
}

fn joins(word: &str) -> bool {
    matches!(word, "và" | "lẫn" | "cùng_với")
}

fn content(tokens: &[Token]) -> Vec<&str> {
    let content = tokens.iter().filter(|token| token.is_content());
    content.map(|token| token.word.as_str()).collect()
}

/// True when "hoặc" stands between something of the one side and something of the other; a word on
/// both sides of it tells nothing.
fn offers(line: &Line, [one, two]: &Sides<'_>) -> bool {
    let only = |words: &[&str], part: &[Token], other: &[Token]| {
        let mut words = words.iter();
        words.any(|word| has(part, word) && !has(other, word))
    };
    let mut places = around(line, |word| matches!(word, "hoặc" | "hay"));
    places.any(|(before, behind)| {
        only(one, before, behind) && only(two, behind, before)
            || only(two, before, behind) && only(one, behind, before)
    })
}

/// True when the line joins them too: any word of either side will do.
fn asks_both(line: &Line, [one, two]: &Sides<'_>) -> bool {
    let any = |words: &[&str], part: &[Token]| words.iter().any(|word| has(part, word));
    let mut places = around(line, joins);
    places.any(|(before, behind)| {
        any(one, before) && any(two, behind) || any(two, before) && any(one, behind)
    })
}

fn has(part: &[Token], word: &str) -> bool {
    part.iter().any(|token| token.word == word)
}

/// What stands before and behind each such word of a line.
fn around(
    line: &Line,
    is_joint: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (&[Token], &[Token])> {
    let tokens = &line.tokens;
    let places = (0..tokens.len()).filter(move |at| is_joint(&tokens[*at].word));
    places.map(|at| {
        let end = tokens.len().min(at + 1 + RECORDED);
        (
            &tokens[at.saturating_sub(RECORDED)..at],
            &tokens[at + 1..end],
        )
    })
}
