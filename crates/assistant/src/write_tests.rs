//! Writing with a scripted model: what passes, what is dropped, what the record adds.

use std::sync::Arc;

use corpus::{ChannelKind, Procedure, Section};

use crate::answer::WrittenBy;
use crate::card::Sheet;
use crate::generator::{Sampling, StopReason};
use crate::points::Point;
use crate::rules::Rules;
use crate::scripted::{Scripted, says};
use crate::write::{Brief, Written, write};

fn record() -> Arc<Procedure> {
    let json = r#"{
        "code": "9.000001", "name": "Đăng ký thử", "levels": ["xa"], "scope": {"kind": "national"},
        "fields": ["Thử"],
        "channels": [
            {"kind": "online",
             "durations": [{"value": 7, "unit": "working_day", "raw": "7 WORKING_DAY"}],
             "fees": [{"amount_vnd": 10000, "raw": "10000 VNĐ ()"}]},
            {"kind": "direct",
             "durations": [{"value": 7, "unit": "working_day", "raw": "7 WORKING_DAY"}],
             "fees": [{"amount_vnd": 20000, "raw": "20000 VNĐ ()"}]}],
        "requirements": null,
        "agencies": {"executing": ["Công an cấp xã"]},
        "provenance": {"source_kind": "own", "source_url": null, "as_of": "2026-07"}
    }"#;
    Arc::new(serde_json::from_str(json).unwrap())
}

fn say(text: &'static str, aspects: &[Section], channel: Option<ChannelKind>) -> (Written, String) {
    run(
        &mut Scripted {
            text,
            stop: StopReason::EndOfTurn,
            fails: false,
        },
        aspects,
        channel,
    )
}

fn run(
    generator: &mut Scripted,
    aspects: &[Section],
    channel: Option<ChannelKind>,
) -> (Written, String) {
    write_from(generator, Sheet::new(record(), 1.0, aspects), channel)
}

fn write_from(
    generator: &mut Scripted,
    sheet: Sheet,
    channel: Option<ChannelKind>,
) -> (Written, String) {
    write_brief(generator, &brief(sheet, channel))
}

fn brief(sheet: Sheet, channel: Option<ChannelKind>) -> Brief {
    Brief {
        yes_no: false,
        sheet,
        channel,
        sure: true,
        speak: true,
    }
}

/// What stands behind the opening, which the record writes.
fn phrased(written: &Written) -> &str {
    let (opening, rest) = written.text.split_once('\n').unwrap();
    assert_eq!(opening, "Thủ tục “Đăng ký thử” (cấp xã).");
    rest
}

fn write_brief(generator: &mut Scripted, brief: &Brief) -> (Written, String) {
    let rules = Rules::embedded();
    let mut streamed = String::new();
    let written = write(
        brief,
        &rules.gate,
        Some(generator),
        &Sampling::default(),
        &mut |piece| streamed.push_str(piece),
    );
    (written, streamed)
}

#[test]
fn supported_sentences_are_the_models() {
    let text = "Nộp trực tuyến hết 10.000 đồng. Thời hạn giải quyết là 7 ngày làm việc.";
    let (written, streamed) = say(
        text,
        &[Section::Fee, Section::Time],
        Some(ChannelKind::Online),
    );
    assert_eq!(written.by, WrittenBy::Model);
    assert_eq!(
        phrased(&written),
        "Nộp trực tuyến hết 10.000 đồng [1]. Thời hạn giải quyết là 7 ngày làm việc [3]."
    );
    assert_eq!(streamed, written.text, "deltas joined are the text");
}

/// What citizens call the procedure is in no line of the record.
#[test]
fn the_citizens_name_for_it_may_be_repeated() {
    let say = |sure: bool, text: &'static str| {
        let mut procedure = (*record()).clone();
        procedure.aliases = vec!["làm sổ phòng trọ".to_owned()];
        let brief = Brief {
            yes_no: false,
            sheet: Sheet::new(Arc::new(procedure), 1.0, &[Section::Fee]),
            channel: Some(ChannelKind::Online),
            sure,
            speak: true,
        };
        let mut scripted = Scripted {
            text,
            stop: StopReason::EndOfTurn,
            fails: false,
        };
        let gate = &Rules::embedded().gate;
        let sampling = Sampling::default();
        write(&brief, gate, Some(&mut scripted), &sampling, &mut |_| {}).by
    };
    let right = "Làm sổ phòng trọ nộp trực tuyến hết 10.000 đồng.";
    assert_eq!(say(true, right), WrittenBy::Model);
    assert_eq!(say(false, right), WrittenBy::Record, "only the nearest");
    let wrong = "Làm sổ phòng trọ nộp trực tuyến hết 20.000 đồng.";
    assert_eq!(say(true, wrong), WrittenBy::Record);
}

#[test]
fn an_invented_amount_never_shows_and_the_record_answers() {
    let (written, streamed) = say("Lệ phí là 50.000 đồng.", &[Section::Fee], None);
    assert_eq!(written.by, WrittenBy::Record);
    assert!(!written.text.contains("50.000"), "{}", written.text);
    assert!(written.text.contains("10.000 đồng") && written.text.contains("20.000 đồng"));
    assert_eq!(streamed, written.text);
}

