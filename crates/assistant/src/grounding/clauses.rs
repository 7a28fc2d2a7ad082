//! Cuts a sentence into clauses, each of which is checked by itself: "nộp trực tiếp 20.000
//! đồng, nộp trực tuyến 10.000 đồng" makes two claims. A condition stays with what it is
//! the condition of.

use std::ops::Range;

use super::names::{self, Name};
use super::reading::{Class, Gap, Token};
use super::rules::Gate;

/// Clauses of a sentence, in order, as places in its words. The outer lists are the
/// stretches between full stops and semicolons.
pub(super) fn clauses(gate: &Gate, tokens: &[Token]) -> Vec<Vec<Range<usize>>> {
    let hard = |token: &Token| token.gap == Gap::Hard;
    let names = names::agencies(gate, tokens);
    cut(0..tokens.len(), |at| hard(&tokens[at]))
        .into_iter()
        .map(|stretch| {
            let parts = cut(stretch, |at| {
                ends_a_part(&tokens[at]) && !inside(&names, at)
            });
            join(gate, tokens, &parts)
        })
        .collect()
}

/// "Bộ Giáo dục và Đào tạo" is one.
fn inside(names: &[Name], at: usize) -> bool {
    names
        .iter()
        .any(|name| name.place.start < at && at < name.place.end)
}

/// The members of a clause that lists: "đơn đề nghị, giấy khám sức khỏe và sổ bảo hiểm".
/// Empty where it lists nothing, or where a condition stands over all of it.
pub(super) fn members(gate: &Gate, tokens: &[Token], clause: Range<usize>) -> Vec<Range<usize>> {
    // A condition holds for all of it, or for what cannot be told.
    let conditions = tokens[clause.clone()]
        .iter()
        .filter(|token| token.word == "nếu")
        .count();
    let parts = listed(gate, tokens, clause.clone());
    let then = clause.clone().rev().find(|at| tokens[*at].word == "thì");
    let last_then = then.or_else(|| {
        let opens = gate.openers.contains(&tokens[clause.start].word);
        clause
            .clone()
            .skip(1)
            .find(|at| opens && tokens[*at].gap == Gap::Comma)
    });
    let mut members: Vec<Range<usize>> = Vec::new();
    for part in parts {
        let under = last_then.is_some_and(|then| part.start <= then);
        let small = !stands_alone(&tokens[part.clone()]);
        let follows = |last: &&mut Range<usize>| {
            under || small || names_no_more_than_ways(&tokens[last.start..last.end])
        };
        match members.last_mut().filter(follows) {
            Some(last) => last.end = part.end,
            None => members.push(part),
        }
    }
    let own = members
        .iter()
        .filter(|member| has_own_condition(&tokens[(*member).clone()]));
    let own = own.count();
    let told_apart = conditions == 0 || own == members.len() && own == conditions;
    if members.len() > 1 && told_apart && !turned(tokens, &clause, last_then) {
        members
    } else {
        Vec::new()
    }
}

/// A clause cut where it lists.
fn listed(gate: &Gate, tokens: &[Token], clause: Range<usize>) -> Vec<Range<usize>> {
    // "Trong 20 ngày cơ quan này hoặc cơ quan kia phải …": what follows is said of both.
    let valued = tokens[clause.clone()].iter().any(|t| t.value.is_some());
    let or = |word: &str| matches!(word, "hoặc" | "hay");
    let names = names::agencies(gate, tokens);
    cut(clause, |at| {
        let word = &tokens[at].word;
        let joins = gate.joins.contains(word) && !(valued && or(word));
        (joins || tokens[at].gap == Gap::Comma) && !inside(&names, at)
    })
}

/// "60 ngày nếu nộp trực tiếp và 45 ngày nếu nộp trực tuyến": each has its own.
fn has_own_condition(member: &[Token]) -> bool {
    let value = member.iter().position(|token| token.value.is_some());
    let condition = member.iter().position(|token| token.word == "nếu");
    let both = value.zip(condition);
    both.is_some_and(|(value, when)| value < when)
}

