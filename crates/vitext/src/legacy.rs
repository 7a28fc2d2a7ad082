//! Encodings from before Unicode, for imports: TCVN3 (the ABC fonts), VNI and VIQR.
//!
//! A file in TCVN3 or VNI opened as code page 1252 shows `§¨ng ký` or `Ñaêng kyù`; these
//! characters are what is read here. [`detect`] asks whether the words become Vietnamese
//! syllables under an encoding and are none as they stand. Run it before [`clean`](crate::clean),
//! which drops soft hyphens: in TCVN3 they are the letter `ư`.
//!
//! ```
//! use vitext::legacy::{self, Encoding};
//! assert_eq!(legacy::detect("§¨ng ký kÕt h«n"), Some(Encoding::Tcvn3));
//! assert_eq!(legacy::convert("Ñaêng kyù keát hoân"), "Đăng ký kết hôn");
//! assert_eq!(legacy::convert("DDa(ng ky' ke^'t ho^n"), "Đăng ký kết hôn");
//! assert_eq!(legacy::convert("Đăng ký kết hôn"), "Đăng ký kết hôn");
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::{has_marks, normalize, restore};

/// Words that must become Vietnamese before a text counts as one in an old encoding.
const LEAST_WORDS: usize = 2;

/// Share of the words with odd characters that must become Vietnamese.
const LEAST_SHARE: f32 = 0.75;

/// By how much that share must exceed the share of those that are Vietnamese as they
/// stand. (Over the national records' lines the difference is 1 or nearly; data/README.md.)
const LEAST_LEAD: f32 = 0.4;

/// An encoding of Vietnamese from before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// TCVN 5712:1993 as the ABC fonts (`.VnTime`) use it.
    Tcvn3,
    /// VNI for Windows (`VNI-Times`).
    Vni,
    /// RFC 1456, in ASCII.
    Viqr,
}

impl Encoding {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
            Self::Viqr => "VIQR",
        }
    }
}

/// The encoding that a text is in, `None` when it is Unicode or there is too little to tell.
pub fn detect(text: &str) -> Option<Encoding> {
    // These letters stand in none of the code pages: the text is Unicode.
    if text
        .chars()
        .any(|c| matches!(c, 'ă' | 'Ă' | 'đ' | 'Đ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | 'Ạ'..='ỹ'))
    {
        return None;
    }
    if text.is_ascii() {
        return looks_like(text, Encoding::Viqr).map(|_| Encoding::Viqr);
    }
    let leads = [Encoding::Tcvn3, Encoding::Vni]
        .into_iter()
        .filter_map(|encoding| looks_like(text, encoding).map(|share| (share, encoding)));
    leads
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, encoding)| encoding)
}

/// Share of the words with odd characters that are Vietnamese in this encoding, when
/// it is enough.
fn looks_like(text: &str, encoding: Encoding) -> Option<f32> {
    let (mut odd, mut decoded, mut as_is) = (0, 0, 0);
    for word in text.split(|c: char| ends_word(c, encoding)) {
        let plain = match encoding {
            Encoding::Viqr => trailing_marks_off(word),
            _ => word,
        };
        let read = decode(plain, encoding);
        if read == plain {
            continue;
        }
        odd += 1;
        decoded += usize::from(is_vietnamese(&read));
        as_is += usize::from(is_vietnamese(plain));
    }
    let share = |count: usize| count as f32 / odd.max(1) as f32;
    let enough = decoded >= LEAST_WORDS
        && share(decoded) >= LEAST_SHARE
        && share(decoded) - share(as_is) >= LEAST_LEAD;
    enough.then(|| share(decoded))
}

fn ends_word(c: char, encoding: Encoding) -> bool {
    let mark = encoding == Encoding::Viqr && VIQR_MARKS.contains(c);
    c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric() && !mark)
}

/// A full stop or question mark after a word is no evidence for VIQR.
fn trailing_marks_off(word: &str) -> &str {
    word.trim_end_matches(['.', '?', '\'', '('])
}

/// Whether this is a syllable with marks that the restorer knows.
fn is_vietnamese(word: &str) -> bool {
    has_marks(word) && restore::built_in().knows(&normalize(word).to_lowercase())
}

/// The text in Unicode NFC: decoded when it is in an old encoding, else as given.
pub fn convert(text: &str) -> Cow<'_, str> {
    match detect(text) {
        Some(encoding) => Cow::Owned(decode(text, encoding)),
        None => Cow::Borrowed(text),
    }
}

/// The text of a file: UTF-8 where it is that, else bytes of code page 1252 with an old
/// encoding undone.
pub fn from_bytes(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => convert(text).into_owned(),
        // The letters of all three encodings are where code page 1252 is Latin-1.
        Err(_) => convert(&bytes.iter().copied().map(char::from).collect::<String>()).into_owned(),
    }
}

/// Reads a text in an old encoding; characters that are none of its letters stay.
pub fn decode(text: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Viqr => decode_viqr(text),
        Encoding::Vni => decode_by_table(text, &TABLES.vni),
        Encoding::Tcvn3 => capitals(&decode_by_table(text, &TABLES.tcvn3)),
    }
}

/// Longest match first: a base letter with its mark, then a letter by itself.
fn decode_by_table(text: &str, table: &HashMap<String, char>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let one = first.len_utf8();
        let two = one + rest[one..].chars().next().map_or(0, char::len_utf8);
        let found = [two, one]
            .into_iter()
            .find_map(|length| table.get(&rest[..length]).map(|c| (length, *c)));
        let (length, c) = found.unwrap_or((one, first));
        out.push(c);
        rest = &rest[length..];
    }
    out.nfc().collect()
}

