//! Statements: what a line of the record says at a time, with the heading, the way of filing and
//! the case that it stands under.

use std::collections::HashSet;
use std::ops::Range;

use vitext::spans::SpanKind;

use super::evidence::{CHANNELS, HEAD, said};
use super::names;
use super::polarity::{Turn, turns};
use super::reading::{Gap, Token, Value};
use super::rules::Gate;

/// How far an "hoặc" reaches on either side, in words.
const CHOICE: usize = 6;

/// One statement of a line.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) line: usize,
    /// Words that it says itself or stands under.
    pub(super) words: HashSet<String>,
    /// Words of its own, without head and heading.
    pub(super) own: HashSet<String>,
    /// Of these the content, without its values.
    pub(super) plain: HashSet<String>,
    pub(super) values: Vec<Value>,
    pub(super) turns: Vec<Turn>,
    pub(super) has_agency: bool,
    /// What it says for whom or when: the content behind "nếu", "trường hợp".
    pub(super) conditions: Vec<String>,
    /// The content on either side of each "hoặc".
    pub(super) choices: Vec<[Vec<String>; 2]>,
    /// Which part it is of a statement that gives several values of one kind. The first opens with
    /// what the whole is about.
    pub(super) part: Option<usize>,
    /// True for a statement that has such parts.
    pub(super) has_parts: bool,
}

/// Cuts a line into statements, and statements with several values of one kind into parts.
pub(super) fn units(
    gate: &Gate,
    line: usize,
    tokens: &[Token],
    head: usize,
    under: &[Token],
) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let statements = statements(tokens, head);
    for two in statements.windows(2) {
        let of = |range: &Range<usize>| unit(gate, line, &tokens[range.clone()], &[], &[]);
        if may_join(&of(&two[0]), &of(&two[1])) {
            let both = &tokens[two[0].start..two[1].end];
            found.push(unit(gate, line, both, under, &[]));
        }
    }
    for whole in statements {
        let parts = parts(&tokens[whole.clone()]);
        let mut unit = unit(gate, line, &tokens[whole.clone()], under, &[]);
        unit.has_parts = parts.len() > 1;
        found.push(unit);
        if parts.len() < 2 {
            continue;
        }
        for (place, part) in parts.into_iter().enumerate() {
            let tokens = &tokens[whole.clone()];
            let shared = &tokens[part.shared];
            let mut unit = self::unit(gate, line, &tokens[part.own], under, shared);
            unit.inherit(shared);
            unit.part = Some(place);
            found.push(unit);
        }
    }
    found
}

/// Two neighbouring statements that may be told as one ("… ký vào Sổ. Mỗi bên nhận 01 bản
/// chính."): neither turns anything, and one value and one agency at most are between them.
fn may_join(one: &Unit, other: &Unit) -> bool {
    let plain = |unit: &Unit| unit.turns.iter().all(Turn::is_plain);
    let both = |has: fn(&Unit) -> bool| has(one) && has(other);
    let conditional = |unit: &Unit| !unit.conditions.is_empty();
    plain(one)
        && plain(other)
        && !both(conditional)
        && !both(|unit| !unit.values.is_empty())
        && !both(|unit| unit.has_agency)
}

/// Stretches between full stops and semicolons, behind the head.
fn statements(tokens: &[Token], head: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = head;
    for at in head + 1..=tokens.len() {
        if at == tokens.len() || tokens[at].gap == Gap::Hard || splits(tokens, start, at) {
            if start < at {
                found.push(start..at);
            }
            start = at;
        }
    }
    if found.is_empty() {
        found.push(0..tokens.len());
    }
    found
}

/// "A (nếu bị ốm) hoặc B (nếu có việc)": each has its own condition.
fn splits(tokens: &[Token], start: usize, at: usize) -> bool {
    let opens = |token: &Token| matches!(token.word.as_str(), "nếu" | "đối_với" | "trường_hợp");
    let rest = tokens[at..].iter().skip(1);
    let mut rest = rest.take_while(|token| token.gap != Gap::Comma && token.gap < Gap::Hard);
    tokens[at].word == "hoặc" && tokens[start..at].iter().any(opens) && rest.any(opens)
}

/// A part of a statement and the words in front that hold for it too.
struct Part {
    own: Range<usize>,
    shared: Range<usize>,
}