#[test]
fn what_the_model_leaves_out_the_record_adds() {
    let (written, _) = say(
        "Nộp trực tuyến hết 10.000 đồng.",
        &[Section::Fee, Section::Time],
        Some(ChannelKind::Online),
    );
    assert_eq!(written.by, WrittenBy::Record);
    assert!(phrased(&written).starts_with("Nộp trực tuyến hết 10.000 đồng [1]."));
    assert!(written.text.contains("7 ngày làm việc"), "{}", written.text);
}

#[test]
fn half_a_fee_is_not_told_as_the_whole() {
    let (written, _) = say(
        "Khi nộp trực tuyến, lệ phí là 10.000 đồng. Khi nộp trực tiếp, lệ phí là 30.000 đồng.",
        &[Section::Fee],
        None,
    );
    assert_eq!(written.by, WrittenBy::Record, "{}", written.text);
    assert!(written.text.contains("20.000 đồng"), "{}", written.text);
    assert!(!written.text.contains("30.000"), "{}", written.text);
}

#[test]
fn silence_is_said_in_fixed_words_whatever_the_model_makes_of_it() {
    let aspects = [Section::Fee, Section::Conditions];
    let fee =
        "Khi nộp trực tuyến, lệ phí là 10.000 đồng; khi nộp trực tiếp, lệ phí là 20.000 đồng.";
    let (written, _) = say(fee, &aspects, None);
    assert_eq!(written.by, WrittenBy::Model, "{}", written.text);
    assert!(written.text.contains("Nguồn không ghi yêu cầu, điều kiện."));
    let invented = "Nguồn không ghi lệ phí. Nguồn không ghi yêu cầu, điều kiện.";
    let (written, _) = say(invented, &aspects, None);
    assert_eq!(written.by, WrittenBy::Record, "{}", written.text);
    assert!(
        !written.text.contains("không ghi lệ phí"),
        "{}",
        written.text
    );
}

/// The record with papers, asked for them.
fn papers(names: &[&str]) -> Sheet {
    let mut record = (*record()).clone();
    let papers = names
        .iter()
        .map(|name| serde_json::json!({"name": name, "originals": 1}));
    let cases = serde_json::json!([{"documents": papers.collect::<Vec<_>>()}]);
    record.cases = serde_json::from_value(cases).unwrap();
    Sheet::new(Arc::new(record), 1.0, &[Section::Documents])
}

#[test]
fn a_list_is_opened_by_the_model_and_left_to_the_card() {
    let mut model = says("Bạn cần chuẩn bị Tờ khai và Giấy chứng sinh.");
    let names = [
        "Tờ khai",
        "Giấy chứng sinh",
        "Căn cước của mẹ",
        "Giấy cam đoan",
    ];
    let (written, _) = write_from(&mut model, papers(&names), None);
    assert_eq!(written.by, WrittenBy::Model, "{}", written.text);
    assert!(
        written.text.ends_with("ở thẻ bên dưới."),
        "{}",
        written.text
    );
    model.text = "Bạn cần chuẩn bị Tờ khai và Hộ chiếu.";
    let (written, _) = write_from(&mut model, papers(&names), None);
    assert_eq!(written.by, WrittenBy::Record);
    assert!(!written.text.contains("Hộ chiếu"), "{}", written.text);
}

#[test]
fn what_the_record_says_of_the_case_is_quoted_before_the_model_speaks() {
    let sentence = "Người thuộc hộ nghèo: hưởng khi không có lương hưu. Nộp ở xã.";
    let mut sheet = papers(&["Tờ khai"]);
    sheet.points = vec![Point {
        section: Section::Conditions,
        sentence: sentence.to_owned(),
        case: Some("hộ nghèo".to_owned()),
        sure: false,
    }];
    let mut model = says("Bạn cần chuẩn bị Tờ khai.");
    let (written, _) = write_from(&mut model, sheet.clone(), None);
    assert_eq!(written.by, WrittenBy::Model, "{}", written.text);
    let quoted = format!("“{}” [", sentence.trim_end_matches('.'));
    let (opening, phrased) = written.text.rsplit_once('\n').unwrap();
    assert!(opening.contains(&quoted), "{opening}");
    assert!(phrased.starts_with("Bạn cần"), "{phrased}");
    model.text = "Bạn thuộc hộ nghèo, không có lương hưu. Bạn cần chuẩn bị Tờ khai.";
    let (written, _) = write_from(&mut model, sheet, None);
    assert!(written.text.contains(&quoted), "{}", written.text);
    assert!(!written.text.contains("Bạn thuộc"), "{}", written.text);
}

