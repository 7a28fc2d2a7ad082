//! The same question as others would type it: without diacritics, with composed letters
//! taken apart, with typing errors.
//!
//! A product that only works for tidy text does not work. The variants are made by rule
//! and seed, so that a run repeats byte for byte and every question is its own control.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::metrics::SEED;

/// Share of the syllables that are mistyped: of a question of twenty, one.
pub const TYPO_RATE: f64 = 0.05;

/// A way of typing a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// As it stands.
    AsWritten,
    /// Without diacritics, `đ` as `d`.
    NoMarks,
    /// Unicode NFD, as some systems send it: the same to the eye.
    Nfd,
    /// With typing errors in [`TYPO_RATE`] of the syllables.
    Typos,
}

impl Variant {
    /// All, the question as it stands first.
    pub const ALL: [Self; 4] = [Self::AsWritten, Self::NoMarks, Self::Nfd, Self::Typos];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsWritten => "as_written",
            Self::NoMarks => "no_marks",
            Self::Nfd => "nfd",
            Self::Typos => "typos",
        }
    }

    /// The text in this variant.
    pub fn of(self, text: &str) -> String {
        match self {
            Self::AsWritten => text.to_owned(),
            Self::NoMarks => bare(text),
            Self::Nfd => text.nfd().collect(),
            Self::Typos => typos(text),
        }
    }
}

/// Letters without their marks; case and everything else stay.
fn bare(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c));
    letters
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

/// What a hurried hand does to a syllable.
#[derive(Debug, Clone, Copy)]
enum Mistake {
    /// Two neighbouring letters change places.
    Swap,
    /// A letter is left out.
    Drop,
    /// A letter is struck twice.
    Double,
    /// The key beside is struck.
    Neighbour,
    /// The letters lose their marks.
    Unmarked,
}

const MISTAKES: [Mistake; 5] = [
    Mistake::Swap,
    Mistake::Drop,
    Mistake::Double,
    Mistake::Neighbour,
    Mistake::Unmarked,
];

/// One mistake in each of [`TYPO_RATE`] of the syllables, all kinds alike often. The seed
/// is the text's, so that a question is mistyped alike in every suite and order.
fn typos(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED ^ hash(&composed));
    let mut out = String::with_capacity(composed.len());
    for word in composed.split_inclusive(char::is_whitespace) {
        if rng.random_bool(TYPO_RATE) {
            out.push_str(&mistyped(word, &mut rng));
        } else {
            out.push_str(word);
        }
    }
    out
}

/// A word with one mistake; one without two letters stays as it is.
fn mistyped(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let places: Vec<usize> = (0..letters.len())
        .filter(|at| letters[*at].is_alphabetic())
        .collect();
    let Some(last) = places.len().checked_sub(1).filter(|last| *last > 0) else {
        return word.to_owned();
    };
    let place = rng.random_range(0..=last);
    let at = places[place];
    match MISTAKES[rng.random_range(0..MISTAKES.len())] {
        Mistake::Swap if place == 0 => letters.swap(at, places[1]),
        Mistake::Swap => letters.swap(places[place - 1], at),
        Mistake::Drop => drop(letters.remove(at)),
        Mistake::Double => letters.insert(at, letters[at]),
        Mistake::Neighbour => letters[at] = beside(letters[at]),
        Mistake::Unmarked => return bare(word),
    }
    letters.into_iter().collect()
}

/// Rows of the keyboard that Vietnamese is typed on.
const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The key to the right of a letter's, or to the left at the end of a row.
fn beside(letter: char) -> char {
    let key = bare(&letter.to_lowercase().to_string());
    let row = KEYS.iter().find(|row| row.contains(&key));
    let keys = row.map_or(&[][..], |row| row.as_bytes());
    let Some(at) = keys.iter().position(|k| key.as_bytes() == [*k]) else {
        return letter;
    };
    let struck = keys.get(at + 1).or_else(|| keys.get(at.wrapping_sub(1)));
    struck.map_or(letter, |key| char::from(*key))
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUESTION: &str = "Đăng ký thường trú ở Quảng Nam hết bao nhiêu tiền?";

    #[test]
    fn marks_go_and_case_stays() {
        let bare = Variant::NoMarks.of(QUESTION);
        assert_eq!(bare, "Dang ky thuong tru o Quang Nam het bao nhieu tien?");
        assert!(!vitext::has_marks(&bare));
        assert_eq!(Variant::NoMarks.of(&Variant::Nfd.of(QUESTION)), bare);
        assert_eq!(Variant::AsWritten.of(QUESTION), QUESTION);
    }

    #[test]
    fn decomposed_text_looks_the_same() {
        let nfd = Variant::Nfd.of(QUESTION);
        assert_ne!(nfd, QUESTION);
        assert_eq!(nfd.nfc().collect::<String>(), QUESTION);
    }

    #[test]
    fn about_one_syllable_in_twenty_is_mistyped() {
        // 400 different questions of 8 syllables; the binomial deviation is 12.
        let questions = (0..400).map(|n| format!("câu số{n} xin hỏi thủ tục kết hôn"));
        let changed = |question: String| {
            let typed = Variant::Typos.of(&question);
            let pairs = question.split(' ').zip(typed.split(' '));
            pairs.filter(|(a, b)| a != b).count()
        };
        let changed: usize = questions.map(changed).sum();
        assert!((110..=190).contains(&changed), "{changed} of 3200");
    }

    #[test]
    fn every_kind_of_mistake_changes_one_place() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..500 {
            seen.insert(mistyped("hồng,", &mut rng));
        }
        // Swapped, dropped, doubled, the key beside, without its mark.
        for typed in [
            "ồhng,", "hồgn,", "hồn,", "hhồng,", "hồngg,", "hồnh,", "hong,",
        ] {
            assert!(seen.contains(typed), "{typed} not in {seen:?}");
        }
        assert_eq!(mistyped("ở", &mut rng), "ở");
        assert_eq!((beside('ă'), beside('p'), beside('7')), ('s', 'o', '7'));
    }

    proptest! {
        #[test]
        fn typing_errors_repeat_and_keep_the_words_apart(text in "[a-zà-ỹđA-Z0-9 .,?]{0,80}") {
            let typed = Variant::Typos.of(&text);
            prop_assert_eq!(&typed, &Variant::Typos.of(&text));
            let spaces = |text: &str| text.matches(' ').count();
            prop_assert_eq!(spaces(&typed), spaces(&text));
        }

        #[test]
        fn without_marks_is_without_marks(text in any::<String>()) {
            let bare = Variant::NoMarks.of(&text);
            prop_assert!(!vitext::has_marks(&bare));
            prop_assert_eq!(&Variant::NoMarks.of(&bare), &bare);
        }
    }
}