/// Cuts where a part would give a second value of the kind that the one before it gives:
/// "60 ngày kể từ ngày thụ lý, việc phức tạp 90 ngày". What stands before the first value
/// holds for a part that has no words of its own there: "không quá 8 giờ một ngày và 40 giờ
/// một tuần".
fn parts(tokens: &[Token]) -> Vec<Part> {
    let kind = |token: &Token| {
        token
            .value
            .as_ref()
            .map(|v| v.kind)
            .filter(|k| is_rival(*k))
    };
    let values = (0..tokens.len()).filter_map(|at| Some((at, kind(&tokens[at])?)));
    let mut found: Vec<Part> = Vec::new();
    let mut open = Part {
        own: 0..tokens.len(),
        shared: 0..0,
    };
    let mut first: Option<(usize, SpanKind)> = None;
    for (at, kind) in values {
        let (place, seen) = *first.get_or_insert((at, kind));
        let mut before = (open.own.start + 1..=at).rev();
        let cut = before.find(|at| begins_part(tokens, *at));
        let Some(cut) = cut.filter(|cut| at > place && seen == kind && *cut > place.min(at)) else {
            continue;
        };
        let bare = !tokens[cut..at].iter().any(Token::is_content);
        let shared = if bare { 0..place } else { 0..0 };
        open.own.end = cut;
        found.push(std::mem::replace(
            &mut open,
            Part {
                own: cut..tokens.len(),
                shared,
            },
        ));
    }
    found.push(open);
    found
}

/// A part begins at the last comma, semicolon or "và" before its value, not at that of "Bộ Giáo
/// dục và Đào tạo".
fn begins_part(tokens: &[Token], at: usize) -> bool {
    let name = |at: usize| tokens.get(at).is_some_and(|token| token.upper);
    match tokens[at].gap {
        Gap::Inner => true,
        Gap::Comma => !name(at),
        _ => tokens[at].word == "và" && !name(at + 1),
    }
}

/// Kinds of which a statement gives one at a time.
pub(super) fn is_rival(kind: SpanKind) -> bool {
    matches!(
        kind,
        SpanKind::Amount | SpanKind::Period | SpanKind::Percent | SpanKind::Date
    )
}

fn unit(gate: &Gate, line: usize, own: &[Token], under: &[Token], shared: &[Token]) -> Unit {
    let words = |tokens: &[Token]| -> HashSet<String> {
        let value = |token: &Token| token.value.as_ref().map(Value::word);
        let words = tokens.iter().filter(|t| t.is_said() || t.value.is_some());
        words
            .map(|token| value(token).unwrap_or_else(|| token.word.clone()))
            .collect()
    };
    let all = [under, shared, own].concat();
    Unit {
        line,
        words: words(&all),
        own: words(&[shared, own].concat()),
        plain: said(own)
            .into_iter()
            .filter(|word| !word.starts_with("bản_"))
            .collect(),
        values: all.iter().filter_map(|token| token.value.clone()).collect(),
        turns: turns(&all),
        conditions: conditions(own),
        choices: choices(own),
        has_agency: !names::agencies(gate, own).is_empty(),
        part: None,
        has_parts: false,
    }
}

/// The content near each "hoặc", before and behind it.
fn choices(tokens: &[Token]) -> Vec<[Vec<String>; 2]> {
    let content = |tokens: &[Token]| {
        let content = tokens.iter().filter(|token| token.is_content());
        content.map(|token| token.word.clone()).collect()
    };
    let places = (0..tokens.len()).filter(|at| tokens[*at].word == "hoặc");
    places
        .map(|at| {
            let end = tokens.len().min(at + CHOICE);
            [
                content(&tokens[at.saturating_sub(CHOICE)..at]),
                content(&tokens[at + 1..end]),
            ]
        })
        .collect()
}

/// The content behind the words that open a condition, where it is not said before them too.
fn conditions(tokens: &[Token]) -> Vec<String> {
    let opens = |token: &Token| {
        matches!(
            token.word.as_str(),
            "nếu" | "trường_hợp" | "đối_với" | "khi"
        )
    };
    let places = (0..tokens.len()).filter(|at| opens(&tokens[*at]));
    let behind = places.flat_map(|at| {
        let before = said(&tokens[..at]);
        let own = tokens[at + 1..].iter().take(2 * HEAD);
        own.filter(move |token| !before.contains(&token.word))
    });
    let content = behind.filter(|token| token.is_content());
    content.map(|token| token.word.clone()).collect()
}

impl Unit {
    /// "Không quá 8 giờ một ngày và 40 giờ một tuần": the bound holds for both.
    fn inherit(&mut self, shared: &[Token]) {
        let bound = shared.last().and_then(|token| token.bound);
        for value in &mut self.values {
            if is_rival(value.kind) && value.bound.is_none() {
                value.bound = bound;
            }
        }
    }

    /// Ways of filing that the unit stands under.
    pub(super) fn channels(&self) -> impl Iterator<Item = &str> {
        let words = CHANNELS.into_iter();
        words.filter(|word| self.words.contains(*word))
    }

    /// True when it gives another value of a kind.
    pub(super) fn rivals(&self, value: &Value) -> bool {
        let other = |own: &Value| own.kind == value.kind && !own.is(value);
        self.values.iter().any(other) && !self.values.iter().any(|own| own.is(value))
    }
}