#[test]
fn a_model_of_which_nothing_is_shown_leaves_the_records_answer() {
    let sheet = papers(&["Tờ khai", "Căn cước"]);
    let brief = brief(sheet, None);
    let gate = &Rules::embedded().gate;
    let sampling = Sampling::default();
    let record = write(&brief, gate, None, &sampling, &mut |_| {});
    let mut model = says("Bạn cần chuẩn bị Hộ chiếu.");
    let (written, streamed) = write_brief(&mut model, &brief);
    assert_eq!(written, record);
    assert_eq!(streamed, record.text);
}

#[test]
fn a_section_may_be_told_behind_its_own_heading() {
    let mut strict = (*record()).clone();
    let conditions = serde_json::json!(["Có nhà ở ổn định trên địa bàn xã."]);
    strict.requirements = serde_json::from_value(conditions).unwrap();
    let aspects = [Section::Conditions, Section::Time];
    let sheet = Sheet::new(Arc::new(strict), 1.0, &aspects);
    let mut model = says(
        "Điều kiện là có nhà ở ổn định trên địa bàn xã. Thời hạn giải quyết là 7 ngày làm việc.",
    );
    let (written, _) = write_from(&mut model, sheet.clone(), None);
    assert_eq!(written.by, WrittenBy::Model, "{}", written.text);
    for told in [
        "Điều kiện là có nhà ở ổn định trên địa bàn tỉnh.",
        "Điều kiện là 7 ngày làm việc.",
    ] {
        model.text = told;
        let (written, _) = write_from(&mut model, sheet.clone(), None);
        assert!(!written.text.contains(told), "{}", written.text);
    }
}

#[test]
fn the_model_answers_no_yes_and_no_no() {
    let mut model = says("Có, bạn cần chuẩn bị Tờ khai. Bạn cần chuẩn bị Tờ khai.");
    let brief = Brief {
        yes_no: true,
        ..brief(papers(&["Tờ khai"]), None)
    };
    let (written, _) = write_brief(&mut model, &brief);
    assert!(phrased(&written).starts_with("Bạn cần"));
}

#[test]
fn a_recorded_zero_is_told_with_its_source_or_not_at_all() {
    let mut zero = (*record()).clone();
    let channels = serde_json::json!([{"kind": "direct", "durations": [],
        "fees": [{"amount_vnd": 0, "raw": "0 VNĐ ()"}]}]);
    zero.channels = serde_json::from_value(channels).unwrap();
    let sheet = Sheet::new(Arc::new(zero), 1.0, &[Section::Fee]);
    let mut model = says("Lệ phí là 0 đồng.");
    let (written, _) = write_from(&mut model, sheet, None);
    assert_eq!(written.by, WrittenBy::Record);
    assert!(
        written.text.contains("nguồn ghi 0 đồng"),
        "{}",
        written.text
    );
}

#[test]
fn half_a_sentence_is_not_shown() {
    let mut cut = Scripted {
        text: "Nộp trực tuyến hết 10.000 đồng. Thời hạn là 7 ngày",
        stop: StopReason::Length,
        fails: false,
    };
    let (written, _) = run(&mut cut, &[Section::Fee], Some(ChannelKind::Online));
    assert_eq!(phrased(&written), "Nộp trực tuyến hết 10.000 đồng [1].");
}

#[test]
fn a_failing_model_is_the_records_answer() {
    let mut failing = Scripted {
        text: "",
        stop: StopReason::EndOfTurn,
        fails: true,
    };
    let (written, _) = run(&mut failing, &[Section::Fee], None);
    assert_eq!(written.by, WrittenBy::Record);
    assert!(written.text.contains("10.000 đồng"));
}

#[test]
fn the_model_sends_nobody_to_a_district_office() {
    let mut old = (*record()).clone();
    let line = "Nộp hồ sơ tại UBND huyện Gò Dầu.";
    let place = serde_json::json!([line]);
    old.receiving_addresses = serde_json::from_value(place).unwrap();
    let sheet = Sheet::new(Arc::new(old), 1.0, &[Section::Where]);
    let mut model = says("Nộp hồ sơ tại UBND huyện Gò Dầu.");
    let (written, _) = write_from(&mut model, sheet, None);
    assert_eq!(written.by, WrittenBy::Record);
    assert!(
        written.text.contains("không còn cấp huyện"),
        "{}",
        written.text
    );
}

#[test]
fn every_number_of_a_source_quotes_the_values_beside_it() {
    let (written, _) = say(
        "Nộp trực tiếp hết 20.000 đồng.",
        &[Section::Fee, Section::Where],
        None,
    );
    let citations = Sheet::new(record(), 1.0, &[Section::Fee, Section::Where]).citations(1);
    let quote = |id: u32| {
        citations
            .iter()
            .find(|c| c.id == id)
            .map(|c| c.quote.clone())
            .unwrap()
    };
    assert!(
        written.text.contains("20.000 đồng [2]."),
        "{}",
        written.text
    );
    assert_eq!(quote(2), "Nộp trực tiếp: 20.000 đồng");
    assert!(
        written.text.contains("Công an cấp xã [3]."),
        "{}",
        written.text
    );
    assert!(quote(3).contains("Công an cấp xã"));
}
