//! Working out, with a fixed day; and what is left alone.

use std::sync::Arc;

use corpus::Procedure;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::rules::Rules;

/// A Friday.
const FRIDAY: Date = date(2026, 11, 20);

fn record(name: &str, channels: &Value) -> Arc<Procedure> {
    let record = json!({
        "code": "2.000001", "name": name, "levels": ["xa"], "scope": {"kind": "national"},
        "channels": channels, "provenance": {"source_kind": "own"},
    });
    Arc::new(serde_json::from_value(record).unwrap())
}

fn fees(name: &str, fees: &Value) -> Arc<Procedure> {
    record(
        name,
        &json!([{"kind": "direct", "durations": [], "fees": fees}]),
    )
}

fn period(value: f64, unit: &str) -> Arc<Procedure> {
    let durations = json!([{"value": value, "unit": unit, "raw": "x"}]);
    record(
        "Đăng ký thường trú",
        &json!([{"kind": "direct", "durations": durations}]),
    )
}

fn work(procedure: &Arc<Procedure>, question: &str, today: Option<Date>) -> Vec<Worked> {
    let rules = Rules::embedded();
    let mut understanding = rules.understand(question);
    understanding.today = today;
    let sheet = Sheet::new(Arc::clone(procedure), 1.0, &understanding.aspects);
    rules.reckoning.work(&sheet, &understanding)
}

fn said(procedure: &Arc<Procedure>, question: &str) -> Option<String> {
    let found = work(procedure, question, Some(FRIDAY));
    found.first().map(|worked| worked.text.clone())
}

#[test]
fn a_fee_for_each_is_multiplied() {
    let each = json!([{"amount_vnd": 10_000, "raw": "10000 VNĐ (/trường hợp)", "note": "/trường hợp"},
        {"raw": "10 VNĐ (/bản)", "note": "/bản"}]);
    let signature = fees("Chứng thực chữ ký", &each);
    let text = said(
        &signature,
        "Chứng thực chữ ký 3 trường hợp hết bao nhiêu tiền?",
    )
    .unwrap();
    assert!(
        text.contains("10.000 đồng × 3 trường hợp = 30.000 đồng"),
        "{text}"
    );
    assert_eq!(
        said(&signature, "Chứng thực chữ ký hết bao nhiêu tiền?"),
        None
    );
    let worked = work(&signature, "2 trường hợp bao nhiêu tiền", None);
    assert!(worked[0].line.contains("10.000 đồng"), "{worked:?}");
}

#[test]
fn a_fee_without_a_unit_is_multiplied_with_an_if() {
    let extract = fees(
        "Cấp bản sao Trích lục hộ tịch",
        &json!([{"amount_vnd": 8_000, "raw": "8000 VNĐ ()"}]),
    );
    let text = said(
        &extract,
        "Xin ba bản trích lục khai sinh hết bao nhiêu tiền?",
    )
    .unwrap();
    assert!(
        text.contains("nếu tính theo bản thì 8.000 đồng × 3 bản = 24.000 đồng"),
        "{text}"
    );
    // Nothing says that this fee is one for copies.
    let other = fees(
        "Đăng ký thường trú",
        &json!([{"amount_vnd": 8_000, "raw": "8000 VNĐ ()"}]),
    );
    assert_eq!(said(&other, "Nộp 3 bản thì bao nhiêu tiền?"), None);
}

#[test]
fn pages_fall_from_the_third_on() {
    let note =
        "phí mỗi trang của bản chính; từ trang thứ 3 thu 1.000 đồng/trang, tối đa 200.000 đồng/bản";
    let copies = fees(
        "Chứng thực bản sao từ bản chính",
        &json!([{"amount_vnd": 2_000, "raw": "2000 VNĐ (/trang)", "note": note}]),
    );
    let text = said(
        &copies,
        "5 bản chứng thực mỗi bản 3 trang hết bao nhiêu tiền?",
    )
    .unwrap();
    for step in [
        "3 trang = 2 trang đầu + 1 trang sau",
        "2.000 đồng × 2 trang = 4.000 đồng",
        "4.000 đồng + 1.000 đồng = 5.000 đồng",
        "5.000 đồng × 5 bản = 25.000 đồng",
    ] {
        assert!(text.contains(step), "{step} in {text}");
    }
    let most = said(&copies, "chứng thực 300 trang hết bao nhiêu tiền").unwrap();
    assert!(most.contains("mỗi bản tối đa 200.000 đồng"), "{most}");
    // How many pages is not said.
    assert_eq!(said(&copies, "chứng thực 5 bản hết bao nhiêu tiền"), None);
}

