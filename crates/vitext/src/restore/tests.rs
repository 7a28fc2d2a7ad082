use super::train::{Limits, Trainer};
use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn restored(text: &str) -> String {
    restore(text).text
}

#[test]
fn everyday_questions() {
    for want in [
        "Làm lại thẻ căn cước ở đâu?",
        "đăng ký kết hôn cần giấy tờ gì",
        "Lệ phí cấp lại giấy phép lái xe là bao nhiêu tiền?",
        "ĐĂNG KÝ KHAI SINH CHO CON",
        "nộp hồ sơ ở ủy ban nhân dân xã thì mấy ngày xong",
        "Nghị định 154/2024/NĐ-CP quy định về cư trú",
    ] {
        // Everything but the law's number loses its marks.
        let bare: Vec<String> = want.split(' ').map(unmarked).collect();
        assert_eq!(restored(&bare.join(" ")), want);
    }
}

fn unmarked(word: &str) -> String {
    let fold = |c: char| match crate::fold_char(c) {
        Some(folded) if c.is_uppercase() => folded.to_ascii_uppercase(),
        Some(folded) => folded,
        None => c,
    };
    if word.contains('/') {
        word.to_owned()
    } else {
        word.chars().map(fold).collect()
    }
}

#[test]
fn marks_that_are_there_stay_and_tell() {
    assert_eq!(restored("thẻ can cuoc"), "thẻ căn cước");
    assert_eq!(restored("làm ở đâu"), "làm ở đâu");
    assert_eq!(restored("ma số thue"), "mã số thuế");
    // The same syllable, once one word and once another.
    assert_eq!(restored("bán nha"), "bán nhà");
}

#[test]
fn names_codes_and_short_forms_stay() {
    for (given, want) in [
        (
            "ho so cua Nguyen Van An nop o dau",
            "hồ sơ của Nguyen Van An nộp ở đâu",
        ),
        (
            "ma 1.004222 va 154/2024/ND-CP",
            "mã 1.004222 và 154/2024/ND-CP",
        ),
        ("lam CCCD o UBND xa", "làm CCCD ở UBND xã"),
        ("toi o Ha Noi", "tôi ở Hà Nội"),
        (
            "cho toi hoi ve ung dung VNeID tren Facebook",
            "cho tôi hỏi về ứng dụng VNeID trên Facebook",
        ),
    ] {
        assert_eq!(restored(given), want);
    }
}

#[test]
fn alternatives_are_scored_and_point_into_the_given_text() {
    let given = "  Ban, le phi?";
    let got = restore(given);
    assert_eq!(got.syllables.len(), 3);
    for syllable in &got.syllables {
        let bare = fold_of(&given[syllable.start..syllable.end]);
        let total: f32 = syllable.alternatives.iter().map(|a| a.score).sum();
        assert!(total > 0.9 && total < 1.001, "{total}");
        assert!(
            syllable
                .alternatives
                .iter()
                .all(|a| fold_of(&a.form) == bare)
        );
    }
    assert!(got.syllables[0].alternatives.len() > 1);
    assert_eq!(got.syllables[1].alternatives[0].form, "lệ");
}

fn fold_of(text: &str) -> String {
    crate::fold(text)
}

#[test]
fn a_control_character_parts_two_syllables_for_good() {
    let once = restored("\"mi\u{1}n la duoc muon nha");
    assert!(once.contains('\u{1}'));
    assert_eq!(restored(&once), once);
}

#[test]
fn empty_and_broken_models_restore_nothing() {
    assert!(Model::read(b"").is_none());
    assert!(Model::read(b"VTREST01\0\0\0\0").is_none());
    assert_eq!(Model::default().restore("le phi").text, "le phi");
    assert!(built_in().len() > 2000);
}

#[test]
fn a_model_is_fitted_read_and_used() {
    let mut trainer = Trainer::default();
    for _ in 0..3 {
        trainer.add(0, "con mèo đen. cơn mưa to", 1.0);
        trainer.add(1, "cơn gió", 1.0);
    }
    let limits = Limits {
        least: 2.0,
        bigrams: 100,
        trigrams: 100,
    };
    let bytes = trainer.finish(&[0.5, 0.5], limits);
    assert_eq!(
        bytes,
        trainer.finish(&[0.5, 0.5], limits),
        "the same bytes each time"
    );
    let whole = Model::read(bytes.leak()).unwrap();
    assert_eq!(
        whole.restore("con meo den, con mua").text,
        "con mèo đen, cơn mưa"
    );
    assert_eq!(whole.restore("con gio").text, "cơn gió");
    assert!(whole.knows("mèo") && !whole.knows("meo"));
    // Without room for n-grams the commoner word is all there is.
    let bytes = trainer.finish(
        &[0.5, 0.5],
        Limits {
            bigrams: 0,
            trigrams: 0,
            ..limits
        },
    );
    let bare = Model::read(bytes.leak()).unwrap();
    assert_eq!(bare.restore("con meo").text, "cơn mèo");
}

#[test]
fn a_model_cut_short_is_refused() {
    let bytes: &'static [u8] = include_bytes!("../../data/restorer.bin");
    for length in [0, 7, 8, 27, 28, 1000, bytes.len() - 1] {
        assert!(Model::read(&bytes[..length]).is_none(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn restoring_twice_is_restoring_once(text in "([A-Za-zđĐàáảãạăâêôơưếềờớộ]{1,6}[ ,.]{1,2}){0,12}") {
        let once = restored(&text);
        prop_assert_eq!(restored(&once), once);
    }

    #[test]
    fn sentences_too(words in prop::collection::vec(prop::sample::select(WORDS), 0..14)) {
        let once = restored(&words.join(" "));
        prop_assert_eq!(restored(&once), once);
    }

    #[test]
    fn only_marks_are_added(text in "[A-Za-zđĐÀ-ỹ0-9 .,/-]{0,60}") {
        let got = restored(&text);
        prop_assert_eq!(crate::fold(&got), crate::fold(&text));
        // Letters alone: an invisible joiner among them goes with normalising.
        let letters = |text: &str| text.nfc().filter(|c| c.is_alphabetic()).collect::<Vec<_>>();
        let upper = |text: &str| letters(text).into_iter().map(char::is_uppercase).collect::<Vec<_>>();
        prop_assert_eq!(upper(&got), upper(&text));
    }

    #[test]
    fn decomposed_text_is_the_same_text(text in "[A-Za-zđĐÀ-ỹ ,.?]{0,40}") {
        let nfd: String = text.nfd().collect();
        prop_assert_eq!(restored(&nfd), restored(&text));
    }

    #[test]
    fn spans_are_valid_ordered_and_open(text in any::<String>()) {
        let mut last = 0;
        for syllable in restore(&text).syllables {
            prop_assert!(last <= syllable.start && syllable.start < syllable.end);
            prop_assert!(text.get(syllable.start..syllable.end).is_some());
            prop_assert!(!syllable.alternatives.is_empty());
            last = syllable.end;
        }
    }
}

const WORDS: &[&str] = &[
    "toi", "Toi", "muon", "lam", "lại", "giay", "to", "o", "dau", "thi", "mat", "bao", "nhieu",
    "tien", "ngay", "xa", "Ha", "Noi", "Nguyen", "Van", "CCCD", "UBND", "DANG", "KY", "5", "con",
    "nha", "dat", "đất", "của", "cua", "ban", "chu", "ho", "so", "phi", "?", ".", "ca",
];
