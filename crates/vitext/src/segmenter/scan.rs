//! One pass over a text: units (syllables, numbers, codes, runs of one sign) with the key
//! under which the lexicon and the model know them.
//!
//! The key is made of letters with their shapes and, apart from them, the tones: the place
//! of the tone mark, the Unicode form and the case cannot change it, so that no normalised
//! copy of the text is needed.

use unicode_normalization::char::decompose_canonical;

use crate::chars::{Info, Kind, table};
use crate::syllable::joined_end;

/// What a unit looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Shape {
    /// `kết`.
    Lower,
    /// `Nội`.
    Capital,
    /// `Y`, `H`.
    Initial,
    /// `UBND`.
    Caps,
    /// `20.000`.
    Number,
    /// `43H-016`, `CT01`.
    Code,
    /// `.`, `-`, `/`, `%`, ...: may stand inside a number or an abbreviation.
    Joiner,
    /// Any other sign.
    Sign,
}

/// A syllable, number, code or run of one sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub start: usize,
    pub end: usize,
    /// Identity: equal for all spellings of one syllable.
    pub key: u64,
    /// Identity of the letters before the first vowel.
    pub onset: u32,
    /// Identity of the letters from the first vowel on, without tone.
    pub rime: u32,
    /// As in [`Info::tone`], of the last letter that has one: the odd tones are the low ones.
    pub tone: u8,
    pub shape: Shape,
    /// Only white space without a line end stands between this unit and the one before.
    pub spaced: bool,
}

impl Unit {
    /// True for what may be a part of a word of several syllables.
    pub fn is_word(&self) -> bool {
        !matches!(self.shape, Shape::Joiner | Shape::Sign)
    }
}

/// Cuts `text` into units, which replace what `units` held.
pub(super) fn scan(text: &str, units: &mut Vec<Unit>) {
    units.clear();
    Scanner {
        text,
        units,
        open: None,
        spaced: false,
    }
    .run();
}

struct Scanner<'t, 'u> {
    text: &'t str,
    units: &'u mut Vec<Unit>,
    open: Option<Open>,
    /// See [`Unit::spaced`], for the next unit.
    spaced: bool,
}

impl Scanner<'_, '_> {
    fn run(mut self) {
        let table = table();
        // The end of a code that was seen to go on past a joining sign.
        let mut whole = 0;
        for (at, c) in self.text.char_indices() {
            let info = Info::get(table, c);
            match (info.kind, &mut self.open) {
                (Kind::Space, _) => {
                    self.close(at);
                    self.spaced &= !matches!(
                        c,
                        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
                    );
                }
                (Kind::Mark, Some(open)) => open.feed(info, c),
                (_, Some(open)) if at < whole || open.takes(info) => open.feed(info, c),
                (Kind::Sign, Some(open)) if open.is_word => {
                    match code_end(self.text, open.start, at) {
                        Some(end) => {
                            whole = end;
                            open.feed(info, c);
                        }
                        None => self.start(at, info, c),
                    }
                }
                _ => self.start(at, info, c),
            }
        }
        self.close(self.text.len());
    }

    fn start(&mut self, at: usize, info: Info, c: char) {
        if self.open.is_some() {
            self.close(at);
            self.spaced = false;
        }
        let mut open = Open::new(at, info, self.spaced);
        open.feed(info, c);
        self.open = Some(open);
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.take() {
            self.units.push(open.unit(end));
            self.spaced = true;
        }
    }
}

/// A unit that is being read.
struct Open {
    start: usize,
    is_word: bool,
    spaced: bool,
    /// First character of a run of signs.
    sign: u32,
    /// Letters so far; the last one waits for its shape in `letter`.
    hash: u64,
    letter: u64,
    tones: u64,
    /// Marks that Vietnamese does not have, in any order.
    marks: u64,
    /// The hash before the first vowel.
    onset: Option<u64>,
    uppers: u16,
    lowers: u16,
    digits: u16,
    starts_upper: bool,
}

impl Open {
    fn new(start: usize, info: Info, spaced: bool) -> Self {
        Self {
            start,
            is_word: info.is_word(),
            spaced,
            sign: info.base,
            hash: 0,
            letter: 0,
            tones: 0,
            marks: 0,
            onset: None,
            uppers: 0,
            lowers: 0,
            digits: 0,
            starts_upper: info.kind == Kind::Upper,
        }
    }

    /// True when a character that is no mark goes on with the unit.
    fn takes(&self, info: Info) -> bool {
        if self.is_word {
            info.is_word()
        } else {
            info.kind == Kind::Sign && info.base == self.sign
        }
    }

    #[inline]
    fn feed(&mut self, info: Info, c: char) {
        if info.complex {
            decompose_canonical(c, |part| self.feed_single(Info::single(part)));
        } else {
            self.feed_single(info);
        }
    }

