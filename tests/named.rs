//! What is known by name only: a catalogue beside the records, from the import to the
//! answer.

use std::fs;

use assistant::{Answer, Assistant, Conversation, Request, Route, Sampling};
use corpus::{Section, State};
use retrieval::{Query, Snapshot, build};
use serde_json::{Value, json};

use crate::common::app::TestApp;
use crate::common::events::{Events, names};
use crate::common::place::{Place, codes, records};

/// Lines of a catalogue: two procedures besides the records, and one that is a record too.
fn catalogue() -> Vec<Value> {
    let line = |code: &str, name: &str, url: Option<&str>| {
        json!({"code": code, "name": name, "levels": ["tinh"], "field": "Đất đai",
               "scope": {"kind": "national"}, "url": url, "as_of": "2026-07"})
    };
    vec![
        line(
            "9.000101",
            "Tách thửa đất",
            Some("https://example.vn/tach-thua"),
        ),
        line("9.000102", "Cấp phép nuôi chim yến", None),
        line("9.004222", "Đăng ký thường trú", None),
    ]
}

fn place() -> Place {
    let place = Place::new(&records());
    place.list(&catalogue());
    place
}

fn ask(snapshot: &std::sync::Arc<Snapshot>, turns: &[&str]) -> Answer {
    let assistant = Assistant::new();
    let mut conversation = Conversation::new();
    let mut last = None;
    for message in turns {
        let request = Request {
            message: (*message).to_owned(),
            ..Request::default()
        };
        let draft = assistant.prepare(snapshot, &conversation, &request);
        conversation = draft.conversation().clone();
        assert!(!(message.contains("thửa") && draft.wants_model()));
        last = Some(draft.write(None, &Sampling::default(), &mut |_| {}));
    }
    last.unwrap()
}

#[test]
fn a_name_without_a_record_is_found_and_marked() {
    let place = place();
    let report = place.build().unwrap();
    assert_eq!((report.procedures, report.named_only), (6, 2));
    let snapshot = Snapshot::open(&place.index()).unwrap();
    assert_eq!((snapshot.in_full(), snapshot.len()), (6, 8));
    assert_eq!(
        codes(&snapshot, "tách thửa đất hết bao nhiêu")[0],
        "9.000101"
    );
    assert_eq!(codes(&snapshot, "tach thua")[0], "9.000101");
    assert_eq!(codes(&snapshot, "9.000102")[0], "9.000102");
    let query = Query {
        explain: true,
        ..Query::new("nuôi chim yến")
    };
    let hit = snapshot.search(&query).unwrap().remove(0);
    assert!(hit.procedure.is_named_only() && hit.signals["named"] > 0.0);
    let sum: f32 = hit.signals.values().sum();
    assert!((sum - hit.score).abs() < 0.01 * sum, "{:?}", hit.signals);
    let residence = snapshot.procedure("9.004222").unwrap();
    assert!(!residence.is_named_only(), "a record goes before its line");
    let listed = snapshot.list(0, 10);
    let marked = listed.iter().filter(|line| line.named_only).count();
    assert_eq!((listed.len(), marked), (8, 2));
}

#[test]
fn words_of_every_record_stay_common_beside_many_names() {
    let place = Place::new(&records());
    let alone = place.open();
    let line = |n: u32| {
        json!({"code": format!("8.{n:06}"), "name": format!("Cấp phép khai thác mỏ số {n}"),
               "scope": {"kind": "national"}})
    };
    place.list(&(1..500).map(line).collect::<Vec<_>>());
    let beside = place.open();
    // "nộp" is in the steps of every record and in no name.
    assert!(alone.rarity("nộp") < 0.2 && beside.rarity("nộp") < 0.2);
    assert!(beside.rarity("khai thác") < 0.2, "in every name");
    assert!(beside.rarity("khai sinh") > alone.rarity("khai sinh"));
    let asked = "đăng ký khai sinh nộp ở đâu";
    assert_eq!(codes(&beside, asked)[0], codes(&alone, asked)[0]);
}

