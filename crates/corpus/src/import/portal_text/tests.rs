//! The whole layout on a small page of our own words, and on anything at all.

use proptest::prelude::*;

use super::*;
use crate::procedure::{PeriodUnit, Scope};

/// A page with every block, in our words.
const PAGE: &str = include_str!("../../../data/test-page.txt");

#[test]
fn a_whole_page_becomes_a_record() {
    let record = parse(PAGE).expect("the page is in the layout");
    insta::assert_json_snapshot!(record);
}

#[test]
fn unicode_forms_give_the_same_record_and_a_flag() {
    use unicode_normalization::UnicodeNormalization;
    let nfd: String = PAGE.nfd().collect();
    let nfd = nfd.replacen("nuôi".nfd().collect::<String>().as_str(), "nu\u{200e}ôi", 1);
    let mut other = parse(&nfd).expect("the page is in the layout");
    let plain = parse(PAGE).expect("the page is in the layout");
    assert_eq!(other.flags, ["not_nfc", "zero_width", "wrapped_name"]);
    other.flags.clone_from(&plain.flags);
    other.provenance.clone_from(&plain.provenance);
    assert_eq!(other, plain);
}

#[test]
fn other_texts_are_rejected_with_a_line() {
    let rejected = parse("Thực đơn\nPhở").expect_err("no heading");
    assert_eq!(rejected.line, Some(1));
    let cut = PAGE.split("Từ khóa: Không").next().unwrap_or_default();
    let rejected = parse(cut).expect_err("two labels are missing");
    assert!(
        rejected.reason.contains("`Từ khóa:`"),
        "{}",
        rejected.reason
    );
}

#[test]
fn a_stray_label_at_the_end_does_not_double_the_requirements() {
    let stray =
        PAGE.replace("phòng.\nTừ khóa: Không", "phòng.\nTừ khóa:\nTừ khóa: Không") + "\nTừ khóa:";
    let record = parse(&stray).expect("the page is in the layout");
    assert_eq!(record.keywords, Known::Silent);
    assert_eq!(record.description, Known::Silent);
}

#[test]
fn a_cut_sentence_is_flagged() {
    let cut = PAGE.replace("Nộp tờ khai.", "Nộp tờ khai theo quy định của");
    let record = parse(&cut).expect("the page is in the layout");
    assert!(record.flags.contains(&"cut_sentence".to_owned()));
}

#[test]
fn what_the_layout_lacks_is_not_fetched() {
    let record = parse(PAGE).expect("the page is in the layout");
    assert!(record.online.is_not_fetched() && record.related.is_not_fetched());
    let form = &record.cases.iter().next().expect("a case").documents[0].form;
    assert!(form.is_not_fetched());
    let online = record.channels.iter().next().expect("a channel");
    let unit = online.durations.iter().next().map(|period| period.unit);
    assert_eq!(unit, Some(PeriodUnit::WorkingDay));
    let province = Scope::Province {
        name: Some("Gia Lai".to_owned()),
    };
    assert_eq!(record.scope, province);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    /// The page with its lines shuffled, cut and mixed with noise.
    #[test]
    fn no_page_like_text_makes_it_panic(
        picks in prop::collection::vec((0..50_usize, "[ ():|*\\[\\]\\-0-9a-zđVNĐ.,]{0,12}"), 0..60)
    ) {
        let lines: Vec<&str> = PAGE.lines().collect();
        let mut text = format!("{HEADING}\n");
        for (at, noise) in &picks {
            text.push_str(lines.get(*at).copied().unwrap_or_default());
            text.push_str(noise);
            text.push('\n');
        }
        let _ = parse(&text);
    }

    /// Every block filled with noise still gives a record that survives the disk.
    #[test]
    fn a_record_round_trips(noise in "[ ():|*\\[\\]\\-0-9a-zđVNĐ.,\n]{0,80}") {
        let noise = noise.replace('\n', "\n    ");
        let page = PAGE.replace("Nộp tại quầy.", &noise).replace("mỗi con", &noise);
        let record = parse(&page).expect("the labels are intact");
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = crate::write_file(dir.path(), &record).expect("it is written");
        prop_assert_eq!(crate::read_file(&path).expect("it is read"), record);
    }

    /// No fact shows a digit that the page does not have.
    #[test]
    fn facts_invent_no_digits(noise in "[ ()|0-9a-zđVNĐ.,]{0,60}") {
        let page = PAGE.replace("10000 VNĐ (mỗi con)", &noise).replace("0.5 WORKING_DAY", &noise);
        let record = parse(&page).expect("the labels are intact");
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let source = digits(&page);
        for section in crate::Section::ALL {
            for line in crate::facts(&record, section).lines {
                for group in line.split(|c: char| !c.is_ascii_digit() && c != '.') {
                    prop_assert!(source.contains(&digits(group)), "{group} of {line}");
                }
            }
        }
    }
}