/// TCVN3 has no capitals with tones: the capital fonts show the small ones. A small letter
/// with a tone in a word of capitals is a capital.
fn capitals(decoded: &str) -> String {
    let mut out = String::with_capacity(decoded.len());
    let words: Vec<&str> = decoded
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .collect();
    let shouted = |word: &str| {
        let count = |wanted: fn(char) -> bool| word.chars().filter(|c| wanted(*c)).count();
        let small = count(|c| c.is_lowercase() && c.is_ascii());
        (count(char::is_uppercase), small)
    };
    for (at, word) in words.iter().enumerate() {
        let (capital, small) = shouted(word);
        let neighbours = at.checked_sub(1).into_iter().chain([at + 1]);
        // "Uỷ ban" and "UỶ BAN" both have one capital and no plain small letter in the
        // first word; the word beside it tells.
        let among = || {
            let mut near = neighbours
                .filter_map(|at| words.get(at))
                .map(|word| shouted(word));
            near.any(|(capital, small)| capital > 1 && small == 0)
        };
        if small == 0 && (capital > 1 || (capital == 1 && among())) {
            out.extend(word.chars().flat_map(char::to_uppercase));
        } else {
            out.push_str(word);
        }
    }
    // Some letters of other scripts have capitals of several characters.
    out.nfc().collect()
}

/// Marks of VIQR: breve, hat, horn (both ways of writing it) and the tones.
const VIQR_MARKS: &str = "(^+*'`?~.";

fn decode_viqr(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    // Combining marks that the letter before may still take, and whether the word has its tone.
    let (mut base, mut shaped, mut toned) = (None::<char>, false, false);
    while let Some(c) = chars.next() {
        let letter_next = chars.peek().is_some_and(|c| c.is_alphabetic());
        // "ngày?" has its tone: what follows is a question mark.
        let punctuation = matches!(c, '.' | '?') && toned && !letter_next;
        if let Some(mark) = base.and_then(|base| shape(base, c)).filter(|_| !shaped) {
            out.push(mark);
            shaped = true;
        } else if let Some(mark) = tone(c).filter(|_| base.is_some() && !punctuation) {
            out.push(mark);
            (base, toned) = (None, true);
        } else {
            shaped = false;
            base = None;
            match (c, chars.peek()) {
                ('\\', Some(next)) if is_escaped(*next) => out.extend(chars.next()),
                ('d', Some('d')) => push_stroke('đ', &mut chars, &mut out),
                ('D', Some('d' | 'D')) => push_stroke('Đ', &mut chars, &mut out),
                _ => {
                    out.push(c);
                    base = is_vowel(c).then_some(c);
                    toned &= c.is_alphabetic();
                }
            }
        }
    }
    out.nfc().collect()
}

fn push_stroke(d: char, chars: &mut impl Iterator<Item = char>, out: &mut String) {
    chars.next();
    out.push(d);
}

fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

fn is_escaped(c: char) -> bool {
    VIQR_MARKS.contains(c) || matches!(c, 'd' | 'D' | '\\')
}

fn shape(base: char, mark: char) -> Option<char> {
    match (base.to_ascii_lowercase(), mark) {
        ('a', '(') => Some('\u{306}'),
        ('a' | 'e' | 'o', '^') => Some('\u{302}'),
        ('o' | 'u', '+' | '*') => Some('\u{31b}'),
        _ => None,
    }
}

fn tone(mark: char) -> Option<char> {
    match mark {
        '`' => Some('\u{300}'),
        '\'' => Some('\u{301}'),
        '~' => Some('\u{303}'),
        '?' => Some('\u{309}'),
        '.' => Some('\u{323}'),
        _ => None,
    }
}

/// Writes a Unicode text in an old encoding; characters that it does not have stay.
/// TCVN3 has no capitals with tones: they become small.
pub fn encode(text: &str, encoding: Encoding) -> String {
    let column = match encoding {
        Encoding::Tcvn3 => 0,
        Encoding::Vni => 1,
        Encoding::Viqr => 2,
    };
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.nfc() {
        let after = out.chars().next_back();
        if let Some(columns) = TABLES.encoders.get(&c) {
            out.push_str(&columns[column]);
            continue;
        }
        if encoding == Encoding::Viqr && needs_escape(after, c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a plain character would be read as a mark of what stands before it.
fn needs_escape(after: Option<char>, c: char) -> bool {
    let marked = |c| VIQR_MARKS.contains(c);
    c == '\\'
        || (VIQR_MARKS.contains(c) && after.is_some_and(|a| is_vowel(a) || marked(a)))
        || (matches!(c, 'd' | 'D') && matches!(after, Some('d' | 'D')))
}

struct Tables {
    tcvn3: HashMap<String, char>,
    vni: HashMap<String, char>,
    encoders: HashMap<char, [String; 3]>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        tcvn3: HashMap::new(),
        vni: HashMap::new(),
        encoders: HashMap::new(),
    };
    let rows = include_str!("../data/legacy.tsv").lines();
    for row in rows.filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let letter = cells.next().and_then(|cell| cell.chars().next());
        if let (Some(letter), Some(tcvn3), Some(vni), Some(viqr)) =
            (letter, cells.next(), cells.next(), cells.next())
        {
            let (tcvn3, vni) = (from_hex(tcvn3), from_hex(vni));
            // Small letters stand before their capitals: the first of a TCVN3 code counts.
            tables.tcvn3.entry(tcvn3.clone()).or_insert(letter);
            tables.vni.insert(vni.clone(), letter);
            tables
                .encoders
                .insert(letter, [tcvn3, vni, viqr.to_owned()]);
        }
    }
    tables
});

/// `61 F8` as the characters with these codes.
fn from_hex(cell: &str) -> String {
    cell.split(' ')
        .filter_map(|byte| u8::from_str_radix(byte, 16).ok())
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests;