#[test]
fn the_answer_says_that_only_the_name_is_known_and_states_no_fact() {
    let snapshot = std::sync::Arc::new(place().open());
    let answer = ask(&snapshot, &["tách thửa đất hết bao nhiêu tiền, mấy ngày?"]);
    assert_eq!(answer.route, Route::NoInformation);
    insta::assert_snapshot!(answer.text, @"Đây là thủ tục “Tách thửa đất” (cấp tỉnh, mã 9.000101). Tôi mới có tên thủ tục này, chưa có nội dung chi tiết, nên không nêu giấy tờ, phí hay thời hạn. Bạn xem trang của thủ tục theo đường dẫn ở phần nguồn.");
    assert_eq!(
        answer.citations[0].url.as_deref(),
        Some("https://example.vn/tach-thua")
    );
    assert!(answer.procedures[0].named_only);
    assert!(answer.suggestions.is_empty());
    let states: Vec<(Section, State)> = answer.cards[0]
        .sections
        .iter()
        .map(|section| (section.section, section.state))
        .collect();
    let unknown = State::NotFetched;
    let overview = (Section::Overview, State::Present);
    assert_eq!(
        states,
        [overview, (Section::Fee, unknown), (Section::Time, unknown)]
    );
    let asked = eval::worked::Asked {
        question: String::new(),
        today: eval::TODAY,
    };
    let grounding =
        eval::grounding::check(&answer, &asked, |code| snapshot.procedure(code)).unwrap();
    assert_eq!(grounding.unsupported, Vec::<String>::new());

    let answer = ask(&snapshot, &["9.000102"]);
    assert!(
        answer.text.contains("hỏi Bộ phận Một cửa"),
        "{}",
        answer.text
    );
    assert_eq!(answer.citations[0].url, None);
}

#[test]
fn a_conversation_goes_through_it_and_on() {
    let snapshot = std::sync::Arc::new(place().open());
    let further = ask(
        &snapshot,
        &["tách thửa đất cần giấy tờ gì?", "còn lệ phí thì sao?"],
    );
    assert_eq!(further.procedures[0].code, "9.000101");
    assert_eq!(further.route, Route::NoInformation);
    let turns = [
        "tách thửa đất cần giấy tờ gì?",
        "đăng ký khai sinh hết bao nhiêu tiền?",
    ];
    let other = ask(&snapshot, &turns);
    assert_eq!(other.procedures[0].code, "9.001193");
    assert_eq!(other.route, Route::Answer);
    assert!(other.text.contains("7.000 đồng"), "{}", other.text);
}

#[test]
fn a_bad_line_is_left_out_and_a_catalogue_alone_is_no_corpus() {
    let place = place();
    let path = place.corpus().join(corpus::catalogue::FILE);
    let lines = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{lines}{{\"code\": \"9.000103\"}}\n")).unwrap();
    let report = place.build().unwrap();
    assert_eq!((report.named_only, report.problems.len()), (2, 1));
    assert_eq!(report.problems[0].line, Some(4));
    let names = Place::new(&[]);
    names.list(&catalogue());
    assert!(names.build().is_err());
    let both = [place.corpus(), names.corpus()];
    let report = build(&both, &names.index(), &mut |_, _| {}).unwrap();
    assert_eq!((report.procedures, report.named_only), (6, 2));
}

#[tokio::test]
async fn http_marks_it_everywhere_and_gives_its_page() {
    let app = TestApp::with_catalogue(&catalogue());
    let found = app.get_json("/v1/search?q=tach+thua+dat&k=1").await;
    assert_eq!(found["hits"][0]["named_only"], true);
    assert_eq!(found["hits"][0]["code"], "9.000101");
    let known = app.get_json("/v1/procedures/9.000101").await;
    assert_eq!(known["named_only"], true);
    assert_eq!(known["url"], "https://example.vn/tach-thua");
    assert!(
        known["notice"]
            .as_str()
            .unwrap()
            .contains("chưa có nội dung")
    );
    assert!(known.get("channels").is_none() && known.get("cases").is_none());
    let full = app.get_json("/v1/procedures/1.004222").await;
    assert!(full.get("named_only").is_none());
    let list = app.get_json("/v1/procedures").await;
    assert_eq!(list["total"], 7, "{list}");
    let events = Events::ask(&app, "tách thửa đất mấy ngày")
        .await
        .rest()
        .await;
    let order = ["accepted", "card", "sources", "delta", "final"];
    assert_eq!(names(&events), order);
    let answer = &events[events.len() - 1].1;
    assert_eq!(answer["route"], "no_information");
    assert_eq!(answer["procedures"][0]["named_only"], true);
}
