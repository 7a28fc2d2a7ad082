//! A text as the gate compares it: words in one form, values, marks and the gaps between.
//!
//! The sentence and the record are read by the same code, so what matters is not that a
//! word is understood but that one meaning comes out as one word.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use vitext::spans::{self, Span, SpanKind};

use super::counts;
use super::rules::{Gate, Phrase};
use super::values::settle_values;
pub(super) use super::values::{Bound, Value};

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// White space, a slash, a hyphen.
    None,
    /// A comma.
    Comma,
    /// A colon.
    Colon,
    /// A bracket opens or closes, without a semicolon.
    Bracket,
    /// A semicolon inside brackets: parts of one remark.
    Inner,
    /// A full stop, a semicolon, a line's start.
    Hard,
}

/// How a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Connects; never compared.
    Function,
    /// A word of every procedure; compared only beside a mark.
    Generic,
    /// Says something: the record has to say it too.
    Content,
    /// Says that money is asked for.
    Cost,
    /// A word for how a number is meant, where no number follows.
    Bound,
    /// Turns a claim round.
    Mark(Mark),
    /// An amount, period, date, number or code.
    Value,
}

/// What a mark does to the words behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    /// không, chưa.
    Not,
    /// không phải, không cần.
    NeedNot,
    /// không được, cấm.
    MayNot,
    /// miễn, giảm.
    Exempt,
    /// trừ, không kể.
    Except,
    /// chỉ.
    Only,
    /// ngoài.
    Outside,
    /// phải, bắt buộc.
    Must,
    /// có thể, được phép.
    May,
}

impl Mark {
    pub(super) fn word(self) -> String {
        format!("<{self:?}>")
    }

    /// True for a no.
    pub(super) fn turns(self) -> bool {
        matches!(self, Self::Not | Self::NeedNot | Self::MayNot)
    }
}

/// A word of a text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) word: String,
    pub(super) gap: Gap,
    pub(super) class: Class,
    pub(super) bound: Option<Bound>,
    pub(super) upper: bool,
    pub(super) value: Option<Value>,
}

impl Token {
    /// Content: a word that needs the record.
    pub(super) fn is_content(&self) -> bool {
        matches!(self.class, Class::Content | Class::Cost | Class::Bound)
    }

    /// Every word that may be compared: all but the connecting ones.
    pub(super) fn is_said(&self) -> bool {
        self.is_content() || self.class == Class::Generic
    }
}

/// Reads a text; the first word's gap is [`Gap::Hard`].
pub(super) fn read(gate: &Gate, text: &str) -> Vec<Token> {
    let text = vitext::expand_abbreviations(&vitext::normalize(text));
    let text = per_time().replace_all(&text, "$1 mỗi $2");
    let text = amounts().replace_all(&text, "$1 đồng");
    let text = sides().replace_all(&text, "$1 cm x $2 cm");
    let mut pieces = pieces(&text);
    counts::settle(&mut pieces);
    let mut tokens = rewrite(gate, &pieces);
    drop_levels(&mut tokens);
    settle_words(&mut tokens);
    settle_laws(&mut tokens);
    settle_values(&mut tokens);
    tokens
}

/// "63.000 đồng/hộ/tháng", "8 giờ một ngày": no period of one month or day.
fn per_time() -> &'static Regex {
    static PER: LazyLock<Regex> = LazyLock::new(|| {
        let of = "đồng|vnđ|giờ|lần|kwh|hộ|người|ngày|tháng";
        let time = "ngày|tuần|tháng|quý|năm";
        let pattern = format!(r"(?i)\b({of})(?:\s+(?:một|mỗi|hằng|hàng)\s+|\s*/\s*)({time})\b");
        #[expect(
            clippy::unwrap_used,
            reason = "a constant pattern, compiled by every test"
        )]
        Regex::new(&pattern).unwrap()
    });
    &PER
}

