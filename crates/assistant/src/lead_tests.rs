//! What the model is given of a section, and how it is expected to tell it.

use super::*;

fn given(section: Section, lines: &[&str]) -> Vec<String> {
    let facts = Facts {
        section,
        state: State::Present,
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    super::lines(&facts, None)
}

#[test]
fn a_list_opens_with_its_first_papers() {
    let papers = [
        "Giấy tờ phải nộp:",
        "Tờ khai theo mẫu",
        "Lưu ý: nộp kèm bản dịch",
        "Giấy chứng sinh",
        "Một trong các giấy tờ sau:",
        "Hộ chiếu",
    ];
    assert_eq!(
        given(Section::Documents, &papers),
        ["Tờ khai theo mẫu", "Giấy chứng sinh"]
    );
}

#[test]
fn of_papers_by_case_the_cases_are_told() {
    let mut papers = vec![
        "Trường hợp: xin lần đầu",
        "Đơn",
        "Trường hợp xin lại:",
        "Cam đoan",
    ];
    let told = given(Section::Documents, &papers);
    assert_eq!(
        told,
        ["Giấy tờ cần nộp tùy trường hợp: xin lần đầu; xin lại"]
    );
    let opening = ["Trường hợp ủy quyền thì hồ sơ gồm:", "Đơn"];
    assert!(given(Section::Documents, &opening).is_empty());
    let long = format!("Trường hợp: {}", "rất dài ".repeat(20));
    papers.push(&long);
    let told = given(Section::Documents, &papers);
    assert!(told[0].ends_with("xin lại; trường hợp khác"), "{told:?}");
    assert!(given(Section::Documents, &papers[4..]).is_empty());
}

#[test]
fn a_long_line_is_left_out_and_never_cut_inside_a_sentence() {
    let long = format!("Bước 1: {}.", "nộp hồ sơ tại nơi ".repeat(12));
    let steps = [
        long.as_str(),
        "Bước 2: Cán bộ kiểm tra. Hồ sơ thiếu thì bổ sung.",
    ];
    assert_eq!(given(Section::Steps, &steps), ["Bước 2: Cán bộ kiểm tra."]);
    assert!(given(Section::Steps, &["1.", "2."]).is_empty());
}

#[test]
fn a_fee_without_an_amount_leaves_it_open() {
    let open = ["Nộp trực tiếp: do Hội đồng nhân dân tỉnh quyết định"];
    let facts = |lines: &[&str]| Facts {
        section: Section::Fee,
        state: State::Present,
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert!(leaves_open(&facts(&open)));
    assert!(!leaves_open(&facts(&["Nộp trực tiếp: 8.000 đồng"])));
}

#[test]
fn counts_and_addresses_stay_on_the_card() {
    assert_eq!(told("Tờ khai (bản chính: 1; bản sao: 2)", true), "Tờ khai");
    assert_eq!(told("Tờ khai (theo mẫu)", true), "Tờ khai (theo mẫu)");
    assert_eq!(
        told("Mẫu 01 — tải tại https://example.vn/a", true),
        "Mẫu 01"
    );
}

#[test]
fn the_only_row_is_told_without_the_ways_that_it_holds_for_alike() {
    let row = "Nộp trực tiếp, trực tuyến: 7 ngày làm việc";
    assert_eq!(told(row, true), "7 ngày làm việc");
    assert_eq!(told(row, false), row);
    assert_eq!(told("Nộp trực tiếp: 7 ngày", true), "Nộp trực tiếp: 7 ngày");
}

#[test]
fn what_the_source_adds_to_a_value_stands_in_brackets() {
    let row = format!("Nộp trực tuyến: 1 ngày{NOTED}từ khi nhận đủ hồ sơ.");
    assert_eq!(
        told(&row, true),
        "Nộp trực tuyến: 1 ngày (từ khi nhận đủ hồ sơ)"
    );
    let none = "Nộp trực tiếp, trực tuyến: nguồn ghi 0 đồng, không kèm giải thích";
    assert_eq!(
        told(none, true),
        "Nguồn ghi lệ phí 0 đồng, không kèm giải thích."
    );
}

#[test]
fn a_note_that_adds_no_value_is_left_to_the_card() {
    let note = "Giờ hành chính từ thứ 2 đến thứ 6, trừ ngày nghỉ. ".repeat(4);
    let row =
        |head: &str, days: u32, note: &str| format!("{head}: {days} ngày làm việc{NOTED}{note}");
    let same = [
        row("Nộp trực tiếp", 7, &note),
        row("Nộp trực tuyến", 7, &note),
    ];
    let rows = |rows: &[String]| -> Vec<String> {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        plain(&rows).into_iter().map(str::to_owned).collect()
    };
    assert_eq!(rows(&same)[0], "Nộp trực tiếp: 7 ngày làm việc");
    let other = [
        row("Nộp trực tiếp", 7, &note),
        row("Nộp trực tuyến", 5, &note),
    ];
    assert_eq!(rows(&other), other);
    let own = [row(
        "Nộp trực tiếp",
        7,
        &format!("{note}Hồ sơ phức tạp: 15 ngày."),
    )];
    assert_eq!(rows(&own), own);
}

#[test]
fn a_table_is_given_as_a_whole_or_not_at_all() {
    let long = format!(
        "Nộp trực tiếp: 15 ngày{NOTED}{}",
        "hồ sơ phức tạp ".repeat(30)
    );
    let rows = ["Nộp trực tuyến: 8 ngày", long.as_str()];
    assert!(given(Section::Time, &rows).is_empty());
    assert_eq!(given(Section::Time, &rows[..1]).len(), 1);
    assert_eq!(
        told(&given(Section::Time, &[&long])[0], true),
        "Nộp trực tiếp: 15 ngày"
    );
}

#[test]
fn the_place_is_the_agency_where_one_is_named() {
    let lines = [
        "Cơ quan thực hiện: Công an cấp xã",
        "Cơ quan phối hợp: Sở Tư pháp",
    ];
    assert_eq!(given(Section::Where, &lines), lines[..1]);
    assert_eq!(told(lines[0], true), "Công an cấp xã");
    assert_eq!(given(Section::Where, &["Nộp tại xã."]), ["Nộp tại xã."]);
}

#[test]
fn rows_are_told_as_the_examples_tell_them() {
    let facts = Facts {
        section: Section::Fee,
        state: State::Present,
        lines: Vec::new(),
    };
    let rows = ["Nộp trực tiếp: 5.000 đồng", "Nộp trực tuyến: 3.000 đồng"];
    assert_eq!(
        expected(&facts, &rows.map(str::to_owned)),
        "Khi nộp trực tiếp, lệ phí là 5.000 đồng; khi nộp trực tuyến, lệ phí là 3.000 đồng."
    );
}
