//! Folding: the form in which `Đăng ký`, `đăng kí` typed without marks and `DANG KY` meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::clean;

/// Lower case without any diacritic, `đ` as `d`; compatibility forms (`m²`,
/// full-width digits) as their plain letters.
pub fn fold(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            fold_into(c, &mut out);
        }
    }
    out
}

/// The folded form of one character of an NFC text, where it is a single character.
pub fn fold_char(c: char) -> char {
    let mut out = String::new();
    fold_into(c, &mut out);
    out.chars().next().unwrap_or(c)
}

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
