//! Folding: the form in which `Đăng ký`, `đăng kí` typed without marks and `DANG KY` meet.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::clean;

/// Lower case without any diacritic, `đ` as `d`; compatibility forms (`m²`,
/// full-width digits) as their plain letters.
pub fn fold(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match fold_char(c) {
            Some(folded) => out.push(folded),
            None => fold_into(c, &mut out),
        }
    }
    out
}

/// The folded form of a character, `None` where it is not one ASCII character (a
/// combining mark, a ligature, another script). A table look-up for every letter of
/// Vietnamese: search folds whole records at query time.
pub fn fold_char(c: char) -> Option<char> {
    let folded = *TABLE.get(c as usize)?;
    (folded != 0).then_some(char::from(folded))
}

/// Folded forms up to the end of Latin Extended Additional, where `ỹ` is; 0 is none.
static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut buffer = String::new();
    let folded = |code: u32| {
        buffer.clear();
        if let Some(c) = char::from_u32(code) {
            fold_into(c, &mut buffer);
        }
        match buffer.as_bytes() {
            [byte] if byte.is_ascii() => *byte,
            _ => 0,
        }
    };
    (0..0x1f00).map(folded).collect()
});

fn fold_into(c: char, out: &mut String) {
    let parts = std::iter::once(c).nfkd().filter(|p| !is_combining_mark(*p));
    for part in parts {
        match part {
            // Eth is what some old keyboards gave for đ.
            'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
            p => out.extend(p.to_lowercase().nfkd().filter(|l| !is_combining_mark(*l))),
        }
    }
}

/// True when a letter carries a Vietnamese mark (tone, hat, horn, breve or đ):
/// the sign that the writer typed with diacritics.
pub fn has_marks(text: &str) -> bool {
    text.nfd().any(|c| {
        matches!(
            c,
            'đ' | 'Đ' | '\u{300}'..='\u{303}' | '\u{306}' | '\u{309}' | '\u{31b}' | '\u{323}'
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_case_and_stroke_go() {
        assert_eq!(fold("ĐĂNG KÝ Kết Hôn"), "dang ky ket hon");
        assert_eq!(fold("Ủy ban uỷ quyền"), "uy ban uy quyen");
        assert_eq!(fold("50 m² １２３"), "50 m2 123");
        assert_eq!(fold("154/2024/NĐ-CP"), "154/2024/nd-cp");
    }

    #[test]
    fn a_single_letter_folds_by_table() {
        assert_eq!(fold_char('Ỹ'), Some('y'));
        assert_eq!(fold_char('Đ'), Some('d'));
        assert_eq!(fold_char('\u{301}'), None);
        assert_eq!(fold_char('ß'), None);
    }

    #[test]
    fn marks_are_seen_in_either_form() {
        assert!(has_marks("lệ phí"));
        assert!(has_marks("le\u{323}\u{302} phi"));
        assert!(has_marks("đ"));
        assert!(!has_marks("le phi bao nhieu, 20.000?"));
    }

    proptest! {
        #[test]
        fn idempotent(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn decomposed_text_folds_alike(text in "[a-zA-ZÀ-ỹđĐ .,0-9]{0,40}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(fold(&nfd), fold(&text));
            prop_assert_eq!(has_marks(&nfd), has_marks(&text));
        }
    }
}
