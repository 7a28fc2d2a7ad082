//! Undoing abbreviations and chat shorthand: `đk kết hôn hết bn tiền z` is
//! `đăng ký kết hôn hết bao nhiêu tiền vậy`.
//!
//! The list is ours (`corpus/lexicon/abbreviations.tsv`): lists found elsewhere are made for
//! social media and read `CCCD` as nonsense. An ambiguous short form is written
//! out only beside a word that settles it; when in doubt the text stays.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::context::Context;
use crate::syllable::syllables;
use crate::{fold, normalize};

/// The text with known abbreviations written out, in lower case; all else as given.
pub fn expand_abbreviations(text: &str) -> String {
    let tokens = syllables(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for (index, token) in tokens.iter().enumerate() {
        let Some(entries) = TABLE.get(normalize(token.text).to_lowercase().as_str()) else {
            continue;
        };
        let folded = |at: usize| tokens.get(at).map(|token| fold(token.text));
        let (previous, next) = (index.checked_sub(1).and_then(folded), folded(index + 1));
        let fits =
            |e: &&Entry| e.after.allows(previous.as_deref()) && e.before.allows(next.as_deref());
        if let Some(entry) = entries.iter().find(fits) {
            out.push_str(&text[at..token.start]);
            out.push_str(entry.long);
            at = token.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// The text with those abbreviations written out that a question is always read with: of
/// three letters and more, in capitals, and in the list whatever stands beside them. "VK" of
/// a certificate's form is not "vợ", and "TT" stays. For texts of offices (names, aliases),
/// so that what a citizen typed short or in full meets them.
///
/// ```
/// let written = vitext::expand_capitals("Chuyển đổi thành công ty TNHH (mẫu VK)");
/// assert_eq!(written, "Chuyển đổi thành công ty trách nhiệm hữu hạn (mẫu VK)");
/// ```
pub fn expand_capitals(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for token in syllables(text) {
        let capitals = token.text.chars().all(char::is_uppercase);
        if !capitals || token.text.chars().count() < LEAST_CAPITALS {
            continue;
        }
        let key = normalize(token.text).to_lowercase();
        if let Some([entry, ..]) = TABLE.get(key.as_str()).map(Vec::as_slice)
            && entry.after.is_free()
            && entry.before.is_free()
        {
            out.push_str(&text[at..token.start]);
            out.push_str(entry.long);
            at = token.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Letters of a short form that [`expand_capitals`] dares to write out: of two letters most
/// in the national names are something else ("mẫu VK", "B, C, K", "C/O").
const LEAST_CAPITALS: usize = 3;

/// One row of the list.
struct Entry {
    long: &'static str,
    after: Context,
    before: Context,
}

static TABLE: LazyLock<HashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    let mut table: HashMap<&str, Vec<Entry>> = HashMap::new();
    for line in include_str!("../../../corpus/lexicon/abbreviations.tsv").lines() {
        let mut columns = line.split('\t');
        if let (Some(short), Some(long)) = (columns.next(), columns.next())
            && !line.starts_with('#')
        {
            let (after, before) = (columns.next(), columns.next());
            table.entry(short).or_default().push(Entry {
                long,
                after: Context::parse(after),
                before: Context::parse(before),
            });
        }
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn papers_bodies_and_shorthand_are_written_out() {
        for (given, want) in [
            ("làm CCCD ở UBND", "làm căn cước công dân ở ủy ban nhân dân"),
            (
                "đk kết hôn ở xã mất mấy ngày vs bn tiền z",
                "đăng ký kết hôn ở xã mất mấy ngày với bao nhiêu tiền vậy",
            ),
            (
                "ko có gks thì lm sao",
                "không có giấy khai sinh thì làm sao",
            ),
            ("tt cấp đổi gplx", "thủ tục cấp đổi giấy phép lái xe"),
            ("Đăng ký tạm trú", "Đăng ký tạm trú"),
        ] {
            assert_eq!(expand_abbreviations(given), want);
        }
    }

    #[test]
    fn context_settles_what_is_ambiguous() {
        assert_eq!(
            expand_abbreviations("TT 01/2021/TT-BCA"),
            "thông tư 01/2021/TT-BCA"
        );
        assert_eq!(expand_abbreviations("hết 50 k"), "hết 50 k");
        assert_eq!(expand_abbreviations("k biết"), "không biết");
        assert_eq!(expand_abbreviations("giải quyết TT"), "giải quyết TT");
    }

    #[test]
    fn capitals_that_nothing_beside_them_can_change_are_written_out() {
        for (given, want) in [
            (
                "Cấp thẻ BHYT tại UBND cấp xã",
                "Cấp thẻ bảo hiểm y tế tại ủy ban nhân dân cấp xã",
            ),
            (
                "Công ty TNHH MTV",
                "Công ty trách nhiệm hữu hạn một thành viên",
            ),
            (
                "mẫu VK, NĐ 31, loại A, E; thợ trực ca",
                "mẫu VK, NĐ 31, loại A, E; thợ trực ca",
            ),
            ("12/2019/NQ-HĐND", "12/2019/NQ-HĐND"),
            ("tnhh", "tnhh"),
        ] {
            assert_eq!(expand_capitals(given), want);
        }
    }

    #[test]
    fn every_row_is_well_formed() {
        for line in include_str!("../../../corpus/lexicon/abbreviations.tsv").lines() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            assert!((2..=4).contains(&columns.len()), "{line}");
            let short = columns[0];
            assert_eq!(syllables(short).len(), 1, "one token: {line}");
            assert_eq!(normalize(short).to_lowercase(), short, "{line}");
            assert_eq!(normalize(columns[1]).to_lowercase(), columns[1], "{line}");
            for context in &columns[2..] {
                assert_eq!(fold(context), *context, "folded context: {line}");
            }
        }
    }

    proptest! {
        #[test]
        fn idempotent(text in "[a-zđàếộử0-9 .,]{0,40}") {
            // Writing out once more changes nothing unless a long form settles a neighbour.
            let once = expand_abbreviations(&text);
            let twice = expand_abbreviations(&once);
            prop_assert_eq!(expand_abbreviations(&twice), twice);
        }

        #[test]
        fn arbitrary_text_does_no_harm(text in any::<String>()) {
            let _ = expand_abbreviations(&text);
        }
    }
}
