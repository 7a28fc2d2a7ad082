//! Whole conversations over our own records, each the story of a person.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use assistant::{Answer, Assistant, Conversation, Request, Route, Sampling};
use corpus::Section;
use retrieval::{Snapshot, build};
use serde_json::json;

use crate::common::place::{Place, record, records};

/// The index of `corpus/procedures`, built once.
static RECORDS: LazyLock<(tempfile::TempDir, Arc<Snapshot>)> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    build(&[root.join("corpus/procedures")], &index, &mut |_, _| {}).unwrap();
    let snapshot = Snapshot::open(&index).unwrap();
    (folder, Arc::new(snapshot))
});

/// The answers to the turns of one conversation, in the record's words.
fn talk(turns: &[&str]) -> Vec<Answer> {
    talk_to(&Assistant::new(), turns)
}

fn talk_to(assistant: &Assistant, turns: &[&str]) -> Vec<Answer> {
    talk_over(&RECORDS.1, assistant, turns)
}

fn talk_over(snapshot: &Arc<Snapshot>, assistant: &Assistant, turns: &[&str]) -> Vec<Answer> {
    let mut conversation = Conversation::new();
    let mut answers = Vec::new();
    for message in turns {
        let request = Request {
            message: (*message).to_owned(),
            ..Request::default()
        };
        let draft = assistant.prepare(snapshot, &conversation, &request);
        conversation = draft.conversation().clone();
        answers.push(draft.write(None, &Sampling::default(), &mut |_| {}));
    }
    answers
}

/// The citizen with whom this project began: she asked for a single-status certificate online,
/// had lived in several places, and was called in twice because nobody had told her about
/// proof from the former ones. Each answer she gets here names what would have saved the trip.
#[test]
fn the_single_status_certificate_of_someone_who_lived_in_several_places() {
    let answers = talk(&[
        "Tôi cần giấy xác nhận tình trạng hôn nhân, trước đây tôi từng thường trú ở 3 nơi, nộp online thì cần giấy tờ gì?",
        "Nộp online được không?",
        "Vậy tôi có phải về mấy nơi cũ xin xác nhận không?",
        "Lệ phí bao nhiêu?",
    ]);
    for answer in &answers {
        assert_eq!(answer.route, Route::Answer, "{}", answer.text);
        assert_eq!(answer.procedures[0].code, "1.004873", "{}", answer.text);
    }
    let former = "giấy tờ chứng minh tình trạng hôn nhân ở nơi thường trú trước đây";
    let asked = "gửi yêu cầu xác minh tới Ủy ban nhân dân cấp xã nơi đó";
    for place in [0, 2] {
        let text = &answers[place].text;
        assert!(text.contains(former) && text.contains(asked), "{text}");
        let quoted = |answer: &Answer| answer.citations.iter().any(|c| c.quote.contains(former));
        assert!(quoted(&answers[place]), "{:?}", answers[place].citations);
    }
    assert!(
        answers[1].text.contains("Được nộp trực tuyến"),
        "{}",
        answers[1].text
    );
    // The fee belongs to the province: no amount, and the case does not crowd the answer.
    assert!(
        answers[3].text.contains("Hội đồng nhân dân"),
        "{}",
        answers[3].text
    );
    assert!(!answers[3].text.contains(former), "{}", answers[3].text);
}

/// "Không, ý tôi là …": the procedure denied is not offered again.
#[test]
fn a_correction_leaves_the_procedure_denied() {
    let answers = talk(&[
        "Đăng ký thường trú cần giấy tờ gì?",
        "không phải, ý tôi là đăng ký tạm trú",
    ]);
    assert_eq!(answers[0].procedures[0].code, "1.004222");
    assert_eq!(
        answers[1].procedures[0].code, "1.004194",
        "{}",
        answers[1].text
    );
    assert!(
        answers[1].text.contains("Giấy tờ cần nộp"),
        "{}",
        answers[1].text
    );
}