/// "Ba trăm nghìn": an amount without its currency.
fn amounts() -> &'static Regex {
    static AMOUNTS: LazyLock<Regex> = LazyLock::new(|| {
        let digit = "một|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín|mười|mươi|trăm|linh|lẻ";
        let pattern = format!(
            r"(?i)\b((?:(?:{digit})\s+)+(?:nghìn|ngàn|triệu)(?:\s+(?:(?:{digit})\s+)+(?:nghìn|ngàn))?)\b(?:\s+đồng\b)?"
        );
        #[expect(
            clippy::unwrap_used,
            reason = "a constant pattern, compiled by every test"
        )]
        Regex::new(&pattern).unwrap()
    });
    &AMOUNTS
}

/// "4x6", "04cm x 06cm": the sides of a photograph.
fn sides() -> &'static Regex {
    static SIDES: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(
            clippy::unwrap_used,
            reason = "a constant pattern, compiled by every test"
        )]
        Regex::new(r"(?i)\b0?(\d{1,2})\s*(?:cm)?\s*[x×]\s*0?(\d{1,2})(?:\s*cm)?\b").unwrap()
    });
    &SIDES
}

/// A syllable or a value as it stands in the text.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) word: String,
    pub(super) gap: Gap,
    pub(super) upper: bool,
    pub(super) span: Option<Span>,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut spans = spans::find(text).into_iter().peekable();
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut end, mut depth) = (0, 0_i32);
    for token in vitext::syllables(text) {
        if token.start < end {
            continue;
        }
        let span = loop {
            match spans.peek() {
                Some(span) if span.end <= token.start => spans.next(),
                Some(span) if span.start < token.end => break spans.next(),
                _ => break None,
            };
        };
        let between = &text[end.min(token.start)..token.start];
        let gap = gap(between, &mut depth);
        let gap = if pieces.is_empty() { Gap::Hard } else { gap };
        end = span
            .as_ref()
            .map_or(token.end, |span| span.end.max(token.end));
        pieces.push(Piece {
            word: vitext::final_i(&token.text.to_lowercase()),
            gap,
            upper: token.text.chars().next().is_some_and(char::is_uppercase),
            span,
        });
    }
    pieces
}

/// The strongest mark between two words; `depth` counts open brackets.
fn gap(between: &str, depth: &mut i32) -> Gap {
    let mut found = Gap::None;
    for c in between.chars() {
        let here = match c {
            ';' if *depth > 0 => Gap::Inner,
            '\n' | '.' | '!' | '?' | ';' => Gap::Hard,
            '(' | ')' | '[' | ']' => {
                *depth = (*depth + if matches!(c, '(' | '[') { 1 } else { -1 }).max(0);
                Gap::Bracket
            }
            ':' => Gap::Colon,
            ',' => Gap::Comma,
            _ => Gap::None,
        };
        found = found.max(here);
    }
    found
}

/// Puts phrases in their one form and drops the polite ones.
fn rewrite(gate: &Gate, pieces: &[Piece]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    let mut dropped = Gap::None;
    while at < pieces.len() {
        let piece = &pieces[at];
        let gap = piece.gap.max(std::mem::replace(&mut dropped, Gap::None));
        let phrase = find(gate, &pieces[at..]);
        at += phrase.map_or(1, |phrase| phrase.syllables.len());
        if phrase.is_some_and(|phrase| phrase.word.is_empty()) {
            dropped = gap;
            continue;
        }
        tokens.push(token(piece, gap, phrase));
    }
    tokens
}

fn find<'g>(gate: &'g Gate, pieces: &[Piece]) -> Option<&'g Phrase> {
    if pieces[0].span.is_some() {
        return None;
    }
    gate.phrase(&pieces[0].word, |phrase| {
        phrase.syllables.len() <= pieces.len()
            && phrase
                .syllables
                .iter()
                .zip(pieces)
                .enumerate()
                .all(|(at, (syllable, piece))| {
                    piece.word == *syllable
                        && piece.span.is_none()
                        && (at == 0 || piece.gap == Gap::None)
                })
    })
}