#[test]
fn counts_are_taken_out_of_what_is_searched() {
    let reckoning = &Rules::embedded().reckoning;
    let without = |text: &str| reckoning.without_counts(text);
    for (question, searched) in [
        (
            "5 bản chứng thực mỗi bản 3 trang hết bao nhiêu",
            "chứng thực bản sao hết bao nhiêu",
        ),
        (
            "Chứng thực ba bản sao bằng lái",
            "chứng thực bản sao bằng lái",
        ),
        ("Chứng thực bản dịch 3 trang", "chứng thực bản dịch"),
        ("3 bản thì hết bao nhiêu?", "thì hết bao nhiêu?"),
    ] {
        assert_eq!(without(question).as_deref(), Some(searched));
    }
    for untouched in [
        "Nộp mấy bản?",
        "Đăng ký thường trú 3 người",
        "Nộp 1 bản chính hay photo?",
    ] {
        assert_eq!(without(untouched), None, "{untouched}");
    }
}

#[test]
fn a_page_without_more_words_is_multiplied_as_it_stands() {
    let copies = fees(
        "Chứng thực bản sao",
        &json!([{"amount_vnd": 2_000, "raw": "2000 VNĐ (/trang)", "note": "/trang"}]),
    );
    let text = said(&copies, "5 bản, mỗi bản 3 trang, hết bao nhiêu tiền?").unwrap();
    assert!(text.contains("6.000 đồng × 5 bản = 30.000 đồng"), "{text}");
    assert!(text.contains("nguồn không ghi mức khác"), "{text}");
}

#[test]
fn fees_that_leave_a_choice_are_left_alone() {
    let half = "mỗi thẻ cấp lại; từ 01/7/2025 đến hết 31/12/2026 thu bằng 50% mức này";
    for fee in [
        json!([{"amount_vnd": 70_000, "raw": "x", "note": half}]),
        json!([{"amount_vnd": 70_000, "raw": "x", "note": "/thẻ"}, {"amount_vnd": 30_000, "raw": "x", "note": "/thẻ"}]),
        json!([{"amount_vnd": 70_000, "raw": "x", "note": "/thẻ"}, {"raw": "x", "note": "Miễn phí lần đầu"}]),
        json!([{"amount_vnd": 20, "raw": "20 VNĐ (/thẻ)", "note": "/thẻ"}]),
        json!([{"amount_vnd": 0, "raw": "0 VNĐ", "note": "/thẻ"}]),
    ] {
        let card = fees("Cấp lại thẻ căn cước", &fee);
        assert_eq!(
            said(&card, "Làm lại 2 thẻ hết bao nhiêu tiền?"),
            None,
            "{card:?}"
        );
    }
    let card = fees(
        "Cấp lại thẻ",
        &json!([{"amount_vnd": 70_000, "raw": "x", "note": "/thẻ"}]),
    );
    assert!(said(&card, "Làm lại 2 thẻ hết bao nhiêu tiền?").is_some());
    // Two counts: which one is meant is not ours to guess.
    assert_eq!(
        said(&card, "Làm 2 thẻ hay 3 thẻ thì hết bao nhiêu tiền?"),
        None
    );
}

