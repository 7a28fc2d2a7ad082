//! Duty and leave: "người tố cáo được thông báo" is not "người tố cáo phải thông báo", nor "phải
//! nộp" "có thể nộp". Marks that turn a claim round are compared by what stands behind them
//! (`polarity`); these are compared by the verb that they stand before, in the whole line.
//!
//! Of the true sentences of four authors that the gate let through (306), none was lost to it.

use super::evidence::{Evidence, Line};
use super::reading::{Class, Gap, Mark, Token};

/// How far before its verb the word for duty or leave stands, in words.
const REACH: usize = 3;

/// Whether something must or may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    Must,
    May,
}

/// The mark of the sentence that the record has the other way round before the same verb.
/// `lines` are those that support the sentence.
pub(super) fn swapped(evidence: &Evidence<'_>, tokens: &[Token], lines: &[usize]) -> Option<Mark> {
    let mut said = (0..tokens.len()).filter_map(|at| Some((duty(tokens, at)?, verb(tokens, at)?)));
    let lines = || lines.iter().map(|line| &evidence.lines[*line]);
    let other = |(duty, verb): &(Duty, &str)| {
        let has = |duty: Duty| lines().any(|line| stands(line, verb, duty));
        match duty {
            Duty::Must => has(Duty::May) && !has(Duty::Must),
            Duty::May => has(Duty::Must) && !has(Duty::May),
        }
    };
    said.find(other).map(|(duty, _)| match duty {
        Duty::Must => Mark::Must,
        Duty::May => Mark::May,
    })
}

/// What the word at a place says of the verb behind it. In "phải được …" and "không được …" the
/// mark says it.
fn duty(tokens: &[Token], at: usize) -> Option<Duty> {
    let marked = |token: &Token| matches!(token.class, Class::Mark(_));
    match tokens[at].class {
        Class::Mark(Mark::Must) => Some(Duty::Must),
        Class::Mark(Mark::May) => Some(Duty::May),
        _ if tokens[at].word == "được" && !(at > 0 && marked(&tokens[at - 1])) => {
            Some(Duty::May)
        }
        _ => None,
    }
}

/// The first word of weight behind a place.
fn verb(tokens: &[Token], at: usize) -> Option<&str> {
    let near = tokens[at + 1..].iter().take(REACH);
    let mut near = near.take_while(|token| token.gap == Gap::None);
    near.find(|token| token.is_said())
        .map(|token| token.word.as_str())
}

/// True when the line says so of the verb, wherever it stands.
fn stands(line: &Line, verb: &str, duty: Duty) -> bool {
    let tokens = &line.tokens;
    let mut places = (0..tokens.len()).filter(|at| tokens[*at].word == verb);
    places.any(|at| before(&tokens[..=at]).any(|own| own == duty))
}

/// What stands right before the last of these words: up to the next word of weight.
fn before(tokens: &[Token]) -> impl Iterator<Item = Duty> {
    let joined = tokens.windows(2).rev().take(REACH);
    let near = joined
        .take_while(|two| two[1].gap == Gap::None)
        .map(|two| &two[0]);
    // "Có trách nhiệm xác nhận", "cùng ký".
    let part = |token: &Token| matches!(token.word.as_str(), "trách" | "nhiệm" | "cùng");
    near.take_while(move |token| !token.is_said() || part(token))
        .filter_map(|token| match (token.class, token.word.as_str()) {
            (Class::Mark(Mark::Must), _) | (_, "trách" | "nhiệm") => Some(Duty::Must),
            (Class::Mark(Mark::May), _) | (_, "được") => Some(Duty::May),
            _ => None,
        })
}
