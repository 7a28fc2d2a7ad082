//! One reading of text for index, query and passages: syllables in the form that
//! search compares, accented and folded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A syllable, number or code as search compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Lower case, one tone placement, `y` as `i` where they are one sound.
    pub marked: Arc<str>,
    /// The same without diacritics.
    pub folded: Arc<str>,
    /// False when the next unit starts a new sentence: no bigram across it.
    pub joins_next: bool,
}

/// Every unit of a text, in order; codes and numbers are whole.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let text = vitext::clean(text);
    let tokens = vitext::syllables(&text);
    let ends = tokens.iter().skip(1).map(|next| next.start);
    let ends = ends.chain(std::iter::once(text.len()));
    tokens
        .iter()
        .zip(ends)
        .map(|(token, next)| {
            let (marked, folded) = forms(token.text);
            let gap = &text[token.end..next];
            Unit {
                marked,
                folded,
                joins_next: !gap.contains(['\n', '.', ';', '?', '!']),
            }
        })
        .collect()
}

/// The parts of a code or number that stand for it in a loose search:
/// `154/2024/NĐ-CP` is also found by `154/2024`.
pub(crate) fn parts(whole: &str) -> impl Iterator<Item = &str> {
    let compound = whole.contains(['/', '-', '.', ',']);
    let split = whole.split(['/', '-', '.', ',', ':']);
    split.filter(move |part| compound && !part.is_empty())
}

/// Vietnamese has about seven thousand syllables, so remembering the forms of those
/// seen makes normalising the national records a table look-up.
const REMEMBERED: usize = 40_000;

type Forms = (Arc<str>, Arc<str>);

thread_local! {
    static FORMS: RefCell<HashMap<Box<str>, Forms>> = RefCell::new(HashMap::new());
}

fn forms(syllable: &str) -> Forms {
    FORMS.with_borrow_mut(|known| {
        if let Some(forms) = known.get(syllable) {
            return forms.clone();
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let marked = vitext::final_i(&vitext::normalize(syllable).to_lowercase());
        let folded = vitext::fold(&marked);
        let forms: Forms = (marked.into(), folded.into());
        known.insert(syllable.into(), forms.clone());
        forms
    })
}

/// Calls `see` with the key of every folded word and two-word term of a text. For
/// matching inside a record at query time: a tenth of the cost of [`units`]. Words of
/// another script have no key.
pub(crate) fn each_key(text: &str, mut see: impl FnMut(u64)) {
    let mut word = Word::default();
    let mut previous = None;
    for c in text.chars().chain(std::iter::once('\n')) {
        match vitext::fold_char(c) {
            Some(folded) if folded.is_ascii_alphanumeric() => word.push(folded as u8),
            // A combining mark belongs to the letter before it.
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            _ => {
                if let Some(key) = word.take() {
                    see(key);
                    if let Some(previous) = previous {
                        see(pair_key(previous, key));
                    }
                    previous = Some(key);
                }
                if matches!(c, '\n' | '.' | ';' | '?' | '!') {
                    previous = None;
                }
            }
        }
    }
}

/// The key of a folded word or of two with a space between, as [`each_key`] sees it.
pub(crate) fn term_key(folded: &str) -> u64 {
    let keys = folded
        .split(' ')
        .map(|word| word.bytes().fold(FNV_START, fnv));
    keys.reduce(pair_key).unwrap_or(FNV_START)
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn pair_key(first: u64, second: u64) -> u64 {
    first.rotate_left(21) ^ second.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The word being read: its start and hash, enough to tell `ky` from a longer word.
#[derive(Default)]
struct Word {
    bytes: [u8; 4],
    length: usize,
    hash: u64,
}

impl Word {
    fn push(&mut self, byte: u8) {
        let hash = if self.length == 0 {
            FNV_START
        } else {
            self.hash
        };
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
        }
        self.length += 1;
        self.hash = fnv(hash, byte);
    }

    /// The key of the word, which ends here; `y` is read as `i` as in [`units`].
    fn take(&mut self) -> Option<u64> {
        let word = std::mem::take(self);
        let written = word.bytes.get(..word.length).unwrap_or_default();
        match written {
            [b'h' | b'k' | b'l' | b'm' | b's' | b't', b'y'] => {
                Some([written[0], b'i'].into_iter().fold(FNV_START, fnv))
            }
            b"quy" => Some(b"qui".iter().copied().fold(FNV_START, fnv)),
            _ => (word.length > 0).then_some(word.hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(text: &str) -> Vec<String> {
        units(text).iter().map(|u| u.marked.to_string()).collect()
    }

    #[test]
    fn spellings_of_one_word_are_one_unit() {
        assert_eq!(marked("Đăng ký"), marked("đăng kí"));
        assert_eq!(marked("Uỷ quyền"), marked("ủy quyền"));
        assert_eq!(marked("quý"), marked("quí"));
        assert_eq!(marked("tùy"), ["tùy"]);
        assert_eq!(&*units("Đăng ký")[1].folded, "ki");
    }

    #[test]
    fn sentences_do_not_join() {
        let units = units("nộp hồ sơ. Lệ phí");
        let joins: Vec<bool> = units.iter().map(|u| u.joins_next).collect();
        assert_eq!(joins, [true, true, false, true, true]);
    }

    #[test]
    fn codes_have_parts() {
        assert_eq!(
            parts("154/2024/nđ-cp").collect::<Vec<_>>(),
            ["154", "2024", "nđ", "cp"]
        );
        assert_eq!(parts("kết").count(), 0);
    }

    #[test]
    fn keys_of_a_text_are_those_of_its_terms() {
        let text = "Đăng ký thường trú; quý. Tùy ke\u{302}\u{301}t";
        let mut keys = Vec::new();
        each_key(text, |key| keys.push(key));
        let folded = [
            "dang",
            "ki",
            "dang ki",
            "thuong",
            "ki thuong",
            "tru",
            "thuong tru",
        ];
        let more = ["qui", "tuy", "ket", "tuy ket"];
        let want: Vec<u64> = folded.iter().chain(&more).map(|t| term_key(t)).collect();
        assert_eq!(keys, want);
    }

    proptest! {
        #[test]
        fn keys_agree_with_the_units_of_any_words(text in "[a-zàảãạăằắẵặâầấẩđèéẽêềếễệìíỉĩịòóỏôồốộơờớợùúủưừứựỳýỷA-ZĐÂƯ;.\n ]{0,60}") {
            let mut keys = Vec::new();
            each_key(&text, |key| keys.push(key));
            let units = units(&text);
            let mut want = Vec::new();
            for (at, unit) in units.iter().enumerate() {
                want.push(term_key(&unit.folded));
                if let Some(before) = at.checked_sub(1).map(|at| &units[at]).filter(|b| b.joins_next) {
                    want.push(term_key(&format!("{} {}", before.folded, unit.folded)));
                }
            }
            prop_assert_eq!(keys, want);
        }
    }
}