/// "Không đủ điều kiện thì nhận và cấp phiếu": a condition that is turned holds for all of it.
fn turned(tokens: &[Token], clause: &Range<usize>, then: Option<usize>) -> bool {
    let under = &tokens[clause.start..then.unwrap_or(clause.start)];
    let turns = |token: &Token| matches!(token.class, Class::Mark(mark) if mark.turns());
    under.iter().any(turns)
}

fn cut(range: Range<usize>, begins: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    for at in range.clone().skip(1).filter(|at| begins(*at)) {
        found.push(start..at);
        start = at;
    }
    if start < range.end {
        found.push(start..range.end);
    }
    found
}

fn ends_a_part(token: &Token) -> bool {
    token.gap == Gap::Comma || token.gap == Gap::Inner || token.word == "nhưng"
}

/// Joins what cannot be understood alone: a condition with what follows, names in front
/// of a "thì", and scraps.
fn join(gate: &Gate, tokens: &[Token], parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (place, part) in parts.iter().enumerate() {
        let own = &tokens[part.clone()];
        let trailing = place > 0 && leads_back(own);
        let scrap = place > 0 && !stands_alone(own);
        match joined.last_mut().filter(|_| open || trailing || scrap) {
            Some(last) => last.end = part.end,
            None => joined.push(part.clone()),
        }
        let whole = joined.last().cloned().unwrap_or_default();
        let whole = &tokens[whole];
        let rest = parts.get(place + 1..).unwrap_or_default();
        let then_follows = rest.iter().any(|part| has(&tokens[part.clone()], "thì"));
        open = !stands_alone(whole) || waits(gate, whole) || (is_bare(gate, whole) && then_follows);
    }
    joined
}

/// "Nếu …" without the "thì": the consequence is still to come.
fn waits(gate: &Gate, tokens: &[Token]) -> bool {
    let opens = tokens
        .first()
        .is_some_and(|token| gate.openers.contains(&token.word));
    // The place comes first: "Tại Công an cấp xã, nộp …" is a condition as well.
    opens
        && !has(tokens, "thì")
        && tokens.iter().filter(|t| t.gap >= Gap::Comma).count() < 3
        && !tokens.iter().skip(1).any(|t| t.gap == Gap::Comma)
}

/// ", nếu có yêu cầu", ", trừ lễ, tết", ", thì …".
fn leads_back(tokens: &[Token]) -> bool {
    let first = &tokens[0];
    let except = matches!(first.class, Class::Mark(super::reading::Mark::Except));
    except
        || first.word == "thì"
        || first.word == "kể_cả"
        || first.word == "nếu" && !has(tokens, "thì")
}

fn is_bare(gate: &Gate, tokens: &[Token]) -> bool {
    let says = |token: &Token| {
        token.value.is_some()
            || matches!(token.class, Class::Mark(_))
            || gate.predicates.contains(&token.word)
    };
    !tokens.iter().any(says)
}

fn stands_alone(tokens: &[Token]) -> bool {
    let content = tokens.iter().filter(|token| {
        token.is_content() && !super::evidence::CHANNELS.contains(&token.word.as_str())
    });
    // "Còn nộp trực tuyến thì nguồn không ghi" says something of a way of filing.
    let way = |token: &Token| super::evidence::CHANNELS.contains(&token.word.as_str());
    let of_a_way = || tokens.iter().any(way) && has(tokens, "thì");
    content.count() >= 2 || tokens.iter().any(|token| token.value.is_some()) || of_a_way()
}

/// "Nộp trực tuyến, qua bưu chính: 12 ngày": the first way alone states nothing.
fn names_no_more_than_ways(tokens: &[Token]) -> bool {
    let states = |token: &Token| {
        let way = super::evidence::CHANNELS.contains(&token.word.as_str());
        token.value.is_some() || token.is_content() && !way
    };
    !tokens.iter().any(states)
}

fn has(tokens: &[Token], word: &str) -> bool {
    tokens.iter().any(|token| token.word == word)
}
