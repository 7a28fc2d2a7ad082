use super::*;

const GOOD: &str = r#"
id = "a"
group = "citizen"
event = "Có con nhỏ"
title = "Mới sinh con"
opening = "Chúc mừng."
source = "ours"
as_of = "2026-11-22"
told = ["(mới|vừa) * sinh (con|em bé)"]
[[step]]
key = "x"
name = "Khai sinh"
codes = ["1.001193"]
why = "để con có giấy"
[[step]]
key = "y"
name = "Thường trú"
codes = ["1.004222"]
why = "để con vào hộ"
after = ["x"]
optional = "nếu cần"
"#;

fn reason(text: &str) -> String {
    parse(&[("a", text)])
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn alternatives_are_written_out() {
    let journeys = parse(&[("a", GOOD)]).expect("well-formed");
    assert_eq!(
        journeys[0].told,
        [
            "mới * sinh con",
            "mới * sinh em bé",
            "vừa * sinh con",
            "vừa * sinh em bé"
        ]
    );
}

#[test]
fn what_is_wrong_is_said() {
    for (from, to, say) in [
        ("after = [\"x\"]", "after = [\"z\"]", "no earlier step"),
        ("after = [\"x\"]", "after = [\"y\"]", "no earlier step"),
        ("key = \"y\"", "key = \"x\"", "stands twice"),
        ("1.004222", "1.42", "malformed"),
        ("để con vào hộ", "để vào hộ trong 7 ngày", "without digits"),
        ("nếu cần", "khi cần", "optional"),
        ("id = \"a\"", "id = \"b\"", "another file"),
        ("event = \"Có con nhỏ\"", "event = \" \"", "missing"),
        (
            "why = \"để con vào hộ\"",
            "why = \"hộ\"\nonce = \"tờ khai\"",
            "once",
        ),
    ] {
        let changed = GOOD.replacen(from, to, 1);
        assert_ne!(changed, GOOD, "{from}");
        let said = reason(&changed);
        assert!(said.contains(say), "{to}: {said}");
        assert!(said.contains("a.toml"), "{said}");
    }
    let twice = GOOD.replace("(mới|vừa)", "(mới|mới)");
    assert!(reason(&twice).contains("also stands"), "{twice}");
    let other = GOOD
        .replace("id = \"a\"", "id = \"b\"")
        .replace("mới", "moi");
    let both = parse(&[("a", GOOD), ("b", &other)]).expect_err("must be refused");
    assert!(both.to_string().contains("also stands in a"), "{both}");
    let open = GOOD.replace("(mới|vừa) *", "*");
    assert!(reason(&open).contains("no phrase"));
}

#[test]
fn every_event_of_the_portal_that_we_promise_is_there() {
    let events: HashSet<&str> = all().iter().map(|j| j.event.as_str()).collect();
    for event in [
        "Có con nhỏ",
        "Học tập",
        "Việc làm",
        "Cư trú và giấy tờ tùy thân",
        "Hôn nhân và gia đình",
        "Điện lực, nhà ở, đất đai",
        "Sức khỏe và y tế",
        "Phương tiện và người lái",
        "Hưu trí",
        "Người thân qua đời",
        "Giải quyết khiếu kiện",
        "Khởi sự kinh doanh",
        "Lao động và BHXH",
        "Thành lập chi nhánh, VPĐD",
        "Tạm dừng, chấm dứt hoạt động",
    ] {
        assert!(events.contains(event), "{event}");
    }
    assert_eq!(find("qua-doi").map(|j| j.group), Some(Group::Citizen));
    assert_eq!(find("no-such"), None);
}

fn repository() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Codes of the records that this repository holds.
fn own_codes() -> HashSet<String> {
    let records = crate::load_dir(&repository().join("corpus/procedures")).expect("our records");
    let codes = records.procedures.iter().map(|record| record.code.clone());
    codes.collect()
}

/// Codes of the national records, where they are at hand.
fn national_codes() -> Option<HashSet<String>> {
    let path = repository().join("../shared/national/records-txt.tar.gz");
    let file = fs_err::File::open(path).ok()?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let entries = archive.entries().expect("an archive");
    let stem = |entry: Result<tar::Entry<'_, _>, _>| {
        let entry: tar::Entry<'_, flate2::read::GzDecoder<fs_err::File>> = entry.ok()?;
        let path = entry.path().ok()?.into_owned();
        Some(path.file_stem()?.to_str()?.to_owned())
    };
    Some(entries.filter_map(stem).collect())
}

#[test]
fn every_step_has_a_procedure_of_the_country() {
    let own = own_codes();
    let national = national_codes();
    if national.is_none() {
        eprintln!("skipped: codes of life events against ../shared/national/records-txt.tar.gz");
    }
    for journey in all() {
        let mut missing = Vec::new();
        for step in &journey.steps {
            for code in step.codes.iter().chain(&step.bundled_in) {
                let known = national.as_ref().is_none_or(|codes| codes.contains(code));
                assert!(known || own.contains(code), "{}: {code}", journey.id);
            }
            if !step.codes.iter().any(|code| own.contains(code)) {
                missing.push(step.key.as_str());
            }
        }
        // Allowed: our own records are a starting set. A province's import has the rest.
        eprintln!("{}: no record of ours for {missing:?}", journey.id);
        let bundles = journey.steps.iter().filter_map(|s| s.bundled_in.as_ref());
        for bundle in bundles {
            assert!(own.contains(bundle), "{}: {bundle}", journey.id);
        }
    }
}

#[test]
fn what_is_handed_in_once_is_a_paper_of_the_bundle() {
    for step in all().iter().flat_map(|journey| &journey.steps) {
        let (Some(code), Some(paper)) = (&step.bundled_in, &step.once) else {
            continue;
        };
        let path = repository().join(format!("corpus/procedures/{code}.json"));
        let bundle = fs_err::read_to_string(path).expect("our record of the bundle");
        assert!(bundle.contains(paper.as_str()), "{code}: {paper}");
    }
}
