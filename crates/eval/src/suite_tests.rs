//! The parser's promises: what it takes, and how it says what it refuses.

use std::path::Path;

use super::*;

const GOOD: &str = r#"{"id":"a","kind":"direct","turns":["Lệ phí?"],"gold_codes":["1.004222"],"min_gold":1,"aspect":"fee","must_include":["(?<!\\d)10[.]000"],"must_not":[],"route":"answer","notes":"[cu_tru] x"}"#;

fn parse(text: &str) -> Result<Suite, EvalError> {
    Suite::parse(Path::new("suites/citizens-dev.jsonl"), text)
}

fn refused(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the sample lost {from}");
    parse(&GOOD.replace(from, to)).unwrap_err().to_string()
}

#[test]
fn a_good_line_is_read_whole() {
    let suite = parse(&format!("\n{GOOD}\n")).unwrap();
    assert_eq!(
        (suite.name.as_str(), suite.split),
        ("citizens-dev", Split::Dev)
    );
    let item = &suite.items[0];
    assert_eq!(
        (item.line, item.field(), item.aspect),
        (2, "cu_tru", Section::Fee)
    );
    assert_eq!(item.question(), "Lệ phí?");
    assert_eq!(item.route, Expected::Answer);
}

#[test]
fn the_file_name_gives_the_split() {
    assert_eq!(split_of("citizens-test"), Split::Test);
    assert_eq!(split_of("dev-questions"), Split::Dev);
    assert_eq!(split_of("latest"), Split::Other);
}

#[test]
fn mistakes_name_file_and_line() {
    let message = parse(&format!("{GOOD}\n\n{{\"id\":"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("suites/citizens-dev.jsonl:3: "),
        "{message}"
    );
    let message = parse(&format!("{GOOD}\n{GOOD}")).unwrap_err().to_string();
    assert!(message.ends_with(":2: id `a` occurs twice"), "{message}");
}

#[test]
fn mistakes_say_what_is_wrong() {
    for (from, to, expected) in [
        ("\"notes\"", "\"note\"", "unknown field `note`"),
        (
            "\"aspect\":\"fee\"",
            "\"aspect\":\"price\"",
            "unknown section `price`",
        ),
        (
            "\"route\":\"answer\"",
            "\"route\":\"reply\"",
            "unknown variant `reply`",
        ),
        ("10[.]000", "10[.000", "must_include: "),
        ("[\"Lệ phí?\"]", "[\" \"]", "turns must hold"),
        ("\"min_gold\":1", "\"min_gold\":2", "min_gold is 2 but"),
        ("\"min_gold\":1", "\"min_gold\":0", "at least 1"),
        (
            "[\"1.004222\"]",
            "[\"1.004222\",\"1.004222\"]",
            "names a code twice",
        ),
        (
            "\"kind\":\"direct\"",
            "\"kind\":\"\"",
            "kind must be one word",
        ),
        ("\"id\":\"a\"", "\"id\":\" \"", "id is empty"),
    ] {
        let message = refused(from, to);
        assert!(message.contains(expected), "{to}: {message}");
    }
}

#[test]
fn an_empty_suite_is_an_error() {
    assert!(matches!(parse("\n \n"), Err(EvalError::Empty { .. })));
}
