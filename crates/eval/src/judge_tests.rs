//! The judging rules, one by one, against answers made by hand.

use std::path::Path;

use assistant::{Card, CardSection, ProcedureRef};
use corpus::{Level, Section};

use super::*;
use crate::suite::Suite;
use crate::testing::answer;

fn item(route: &str, gold: &[&str], min: usize, include: &[&str], not: &[&str]) -> Item {
    let line = serde_json::json!({
        "id": "a", "kind": "direct", "turns": ["x"], "gold_codes": gold, "min_gold": min,
        "aspect": "fee", "must_include": include, "must_not": not, "route": route,
    });
    let suite = Suite::parse(Path::new("x.jsonl"), &line.to_string()).unwrap();
    suite.items.into_iter().next().unwrap()
}

fn offer(answer: &mut Answer, code: &str) {
    answer.procedures.push(ProcedureRef {
        named_only: false,
        code: code.into(),
        name: String::new(),
        level: Level::Xa,
        score: 1.0,
    });
}

fn card(state: State, line: &str) -> Card {
    Card {
        code: "1.004222".into(),
        name: "Đăng ký thường trú".into(),
        level: Level::Xa,
        sections: vec![CardSection {
            section: Section::Fee,
            label: "Phí, lệ phí".into(),
            state,
            lines: vec![line.into()],
        }],
    }
}

#[test]
fn routes_are_met_exactly_as_the_contract_says() {
    use Route::{Answer as A, Clarify, Journey, NoInformation, OutOfScope, Safety, SmallTalk};
    let all = [
        A,
        Clarify,
        Journey,
        NoInformation,
        OutOfScope,
        Safety,
        SmallTalk,
    ];
    for (expected, met) in [
        ("answer", &[A, Journey][..]),
        ("clarify", &[Clarify]),
        ("no_info", &[NoInformation]),
        ("out_of_scope", &[OutOfScope, SmallTalk]),
        ("safety", &[Safety, OutOfScope]),
    ] {
        for route in all {
            let verdict = judge(&item(expected, &[], 0, &[], &[]), &answer(route, "…"));
            assert_eq!(
                verdict.route,
                met.contains(&route),
                "{expected} by {route:?}"
            );
        }
    }
}

#[test]
fn an_answer_that_says_silent_meets_no_info_unless_it_violates() {
    let expected = item("no_info", &[], 0, &[], &[r"\d+ ?đồng"]);
    let said = answer(Route::Answer, "Nguồn **không ghi** mức lệ phí.");
    assert!(judge(&expected, &said).pass());
    let invented = answer(Route::Answer, "Nguồn không ghi, thường là 500 đồng.");
    let verdict = judge(&expected, &invented);
    assert!(!verdict.route && !verdict.violations.is_empty());
    let mut shown = answer(Route::Answer, "Mời xem bên dưới.");
    assert!(!judge(&expected, &shown).route);
    shown.cards.push(card(State::Silent, "—"));
    assert!(judge(&expected, &shown).route);
}

#[test]
fn includes_look_at_cards_and_violations_at_text_alone() {
    let expected = item("answer", &[], 0, &[r"(?<!\d)20\.000"], &[r"20\.000"]);
    let mut given = answer(Route::Answer, "Mời xem lệ phí bên dưới.");
    assert_eq!(judge(&expected, &given).missing, [r"(?<!\d)20\.000"]);
    given
        .cards
        .push(card(State::Present, "Nộp trực tiếp: 20.000 đồng"));
    assert!(judge(&expected, &given).pass());
    given.text = "Lệ phí là 20.000 đồng.".into();
    let verdict = judge(&expected, &given);
    assert_eq!(verdict.violations, [r"20\.000 → 20.000"]);
    assert!(!verdict.pass());
}

#[test]
fn no_pattern_spans_text_and_card() {
    let expected = item("answer", &[], 0, &["bên dưới.{0,9}Đăng ký"], &[]);
    let mut given = answer(Route::Answer, "xem bên dưới");
    given.cards.push(card(State::Present, "x"));
    assert!(!judge(&expected, &given).pass());
}

#[test]
fn enough_different_gold_codes_must_be_offered() {
    let expected = item("answer", &["1.1", "1.2", "1.3"], 2, &[], &[]);
    let mut given = answer(Route::Journey, "…");
    offer(&mut given, "1.1");
    offer(&mut given, "1.1");
    assert_eq!(judge(&expected, &given).gold, Some(false));
    offer(&mut given, "1.3");
    assert_eq!(judge(&expected, &given).gold, Some(true));
}

#[test]
fn a_search_that_gives_up_fails_in_both_directions() {
    let slow = r"(?:(a)|\1a)+b$";
    let expected = item("answer", &[], 0, &[slow], &[slow]);
    let verdict = judge(&expected, &answer(Route::Answer, &"a".repeat(200)));
    assert_eq!(verdict.missing.len(), 1);
    assert!(!verdict.pass());
}