/// Two procedures side by side, each value under its own name.
#[test]
fn a_comparison_states_both() {
    let answers = talk(&["Đăng ký thường trú với đăng ký tạm trú khác nhau thế nào về lệ phí?"]);
    let codes: Vec<&str> = answers[0].cards.iter().map(|card| &*card.code).collect();
    assert_eq!(codes, ["1.004222", "1.004194"]);
    assert!(
        answers[0].text.contains("1. “Đăng ký thường trú”"),
        "{}",
        answers[0].text
    );
    assert!(
        answers[0].text.contains("2. “Đăng ký tạm trú”"),
        "{}",
        answers[0].text
    );
}

/// "Cái thứ hai" after a comparison is its second procedure, and the conversation stays there.
#[test]
fn the_second_of_a_comparison_can_be_picked() {
    let answers = talk(&[
        "Đăng ký thường trú với đăng ký tạm trú khác nhau thế nào về lệ phí?",
        "cái thứ hai nộp ở đâu?",
        "mấy ngày xong?",
    ]);
    let asked = |answer: &Answer| answer.cards[0].sections[0].section;
    for answer in &answers[1..] {
        assert_eq!(answer.route, Route::Answer, "{}", answer.text);
        assert_eq!(answer.procedures[0].code, "1.004194", "{}", answer.text);
    }
    assert_eq!(asked(&answers[1]), Section::Where);
    assert_eq!(asked(&answers[2]), Section::Time);
}

/// Two acts on one thing that is named once: each side finds its own procedure.
#[test]
fn what_both_sides_share_may_be_said_once() {
    let answers = talk(&["Thẻ căn cước thì đổi với xin cấp lại khác nhau thế nào về lệ phí?"]);
    let codes: Vec<&str> = answers[0].cards.iter().map(|card| &*card.code).collect();
    assert_eq!(codes, ["1.014063", "1.014064"], "{}", answers[0].text);
}

/// An English question: an English frame around the record's Vietnamese.
#[test]
fn a_question_in_english_is_answered_in_an_english_frame() {
    let answers = talk(&[
        "How much is it to register permanent residence online?",
        "Who won the football match yesterday and what is the score?",
    ]);
    assert_eq!(
        answers[0].procedures[0].code, "1.004222",
        "{}",
        answers[0].text
    );
    assert!(answers[0].text.contains("Fee:"), "{}", answers[0].text);
    assert!(
        answers[0].text.contains("10.000 đồng"),
        "{}",
        answers[0].text
    );
    assert_eq!(answers[1].route, Route::OutOfScope, "{}", answers[1].text);
}

/// Sums are worked out of the record with their working, and measuring does each again.
#[test]
fn copies_and_deadlines_are_worked_out_of_the_record() {
    let friday = jiff::civil::date(2026, 11, 20);
    let assistant = Assistant::new().on(friday);
    for (turns, code, worked) in [
        (
            &["5 bản chứng thực mỗi bản 3 trang hết bao nhiêu?"][..],
            "2.000815",
            "5.000 đồng × 5 bản = 25.000 đồng",
        ),
        (
            &[
                "Xin bản sao trích lục khai sinh",
                "3 bản thì hết bao nhiêu tiền?",
            ],
            "2.000635",
            "8.000 đồng × 3 bản = 24.000 đồng",
        ),
        (
            &["Đăng ký thường trú, nộp hôm nay thì ngày nào có kết quả?"],
            "1.004222",
            "chậm nhất thứ Ba ngày 01/12/2026",
        ),
    ] {
        let answers = talk_to(&assistant, turns);
        let answer = &answers[answers.len() - 1];
        assert_eq!(answer.procedures[0].code, code, "{}", answer.text);
        assert!(answer.text.contains(worked), "{}", answer.text);
        let asked = eval::worked::Asked {
            question: turns.join(" "),
            today: friday,
        };
        let record = |code: &str| RECORDS.1.procedure(code);
        let grounding = eval::grounding::check(answer, &asked, record).unwrap();
        assert_eq!(
            grounding.unsupported,
            Vec::<String>::new(),
            "{}",
            answer.text
        );
    }
}

