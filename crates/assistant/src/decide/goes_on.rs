//! Whether a message inside a conversation goes on with its procedure or turns to another.

use std::collections::HashSet;

use corpus::{Procedure, Section, facts};
use retrieval::{Hit, acts_asked, acts_named};

use super::{CHOICES, SURE};
use crate::phrase::Words;
use crate::understanding::{Link, Understanding};

/// A message that asks for nothing by name still asks for a detail of the procedure when
/// this share of its words stands in the record ("ảnh nộp kèm cỡ bao nhiêu").
const DETAIL: f32 = 0.75;

/// Another procedure must score so much more than that of the conversation to be meant: more
/// when the message names hardly a thing of its own. On the 170 development questions of several
/// turns (`motcua eval --no-model`, by words, before there was a second stage of ranking)
/// everything was right for 71.2 % with 1.25 and 1.1, 70.6 with 1.1 or 1.5 for the first, 69.4
/// with 1.0 or 1.25 for the second.
const AHEAD_OF_ONE: f32 = 1.25;
const AHEAD: f32 = 1.1;

/// Acts that turn a conversation to another procedure about the same thing, as
/// `corpus/lexicon/acts.tsv` names them. The others ("thêm", "thay") are too common words.
const TURNING: [&str; 9] = [
    "reissue", "exchange", "extend", "end", "pause", "delete", "transfer", "recover", "copy",
];

/// That procedure scores at least this share of what the conversation's own scores.
const NEAR_ACT: f32 = 0.7;

/// True when a message takes the last procedure back and names another one: that one is then
/// not what is meant, but the words of the turns before still help ("không, ý tôi là hộ kinh
/// doanh").
pub(super) fn takes_back(u: &Understanding) -> bool {
    u.link == Link::TakesBack && u.subject_words() >= 2
}

/// What a message finds without the turns before, when it names another procedure ("còn chứng
/// thực chữ ký thì sao") and surely finds it so.
pub(super) fn turns_elsewhere(
    focus: Option<&Procedure>,
    alone: impl Fn() -> Vec<Hit>,
    u: &Understanding,
) -> Option<Vec<Hit>> {
    if u.link != Link::Switches || u.subject_words() < 2 {
        return None;
    }
    let hits = alone();
    let sure = hits
        .first()
        .is_some_and(|hit| hit.evidence.confidence() >= SURE);
    (sure && is_new_subject(focus, &hits, u)).then_some(hits)
}

/// A message starts a new subject when most of its topic stands in the name (or an
/// alias) of what is found, and not in the name of the current procedure.
pub(super) fn is_new_subject(focus: Option<&Procedure>, hits: &[Hit], u: &Understanding) -> bool {
    let Some(top) = hits.first() else {
        return false;
    };
    let found = share_in_name(&u.topic, &top.procedure);
    let current = focus.map_or(0.0, |focus| share_in_name(&u.topic, focus));
    let same = focus.is_some_and(|focus| top.covers(&focus.code));
    !same
        && u.subject_words() >= 2
        && found >= 0.6
        && current < found
        && !(u.yes_no && u.topic_words() < 4)
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

/// True when a message inside a conversation goes on with its procedure: read together with the
/// turns before, no other one is so far ahead that the message must mean that. "Từ lúc gửi đến
/// lúc cầm chứng chỉ mất bao nhiêu ngày?" has words enough for a search and names no procedure.
pub(super) fn stays(focus: &Procedure, hits: &[Hit], u: &Understanding) -> bool {
    if u.topic_words() == 0 {
        return true;
    }
    let held = share_in_record(&u.content, focus) >= DETAIL;
    if held && u.yes_no && !u.goes_on() {
        return true;
    }
    let about_detail = u.goes_on() || !u.aspects.is_empty();
    let Some(own) = hits.iter().find(|hit| hit.covers(&focus.code)) else {
        let sure = |hit: &Hit| hit.evidence.confidence() >= SURE;
        return (about_detail || held) && !hits.first().is_some_and(sure);
    };
    let most = if u.subject_words() <= 1 {
        AHEAD_OF_ONE
    } else {
        AHEAD
    };
    hits.first()
        .is_none_or(|first| first.score <= most * own.score)
}

/// The place of the hit that a message turns to by what is to be done: "thế bị mất thì sao"
/// after the first certificate means its copy. The procedure of the conversation does not say
/// that act, the hit does and is near.
pub(super) fn turns_to(focus: &Procedure, hits: &[Hit], u: &Understanding) -> Option<usize> {
    let turning = |act: &String| TURNING.contains(&act.as_str());
    // "Mất bao nhiêu ngày" has lost nothing.
    let text = [
        "mất bao",
        "mất mấy",
        "mất nhiều",
        "mất phí",
        "mất tiền",
        "mất lâu",
    ]
    .iter()
    .fold(u.text.to_lowercase(), |text, lasting| {
        text.replace(lasting, "")
    });
    let asked: Vec<String> = acts_asked(&text).into_iter().filter(turning).collect();
    let says = |procedure: &Procedure| {
        let named = acts_named(&procedure.name);
        asked.iter().any(|act| named.contains(act))
    };
    let own = hits.iter().find(|hit| hit.covers(&focus.code))?;
    if says(focus) {
        return None;
    }
    let near = |hit: &Hit| hit.score >= NEAR_ACT * own.score && says(&hit.procedure);
    hits.iter().take(CHOICES + 1).position(near)
}

/// Share of a message's words that stand anywhere in a record.
pub(super) fn share_in_record(content: &str, procedure: &Procedure) -> f32 {
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
