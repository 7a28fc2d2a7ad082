//! Index and search over a handful of records made by hand.

use std::fs;
use std::path::Path;

use corpus::{Level, Section};
use retrieval::{Query, RetrievalError, Snapshot, build};
use serde_json::json;

use crate::common::place::{Place, codes, record, records};

#[test]
fn a_question_finds_its_procedure_however_it_is_typed() {
    let place = Place::new(&records());
    let snapshot = place.open();
    let want = codes(&snapshot, "Đăng ký thường trú cần giấy tờ gì?");
    assert_eq!(want[0], "9.004222");
    let nfd = "Đa\u{306}ng ky\u{301} thươ\u{300}ng tru\u{301} câ\u{300}n giâ\u{301}y tơ\u{300} gi\u{300}?";
    assert_eq!(codes(&snapshot, nfd), want);
    assert_eq!(
        codes(&snapshot, "dang ky thuong tru can giay to gi")[0],
        "9.004222"
    );
    assert_eq!(codes(&snapshot, "đăng kí thường trú")[0], "9.004222");
    assert_eq!(
        codes(&snapshot, "xoá đăng ký phương tiện"),
        codes(&snapshot, "xóa đăng ký phương tiện")
    );
    assert_eq!(codes(&snapshot, "đk kết hôn hết bn tiền")[0], "9.000894");
}

#[test]
fn a_code_and_an_alias_find_their_record_first() {
    let place = Place::new(&records());
    let snapshot = place.open();
    assert_eq!(codes(&snapshot, "9.001193")[0], "9.001193");
    assert_eq!(
        codes(&snapshot, "đăng ký kết hôn theo mã 9.004194.000.00.00.H55")[0],
        "9.004194"
    );
    assert_eq!(codes(&snapshot, "muốn nhập hộ khẩu thì sao")[0], "9.004222");
    assert_eq!(codes(&snapshot, "  "), Vec::<String>::new());
}

#[test]
fn the_level_filters_and_the_section_answers() {
    let place = Place::new(&records());
    let snapshot = place.open();
    let mut query = Query::new("đăng ký kết hôn bao nhiêu tiền");
    query.level = Some(Level::Tinh);
    query.explain = true;
    let hits = snapshot.search(&query).expect("search");
    assert_eq!(hits[0].procedure.code, "9.000806");
    assert!(
        hits.iter()
            .all(|hit| hit.procedure.levels.contains(&Level::Tinh))
    );
    assert_eq!(hits[0].section, Section::Fee);
    assert!(hits[0].snippet.contains("90.000"), "{}", hits[0].snippet);
    let sum: f32 = hits[0].signals.values().sum();
    assert!(
        (sum - hits[0].score).abs() < 0.01 * sum,
        "{:?}",
        hits[0].signals
    );
}

#[test]
fn coverage_tells_what_the_records_do_not_hold() {
    let place = Place::new(&records());
    let snapshot = place.open();
    let of = |text: &str| {
        let hits = snapshot.search(&Query::new(text)).expect("search");
        hits.first().map_or(0.0, |hit| hit.evidence.coverage)
    };
    assert!(of("đăng ký khai sinh") > 0.9);
    assert!(of("giá vàng thế giới hôm nay") < 0.3);
}

#[test]
fn what_happened_to_a_paper_decides_between_its_procedures() {
    let place = Place::new(&[
        record("9.000001", "Cấp giấy phép lái tàu", "xa", 10_000),
        record("9.000002", "Cấp lại giấy phép lái tàu", "xa", 20_000),
        record("9.000003", "Gia hạn giấy phép lái tàu", "xa", 30_000),
    ]);
    let snapshot = place.open();
    let first = |text: &str| codes(&snapshot, text)[0].clone();
    assert_eq!(first("xin giấy phép lái tàu cần gì"), "9.000001");
    assert_eq!(first("giấy phép lái tàu của tôi bị mất"), "9.000002");
    assert_eq!(first("giay phep lai tau bi rach nat"), "9.000002");
    assert_eq!(first("giấy phép lái tàu sắp hết hạn"), "9.000003");
    let query = Query {
        explain: true,
        ..Query::new("giấy phép lái tàu bị mất")
    };
    let hits = snapshot.search(&query).expect("search");
    assert!(hits[0].signals["act"] > 0.0, "{:?}", hits[0].signals);
}

#[test]
fn earlier_words_complete_a_question_and_give_way_to_a_new_subject() {
    let place = Place::new(&records());
    let snapshot = place.open();
    let first = |text: &str| {
        let query = Query {
            context: "đăng ký kết hôn".to_owned(),
            ..Query::new(text)
        };
        let hits = snapshot.search(&query).expect("search");
        hits[0].procedure.code.clone()
    };
    assert_eq!(first("có yếu tố nước ngoài thì sao"), "9.000806");
    assert_eq!(first("còn khai sinh thì bao nhiêu tiền"), "9.001193");
}

#[test]
fn copies_under_one_name_are_no_rivals() {
    let mut all = records();
    all.push(record("1.115222", "Đăng ký khai sinh", "tinh", 7_000));
    let place = Place::new(&all);
    let snapshot = place.open();
    let query = Query::new("đăng ký khai sinh");
    let hits = snapshot.search(&query).expect("search");
    assert!(hits[0].covers("1.115222") && hits[0].covers("9.001193"));
    assert!(hits[1..].iter().all(|hit| !hit.covers("1.115222")));
    assert!(hits[0].evidence.lead > 0.2, "{:?}", hits[0].evidence);
    assert!(hits[0].evidence.confidence() > 0.5);
}

