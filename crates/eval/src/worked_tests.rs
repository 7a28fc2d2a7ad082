//! Workings that hold and workings that do not.

use jiff::civil::date;

use super::*;

fn known(numbers: &[&str]) -> BTreeSet<String> {
    numbers.iter().map(|number| (*number).to_owned()).collect()
}

fn left(text: &str, question: &str, numbers: &[&str]) -> Vec<String> {
    let asked = Asked {
        question: question.into(),
        today: date(2026, 11, 20),
    };
    let known = known(numbers);
    let rest = without_results(text, &asked, &known);
    numbers_in(&rest)
        .filter(|number| !known.contains(number))
        .collect()
}

#[test]
fn a_product_of_the_records_fee_and_the_questions_count_is_accepted() {
    let text = "Theo mức nguồn ghi: 8.000 đồng × 3 bản = 24.000 đồng [1].";
    let none: Vec<String> = Vec::new();
    assert_eq!(left(text, "xin 3 bản", &["8000", "1"]), none);
    assert_eq!(left(text, "xin ba bản", &["8000", "1"]), none);
    // Another count, another fee, another result.
    assert_eq!(left(text, "xin 4 bản", &["8000", "1"]), ["3", "24000"]);
    assert_eq!(
        left(text, "xin 3 bản", &["9000", "1"]),
        ["8000", "3", "24000"]
    );
    let wrong = text.replace("24.000", "25.000");
    assert_eq!(left(&wrong, "xin 3 bản", &["8000", "1"]), ["3", "25000"]);
    // A result without its working.
    assert_eq!(left("Hết 24.000 đồng.", "xin 3 bản", &["8000"]), ["24000"]);
}

#[test]
fn steps_may_use_the_steps_before() {
    let text = "3 trang = 2 trang đầu + 1 trang sau; 2.000 đồng × 2 trang = 4.000 đồng; \
                1.000 đồng × 1 trang = 1.000 đồng; 4.000 đồng + 1.000 đồng = 5.000 đồng; \
                5.000 đồng × 5 bản = 25.000 đồng.";
    let record = ["2000", "1000", "3"];
    let question = "5 bản, mỗi bản 3 trang";
    assert_eq!(left(text, question, &record), Vec::<String>::new());
    // The record does not say from which page on.
    assert!(!left(text, question, &["2000", "1000"]).is_empty());
    let wrong = text.replace("= 5.000 đồng; 5.000", "= 6.000 đồng; 6.000");
    assert!(left(&wrong, question, &record).contains(&"6000".to_owned()));
}

const END: &str = "Nếu hồ sơ đầy đủ và được tiếp nhận thứ Sáu ngày 20/11/2026 thì chậm nhất thứ Ba \
                   ngày 01/12/2026 có kết quả: 7 ngày làm việc theo nguồn, tính từ ngày kế tiếp, \
                   không tính thứ Bảy, Chủ nhật.";

#[test]
fn a_day_is_counted_again() {
    let ask = |text: &str, question: &str| left(text, question, &["7"]).is_empty();
    assert!(ask(END, "nộp hôm nay thì ngày nào có"));
    assert!(ask(END, "nộp ngày 20/11 thì ngày nào có"));
    assert!(!ask(END, "bao lâu thì có"), "no day was said");
    assert!(!ask(&END.replace("01/12", "02/12"), "nộp hôm nay"));
    assert!(
        !ask(&END.replace("thứ Ba", "thứ Tư"), "nộp hôm nay"),
        "the wrong weekday"
    );
    assert!(!ask(&END.replace("7 ngày", "8 ngày"), "nộp hôm nay"));
    let open = "; chưa tính ngày 24/11 (Ngày Văn hóa Việt Nam) nếu được nghỉ";
    let text = |open: &str| END.replace("Chủ nhật.", &format!("Chủ nhật{open}  ."));
    assert!(ask(&text(open), "nộp hôm nay"));
    assert!(!ask(&text(&open.replace("24/11", "25/11")), "nộp hôm nay"));
}

#[test]
fn holidays_must_be_in_the_table() {
    let text = "tiếp nhận thứ Hai ngày 28/12/2026 thì chậm nhất thứ Năm ngày 07/01/2027 có kết quả: \
                7 ngày làm việc theo nguồn, tính từ ngày kế tiếp, không tính thứ Bảy, Chủ nhật và \
                ngày lễ 01/01/2027.";
    let question = "nộp ngày 28/12/2026";
    assert_eq!(left(text, question, &["7"]), Vec::<String>::new());
    let wrong = text.replace("lễ 01/01", "lễ 05/01");
    assert!(!left(&wrong, question, &["7"]).is_empty());
}

#[test]
fn calendar_days_end_on_a_working_day() {
    let text = "tiếp nhận thứ Sáu ngày 20/11/2026 thì chậm nhất thứ Hai ngày 07/12/2026 có kết quả: \
                15 ngày theo nguồn, tính từ ngày kế tiếp, tính cả ngày nghỉ; ngày cuối là ngày nghỉ \
                nên tính đến ngày làm việc kế tiếp.";
    assert_eq!(left(text, "nộp hôm nay", &["15"]), Vec::<String>::new());
}

proptest::proptest! {
    #[test]
    fn only_the_right_product_is_accepted(fee in 1_000_u64..500_000, count in 2_u64..50, off in 1_u64..999) {
        let question = format!("xin {count} bản");
        let fees = [fee.to_string()];
        let record: Vec<&str> = fees.iter().map(String::as_str).collect();
        let text = |result: u64| format!("{fee} đồng × {count} bản = {result} đồng");
        proptest::prop_assert!(left(&text(fee * count), &question, &record).is_empty());
        proptest::prop_assert!(!left(&text(fee * count + off), &question, &record).is_empty());
    }
}
