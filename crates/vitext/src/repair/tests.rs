use proptest::prelude::*;

use super::*;

fn repaired(text: &str) -> String {
    repair(text, &Vocabulary::none()).text
}

#[test]
fn a_stroke_wrong_is_righted() {
    for typed in [
        "đăng ký kết hpôn",
        "đăng ký kết hônn",
        "đăng ký kếtt hôn",
        "đănbg ký kết hôn",
        "đnăg ký kết hôn",
        "đăng ký kếthôn",
    ] {
        assert_eq!(repaired(typed), "đăng ký kết hôn", "{typed}");
    }
    assert_eq!(repaired("tôi mốun xin giấyy"), "tôi muốn xin giấy");
}

#[test]
fn without_marks_the_marks_are_found_too() {
    assert_eq!(repaired("lam giay khia sihn"), "lam giay khai sinh");
}

#[test]
fn what_is_right_stays() {
    for typed in [
        "Tui mần giấy ni ở mô?",
        "ông Nguyễn Văn Tèo ở Cà Mau",
        "mã 1.004222, 154/2024/NĐ-CP",
        "gpkd",
        "",
        "nhậu nhẹt say xỉn bị phạt bao nhiêu",
        "em cất xong căn nhà trên đất đã có sổ",
    ] {
        assert_eq!(repaired(typed), typed);
    }
}

#[test]
fn a_vocabulary_knows_words_of_its_own() {
    let has = |words: &str| matches!(words, "zalo" | "oa zalo");
    let typed = "nộp qua zalo";
    assert_eq!(repair(typed, &Vocabulary { has: &has }).text, typed);
}

#[test]
fn edits_point_into_both_texts() {
    let typed = "xin giấyy, kếthôn";
    let repaired = repair(typed, &Vocabulary::none());
    let edit = &repaired.edits[0];
    assert_eq!(&typed[edit.start..edit.end], "giấyy");
    assert_eq!(&repaired.text[edit.written.clone()], "giấy");
}

proptest! {
    #[test]
    fn spans_lie_on_characters_and_nothing_else_changes(text in "\\PC{0,60}") {
        let repaired = repair(&text, &Vocabulary::none());
        let (mut at, mut rebuilt) = (0, String::new());
        for edit in &repaired.edits {
            rebuilt.push_str(&text[at..edit.start]);
            rebuilt.push_str(&repaired.text[edit.written.clone()]);
            at = edit.end;
        }
        rebuilt.push_str(&text[at..]);
        prop_assert_eq!(rebuilt, repaired.text);
    }
}
