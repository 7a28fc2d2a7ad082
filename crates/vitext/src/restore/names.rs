//! Capitals: which words are names to leave alone, and the case of a restored form.
//!
//! What decides looks at case and folded forms only, which restoring does not change, so
//! that restoring twice is restoring once.

use super::model::Model;
use super::reading::Symbol;
use crate::fold;

/// Letters of the longest word in capitals that counts as a short form among words in
/// small letters (`CA`, `GCN`).
const SHORT_FORM: usize = 4;

/// How the letters of a word are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case<'a> {
    Small,
    /// A capital first, as at the start of a sentence or a name.
    Title,
    Capitals,
    Mixed(&'a str),
}

impl<'a> Case<'a> {
    pub fn of(word: &'a str) -> Self {
        let mut chars = word.chars().filter(|c| c.is_alphabetic());
        let first = chars.next().is_some_and(char::is_uppercase);
        let (mut small, mut capital) = (false, false);
        for c in chars {
            small |= c.is_lowercase();
            capital |= c.is_uppercase();
        }
        match (first, small, capital) {
            (false, _, false) => Self::Small,
            (true, _, false) => Self::Title,
            (true, false, true) => Self::Capitals,
            _ => Self::Mixed(word),
        }
    }

    /// A form in small letters, written in this case.
    pub fn apply(self, form: &str) -> String {
        let upper = |at: usize| match self {
            Self::Small => false,
            Self::Title => at == 0,
            Self::Capitals => true,
            Self::Mixed(word) => word.chars().nth(at).is_some_and(char::is_uppercase),
        };
        let mut out = String::with_capacity(form.len());
        for (at, c) in form.chars().enumerate() {
            if upper(at) {
                out.extend(c.to_uppercase());
            } else {
                out.push(c);
            }
        }
        out
    }
}

/// The folded neighbours inside a sentence that both have a capital, for training.
pub(super) fn pairs(sentence: &[Symbol<'_>]) -> Vec<String> {
    let cases: Vec<Option<Case<'_>>> = sentence.iter().map(case).collect();
    if !case_tells(&cases) {
        return Vec::new();
    }
    let titles = |at: &usize| cases[*at..at + 2].iter().all(|c| *c == Some(Case::Title));
    (1..sentence.len().max(2) - 1)
        .filter(titles)
        .map(|at| folded(&sentence[at..at + 2]).join(" "))
        .collect()
}

/// Whether a capital says anything here: in a title or a shouted line it does not.
fn case_tells(cases: &[Option<Case<'_>>]) -> bool {
    let small = cases
        .iter()
        .flatten()
        .filter(|c| **c == Case::Small)
        .count();
    small > 0 && small * 3 >= cases.iter().flatten().count()
}

fn folded(run: &[Symbol<'_>]) -> Vec<String> {
    let folded = |symbol: &Symbol<'_>| match symbol {
        Symbol::Word { form, .. } => fold(form),
        _ => String::new(),
    };
    run.iter().map(folded).collect()
}

/// For each symbol of a sentence, whether it is a name or short form to leave alone.
pub(super) fn kept(model: &Model, sentence: &[Symbol<'_>]) -> Vec<bool> {
    let cases: Vec<Option<Case<'_>>> = sentence.iter().map(case).collect();
    let mut kept = vec![false; sentence.len()];
    if !case_tells(&cases) {
        return kept;
    }
    let mut at = 0;
    while at < cases.len() {
        let run = (cases[at..].iter())
            .take_while(|case| **case == Some(Case::Title))
            .count();
        if run > 0 {
            let alone = run == 1;
            let name = if alone {
                at > 0 && !fits(model, sentence, at)
            } else {
                !known(model, &sentence[at..at + run], at == 0)
            };
            kept[at..at + run].fill(name);
        } else if is_short_form(sentence, &cases, at) {
            kept[at] = true;
        }
        at += run.max(1);
    }
    kept
}

fn case<'a>(symbol: &Symbol<'a>) -> Option<Case<'a>> {
    match symbol {
        Symbol::Word { token, .. } => Some(Case::of(token.text)),
        _ => None,
    }
}

/// A lone word of a few capitals, or one capital letter, inside a sentence.
fn is_short_form(sentence: &[Symbol<'_>], cases: &[Option<Case<'_>>], at: usize) -> bool {
    let capitals =
        |at: Option<usize>| at.and_then(|at| cases.get(at)) == Some(&Some(Case::Capitals));
    let short = matches!(&sentence[at], Symbol::Word { form, .. } if form.len() <= SHORT_FORM);
    capitals(Some(at)) && short && !capitals(at.checked_sub(1)) && !capitals(Some(at + 1))
}

/// Whether the word goes with one of its neighbours; a number after it is enough ("Dieu 5").
fn fits(model: &Model, sentence: &[Symbol<'_>], at: usize) -> bool {
    let pair = |first: usize| match sentence.get(first..first + 2) {
        Some([Symbol::Word { form: a, .. }, Symbol::Word { form: b, .. }]) => {
            model.goes_with(&fold(a), &fold(b))
        }
        Some([_, Symbol::Other]) => true,
        _ => false,
    };
    pair(at) || at.checked_sub(1).is_some_and(pair)
}

/// Whether all neighbours of a run of capitalised words stand so in the records.
fn known(model: &Model, run: &[Symbol<'_>], starts: bool) -> bool {
    let run = folded(run);
    // The first word of a sentence has its capital from there.
    let names = if starts && run.len() > 2 {
        &run[1..]
    } else {
        &run[..]
    };
    names
        .windows(2)
        .all(|pair| model.is_name_pair(&format!("{} {}", pair[0], pair[1])))
}
