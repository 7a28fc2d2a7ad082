//! What is wrong with an answer: in words for people, in one word for filters.

use crate::runner::Outcome;

/// Not passed; in retrieval-only runs: not first. An answer with a number that has no
/// source is never right.
pub fn failed(outcome: &Outcome) -> bool {
    let key = if outcome.verdict.is_some() {
        "pass"
    } else {
        "search_hit_1"
    };
    below(outcome, "grounded") || below(outcome, key)
}

/// True where the metric applies and is not perfect.
pub fn below(outcome: &Outcome, metric: &str) -> bool {
    outcome.scores.get(metric).is_some_and(|value| *value < 1.0)
}

/// What went wrong, a sentence each.
pub fn faults(outcome: &Outcome) -> Vec<String> {
    let mut out = Vec::new();
    if let (Some(verdict), Some(answer)) = (&outcome.verdict, &outcome.answer) {
        if !verdict.route {
            let expected = outcome.expected.as_str();
            out.push(format!("route {} instead of {expected}", answer.route));
        }
        if verdict.gold == Some(false) {
            out.push("right procedure not offered".into());
        }
        out.extend(verdict.missing.iter().map(|m| format!("does not say {m}")));
        let violations = verdict.violations.iter();
        out.extend(violations.map(|v| format!("must not say {v}")));
    } else if below(outcome, "search_hit_1") {
        out.push("right procedure not first".into());
    }
    if let Some(grounding) = &outcome.grounding {
        let unsupported = grounding.unsupported.iter();
        out.extend(unsupported.map(|n| format!("number without a source: {n}")));
    }
    out
}

/// The kinds of fault that a question shows, each one word: `route`, `procedure`, `words`,
/// `violation`, `number`.
pub fn fault_kinds(outcome: &Outcome) -> Vec<&'static str> {
    let Some(verdict) = &outcome.verdict else {
        return vec!["procedure"];
    };
    let number = outcome.grounding.as_ref();
    [
        ("route", !verdict.route),
        ("procedure", verdict.gold == Some(false)),
        ("words", !verdict.missing.is_empty()),
        ("violation", !verdict.violations.is_empty()),
        (
            "number",
            number.is_some_and(|found| !found.unsupported.is_empty()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}