    #[inline]
    fn feed_single(&mut self, info: Info) {
        if info.kind == Kind::Mark {
            match (info.shape, info.tone) {
                (0, 0) if info.base < 0x300 || is_format(info.base) => {}
                (0, 0) => self.marks = self.marks.wrapping_add(mix(u64::from(info.base))),
                (0, tone) => self.tones = self.tones * 8 + u64::from(tone),
                (shape, _) => self.letter += u64::from(shape) << 32,
            }
            return;
        }
        self.hash = mix(self.hash ^ self.letter);
        self.letter = u64::from(info.base) | u64::from(info.shape) << 32;
        if info.tone != 0 {
            self.tones = self.tones * 8 + u64::from(info.tone);
        }
        if self.onset.is_none() && is_vowel(info.base) {
            self.onset = Some(std::mem::replace(&mut self.hash, ONSET_END));
        }
        match info.kind {
            Kind::Upper => self.uppers = self.uppers.saturating_add(1),
            Kind::Lower => self.lowers = self.lowers.saturating_add(1),
            Kind::Digit => self.digits = self.digits.saturating_add(1),
            _ => {}
        }
    }

    fn unit(mut self, end: usize) -> Unit {
        if self.is_lone_y() {
            self.letter = u64::from('i');
        }
        let rime = mix(self.hash ^ self.letter);
        let onset = self.onset.unwrap_or(0);
        let key = mix(rime ^ onset.rotate_left(17)) ^ mix(self.tones + 1).wrapping_add(self.marks);
        let shape = self.shape();
        Unit {
            start: self.start,
            end,
            key: if shape == Shape::Number { NUMBER } else { key },
            onset: (onset >> 32) as u32,
            rime: (rime >> 32) as u32,
            tone: (self.tones & 7) as u8,
            shape,
            spaced: self.spaced,
        }
    }

    /// `kỹ`, `lý`, `mỹ`: also written `kĩ`, `lí`, `mĩ`.
    fn is_lone_y(&self) -> bool {
        self.letter == u64::from('y') && self.hash == ONSET_END && self.onset != Some(0)
    }

    fn shape(&self) -> Shape {
        match (self.uppers, self.lowers, self.digits) {
            _ if !self.is_word => match char::from_u32(self.sign) {
                Some('.' | ',' | '-' | '–' | '/' | '%' | '&' | '\'') => Shape::Joiner,
                _ => Shape::Sign,
            },
            (0, 0, _) => Shape::Number,
            (_, _, 1..) => Shape::Code,
            (1, 0, 0) => Shape::Initial,
            (_, 0, 0) => Shape::Caps,
            _ if self.starts_upper => Shape::Capital,
            _ => Shape::Lower,
        }
    }
}

/// The one key of all numbers.
const NUMBER: u64 = 0x2545_f491_4f6c_dd1d;
const ONSET_END: u64 = 0x5851_f42d_4c95_7f2d;

/// A step of the multiplicative hash of all keys.
#[inline]
pub(super) fn mix(value: u64) -> u64 {
    let value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    value ^ (value >> 29)
}

fn is_vowel(base: u32) -> bool {
    matches!(
        char::from_u32(base),
        Some('a' | 'e' | 'i' | 'o' | 'u' | 'y')
    )
}

/// Invisible characters of [`Kind::Mark`] that are no combining marks.
fn is_format(base: u32) -> bool {
    matches!(base, 0x180e | 0x200b..=0x206f | 0xfeff)
}

/// Where the word `start..end` goes on past the sign at `end`: numbers and codes as in
/// [`crate::syllables`], and also `TP.HCM`, `www.gov.vn`, `a.b@c.vn`.
fn code_end(text: &str, start: usize, end: usize) -> Option<usize> {
    if let Some(end) = joined_end(text, start, end) {
        return Some(end);
    }
    let sign = text[end..].chars().next()?;
    let rest = &text[end + sign.len_utf8()..];
    let word = &text[start..end];
    let joins = match sign {
        '.' | '@' | '_' | '/' | '-' | ':' if is_address(word) => {
            rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        }
        '@' => word.is_ascii() && rest.starts_with(|c: char| c.is_ascii_alphanumeric()),
        '.' => is_upper(word) && rest.starts_with(char::is_uppercase),
        _ => false,
    };
    joins.then(|| end + sign.len_utf8())
}

fn is_address(word: &str) -> bool {
    word.starts_with("www") || word.starts_with("http") || word.contains('@')
}

/// `TP`, `V`: an abbreviation that a full stop and another capital may follow.
fn is_upper(word: &str) -> bool {
    word.chars().all(|c| !c.is_lowercase() && !c.is_numeric())
}