#[test]
fn working_days_leave_out_weekends_and_holidays() {
    let seven = period(7.0, "working_day");
    let text = said(&seven, "Nộp hôm nay thì ngày nào có?").unwrap();
    assert!(text.contains("tiếp nhận thứ Sáu ngày 20/11/2026"), "{text}");
    assert!(
        text.contains("thứ Ba ngày 01/12/2026 có kết quả: 7 ngày làm việc"),
        "{text}"
    );
    assert!(text.contains("Chủ nhật; chưa tính ngày 24/11"), "{text}");
    let text = said(&seven, "nộp ngày 28/12/2026 thì bao giờ xong?").unwrap();
    assert!(text.contains("thứ Năm ngày 07/01/2027"), "{text}");
    assert!(text.contains("và ngày lễ 01/01/2027"), "{text}");
}

#[test]
fn calendar_days_end_on_a_working_day() {
    // The 15th day after Friday 20 November is Saturday 5 December.
    let text = said(
        &period(15.0, "day"),
        "Thứ sáu tôi nộp thì chừng nào có kết quả?",
    )
    .unwrap();
    assert!(text.contains("thứ Hai ngày 07/12/2026"), "{text}");
    assert!(text.contains("ngày làm việc kế tiếp"), "{text}");
}

#[test]
fn the_day_of_filing_is_read_in_many_ways() {
    let one = period(1.0, "working_day");
    for (question, start) in [
        (
            "nộp hồ sơ ngày mai thì khi nào có",
            "thứ Hai ngày 23/11/2026 (ngày làm việc đầu tiên từ thứ Bảy ngày 21/11/2026)",
        ),
        (
            "nộp thứ hai tuần sau thì khi nào có",
            "thứ Hai ngày 23/11/2026",
        ),
        ("thứ 4 mới nộp thì khi nào có", "thứ Tư ngày 25/11/2026"),
        (
            "nộp thứ sáu ngày 27/11 thì khi nào có",
            "thứ Sáu ngày 27/11/2026",
        ),
        (
            "nộp ngày 5 tháng 1 thì khi nào có",
            "thứ Ba ngày 05/01/2027",
        ),
        ("nộp ngày 18/11 rồi, bao giờ có", "thứ Tư ngày 18/11/2026"),
    ] {
        let text = said(&one, question).unwrap_or_default();
        assert!(
            text.contains(&format!("tiếp nhận {start} thì")),
            "{question}: {text}"
        );
    }
}

#[test]
fn what_is_no_day_of_filing_is_left_alone() {
    let seven = period(7.0, "working_day");
    for question in [
        "Đăng ký thường trú mấy ngày xong?",
        "Con sinh ngày 20/11/2026 thì bao giờ phải đăng ký khai sinh?",
        "Hôm nay tôi muốn hỏi đăng ký thường trú bao lâu?",
        "nộp ngày 31/02/2026 thì bao giờ có?",
    ] {
        assert_eq!(said(&seven, question), None, "{question}");
    }
    // Nobody says what day it is; a date with its year needs none.
    assert!(work(&seven, "nộp hôm nay thì ngày nào có", None).is_empty());
    assert_eq!(
        work(&seven, "nộp ngày 20/11/2026 thì ngày nào có", None).len(),
        1
    );
    // Hours, no unit and a remark are no number of days.
    for unit in ["hour", "other"] {
        assert_eq!(
            said(&period(2.0, unit), "Nộp hôm nay thì ngày nào có?"),
            None
        );
    }
    // Beyond what the holidays are known for.
    assert_eq!(said(&seven, "nộp ngày 30/12/2027 thì bao giờ có"), None);
}

proptest::proptest! {
    #[test]
    fn a_working_period_holds_as_many_working_days(from in 0_i64..300, days in 1_u32..60) {
        let calendar = Calendar::embedded().unwrap();
        let start = date(2026, 1, 5).checked_add(jiff::Span::new().days(from)).unwrap();
        let end = calendar.after_working(start, days).unwrap();
        let mut counted = 0;
        let mut day = start;
        while day < end {
            day = day.tomorrow().unwrap();
            counted += u32::from(calendar.is_working(day));
        }
        proptest::prop_assert_eq!(counted, days);
        proptest::prop_assert!(calendar.is_working(end));
    }

    #[test]
    fn any_question_can_be_read(text in ".{0,60}") {
        let _ = said(&period(7.0, "day"), &text);
    }
}
