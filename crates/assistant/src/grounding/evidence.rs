//! The lines of the record that a text is checked against, cut into units: one statement
//! each, with the heading, the way of filing and the case that it stands under.

use std::collections::HashSet;
use std::ops::Range;

use vitext::spans::SpanKind;

use super::names;
use super::polarity::{Turn, turns};
use super::reading::{Gap, Token, Value, read};
use super::rules::Gate;

/// Longest head of a line ("Nộp trực tiếp, trực tuyến: …"), in words.
const HEAD: usize = 9;

/// Words behind "từ ngày", "nơi" of a line that a sentence may fasten to: "từ ngày người con được
/// đăng ký" is told as "từ ngày đăng ký".
const REACH: usize = 5;

/// Lines of the record, read for checking.
#[derive(Debug)]
pub struct Evidence<'g> {
    pub(super) gate: &'g Gate,
    /// Words of the procedure's name.
    pub(super) name_words: HashSet<String>,
    pub(super) lines: Vec<Line>,
    pub(super) units: Vec<Unit>,
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
    pub(super) anchors: Vec<(&'static str, String)>,
}

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
    /// True for a part of a statement that gives several values of one kind.
    pub(super) part: bool,
    /// True for a statement that has such parts.
    pub(super) has_parts: bool,
}

/// Ways of filing, as [`read`] writes them.
pub(super) const CHANNELS: [&str; 3] = ["trực_tuyến", "trực_tiếp", "bưu_chính"];

impl<'g> Evidence<'g> {
    pub(super) fn new<'l>(gate: &'g Gate, lines: impl IntoIterator<Item = &'l str>) -> Self {
        let read: Vec<Vec<Token>> = lines.into_iter().map(|line| read(gate, line)).collect();
        let name = read.first().map(|name| said(name)).unwrap_or_default();
        let mut evidence = Self {
            gate,
            name_words: name.into_iter().collect(),
            lines: Vec::new(),
            units: Vec::new(),
        };
        let mut heading: Vec<Token> = Vec::new();
        for tokens in read {
            let (head, topic) = head(&tokens);
            match topic {
                Topic::Case => heading.clone_from(&tokens),
                Topic::Channel | Topic::Agency => heading.clear(),
                Topic::Text if is_remark(&tokens) => heading.clear(),
                Topic::Text => {}
            }
            let line = evidence.lines.len();
            let under = [&tokens[..head], &heading[..]].concat();
            evidence
                .units
                .extend(units(gate, line, &tokens, head, &under));
            evidence.lines.push(Line {
                pairs: names::pairs(&tokens),
                anchors: names::anchors(&tokens, REACH),
                tokens,
                topic,
            });
        }
        evidence
    }
}

/// The words of a text that may be compared.
pub(super) fn said(tokens: &[Token]) -> Vec<String> {
    let words = tokens.iter().filter(|token| token.is_said());
    words.map(|token| token.word.clone()).collect()
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

/// Cuts a line into statements, and statements with several values of one kind into parts.
fn units(gate: &Gate, line: usize, tokens: &[Token], head: usize, under: &[Token]) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let statements = statements(tokens, head);
    for two in statements.windows(2) {
        let of = |range: &Range<usize>| unit(gate, line, &tokens[range.clone()], &[], &[]);
        if may_join(&of(&two[0]), &of(&two[1])) {
            found.push(unit(
                gate,
                line,
                &tokens[two[0].start..two[1].end],
                under,
                &[],
            ));
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
        for part in parts {
            let tokens = &tokens[whole.clone()];
            let shared = &tokens[part.shared];
            let mut unit = self::unit(gate, line, &tokens[part.own], under, shared);
            unit.inherit(shared);
            unit.part = true;
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
    plain(one)
        && plain(other)
        && !both(|unit| !unit.values.is_empty())
        && !both(|unit| unit.has_agency)
}

/// Stretches between full stops and semicolons, behind the head.
fn statements(tokens: &[Token], head: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = head;
    for at in head + 1..=tokens.len() {
        if at == tokens.len() || tokens[at].gap == Gap::Hard {
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
        // The part begins at the last comma, semicolon or "và" before the value.
        let begins = |at: &usize| {
            matches!(tokens[*at].gap, Gap::Comma | Gap::Inner) || tokens[*at].word == "và"
        };
        let cut = (open.own.start + 1..=at).rev().find(begins);
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

/// Kinds of which a statement gives one at a time.
pub(super) fn is_rival(kind: SpanKind) -> bool {
    matches!(
        kind,
        SpanKind::Amount | SpanKind::Period | SpanKind::Percent
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
        has_agency: !names::agencies(gate, own).is_empty(),
        part: false,
        has_parts: false,
    }
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
