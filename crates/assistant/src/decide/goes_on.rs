//! Which procedure a message means inside a conversation: that at hand or another.
//!
//! One search reads the message with everything said before as its context. Of what it finds and
//! the procedure at hand the one is meant for which most speaks, by a weighted sum.

use std::collections::HashSet;

use corpus::{Procedure, Section, facts};
use retrieval::{Hit, acts_asked, acts_named};

use crate::phrase::Words;
use crate::understanding::{Link, Understanding};

/// What speaks for a candidate, and how much of it.
///
/// Fitted as a conditional logit by `tools/fit-conversation.py` to the last turns of the
/// development dialogues of four authors (`examples/turns.rs`, by words). Of the 145 that leave a
/// choice the right procedure came first for 122 where an author was judged by a fit to the other
/// three; behind each weight the same without it. The rules before, which had been tuned on all
/// four, had 113 of 146 (the dialogues that need no choice apart). Left out, since other authors
/// were read no better with them: a search of the message alone, one of everything as one question,
/// and one of what was said before; how the message starts; whether a procedure was offered before;
/// its field; the share of the message that its record holds.
pub(super) const WEIGHTS: [(&str, f32); 6] = [
    // Its score as a share of the best: 122.
    ("found", 3.26),
    // How surely it was found, [`retrieval::Evidence::confidence`]: 118.
    ("confidence", 3.42),
    // 1 for the procedure at hand: 119.
    ("at_hand", 1.64),
    // Share of the message's own words in its name or in one alias, times the first: 120.
    ("named", 3.36),
    // 1 at hand, where a yes-or-no question asks for a thing that its record speaks of: 121.
    ("detail", 1.70),
    // Share of the acts asked for that its name says ("thế bị mất thì sao"): 120.
    ("act", 2.23),
];

/// A message asks for a thing that a record speaks of when this share of its words stands there
/// ("có phải đi khám sức khỏe không").
const DETAIL: f32 = 0.75;

/// From this likelihood on, among the candidates, another procedure is surely meant: 38 of 41
/// were right so in those dialogues, judged by a fit to other authors, 1 of 7 below.
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
    let total = |values: &[f32; WEIGHTS.len()]| {
        let pairs = WEIGHTS.iter().zip(values);
        pairs
            .map(|((_, weight), value)| weight * value)
            .sum::<f32>()
    };
    let sums: Vec<f32> = speaks(focus, hits, u).iter().map(total).collect();
    let better = |a: (usize, f32), b: (usize, f32)| if b.1 > a.1 { b } else { a };
    let best = sums.iter().copied().enumerate().reduce(better);
    let Some((to, most)) = best else {
        return Choice::Stays;
    };
    if hits[to].covers(&focus.code) {
        return Choice::Stays;
    }
    let all: f32 = sums.iter().map(|sum| (sum - most).exp()).sum();
    let surely = 1.0 / all >= SURELY && hits[to].evidence.confidence() >= FAINT;
    Choice::Turns { to, surely }
}

/// What speaks for each hit, in the order of [`WEIGHTS`].
pub(super) fn speaks(
    focus: &Procedure,
    hits: &[Hit],
    u: &Understanding,
) -> Vec<[f32; WEIGHTS.len()]> {
    let best = hits.first().map_or(1.0, |best| best.score);
    let asked = acts_asked(&u.text.to_lowercase());
    let detail = u.yes_no && share_in_record(&u.content, focus) >= DETAIL;
    let values = |hit: &Hit| {
        let at_hand = hit.covers(&focus.code);
        let found = hit.score / best;
        let named = acts_named(&hit.procedure.name);
        let said = asked.iter().filter(|act| named.contains(act)).count();
        [
            found,
            hit.evidence.confidence(),
            flag(at_hand),
            share_in_name(&u.topic, &hit.procedure) * found,
            flag(at_hand && detail),
            said as f32 / asked.len().max(1) as f32,
        ]
    };
    hits.iter().map(values).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn record(code: &str, name: &str) -> Procedure {
        let record = serde_json::json!({
            "code": code, "name": name, "levels": ["xa"], "scope": {"kind": "national"},
            "cases": [{"documents": [{"name": "Giấy khám sức khỏe do bệnh viện cấp"}]}],
            "provenance": {"source_kind": "own"}
        });
        serde_json::from_value(record).unwrap()
    }

    fn hit(code: &str, name: &str, score: f32) -> Hit {
        Hit {
            procedure: std::sync::Arc::new(record(code, name)),
            section: Section::Overview,
            snippet: String::new(),
            score,
            evidence: retrieval::Evidence::default(),
            signals: std::collections::BTreeMap::new(),
            variants: Vec::new(),
        }
    }

    fn chosen(message: &str, scores: [f32; 3]) -> Choice {
        let names = [
            "Cấp thẻ hành nghề",
            "Cấp lại thẻ hành nghề",
            "Khám sức khỏe định kỳ",
        ];
        let codes = ["1.000001", "1.000002", "1.000003"];
        let mut hits: Vec<Hit> = (0..3).map(|n| hit(codes[n], names[n], scores[n])).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        let u = Rules::embedded().understand(message);
        choose(&record(codes[0], names[0]), &hits, &u)
    }

    #[test]
    fn the_procedure_at_hand_stays_while_little_speaks_for_another() {
        let near = chosen("Người quen nộp giùm thì sao?", [9.0, 10.0, 2.0]);
        assert_eq!(near, Choice::Stays);
        let far = chosen("Người quen nộp giùm thì sao?", [2.0, 10.0, 2.0]);
        assert_ne!(far, Choice::Stays);
        assert_eq!(
            choose(&record("1", "a"), &[], &Understanding::default()),
            Choice::Stays
        );
    }

    #[test]
    fn an_act_turns_to_the_procedure_that_says_it() {
        let Choice::Turns { to, .. } = chosen("thế bị mất thì sao", [10.0, 9.0, 2.0]) else {
            panic!("stays");
        };
        assert_eq!(to, 1, "after the first by score");
        let lasting = chosen("thế mất bao lâu thì có", [10.0, 9.0, 2.0]);
        assert_eq!(lasting, Choice::Stays, "nothing is lost");
    }

    #[test]
    fn a_detail_of_the_record_is_no_other_procedure() {
        let asked = chosen("Có phải khám sức khỏe không?", [9.0, 8.0, 8.0]);
        assert_eq!(asked, Choice::Stays);
        let named = chosen("Khám sức khỏe định kỳ cho công nhân", [5.0, 4.0, 10.0]);
        assert!(matches!(named, Choice::Turns { to: 0, .. }), "{named:?}");
    }
}
