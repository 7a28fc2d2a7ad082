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
