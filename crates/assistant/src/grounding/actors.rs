//! Who does it: "Vụ thẩm định, trình lãnh đạo Bộ" is not "lãnh đạo Bộ thẩm định", though all its
//! words are there. In Vietnamese who does something stands before the verb, in the passive too
//! ("do Vụ thẩm định", "được Vụ thẩm định").

use super::names::{self, Name};
use super::reading::{Class, Gap, Token};
use super::rules::Gate;

/// An agency behind one of these is not the one that does what follows.
const RECEIVES: [&str; 13] = [
    "cho", "đến", "tới", "về", "tại", "ở", "gửi", "trình", "chuyển", "với", "của", "từ", "theo",
];

/// People who deal with an office.
const PERSONS: [&str; 7] = [
    "người",
    "công_dân",
    "cá_nhân",
    "tổ_chức",
    "doanh_nghiệp",
    "chủ_đầu_tư",
    "thương_nhân",
];

/// Something that an office does, and the agencies that may be the ones that do it.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    verb: String,
    by: Vec<Name>,
}

/// What is done in a line of the record: each verb with the agencies named since the one before
/// it, or else with those of the one before.
pub(super) fn recorded(gate: &Gate, tokens: &[Token]) -> Vec<Deed> {
    let agencies = doers(gate, tokens);
    let mut found: Vec<Deed> = Vec::new();
    let mut since = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.gap == Gap::Hard {
            since = since.max(at);
        }
        if !is_deed(gate, token, tokens.get(at + 1)) {
            continue;
        }
        let near = |name: &&Name| name.place.start >= since && name.place.end <= at;
        let by: Vec<Name> = agencies.iter().filter(near).cloned().collect();
        let by = match found.last() {
            Some(last) if by.is_empty() => last.by.clone(),
            _ => by,
        };
        found.push(Deed {
            verb: token.word.clone(),
            by,
        });
        since = at;
    }
    found
}

/// What a sentence says is done by an agency: the verb right behind its name.
pub(super) fn said(gate: &Gate, tokens: &[Token]) -> Vec<Deed> {
    let deed = |name: Name| {
        let behind = tokens[name.place.end..].iter().take(4);
        let mut behind = behind.take_while(|token| token.gap == Gap::None);
        let connects = |token: &&Token| !matches!(token.class, Class::Function | Class::Mark(_));
        let place = behind.position(|token| connects(&token))? + name.place.end;
        is_deed(gate, &tokens[place], tokens.get(place + 1)).then(|| Deed {
            verb: tokens[place].word.clone(),
            by: vec![name],
        })
    };
    doers(gate, tokens).into_iter().filter_map(deed).collect()
}

/// True for a verb of an office; "cấp" is one unless a level of government follows.
fn is_deed(gate: &Gate, token: &Token, next: Option<&Token>) -> bool {
    let issues = || {
        let level = |next: &Token| names::LEVELS.contains(&next.word.as_str());
        token.word == "cấp" && next.is_some_and(|next| next.is_said() && !level(next))
    };
    gate.deeds.contains(&token.word) || issues()
}

/// The agencies of a text that are not the ones that something is brought to.
fn doers(gate: &Gate, tokens: &[Token]) -> Vec<Name> {
    let receives = |name: &Name| {
        let before = name.place.start.checked_sub(1);
        before.is_some_and(|at| RECEIVES.contains(&tokens[at].word.as_str()))
    };
    let people = names::others(gate, tokens).into_iter();
    let people = people.filter(|name| name.words[0] == "người");
    let applicants = (0..tokens.len()).filter(|at| gate.applicants.contains(&tokens[*at].word));
    let applicants = applicants.map(|at| Name {
        words: vec![tokens[at].word.clone()],
        place: at..at + 1,
    });
    let agencies = names::agencies(gate, tokens).into_iter();
    let names = agencies.chain(people).chain(applicants);
    names.filter(|name| !receives(name)).collect()
}

/// The agency of which the sentence says what the record says of others only.
pub(super) fn swapped<'d>(said: &'d [Deed], recorded: &[&Deed]) -> Option<&'d Name> {
    let wrong = |deed: &&Deed| {
        let same = recorded.iter().filter(|own| own.verb == deed.verb);
        let mut by = same.flat_map(|own| &own.by).peekable();
        by.peek().is_some() && !by.any(|name| meets(name, &deed.by[0]))
    };
    said.iter().find(wrong).map(|deed| &deed.by[0])
}

/// One name is the other, or the start of it; people are told in many words.
fn meets(one: &Name, other: &Name) -> bool {
    let person = |name: &Name| PERSONS.contains(&name.words[0].as_str());
    person(one) && person(other)
        || one.words.starts_with(&other.words)
        || other.words.starts_with(&one.words)
}
