//! Ten provinces' copies of one procedure and the country's: one hit, the asker's own
//! first, the others within reach.

use std::sync::Arc;

use assistant::{Answer, Assistant, Conversation, Request, Route, Sampling};
use corpus::Level;
use retrieval::{Hit, HitJson, Query, Snapshot};
use serde_json::{Value, json};

use crate::common::place::{Place, record, records};

const PROVINCES: [&str; 10] = [
    "Đắk Lắk",
    "Lâm Đồng",
    "Gia Lai",
    "Lào Cai",
    "Lạng Sơn",
    "Sơn La",
    "Bắc Ninh",
    "Đồng Tháp",
    "Lai Châu",
    "Cà Mau",
];

/// Of province `n` the code ends in `n`, and it costs `n` times ten thousand đồng.
fn copies() -> Vec<Value> {
    let mut all = vec![
        record("9.100000", "Giao rừng cộng đồng", "xa", 5_000),
        record("9.200001", "Trồng rừng ven biển", "tinh", 1_000),
        record("9.200002", "Khai thác rừng trồng", "tinh", 2_000),
    ];
    for (n, province) in (1..).zip(PROVINCES) {
        let name = match n % 3 {
            0 => format!("Giao rừng cộng đồng trên địa bàn tỉnh {province}"),
            1 => "Thủ tục giao rừng cộng đồng (cấp tỉnh)".to_owned(),
            _ => "GIAO RỪNG CỘNG ĐỒNG".to_owned(),
        };
        let mut copy = record(&format!("9.1000{n:02}"), &name, "tinh", n * 10_000);
        copy["scope"] = json!({"kind": "province", "name": province});
        all.push(copy);
    }
    for record in &mut all {
        record["fields"] = json!(["Lâm nghiệp"]);
    }
    all.extend(records());
    all
}

fn search(snapshot: &Snapshot, text: &str, change: impl FnOnce(&mut Query)) -> Vec<Hit> {
    let mut query = Query::new(text);
    change(&mut query);
    snapshot.search(&query).unwrap()
}

#[test]
fn copies_are_one_hit_and_k_counts_procedures() {
    let snapshot = Place::new(&copies()).open();
    let hits = search(&snapshot, "giao rừng cộng đồng", |query| {
        query.limit = 3;
    });
    let codes: Vec<&str> = hits.iter().map(|hit| &*hit.procedure.code).collect();
    assert_eq!(hits.len(), 3, "{codes:?}");
    assert_eq!(
        codes[0], "9.100000",
        "the country's where no province is known"
    );
    assert_eq!(hits[0].variants.len(), 10);
    assert!(hits[0].covers("9.100007") && !hits[0].covers("9.200001"));
    assert!(hits[1..].iter().all(|hit| hit.variants.is_empty()));
    let json = serde_json::to_value(HitJson::from(&hits[0])).unwrap();
    assert_eq!(
        (&json["scope"], &json["province"]),
        (&json!("national"), &Value::Null)
    );
    let mut variants = json["variants"].as_array().unwrap().clone();
    variants.sort_by_key(|variant| variant["code"].to_string());
    let first = json!({"code": "9.100001", "level": "tinh", "scope": "province",
                       "province": "Đắk Lắk", "named_only": false});
    assert_eq!(variants[0], first);
}

#[test]
fn the_own_province_leads_by_any_of_its_names() {
    let snapshot = Place::new(&copies()).open();
    for (province, code) in [
        ("Lâm Đồng", "9.100002"),
        ("tỉnh Đắk Nông", "9.100002"),
        ("ca mau", "9.100010"),
        ("Hà Nội", "9.100000"),
    ] {
        let asks = |query: &mut Query| query.province = Some(province.to_owned());
        let hits = search(&snapshot, "giao rừng cộng đồng", asks);
        assert_eq!(hits[0].procedure.code, code, "{province}");
        assert_eq!(hits[0].variants.len(), 10, "{province}");
    }
    let hits = search(&snapshot, "giao rừng 9.100004", |query| {
        query.province = Some("Lâm Đồng".to_owned());
    });
    assert_eq!(
        hits[0].procedure.code, "9.100004",
        "a code says more than a province"
    );
    let hits = search(&snapshot, "giao rừng cộng đồng", |query| {
        query.level = Some(Level::Tinh);
    });
    assert_eq!(hits[0].variants.len(), 9, "the filter holds for copies too");
}

