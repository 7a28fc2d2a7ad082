//! Every character taken apart once: its kind, its letter, its shape and its tone.

use std::sync::LazyLock;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::clean::is_plain;

/// A character of its own after canonical decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space.
    Space,
    /// Lower-case letter, or one without case.
    Lower,
    /// Upper-case letter.
    Upper,
    /// Digit or another numeric sign.
    Digit,
    /// Combining mark or invisible character: belongs to what stands before it.
    Mark,
    /// Anything else.
    Sign,
}

/// A character taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Info {
    pub kind: Kind,
    /// Combining hat, breve or horn: 1, 2, 3; 0 is none.
    pub shape: u8,
    /// Grave, acute, tilde, hook, dot below: 1 to 5; 0 is none.
    pub tone: u8,
    /// Code point of the letter in lower case without marks; of any other sign itself.
    pub base: u32,
    /// Carries marks that do not fit here: take it apart character by character.
    pub complex: bool,
}

/// Up to the end of Latin Extended Additional, where `ỹ` is.
const TABLE_END: u32 = 0x1f00;

static TABLE: LazyLock<Vec<Info>> = LazyLock::new(|| {
    (0..TABLE_END)
        .map(|code| char::from_u32(code).map_or(Info::of(' '), Info::of))
        .collect()
});

/// What normalising asks of a character, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits(u8);

static TRAITS: LazyLock<Vec<Traits>> = LazyLock::new(|| {
    (0..TABLE_END)
        .map(|code| char::from_u32(code).map_or(Traits(0), Traits::of))
        .collect()
});

impl Traits {
    /// Part of a word: a letter or a combining mark.
    pub const LETTER: u8 = 1;
    /// A letter on a, e, i, o, u or y.
    pub const VOWEL: u8 = 2;
    /// Carries hat, breve or horn.
    pub const SHAPED: u8 = 4;
    /// Carries a tone.
    pub const TONED: u8 = 8;
    /// Only taking the word apart can tell how it is written: not a composed Latin letter, one
    /// with marks that do not fit, or eth.
    pub const ODD: u8 = 16;
    /// See [`crate::clean::is_plain`].
    pub const PLAIN: u8 = 32;

    /// All characters up to the end of Latin Extended Additional.
    pub fn table() -> &'static [Self] {
        &TRAITS
    }

    /// From the table, or worked out for characters beyond it.
    #[inline]
    pub fn get(table: &[Self], c: char) -> Self {
        table
            .get(c as usize)
            .copied()
            .unwrap_or_else(|| Self::of(c))
    }

    /// True when the character has one of the bits.
    #[inline]
    pub fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    fn of(c: char) -> Self {
        let info = Info::of(c);
        let latin = matches!(u32::from(c), 0..0x250 | 0x1e00..0x1f00);
        let vowel = matches!(
            char::from_u32(info.base),
            Some('a' | 'e' | 'i' | 'o' | 'u' | 'y')
        );
        let bits = [
            (Self::LETTER, c.is_alphabetic() || is_combining_mark(c)),
            (Self::VOWEL, vowel),
            (Self::SHAPED, info.shape != 0),
            (Self::TONED, info.tone != 0),
            (Self::ODD, !latin || info.complex || matches!(c, 'ð' | 'Ð')),
            (Self::PLAIN, is_plain(c)),
        ];
        Self(bits.iter().map(|(bit, is)| bit * u8::from(*is)).sum())
    }
}

/// The table of [`Info`] that one scan reads.
pub(crate) fn table() -> &'static [Info] {
    &TABLE
}

impl Info {
    /// From the table, or by decomposition for characters beyond it.
    #[inline]
    pub fn get(table: &[Info], c: char) -> Self {
        table
            .get(c as usize)
            .copied()
            .unwrap_or_else(|| Self::of(c))
    }

    fn of(c: char) -> Self {
        let mut info: Option<Self> = None;
        decompose_canonical(c, |part| match &mut info {
            None => info = Some(Self::single(part)),
            Some(info) => info.add(part),
        });
        info.unwrap_or_else(|| Self::single(c))
    }

    /// A character that has no canonical decomposition.
    pub fn single(c: char) -> Self {
        let mut info = Self {
            kind: kind(c),
            shape: 0,
            tone: 0,
            base: lower(c) as u32,
            complex: false,
        };
        if info.kind == Kind::Mark {
            info.shape = shape(c);
            info.tone = tone(c);
        }
        info
    }

    fn add(&mut self, mark: char) {
        let (shape, tone) = (shape(mark), tone(mark));
        if shape != 0 && self.shape == 0 {
            self.shape = shape;
        } else if tone != 0 && self.tone == 0 {
            self.tone = tone;
        } else {
            self.complex = true;
        }
    }

    /// True for a letter or a digit.
    pub fn is_word(self) -> bool {
        matches!(self.kind, Kind::Lower | Kind::Upper | Kind::Digit)
    }
}

fn kind(c: char) -> Kind {
    match c {
        c if c.is_whitespace() => Kind::Space,
        c if is_combining_mark(c) || is_invisible(c) => Kind::Mark,
        c if c.is_uppercase() => Kind::Upper,
        c if c.is_alphabetic() => Kind::Lower,
        c if c.is_numeric() => Kind::Digit,
        _ => Kind::Sign,
    }
}

/// Soft hyphen, zero-width and direction marks, byte-order mark: `clean` drops these.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// Lower case; eth is what some old keyboards gave for đ.
fn lower(c: char) -> char {
    match c {
        'ð' | 'Ð' => 'đ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

fn shape(mark: char) -> u8 {
    match mark {
        '\u{302}' => 1,
        '\u{306}' => 2,
        '\u{31b}' => 3,
        _ => 0,
    }
}

fn tone(mark: char) -> u8 {
    match mark {
        '\u{300}' => 1,
        '\u{301}' => 2,
        '\u{303}' => 3,
        '\u{309}' => 4,
        '\u{323}' => 5,
        _ => 0,
    }
}
