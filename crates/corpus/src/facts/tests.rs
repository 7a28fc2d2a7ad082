//! Facts of small records of our own words.

use super::facts;
use crate::known::{Known, State};
use crate::procedure::*;
use crate::section::{Level, Section};

/// A record with everything silent, as a base.
pub(crate) fn silent() -> Procedure {
    let json = r#"{"code":"9.000001","name":"Đăng ký nuôi mèo","fields":null,"levels":["xa"],
        "scope":{"kind":"national"},"subjects":null,"steps":null,"channels":null,"cases":null,
        "agencies":{"executing":null,"competent":null},"receiving_addresses":null,"results":null,
        "legal_basis":null,"requirements":null,
        "provenance":{"source_kind":"portal-text","source_url":null,"as_of":null}}"#;
    serde_json::from_str(json).expect("a valid record")
}

fn fee(amount: Option<u64>, raw: &str, note: Option<&str>) -> Fee {
    Fee {
        kind: FeeKind::Unknown,
        amount_vnd: amount,
        raw: raw.to_owned(),
        note: note.map(str::to_owned),
    }
}

fn period(value: Option<f64>, unit: PeriodUnit, raw: &str, note: Option<&str>) -> Period {
    Period {
        value,
        unit,
        raw: raw.to_owned(),
        note: note.map(str::to_owned),
    }
}

fn channel(kind: ChannelKind, durations: Vec<Period>, fees: Vec<Fee>) -> Channel {
    Channel {
        kind,
        durations: Known::from_list(durations),
        fees: Known::from_list(fees),
        note: None,
    }
}

fn lines(procedure: &Procedure, section: Section) -> Vec<String> {
    facts(procedure, section).lines
}

#[test]
fn silence_is_one_sentence_and_never_free() {
    let record = silent();
    for section in Section::ALL {
        let facts = facts(&record, section);
        if section == Section::Overview {
            continue;
        }
        assert_eq!(facts.state, State::Silent, "{section}");
        assert_eq!(facts.lines.len(), 1, "{section}");
        assert!(!facts.lines[0].to_lowercase().contains("miễn"), "{section}");
    }
    let place = lines(&record, Section::Where);
    assert_eq!(
        place,
        ["Nguồn không ghi cơ quan thực hiện; thủ tục thuộc cấp xã."]
    );
}

#[test]
fn not_fetched_is_said_as_such() {
    let mut record = silent();
    record.requirements = Known::NotFetched;
    let facts = facts(&record, Section::Conditions);
    assert_eq!(facts.state, State::NotFetched);
    assert_eq!(facts.lines, ["Chưa có trong dữ liệu: yêu cầu, điều kiện."]);
}

#[test]
fn fees_show_the_record_and_join_equal_channels() {
    let mut record = silent();
    record.channels = Known::Present(vec![
        channel(
            ChannelKind::Online,
            vec![],
            vec![fee(Some(10_000), "10000 VNĐ (mỗi lần)", Some("mỗi lần"))],
        ),
        channel(
            ChannelKind::Direct,
            vec![],
            vec![fee(Some(0), "0 VNĐ ()", None)],
        ),
        channel(
            ChannelKind::Postal,
            vec![],
            vec![fee(Some(0), "0 VNĐ ()", None)],
        ),
        channel(ChannelKind::Other, vec![], vec![]),
        channel(
            ChannelKind::Direct,
            vec![],
            vec![fee(None, "20 VNĐ (bản)", Some("bản"))],
        ),
    ]);
    assert_eq!(
        lines(&record, Section::Fee),
        [
            "Nộp trực tuyến: 10.000 đồng (mỗi lần)",
            "Nộp trực tiếp, qua bưu chính: nguồn ghi 0 đồng, không kèm giải thích",
            "Cách khác: nguồn không ghi mức phí",
            "Nộp trực tiếp: nguồn ghi “20 VNĐ (bản)”",
        ]
    );
}

#[test]
fn zero_with_text_is_the_text() {
    let mut record = silent();
    let note = "Do Hội đồng nhân dân quy định";
    let zero = fee(None, "0 VNĐ (Do Hội đồng nhân dân quy định)", Some(note));
    record.channels = Known::Present(vec![channel(ChannelKind::Direct, vec![], vec![zero])]);
    assert_eq!(
        lines(&record, Section::Fee),
        [format!("Nộp trực tiếp: {note}")]
    );
}