fn token(piece: &Piece, gap: Gap, phrase: Option<&Phrase>) -> Token {
    let value = piece.span.as_ref().map(|span| Value {
        kind: span.kind,
        text: match span.kind {
            SpanKind::Period => counts::period(&span.value),
            _ => span.value.clone(),
        },
        unit: None,
        after: None,
        bound: None,
        of: None,
    });
    Token {
        word: phrase.map_or_else(|| piece.word.clone(), |phrase| phrase.word.clone()),
        gap,
        class: match (&value, phrase) {
            (Some(_), _) => Class::Value,
            (None, Some(phrase)) => phrase.class,
            (None, None) => Class::Content,
        },
        bound: phrase.and_then(|phrase| phrase.bound),
        upper: piece.upper,
        value,
    }
}

/// Words whose meaning hangs on what follows: "mất 3 ngày" loses nothing, "thu phí cấp
/// bản sao" names a charge.
fn settle_words(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let next = tokens.get(at + 1).filter(|next| next.gap == Gap::None);
        let before_value = next.is_some_and(|next| next.value.is_some());
        let named = next.is_some_and(|next| next.value.is_some() || next.class == Class::Content);
        match tokens[at].class {
            Class::Content if tokens[at].word == "bị_mất" && before_value => {
                tokens[at].class = Class::Generic;
            }
            // "Đang trực tiếp sản xuất": no way of filing.
            Class::Content
                if tokens[at].word == "trực_tiếp"
                    && next.is_some_and(|t| t.class == Class::Content) =>
            {
                tokens[at].word.push('~');
            }
            // "Doanh nghiệp bưu chính": a trade.
            Class::Content
                if tokens[at].word == "bưu_chính"
                    && tokens[at].gap == Gap::None
                    && at > 0
                    && tokens[at - 1].class == Class::Content
                    && tokens[at - 1].word != "trực_tuyến"
                    && tokens[at - 1].word != "trực_tiếp" =>
            {
                tokens[at].word.push('~');
            }
            Class::Cost if named => tokens[at].class = Class::Generic,
            _ => {}
        }
    }
}

/// "Thông tư 60/2023/TT-BTC": the number says already what sort of law it is.
fn settle_laws(tokens: &mut [Token]) {
    const SORTS: [(&str, &str); 4] = [
        ("thông_tư", "/TT"),
        ("nghị_định", "/NĐ"),
        ("quyết_định", "/QĐ"),
        ("luật", "/QH"),
    ];
    for at in 0..tokens.len() {
        let Some((_, mark)) = SORTS.iter().find(|(word, _)| *word == tokens[at].word) else {
            continue;
        };
        let mut near = tokens[at + 1..].iter().take(2);
        let law = near.find_map(|token| token.value.as_ref());
        if law.is_some_and(|law| law.kind == SpanKind::LawNumber && law.text.contains(mark)) {
            tokens[at].class = Class::Function;
        }
    }
}

/// "Công an xã" is "Công an cấp xã": behind an agency that every level has, the word for the
/// level is left out.
fn drop_levels(tokens: &mut Vec<Token>) {
    const LEVELS: [&str; 6] = ["xã", "phường", "huyện", "quận", "tỉnh", "trung"];
    const AGENCIES: [&str; 4] = ["an", "dân", "hội", "ủy_ban_nhân_dân"];
    let mut at = 1;
    while at + 1 < tokens.len() {
        let next = &tokens[at + 1];
        let level = next.gap == Gap::None && LEVELS.contains(&next.word.as_str());
        let agency = AGENCIES.contains(&tokens[at - 1].word.as_str());
        if tokens[at].word == "cấp" && tokens[at].gap == Gap::None && agency && level {
            tokens.remove(at);
        }
        at += 1;
    }
}