/// What is to be done turns a conversation to the procedure about the same thing that does it;
/// how long it lasts does not.
#[test]
fn an_act_turns_a_conversation() {
    for (first, turned, to) in [
        (
            "Cấp giấy phép lái xe cần giấy tờ gì?",
            "3.000346",
            "3.000348",
        ),
        (
            "Làm thẻ căn cước cho người 20 tuổi cần giấy tờ gì?",
            "1.014061",
            "1.014064",
        ),
    ] {
        let answers = talk(&[
            first,
            "Mất bao nhiêu ngày?",
            "thế bị mất thì sao?",
            "lệ phí bao nhiêu?",
        ]);
        let codes: Vec<&str> = answers.iter().map(|a| &*a.procedures[0].code).collect();
        assert_eq!(codes, [turned, turned, to, to], "{first}");
    }
}

/// A story without a question, told over several turns, decides together with the question.
#[test]
fn what_was_told_before_decides_together_with_the_question() {
    let answers = talk(&[
        "Nhà tôi bị cháy, mất luôn cuốn sổ đỏ",
        "Sổ đứng tên ba tôi",
        "Giờ xin cấp lại thì bao nhiêu ngày có?",
    ]);
    let last = &answers[2];
    assert_eq!(last.procedures[0].code, "1.012786", "{}", last.text);
    assert!(last.text.contains("Thời hạn giải quyết"), "{}", last.text);
}

/// A province named later, with half its marks and beside other words, picks its copy of the
/// procedure at hand, and what was asked for stays asked for.
#[test]
fn a_province_named_later_picks_its_copy() {
    let name = "Giao rừng cộng đồng";
    let copy = |code: &str, province: &str, fee: u64| {
        let mut copy = record(code, name, "tinh", fee);
        copy["scope"] = json!({"kind": "province", "name": province});
        copy
    };
    let mut all = records();
    all.push(copy("9.100001", "Đắk Lắk", 10_000));
    all.push(copy("9.100002", "Lào Cai", 20_000));
    all.push(copy("9.100003", "Gia Lai", 30_000));
    let snapshot = Arc::new(Place::new(&all).open());
    for (where_, code, fee) in [
        ("Tôi ở Gia Lai", "9.100003", "30.000 đồng"),
        ("rừng tôi ở Lao Cai", "9.100002", "20.000 đồng"),
        ("ở Đắk Lắk nhé", "9.100001", "10.000 đồng"),
    ] {
        let turns = ["Giao rừng cộng đồng lệ phí bao nhiêu?", where_];
        let answers = talk_over(&snapshot, &Assistant::new(), &turns);
        assert_eq!(
            answers[1].procedures[0].code, code,
            "{where_}: {}",
            answers[1].text
        );
        assert!(
            answers[1].text.contains(fee),
            "{where_}: {}",
            answers[1].text
        );
    }
}

/// Each clause of a question finds its own sentence: photographs, until when, and the fee from
/// its section.
#[test]
fn every_clause_of_a_question_is_answered() {
    let mut forest = record("9.100000", "Giao rừng cộng đồng", "xa", 5_000);
    forest["cases"] = json!([{"documents": [
        {"name": "Đơn đề nghị giao rừng của cộng đồng dân cư thôn theo mẫu"},
        {"name": "02 ảnh chụp hiện trạng khu rừng cỡ 9x12 cm, in màu"}
    ]}]);
    forest["requirements"] = json!([
        "Cộng đồng dân cư có phong tục gắn với rừng.",
        "Hồ sơ phải nộp chậm nhất 45 ngày sau khi họp thôn."
    ]);
    let mut all = records();
    all.push(forest);
    let snapshot = Arc::new(Place::new(&all).open());
    let turns = [
        "Tôi muốn xin giao rừng cộng đồng",
        "Ảnh cỡ mấy, họp thôn xong phải nộp chậm nhất bao nhiêu ngày, và lệ phí bao nhiêu?",
    ];
    let answers = talk_over(&snapshot, &Assistant::new(), &turns);
    let text = &answers[1].text;
    for said in ["9x12 cm", "45 ngày", "5.000 đồng"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
