//! Dialect words, chat shorthand and offices' short forms as standard words:
//! `tui mần giấy ni ở mô` is `tôi làm giấy này ở đâu`.
//!
//! The list is ours (`data/colloquial.tsv`). A word that is also an ordinary one (`răng` is a
//! tooth, `chi phí` are costs) is rewritten only in the contexts that its row names. A text
//! without any mark is read by the rows that allow it, and stays without marks.
//!
//! ```
//! let rewritten = vitext::colloquial::standardize("Giấy ni làm răng rứa?");
//! assert_eq!(rewritten.text, "Giấy này làm sao vậy?");
//! let edit = &rewritten.edits[1];
//! assert_eq!(&"Giấy ni làm răng rứa?"[edit.start..edit.end], "làm răng");
//! ```

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Serialize;

use crate::context::Context;
use crate::syllable::{Token, syllables};
use crate::{fold, has_marks, normalize};

/// Rounds after which rewriting stops: a rewritten word may settle its neighbour. (No text
/// that the tests draw from the list needs more than three.)
const ROUNDS: usize = 8;

/// Why a word was rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A word of one region.
    Dialect,
    /// Shorthand of messages.
    Chat,
    /// A short form of offices.
    Office,
}

/// One stretch that was rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Byte offset of its first character in the text as given.
    pub start: usize,
    /// Byte offset after its last character in the text as given.
    pub end: usize,
    /// Where its standard words stand in [`Rewritten::text`].
    pub written: Range<usize>,
    /// Why.
    pub kind: Kind,
    /// The region whose word it is (`bắc`, `trung`, `nam`), if one is.
    pub region: Option<&'static str>,
}

/// A text in standard words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rewritten {
    /// The text; what was not rewritten is as given.
    pub text: String,
    /// What was rewritten, in order.
    pub edits: Vec<Edit>,
}

impl Rewritten {
    /// The bytes of the text as given that a stretch of [`Rewritten::text`] comes from; the
    /// whole of a rewritten stretch that it touches.
    pub fn given(&self, range: Range<usize>) -> Range<usize> {
        let place = |at: usize, is_end: bool| {
            let mut moved = 0_isize;
            for edit in &self.edits {
                let Range { start, end } = edit.written;
                let (before, inside) = if is_end {
                    (at <= start, at < end)
                } else {
                    (at < start, at < end)
                };
                if before {
                    break;
                }
                if inside {
                    return if is_end { edit.end } else { edit.start };
                }
                moved = edit.end.cast_signed() - end.cast_signed();
            }
            at.saturating_add_signed(moved)
        };
        place(range.start, false)..place(range.end, true)
    }
}

/// Rewrites a text in standard words.
pub fn standardize(text: &str) -> Rewritten {
    let marked = has_marks(text);
    let mut pieces: Vec<Piece<'_>> = syllables(text).into_iter().map(Piece::new).collect();
    for _ in 0..ROUNDS {
        if !round(text, &mut pieces, marked) {
            break;
        }
    }
    written(text, &pieces, marked)
}

/// A syllable, or syllables that a row rewrote.
struct Piece<'a> {
    token: Token<'a>,
    /// In normal form and lower case.
    form: String,
    folded: String,
    row: Option<&'static Row>,
}

impl<'a> Piece<'a> {
    fn new(token: Token<'a>) -> Self {
        let form = normalize(token.text).to_lowercase();
        Self {
            token,
            folded: fold(&form),
            form,
            row: None,
        }
    }

    fn first(&self) -> &str {
        self.folded.split(' ').next().unwrap_or_default()
    }

    fn last(&self) -> &str {
        self.folded.rsplit(' ').next().unwrap_or_default()
    }
}

/// Rewrites once from left to right; whether anything changed.
fn round<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>, marked: bool) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < pieces.len() {
        if let Some(row) = fitting(text, pieces, at, marked) {
            let token = &pieces[at].token;
            let end = pieces[at + row.words.len() - 1].token.end;
            let piece = Piece {
                token: Token::of(text, token.start, end),
                form: row.standard.to_owned(),
                folded: fold(row.standard),
                row: Some(row),
            };
            pieces.splice(at..at + row.words.len(), [piece]);
            changed = true;
        }
        at += 1;
    }
    changed
}