fn ask(snapshot: &Arc<Snapshot>, province: Option<&str>, turns: &[&str]) -> Answer {
    let assistant = Assistant::new();
    let mut conversation = Conversation::new();
    let mut answers = Vec::new();
    for message in turns {
        let request = Request {
            message: (*message).to_owned(),
            province: province.map(str::to_owned),
        };
        let draft = assistant.prepare(snapshot, &conversation, &request);
        conversation = draft.conversation().clone();
        answers.push(draft.write(None, &Sampling::default(), &mut |_| {}));
    }
    answers.remove(answers.len() - 1)
}

#[test]
fn copies_that_answer_otherwise_are_offered_and_a_digit_picks_one() {
    let snapshot = Arc::new(Place::new(&copies()).open());
    let fee = "giao rừng cộng đồng lệ phí bao nhiêu?";
    let answer = ask(&snapshot, None, &[fee]);
    assert_eq!((answer.route, answer.choices.len()), (Route::Answer, 4));
    assert!(answer.text.contains("5.000 đồng"), "{}", answer.text);
    assert!(
        answer
            .notices
            .iter()
            .any(|notice| notice.contains("bản riêng"))
    );
    let second = &answer.choices[1];
    let picked = ask(&snapshot, None, &[fee, "2"]);
    assert_eq!(picked.procedures[0].code, second.send);
    let n: u64 = second.send[6..].parse().unwrap();
    assert!(
        picked.text.contains(&format!("{n}0.000 đồng")),
        "{}",
        picked.text
    );
    assert!(picked.choices.is_empty());
    let goes_on = ask(&snapshot, None, &[fee, "2", "còn thời hạn thì sao?"]);
    assert_eq!(
        goes_on.procedures[0].code, second.send,
        "the copy chosen stays"
    );

    let time = ask(&snapshot, None, &["giao rừng cộng đồng mấy ngày xong?"]);
    assert!(
        time.choices.is_empty(),
        "every copy says five days: {:?}",
        time.choices
    );
}

#[test]
fn whose_province_is_known_gets_its_copy_and_no_other_province() {
    let snapshot = Arc::new(Place::new(&copies()).open());
    let fee = "giao rừng cộng đồng lệ phí bao nhiêu?";
    let own = ask(&snapshot, Some("tỉnh Gia Lai"), &[fee]);
    assert_eq!(own.procedures[0].code, "9.100003");
    assert!(own.text.contains("30.000 đồng"), "{}", own.text);
    let labels: Vec<&str> = own.choices.iter().map(|choice| &*choice.label).collect();
    assert_eq!(labels, ["Cả nước (cấp xã)"]);
    assert!(!own.notices.iter().any(|notice| notice.contains("công bố")));
}

#[test]
fn a_province_named_in_a_message_is_the_askers_from_then_on() {
    let snapshot = Arc::new(Place::new(&copies()).open());
    let fee = "giao rừng cộng đồng ở Đắk Nông lệ phí bao nhiêu?";
    let own = ask(&snapshot, None, &[fee]);
    assert_eq!(own.procedures[0].code, "9.100002", "Lâm Đồng's");
    let says = |answer: &Answer, words: &str| answer.notices.iter().any(|n| n.contains(words));
    assert!(says(&own, "Đắk Nông nay thuộc tỉnh Lâm Đồng"), "{own:?}");
    assert!(!says(&own, "công bố"), "{:?}", own.notices);
    let later = "giao rừng cộng đồng cần giấy tờ gì?";
    let told = ask(
        &snapshot,
        Some("Gia Lai"),
        &["tôi ở Hà Tây cũ", "tôi ở Đắk Nông cũ", later],
    );
    assert_eq!(
        told.procedures[0].code, "9.100002",
        "named later than known"
    );
}
