//! Which procedure a message means inside a conversation: that at hand or another.
//!
//! One search reads the message with everything said before as its context. Of what it finds and
//! the procedure at hand the one is meant for which most speaks, by a sum of six things.

use std::collections::HashSet;

use corpus::{Procedure, Section, facts};
use retrieval::{Hit, acts_asked, acts_named};

use crate::phrase::Words;
use crate::understanding::{Link, Understanding};

/// What speaks for a candidate, and how much.
///
/// Fitted as a conditional logit (ridge 0.2) on the last turns of the 164 development dialogues of
/// several turns that mean a procedure, four authors, by words (`tools/fit-conversation.py`).
/// Fitted to three authors the fourth's dialogues have the right one first in 138 of 164, where
/// the nine rules before, which had been tuned on all of them, had 130. Left out, as no author was
/// read better with them: a search of the message alone, one of everything as one question, and
/// one of what was said before, how the message starts, whether a procedure was offered before.
const WEIGHTS: [f32; 6] = [
    // Its score as a share of the best.
    3.70, // How surely it was found, [`retrieval::Evidence::confidence`].
    3.85, // It is the procedure at hand.
    1.38, // Share of the message's own words that stand in its name or in one alias.
    2.90, // It is at hand, and a yes-or-no question asks for a thing that its record speaks of.
    1.79, // Share of the acts asked for that its name says.
    1.02,
];

/// A message asks for a thing that a record speaks of when this share of its words stands there
/// ("có phải đi khám sức khỏe không").
const DETAIL: f32 = 0.75;

/// From this likelihood on, among the candidates, another procedure is surely meant: 38 of 41
/// were right so in those dialogues, 1 of 7 below.
const SURELY: f32 = 0.45;

/// … unless nothing else speaks for it.
const FAINT: f32 = 0.1;

/// What a message inside a conversation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The procedure at hand.
    Stays,
    /// Another one.
    Turns {
        /// Its place among the hits.
        to: usize,
        /// Whether the others are far less likely.
        surely: bool,
    },
}

/// Which procedure is meant, of the one at hand and the hits for the message with what was said
/// before.
pub(super) fn choose(focus: &Procedure, hits: &[Hit], u: &Understanding) -> Choice {
    let Some(best) = hits.first() else {
        return Choice::Stays;
    };
    let asked = acts_asked(&u.text.to_lowercase());
    let detail = u.yes_no && share_in_record(&u.content, focus) >= DETAIL;
    let speaks = |hit: &Hit| {
        let at_hand = hit.covers(&focus.code);
        let named = acts_named(&hit.procedure.name);
        let said = asked.iter().filter(|act| named.contains(act)).count();
        sum([
            hit.score / best.score,
            hit.evidence.confidence(),
            flag(at_hand),
            share_in_name(&u.topic, &hit.procedure),
            flag(at_hand && detail),
            said as f32 / asked.len().max(1) as f32,
        ])
    };
    let sums: Vec<f32> = hits.iter().map(speaks).collect();
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let to = sums.iter().position(|sum| *sum == most).unwrap_or_default();
    if hits[to].covers(&focus.code) {
        return Choice::Stays;
    }
    let all: f32 = sums.iter().map(|sum| (sum - most).exp()).sum();
    let surely = 1.0 / all >= SURELY && hits[to].evidence.confidence() >= FAINT;
    Choice::Turns { to, surely }
}

fn sum(values: [f32; WEIGHTS.len()]) -> f32 {
    let pairs = WEIGHTS.iter().zip(values);
    pairs.map(|(weight, value)| weight * value).sum()
}

fn flag(set: bool) -> f32 {
    f32::from(u8::from(set))
}

/// True when a message takes the last procedure back and names another one: that one is then
/// not what is meant, but the words of the turns before still help ("không, ý tôi là hộ kinh
/// doanh").
pub(super) fn takes_back(u: &Understanding) -> bool {
    u.link == Link::TakesBack && u.subject_words() >= 2
}

/// A message starts a new subject when most of its topic stands in the name (or an alias) of
/// what it turns to, and not in the name of the procedure at hand: what was said before is then
/// no longer about it.
pub(super) fn is_new_subject(focus: &Procedure, found: &Procedure, u: &Understanding) -> bool {
    let share = share_in_name(&u.topic, found);
    found.code != focus.code
        && u.subject_words() >= 2
        && share >= 0.6
        && share_in_name(&u.topic, focus) < share
}

/// Share of a topic's words that stand in a procedure's name or one of its aliases.
pub(super) fn share_in_name(topic: &str, procedure: &Procedure) -> f32 {
    let topic = Words::read(topic);
    let words: HashSet<&str> = topic.folded().collect();
    let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
    let share = |name: &String| {
        let name = Words::read(name);
        let name: HashSet<&str> = name.folded().collect();
        words.intersection(&name).count() as f32
    };
    names.map(share).fold(0.0, f32::max) / words.len().max(1) as f32
}

/// Share of a message's words that stand anywhere in a record.
fn share_in_record(content: &str, procedure: &Procedure) -> f32 {
    let content = Words::read(content);
    let words: HashSet<&str> = content.folded().collect();
    let held: HashSet<String> = Section::ALL
        .iter()
        .flat_map(|section| facts(procedure, *section).lines)
        .flat_map(|line| {
            Words::read(&line)
                .folded()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let count = words.iter().filter(|word| held.contains(**word)).count();
    count as f32 / words.len().max(1) as f32
}