/// The first row that fits the pieces from `at` on.
fn fitting(text: &str, pieces: &[Piece<'_>], at: usize, marked: bool) -> Option<&'static Row> {
    let joined = |first: usize| {
        let [a, b] = pieces.get(first..first + 2)? else {
            return None;
        };
        let gap = &text[a.token.end..b.token.start];
        gap.chars().all(char::is_whitespace).then_some(())
    };
    let same = |(piece, word): (&Piece<'_>, &Word)| {
        piece.row.is_none()
            && if marked {
                piece.form == word.form
            } else {
                piece.folded == word.folded
            }
    };
    let fits = |row: &&Row| {
        let end = at + row.words.len();
        let next = joined(end - 1).and_then(|()| pieces.get(end));
        let previous = at.checked_sub(1).filter(|first| joined(*first).is_some());
        (marked || row.bare)
            && end <= pieces.len()
            && (at..end - 1).all(|first| joined(first).is_some())
            && pieces[at..end].iter().zip(&row.words).all(same)
            && row.previous.allows(previous.map(|at| pieces[at].last()))
            && row.next.allows(next.map(Piece::first))
    };
    TABLE.get(pieces[at].folded.as_str())?.iter().find(fits)
}

fn written(given: &str, pieces: &[Piece<'_>], marked: bool) -> Rewritten {
    let mut text = String::with_capacity(given.len() + 16);
    let mut edits = Vec::new();
    let mut at = 0;
    for piece in pieces {
        let Some(row) = piece.row else {
            continue;
        };
        let Token { start, end, .. } = piece.token;
        text.push_str(&given[at..start]);
        at = end;
        let from = text.len();
        let standard = if marked { row.standard } else { &piece.folded };
        let mut chars = standard.chars();
        if piece.token.text.starts_with(char::is_uppercase) {
            text.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        }
        text.push_str(chars.as_str());
        edits.push(Edit {
            start,
            end,
            written: from..text.len(),
            kind: row.kind,
            region: row.region,
        });
    }
    text.push_str(&given[at..]);
    Rewritten { text, edits }
}

/// One row of the list.
#[derive(Debug)]
struct Row {
    words: Vec<Word>,
    standard: &'static str,
    kind: Kind,
    region: Option<&'static str>,
    /// Whether it reads a text without marks.
    bare: bool,
    previous: Context,
    next: Context,
}

#[derive(Debug)]
struct Word {
    form: &'static str,
    folded: String,
}

impl Row {
    fn parse(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        let (words, standard) = (cells.next()?, cells.next()?);
        let kind = match cells.next()? {
            "dialect" => Kind::Dialect,
            "chat" => Kind::Chat,
            "office" => Kind::Office,
            _ => return None,
        };
        let word = |form: &'static str| Word {
            form,
            folded: fold(form),
        };
        Some(Self {
            words: words.split(' ').map(word).collect(),
            standard,
            kind,
            region: cells.next().filter(|region| !region.is_empty()),
            // Shorthand has no marks to lose.
            bare: cells.next() == Some("=") || (kind != Kind::Dialect && words.is_ascii()),
            previous: Context::parse(cells.next()),
            next: Context::parse(cells.next()),
        })
    }
}

const LIST: &str = include_str!("../data/colloquial.tsv");

/// Rows by the folded form of their first word, longest first.
static TABLE: LazyLock<HashMap<String, Vec<Row>>> = LazyLock::new(|| {
    let mut table: HashMap<String, Vec<Row>> = HashMap::new();
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    for row in lines.filter_map(Row::parse) {
        if let Some(first) = row.words.first() {
            table.entry(first.folded.clone()).or_default().push(row);
        }
    }
    for rows in table.values_mut() {
        rows.sort_by_key(|row| std::cmp::Reverse(row.words.len()));
    }
    table
});

#[cfg(test)]
mod tests;