#[test]
fn records_are_listed_and_read_back_whole() {
    let place = Place::new(&records());
    let snapshot = place.open();
    assert_eq!(snapshot.len(), 6);
    let page: Vec<String> = snapshot
        .list(1, 2)
        .into_iter()
        .map(|line| line.code)
        .collect();
    assert_eq!(page, ["9.000894", "9.001193"]);
    let file = corpus::read_file(&place.corpus().join("9.004222.json")).expect("record");
    assert_eq!(*snapshot.procedure("9.004222").expect("record"), file);
    assert!(snapshot.procedure("9.999999").is_none());
    assert!(snapshot.rarity("thường trú") > snapshot.rarity("đăng ký"));
}

#[test]
fn the_own_province_comes_first() {
    let mut all = Vec::new();
    for (code, province) in [("1.115001", "Đắk Lắk"), ("1.115002", "Lâm Đồng")] {
        let mut record = record(code, "Tách thửa đất", "tinh", 0);
        record["scope"] = json!({"kind": "province", "name": province});
        all.push(record);
    }
    let snapshot = Place::new(&all).open();
    let mut query = Query::new("tách thửa đất");
    for (province, code) in [("Lâm Đồng", "1.115002"), ("tỉnh Đắk Lắk", "1.115001")] {
        query.province = Some(province.to_owned());
        let hits = snapshot.search(&query).expect("search");
        assert_eq!(hits[0].procedure.code, code);
    }
}

#[test]
fn of_two_corpora_the_first_wins_and_aliases_are_joined() {
    let first = Place::new(&[record("9.004222", "Đăng ký thường trú", "xa", 20_000)]);
    let mut ours = record("9.004222", "Nhập hộ khẩu", "xa", 1);
    ours["aliases"] = json!(["nhập hộ khẩu"]);
    let second = Place::new(&[ours]);
    build(
        &[first.corpus(), second.corpus()],
        &first.index(),
        &mut |_, _| {},
    )
    .expect("built");
    let snapshot = Snapshot::open(&first.index()).expect("opened");
    let joined = snapshot.procedure("9.004222").expect("record");
    assert_eq!(joined.name, "Đăng ký thường trú");
    assert_eq!(joined.aliases, ["nhập hộ khẩu"]);
}

#[test]
fn a_broken_or_absent_index_is_one_clear_sentence() {
    let place = Place::new(&records());
    let reason = |dir: &Path| Snapshot::open(dir).expect_err("unusable").to_string();
    assert!(reason(&place.index()).contains("build one with `motcua index`"));
    place.build().expect("built");
    let manifest = place.index().join("manifest.json");
    let whole = fs::read_to_string(&manifest).expect("manifest");
    for (broken, says) in [
        (whole[..whole.len() / 2].to_owned(), "broken manifest"),
        (
            whole.replacen("\"format\": ", "\"format\": 9", 1),
            "this program reads",
        ),
        (
            whole.replacen("\"catalogue_sha256\": \"", "\"catalogue_sha256\": \"0", 1),
            "does not match",
        ),
    ] {
        fs::write(&manifest, broken).expect("manifest broken");
        let reason = reason(&place.index());
        assert!(
            reason.contains(says) && reason.contains("motcua index"),
            "{reason}"
        );
    }
    fs::write(&manifest, whole).expect("manifest mended");
    let snapshot = Snapshot::open(&place.index()).expect("opened");
    let catalogue = place
        .index()
        .join(&snapshot.manifest().folder)
        .join("catalogue.json");
    fs::remove_file(catalogue).expect("catalogue removed");
    assert!(reason(&place.index()).contains("is missing"));
}

#[test]
fn a_failed_rebuild_keeps_the_old_generation_serving() {
    let place = Place::new(&records());
    let before = place.open().id().to_owned();
    for entry in fs::read_dir(place.corpus()).expect("corpus") {
        fs::write(entry.expect("entry").path(), "{ not a record").expect("record broken");
    }
    assert!(matches!(place.build(), Err(RetrievalError::Empty(_))));
    let missing = build(
        &[place.folder().join("nowhere")],
        &place.index(),
        &mut |_, _| {},
    );
    assert!(matches!(missing, Err(RetrievalError::Corpus(_))));
    let snapshot = Snapshot::open(&place.index()).expect("still served");
    assert_eq!(snapshot.id(), before);
    assert_eq!(codes(&snapshot, "đăng ký khai sinh")[0], "9.001193");
}

#[test]
fn a_broken_record_is_reported_and_the_others_serve() {
    let place = Place::new(&records());
    fs::write(place.corpus().join("broken.json"), "{\"code\": 5}").expect("written");
    let report = place.build().expect("built");
    assert_eq!((report.procedures, report.problems.len()), (6, 1));
    assert!(report.problems[0].file.ends_with("broken.json"));
}

#[test]
fn a_rebuild_replaces_the_generation_under_an_open_snapshot() {
    let place = Place::new(&records());
    let old = place.open();
    place.add(&record("9.001669", "Đăng ký giám hộ", "xa", 0));
    let new = place.open();
    assert_ne!(old.id(), new.id());
    assert_eq!(codes(&old, "đăng ký khai sinh")[0], "9.001193");
    assert_eq!(codes(&new, "giám hộ")[0], "9.001669");
    let folders = fs::read_dir(place.index()).expect("index");
    let generations = folders.filter(|entry| {
        let name = entry.as_ref().expect("entry").file_name();
        name.to_string_lossy().starts_with("gen-")
    });
    assert_eq!(generations.count(), 1, "the old generation is removed");
}