#[test]
fn periods_keep_unit_and_remark() {
    let mut record = silent();
    let other = || vec![period(None, PeriodUnit::Other, "1 OTHER", None)];
    let land = period(
        Some(20.0),
        PeriodUnit::WorkingDay,
        "20 WORKING_DAY",
        Some("không quá 17 ngày"),
    );
    record.channels = Known::Present(vec![
        channel(
            ChannelKind::Online,
            vec![period(
                Some(0.5),
                PeriodUnit::WorkingDay,
                "0.5 WORKING_DAY",
                None,
            )],
            vec![],
        ),
        channel(ChannelKind::Direct, vec![land], vec![]),
        channel(ChannelKind::Postal, other(), vec![]),
    ]);
    assert_eq!(
        lines(&record, Section::Time),
        [
            "Nộp trực tuyến: 0,5 ngày làm việc",
            "Nộp trực tiếp: 20 ngày làm việc; nguồn ghi thêm: không quá 17 ngày",
            "Gửi qua bưu chính: nguồn không ghi số ngày; xem các bước thực hiện",
        ]
    );
    record.channels = Known::Present(vec![channel(ChannelKind::Direct, other(), vec![])]);
    assert_eq!(facts(&record, Section::Time).state, State::Silent);
}

#[test]
fn papers_never_count_zero() {
    let mut record = silent();
    let paper = |name: &str, originals, copies, is_note| Document {
        name: name.to_owned(),
        originals,
        copies,
        form: Known::NotFetched,
        is_note,
        note: None,
    };
    record.cases = Known::Present(vec![
        Case {
            name: Some("Nuôi hai con".to_owned()),
            kind: CaseKind::Case,
            documents: vec![
                paper("Tờ khai nuôi mèo.", Some(1), Some(0), false),
                paper("Ảnh của mèo", Some(0), Some(2), false),
                paper("Mèo phải đã tiêm phòng.", Some(0), Some(0), true),
            ],
        },
        Case {
            name: Some("* Giấy tờ phải xuất trình:".to_owned()),
            kind: CaseKind::Group,
            documents: vec![paper("Thẻ căn cước", None, None, false)],
        },
    ]);
    assert_eq!(
        lines(&record, Section::Documents),
        [
            "Trường hợp: Nuôi hai con",
            "Tờ khai nuôi mèo (bản chính: 1)",
            "Ảnh của mèo (bản sao: 2)",
            "Lưu ý: Mèo phải đã tiêm phòng.",
            "Giấy tờ phải xuất trình:",
            "Thẻ căn cước",
        ]
    );
    assert_eq!(
        lines(&record, Section::Form),
        ["Nêu trong giấy tờ: Tờ khai nuôi mèo."]
    );
    let passages = crate::passages(&record);
    let ids: Vec<&str> = passages.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "9.000001#overview",
            "9.000001#documents/1",
            "9.000001#documents/2",
            "9.000001#form"
        ]
    );
    assert_eq!(passages[1].case.as_deref(), Some("Nuôi hai con"));
}

#[test]
fn our_unnumbered_steps_get_the_order_of_the_record() {
    let mut record = silent();
    let step = |order, title: Option<&str>, text: &str| Step {
        case: None,
        order,
        title: title.map(str::to_owned),
        text: text.to_owned(),
    };
    record.steps = Known::Present(vec![step(1, None, "Nộp."), step(2, None, "Nhận.")]);
    assert_eq!(lines(&record, Section::Steps), ["Nộp.", "Nhận."]);
    record.provenance.source_kind = "own".to_owned();
    assert_eq!(
        lines(&record, Section::Steps),
        ["Bước 1: Nộp.", "Bước 2: Nhận."]
    );
    record.steps = Known::Present(vec![
        step(1, None, "Mở đầu."),
        step(2, Some("Bước 1:"), "Nộp.\nĐợi."),
    ]);
    assert_eq!(
        lines(&record, Section::Steps),
        ["Mở đầu.", "Bước 1: Nộp.", "Đợi."]
    );
}

#[test]
fn the_level_stands_in_for_a_silent_agency() {
    let mut record = silent();
    record.levels = vec![Level::Tinh];
    let overview = lines(&record, Section::Overview);
    assert!(overview.contains(&"Cấp thực hiện: cấp tỉnh".to_owned()));
    assert!(
        overview.contains(&"Nguồn không ghi cơ quan thực hiện; thủ tục thuộc cấp tỉnh.".to_owned())
    );
}
