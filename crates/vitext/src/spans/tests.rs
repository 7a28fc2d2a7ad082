//! What each kind of span reads as, and that no digit goes unseen.

use proptest::prelude::*;

use super::SpanKind::{
    Amount, Date, DossierCode, FormCode, LawNumber, Number, Percent, Period, ProcedureCode,
};
use super::*;

fn read(text: &str) -> Vec<(SpanKind, String)> {
    find(text).into_iter().map(|s| (s.kind, s.value)).collect()
}

fn one(text: &str, kind: SpanKind, value: &str) {
    assert_eq!(read(text), [(kind, value.to_owned())], "{text}");
}

#[test]
fn every_pattern_compiles() {
    assert_eq!(pattern::rules().len(), pattern::declared());
}

#[test]
fn amounts_of_one_value_are_equal() {
    for text in [
        "10.000 đồng",
        "10000 VNĐ ()",
        "phí 10k nhé",
        "10 nghìn đồng",
        "10.000đ/bản",
        "10,000 VND",
        "10.000 đồng/lần",
        "là mười nghìn đồng",
    ] {
        one(text, Amount, "10000");
    }
    one("0 VNĐ ()", Amount, "0");
    one("2 triệu", Amount, "2000000");
    one("2tr5", Amount, "2500000");
    one("2 triệu rưỡi", Amount, "2500000");
    one("1 triệu 200 nghìn đồng", Amount, "1200000");
    one("1,5 triệu đồng", Amount, "1500000");
    assert_eq!(
        read("10.000 - 20.000 đồng"),
        [(Amount, "10000".into()), (Amount, "20000".into())]
    );
    assert_eq!(
        read("từ 10 đến 20 nghìn đồng"),
        [(Amount, "10000".into()), (Amount, "20000".into())]
    );
}

#[test]
fn periods_keep_their_unit() {
    one("07 ngày làm việc", Period, "7 working_day");
    one("7 WORKING_DAY", Period, "7 working_day");
    one("07 (bảy) ngày làm việc", Period, "7 working_day");
    one("bảy ngày làm việc", Period, "7 working_day");
    one("năm ngày", Period, "5 day");
    one("30 ngày", Period, "30 day");
    one("20 ngày kể từ ngày nhận", Period, "20 day");
    one("2 tháng", Period, "2 month");
    one("8 giờ", Period, "8 hour");
    one("0.5 ngày", Period, "0.5 day");
    one("hai mươi lăm ngày", Period, "25 day");
    assert_eq!(
        read("7 - 10 ngày làm việc"),
        [
            (Period, "7 working_day".into()),
            (Period, "10 working_day".into())
        ]
    );
}

#[test]
fn dates() {
    one("ngày 01/7/2025", Date, "2025-07-01");
    one("ngày 1 tháng 7 năm 2025", Date, "2025-07-01");
    one("2025-07-01", Date, "2025-07-01");
    one("tháng 7 năm 2025", Date, "2025-07");
    one("tháng 7/2025", Date, "2025-07");
    one("năm 2025", Date, "2025");
    one("ngày 20/11", Date, "--11-20");
}

#[test]
fn laws() {
    for (text, value) in [
        ("Nghị định số 154/2024/NĐ-CP", "154/2024/NĐ-CP"),
        ("154/2024/nđ-cp", "154/2024/NĐ-CP"),
        ("66.7/2025/NQ-CP", "66.7/2025/NQ-CP"),
        ("1523/QĐ-BCA-C06", "1523/QĐ-BCA-C06"),
        ("2629/QĐ-TTg", "2629/QĐ-TTG"),
        ("72/2025/QH15", "72/2025/QH15"),
        ("Nghị định 123/2015 còn hiệu lực", "123/2015"),
        ("01/2021/TT_BCA", "1/2021/TT-BCA"),
    ] {
        one(text, LawNumber, value);
    }
    // A house number is no law.
    assert!(read("nhà 12/A1").iter().all(|(kind, _)| *kind != LawNumber));
}

#[test]
fn codes_and_forms() {
    one("mã 1.004222.", ProcedureCode, "1.004222");
    one(
        "2.000815.000.00.00.H55",
        ProcedureCode,
        "2.000815.000.00.00.H55",
    );
    one(
        "hồ sơ H57.132-260804-0583",
        DossierCode,
        "H57.132-260804-0583",
    );
    for (text, value) in [
        ("Mẫu số 01", "1"),
        ("mẫu CT01", "CT01"),
        ("Tờ khai CT01", "CT01"),
        ("Mẫu TK02", "TK02"),
        ("mẫu 13-HSB", "13-HSB"),
        ("Mẫu số 01/ĐK", "1/ĐK"),
        ("đơn 01/ĐK", "1/ĐK"),
        ("Mẫu số 04a/ĐK", "4A/ĐK"),
        ("TK1-TS", "TK1-TS"),
    ] {
        one(text, FormCode, value);
    }
}

#[test]
fn other_numbers() {
    one("50%", Percent, "50");
    one("cần 02 bản", Number, "2");
    assert_eq!(read("Không có số"), []);
}

#[test]
fn offsets_are_those_of_the_text() {
    let text = "Lệ phí: 20.000 đồng, trong 7 ngày làm việc";
    let cut: Vec<&str> = find(text).iter().map(|s| &text[s.start..s.end]).collect();
    assert_eq!(cut, ["20.000 đồng", "7 ngày làm việc"]);
}

proptest! {
    #[test]
    fn every_digit_is_in_one_span(text in "[0-9a-zđồngàýệ ./,%-]{0,40}") {
        let spans = find(&text);
        for (at, c) in text.char_indices() {
            let holding = spans.iter().filter(|s| (s.start..s.end).contains(&at)).count();
            prop_assert!(holding <= 1);
            prop_assert!(!c.is_ascii_digit() || holding == 1, "{} in {}", at, text);
        }
        prop_assert!(spans.iter().all(|s| text.get(s.start..s.end).is_some()));
    }

    #[test]
    fn arbitrary_text_does_no_harm(text in any::<String>()) {
        let _ = find(&text);
    }
}
