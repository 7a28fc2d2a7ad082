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
        let marked = y_to_i(vitext::normalize(syllable).to_lowercase());
        let folded = vitext::fold(&marked);
        let forms: Forms = (marked.into(), folded.into());
        known.insert(syllable.into(), forms.clone());
        forms
    })
}

/// `đăng kí` and `đăng ký`, `địa lí` and `địa lý` are one word in two spellings.
fn y_to_i(syllable: String) -> String {
    let mut chars = syllable.chars();
    let last = chars.next_back();
    let sound = last.and_then(|c| "yýỳỷỹỵ".chars().position(|y| y == c));
    let onset = chars.as_str();
    match sound.and_then(|at| "iíìỉĩị".chars().nth(at)) {
        Some(i) if matches!(onset, "h" | "k" | "l" | "m" | "s" | "t" | "qu") => {
            format!("{onset}{i}")
        }
        _ => syllable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
