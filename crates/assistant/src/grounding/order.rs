//! What comes first: "soát hồ sơ rồi chuyển cho phòng" is not "chuyển cho phòng rồi soát hồ sơ".
//! A record tells its steps in their order, so the words before "rồi" must not all stand behind
//! those after it.

use std::collections::{HashMap, HashSet};

use super::evidence::Evidence;
use super::reading::{Gap, Token};

/// What a sentence says is done first, and what then.
type Steps<'t> = (Vec<&'t Token>, Vec<&'t Token>);

/// True when the record tells the steps of the sentence the other way round.
/// `lines` are those that support the sentence.
pub(super) fn reversed(evidence: &Evidence<'_>, tokens: &[Token], lines: &[usize]) -> bool {
    let steps = (1..tokens.len()).filter_map(|at| steps(tokens, at));
    let steps: Vec<Steps<'_>> = steps.collect();
    if steps.is_empty() {
        return false;
    }
    let places = places(evidence, lines);
    let of = |side: &[&Token], other: &[&Token]| -> Vec<(usize, usize)> {
        let words: HashSet<&str> = other.iter().map(|token| token.word.as_str()).collect();
        let own = side
            .iter()
            .filter(|token| !words.contains(token.word.as_str()));
        own.filter_map(|token| places.get(token.word.as_str()).copied().flatten())
            .collect()
    };
    steps.iter().any(|(first, then)| {
        let (one, two) = (of(first, then), of(then, first));
        let last = two.iter().max();
        last.is_some_and(|last| one.iter().min().is_some_and(|first| first > last))
    })
}

/// The steps on either side of the word at a place, where it is one for order.
fn steps(tokens: &[Token], at: usize) -> Option<Steps<'_>> {
    let said = |range: std::ops::Range<usize>| -> Vec<&Token> {
        tokens[range]
            .iter()
            .filter(|token| token.is_content())
            .collect()
    };
    // Behind a comma it may open the sentence's own first half.
    let when =
        tokens[at].gap == Gap::None && tokens.get(at + 1).is_some_and(|next| next.word == "khi");
    let next = tokens.get(at + 1);
    let ends = next.is_none_or(|next| next.gap >= Gap::Comma && next.value.is_none());
    match tokens[at].word.as_str() {
        "rồi" | "sau_đó" | "xong" => Some((said(0..at), said(at + 1..tokens.len()))),
        // "Soát trước, chuyển sau".
        "trước" if ends => Some((said(0..at), said(at + 1..tokens.len()))),
        "sau" if when => Some((said(at + 2..tokens.len()), said(0..at))),
        "trước" if when => Some((said(0..at), said(at + 2..tokens.len()))),
        _ => None,
    }
}

/// Where each word of the lines stands, `None` for one that stands in several places. Lines that
/// turn the order round themselves are left out.
fn places<'e>(
    evidence: &'e Evidence<'_>,
    lines: &[usize],
) -> HashMap<&'e str, Option<(usize, usize)>> {
    let mut places: HashMap<&str, Option<(usize, usize)>> = HashMap::new();
    // "Sau khi A, B" tells A first; "B sau khi A" and "trước khi A, B" do not.
    let turns = |two: &[Token]| {
        let when = two[1].word == "khi" && two[1].gap == Gap::None;
        let inside = two[0].gap == Gap::None;
        when && (two[0].word == "trước" && !inside || two[0].word == "sau" && inside)
    };
    for line in lines {
        let own = &evidence.lines[*line];
        let turned = own.tokens.windows(2).any(turns);
        for (at, token) in own.tokens.iter().enumerate() {
            let here = (!turned).then_some((*line, at));
            let seen = places.entry(&token.word);
            seen.and_modify(|place| *place = None).or_insert(here);
        }
    }
    places.retain(|word, _| !evidence.name_words.contains(*word));
    places
}
