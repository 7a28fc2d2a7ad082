//! What counts as the same number, and what an unsupported one looks like.

use std::sync::Arc;

use assistant::{Card, CardSection, Citation};
use corpus::{Level, Section, State};

use super::*;
use crate::testing::answer;

fn record() -> Arc<Procedure> {
    let json = serde_json::json!({
        "code": "1.004222", "name": "Đăng ký thường trú", "aliases": ["99 tên gọi"],
        "levels": ["xa"], "scope": {"kind": "national"},
        "channels": [{"kind": "online",
            "durations": [{"value": 7.0, "unit": "working_day", "raw": "7 WORKING_DAY"}],
            "fees": [{"amount_vnd": 10000, "raw": "10000 VNĐ"}]}],
        "requirements": ["Tối đa 1 500 người; mỗi đợt 0.5 ngày; Nghị định 154/2024/NĐ-CP"],
        "provenance": {"source_kind": "own", "as_of": "2026-07-01", "sha256": "ab88c"},
    });
    Arc::new(serde_json::from_value(json).unwrap())
}

fn cited(text: &str) -> Answer {
    let mut given = answer(Route::Answer, text);
    given.citations.push(Citation {
        id: 1,
        code: "1.004222".into(),
        section: Section::Fee,
        quote: String::new(),
        url: None,
        as_of: None,
    });
    given
}

fn asked(question: &str) -> Asked {
    Asked {
        question: question.into(),
        today: crate::runner::TODAY,
    }
}

fn unsupported(given: &Answer) -> Vec<String> {
    check(given, &asked("xin ba bản"), |code| {
        (code == "1.004222").then(record)
    })
    .unwrap()
    .unsupported
}

#[test]
fn the_same_number_in_other_clothes_is_found() {
    for text in [
        "Lệ phí 10.000 đồng, 10,000 đồng, 10 000 đồng, 10000đ.",
        "Trong 07 ngày làm việc [1].",
        "1. Nộp hồ sơ\n2) Nhận kết quả",
        "Mã 1.004222, cập nhật 01/7/2026, Nghị định 154/2024/NĐ-CP, 0,5 ngày",
        "1.500 người, đợt 1 500 người",
    ] {
        assert_eq!(unsupported(&cited(text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_result_stands_beside_its_working_only() {
    let worked = "Theo mức nguồn ghi: 10.000 đồng × 3 bản = 30.000 đồng [1].";
    assert_eq!(unsupported(&cited(worked)), Vec::<String>::new());
    assert_eq!(
        unsupported(&cited("Ba bản hết 30.000 đồng [1].")),
        ["30.000"]
    );
}

#[test]
fn an_invented_number_is_named_as_written() {
    assert_eq!(
        unsupported(&cited("Phí 20.000 đồng, 15 ngày")),
        ["20.000", "15"]
    );
    // A part of a number is not the number.
    assert_eq!(
        unsupported(&cited("10 đồng hoặc 100.000 đồng")),
        ["10", "100.000"]
    );
    // Our own words and hashes are no source.
    assert_eq!(unsupported(&cited("99 và 88")), ["99", "88"]);
    // A mark beyond the citations is a statement.
    assert_eq!(unsupported(&cited("xem [3]")), ["3"]);
}

#[test]
fn a_card_is_held_against_its_own_cited_record() {
    let section = CardSection {
        section: Section::Fee,
        label: "Phí".into(),
        state: State::Present,
        lines: vec!["Trực tuyến: 10.000 đồng".into()],
    };
    let card = Card {
        code: "1.004222".into(),
        name: String::new(),
        level: Level::Xa,
        sections: vec![section],
    };
    let mut given = cited("Mời xem bên dưới.");
    given.cards.push(card);
    assert!(unsupported(&given).is_empty());
    given.citations.clear();
    assert_eq!(unsupported(&given), ["10.000"]);
}

#[test]
fn the_name_of_an_offered_procedure_needs_no_citation() {
    let mut given = answer(
        Route::NoInformation,
        "“Cấp thẻ cho người dưới 14 tuổi”: phí 5 đồng",
    );
    assert_eq!(unsupported(&given), ["14", "5"]);
    given.procedures.push(assistant::ProcedureRef {
        named_only: false,
        code: "1.014062".into(),
        name: "Cấp thẻ cho người dưới 14 tuổi".into(),
        level: Level::Xa,
        score: 1.0,
    });
    assert_eq!(unsupported(&given), ["5"]);
}

#[test]
fn fixed_texts_are_not_checked() {
    let given = answer(Route::Safety, "Gọi 113 ngay.");
    assert_eq!(check(&given, &asked(""), |_| None), None);
}

proptest::proptest! {
    #[test]
    fn any_amount_is_found_however_it_is_grouped(amount in 1_000_u64..1_000_000_000) {
        let plain = amount.to_string();
        let mut grouped = String::new();
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && (plain.len() - index) % 3 == 0 {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        let read = |text: &str| numbers(text)[0].forms[0][0].clone();
        proptest::prop_assert_eq!(read(&grouped), read(&plain));
    }

    #[test]
    fn any_text_can_be_read(text in ".{0,80}") {
        let _ = numbers(&without_marks(&text, 3));
    }
}
