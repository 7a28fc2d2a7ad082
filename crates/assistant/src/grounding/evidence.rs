//! The lines of the record that a text is checked against, cut into units: one statement
//! each, with the heading, the way of filing and the case that it stands under.

use std::collections::HashSet;

use vitext::spans::SpanKind;

use super::actors::{self, Deed};
use super::details::Role;
use super::names;
use super::reading::{Class, Gap, Token, read};
use super::rules::Gate;
use super::units::{Unit, units};

/// Longest head of a line ("Nộp trực tiếp, trực tuyến: …"), in words.
pub(super) const HEAD: usize = 9;

/// Words behind "từ ngày", "nơi" of a line that a sentence may fasten to: "từ ngày người con được
/// đăng ký" is told as "từ ngày đăng ký".
const REACH: usize = 5;

/// How far behind its head the word of a person's or paper's name may stand, in words.
const NEAR: usize = 3;

/// Lines of the record, read for checking.
#[derive(Debug)]
pub struct Evidence<'g> {
    pub(super) gate: &'g Gate,
    /// Words of the procedure's name.
    pub(super) name_words: HashSet<String>,
    pub(super) lines: Vec<Line>,
    pub(super) units: Vec<Unit>,
    /// Names of the procedure in the citizen's words.
    pub(super) called: Vec<Vec<String>>,
}

/// What a line is about, told by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// Values by way of filing.
    Channel,
    /// An agency in its role.
    Agency,
    /// The head of the lines below it.
    Case,
    /// Everything else.
    Text,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) tokens: Vec<Token>,
    pub(super) topic: Topic,
    pub(super) pairs: HashSet<(String, String)>,
    /// Words at most [`NEAR`] apart.
    pub(super) near: HashSet<(String, String)>,
    pub(super) anchors: Vec<(&'static str, String)>,
    pub(super) deeds: Vec<Deed>,
    /// Words behind the head and before the first value of its first statement.
    pub(super) opening: HashSet<String>,
    /// What the papers of the line are.
    pub(super) role: Option<Role>,
}

/// Ways of filing, as [`read`] writes them.
pub(super) const CHANNELS: [&str; 3] = ["trực_tuyến", "trực_tiếp", "bưu_chính"];

impl<'g> Evidence<'g> {
    pub(super) fn new<'l>(gate: &'g Gate, lines: impl IntoIterator<Item = &'l str>) -> Self {
        // A line that ends with a colon is the head of those below it.
        let heads = |line: &str| line.trim_end().ends_with(':');
        let lines = lines.into_iter();
        let read: Vec<(Vec<Token>, bool)> =
            lines.map(|line| (read(gate, line), heads(line))).collect();
        let name = read.first().map(|(name, _)| said(name)).unwrap_or_default();
        let mut evidence = Self {
            gate,
            name_words: name.into_iter().collect(),
            lines: Vec::new(),
            units: Vec::new(),
            called: Vec::new(),
        };
        let mut heading: Vec<Token> = Vec::new();
        for (tokens, heads) in read {
            let (head, topic) = head(&tokens);
            match topic {
                Topic::Case => heading.clone_from(&tokens),
                Topic::Channel | Topic::Agency => heading.clear(),
                Topic::Text if is_remark(&tokens) => heading.clear(),
                Topic::Text => {}
            }
            if heads {
                heading.clear();
            }
            let line = evidence.lines.len();
            let under = [&tokens[..head], &heading[..]].concat();
            evidence
                .units
                .extend(units(gate, line, &tokens, head, &under));
            if heads {
                heading.clone_from(&tokens);
            }
            evidence.lines.push(Line::new(gate, tokens, head, topic));
        }
        evidence
    }
}

impl Line {
    fn new(gate: &Gate, tokens: Vec<Token>, head: usize, topic: Topic) -> Self {
        Self {
            pairs: names::pairs(&tokens),
            near: names::near(&tokens, NEAR),
            anchors: names::anchors(&tokens, REACH),
            deeds: actors::recorded(gate, &tokens),
            opening: opening(&tokens[head..]),
            role: tokens.first().filter(|_| head > 0).and_then(result),
            tokens,
            topic,
        }
    }
}

/// The words of a text that may be compared.
pub(super) fn said(tokens: &[Token]) -> Vec<String> {
    let words = tokens.iter().filter(|token| token.is_said());
    words.map(|token| token.word.clone()).collect()
}

/// The words of a line before its first value or mark, where one statement holds them.
fn opening(tokens: &[Token]) -> HashSet<String> {
    let opens = |(at, token): &(usize, &Token)| {
        let marks = matches!(token.class, Class::Mark(mark) if mark.turns());
        token.value.is_none() && !marks && (*at == 0 || token.gap < Gap::Hard)
    };
    let opening = tokens.iter().enumerate().take_while(opens).count();
    said(&tokens[..opening]).into_iter().collect()
}

/// Length of a line's head, and what the head makes of the line.
fn head(tokens: &[Token]) -> (usize, Topic) {
    let is = |word: &str| tokens.first().is_some_and(|token| token.word == word);
    let colon = tokens
        .iter()
        .take(HEAD + 1)
        .position(|token| token.gap == Gap::Colon);
    if is("trường_hợp") {
        return (0, Topic::Case);
    }
    let Some(length) = colon.filter(|_| {
        tokens[1..]
            .iter()
            .take(colon.unwrap_or(0))
            .all(|t| t.gap < Gap::Bracket)
    }) else {
        return (0, Topic::Text);
    };
    let holds = |words: &[&str]| {
        tokens[..length]
            .iter()
            .any(|t| words.contains(&t.word.as_str()))
    };
    let topic = if holds(&CHANNELS) {
        Topic::Channel
    } else if holds(&names::ROLES) {
        Topic::Agency
    } else {
        Topic::Text
    };
    (length, topic)
}

/// "Lưu ý: …", "Bước 2: …": not under the case above it.
fn is_remark(tokens: &[Token]) -> bool {
    tokens
        .first()
        .is_some_and(|t| t.gap == Gap::Hard && (t.word == "bước" || t.word == "lưu_ý"))
        || tokens.first().is_some_and(|t| t.word == "lưu")
}

/// "Kết quả: …" is what the citizen gets.
fn result(first: &Token) -> Option<Role> {
    (first.word == "kết_quả").then_some(Role::Result)
}

impl Evidence<'_> {
    /// True when the text states one of the values that `line` states.
    pub fn shares_claim(text: &str, line: &str) -> bool {
        let text = values(text);
        values(line).iter().any(|value| text.contains(value))
    }

    /// True when the line states a value that can be checked.
    pub fn has_claim(line: &str) -> bool {
        !values(line).is_empty()
    }
}

/// Values of a text by kind, without what they count.
fn values(text: &str) -> HashSet<(SpanKind, String)> {
    let spans = vitext::spans::find(&vitext::normalize(text)).into_iter();
    spans.map(|span| (span.kind, span.value)).collect()
}
