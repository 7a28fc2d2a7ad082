//! From an understanding and what was found to a route.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{Procedure, Scope, Section, facts};
use retrieval::{Hit, Query, Snapshot, Variant, acts_asked, acts_named};
use vitext::spans::SpanKind;

use crate::answer::Route;
use crate::conversation::Conversation;
use crate::phrase::Words;
use crate::understanding::{Link, Understanding};

/// A record less likely than this to be the one meant is not offered as an answer.
const LEAST: f32 = 0.2;

/// Below this the record is only the nearest one found: the text says so and states no
/// fact of it.
const SURE: f32 = 0.5;

/// We ask back only about records that hold this share of the question's pairs of
/// syllables.
const RELATED: f32 = 0.3;

/// A second procedure this close to the first is a real alternative: with it 12 of the
/// 16 ambiguous development questions are asked back, and 1 of 265 clear ones.
const CLOSE: f32 = 0.85;

/// At most this many choices are offered.
const CHOICES: usize = 4;

/// How often in a row we ask back: a citizen who did not pick a choice said more
/// instead, and gets the best answer to it.
const ASK_BACK: u8 = 1;

/// Of several procedures offered another than the first is meant when its name holds so
/// much more of what the citizen said.
const PICKED: f32 = 0.3;

/// A message that asks for nothing by name still asks for a detail of the procedure when
/// this share of its words stands in the record ("ảnh nộp kèm cỡ bao nhiêu").
const DETAIL: f32 = 0.75;

/// Another procedure must score so much more than that of the conversation to be meant: more
/// when the message names hardly a thing of its own. On 170 development questions of several
/// turns everything is right for 71.2 % with 1.25 and 1.1, 70.6 with 1.1 or 1.5 for the first,
/// 69.4 with 1.0 or 1.25 for the second.
const AHEAD_OF_ONE: f32 = 1.25;
const AHEAD: f32 = 1.1;

/// Acts that turn a conversation to another procedure about the same thing, as
/// `corpus/lexicon/acts.tsv` names them. The others ("thêm", "thay") are too common words.
const TURNING: [&str; 9] = [
    "reissue", "exchange", "extend", "end", "pause", "delete", "transfer", "recover", "copy",
];

/// That procedure scores at least this share of what the conversation's own scores.
const NEAR_ACT: f32 = 0.7;

/// What to do with a question.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Answer from the first; the others are close to it.
    Answer(Vec<Found>),
    /// As `Answer`, but say that it is only the nearest procedure found.
    Nearest(Vec<Found>),
    /// Ask which one is meant.
    Clarify(Vec<Found>),
    /// Nothing in the corpus is about it; these are the nearest.
    NotFound(Vec<Found>),
}

/// A record and how well it matches.
#[derive(Debug, Clone)]
pub struct Found {
    /// The record.
    pub procedure: Arc<Procedure>,
    /// Retrieval score.
    pub score: f32,
    /// Its copies, of other levels and provinces; none where this one was chosen.
    pub variants: Vec<Variant>,
}

impl Found {
    /// The one that the conversation or the message names.
    pub(crate) fn chosen(procedure: Arc<Procedure>) -> Self {
        Self {
            procedure,
            score: 1.0,
            variants: Vec::new(),
        }
    }
}

impl From<&Hit> for Found {
    fn from(hit: &Hit) -> Self {
        Self {
            procedure: Arc::clone(&hit.procedure),
            score: hit.score,
            variants: hit.variants.clone(),
        }
    }
}

/// Finds the procedure that a message is about and decides what to do.
/// Returns the decision and the topic to remember.
pub fn decide(
    snapshot: &Snapshot,
    conversation: &Conversation,
    understanding: &Understanding,
    province: Option<&str>,
) -> (Decision, String) {
    let named = codes(&understanding.text).find_map(|code| snapshot.procedure(&code));
    if let Some(procedure) = named {
        let topic = procedure.name.to_lowercase();
        return (Decision::Answer(vec![Found::chosen(procedure)]), topic);
    }
    let focus = focus(snapshot, conversation, understanding);
    let follows = understanding.topic_words() == 0 && !understanding.placed;
    if let Some(focus) = focus.as_ref().filter(|_| follows) {
        let found = vec![Found::chosen(Arc::clone(focus))];
        return (Decision::Answer(found), last_topic(conversation));
    }
    let earlier = last_topic(conversation);
    let alone = || search(snapshot, understanding, "", province);
    if !earlier.is_empty() && turns_elsewhere(focus.as_deref(), alone, understanding) {
        let decision = judge(&alone(), conversation, understanding);
        return (decision, understanding.topic.clone());
    }
    let mut hits = search(snapshot, understanding, &earlier, province);
    if let Some(focus) = focus.as_ref().filter(|_| takes_back(understanding)) {
        hits.retain(|hit| !hit.covers(&focus.code));
        let decision = judge(&hits, conversation, understanding);
        return (decision, understanding.topic.clone());
    }
    if earlier.is_empty() || is_new_subject(focus.as_deref(), &hits, understanding) {
        let decision = judge(&hits, conversation, understanding);
        return (decision, understanding.topic.clone());
    }
    if let Some(at) = focus
        .as_ref()
        .and_then(|f| turns_to(f, &hits, understanding))
    {
        hits[..=at].rotate_right(1);
        let found = hits.iter().map(Found::from).collect();
        let topic = format!("{earlier} {}", understanding.topic);
        return (Decision::Answer(found), topic);
    }
    let decision = judge(&hits, conversation, understanding);
    if let Some(focus) = focus {
        // Nobody is asked "which one?" about the procedure that the conversation is about.
        let is_it = |found: &Found| found.procedure.code == focus.code;
        let asks = matches!(&decision, Decision::Clarify(found) if found.iter().any(is_it));
        if asks || stays(&focus, &hits, understanding) {
            return (stay(focus, &hits, understanding), earlier);
        }
    }
    let topic = format!("{earlier} {}", understanding.topic);
    (decision, topic)
}

/// True when a message takes the last procedure back and names another one: that one is then
/// not what is meant, but the words of the turns before still help ("không, ý tôi là hộ kinh
/// doanh").
fn takes_back(u: &Understanding) -> bool {
    u.link == Link::TakesBack && u.subject_words() >= 2
}

/// True when a message names another procedure ("còn chứng thực chữ ký thì sao") and surely
/// finds it without the turns before.
fn turns_elsewhere(
    focus: Option<&Procedure>,
    alone: impl Fn() -> Vec<Hit>,
    u: &Understanding,
) -> bool {
    u.link == Link::Switches && u.subject_words() >= 2 && {
        let hits = alone();
        let sure = |hit: &Hit| hit.evidence.confidence() >= SURE;
        hits.first().is_some_and(sure) && is_new_subject(focus, &hits, u)
    }
}

/// The procedure that a conversation is about. Of those offered in the last turn it is the
/// one whose name the message says most of, the first where it says none.
fn focus(
    snapshot: &Snapshot,
    conversation: &Conversation,
    u: &Understanding,
) -> Option<Arc<Procedure>> {
    let last = conversation.turns.last()?;
    if last.route != Route::Clarify {
        return conversation
            .focus()
            .and_then(|code| snapshot.procedure(code));
    }
    let offered = last
        .codes
        .iter()
        .filter_map(|code| snapshot.procedure(code));
    let judged = offered.map(|procedure| (share_in_name(&u.topic, &procedure), procedure));
    judged
        .reduce(|best, next| if next.0 > best.0 + PICKED { next } else { best })
        .map(|(_, procedure)| procedure)
}

/// Procedure codes that a text names, as buttons send them.
fn codes(text: &str) -> impl Iterator<Item = String> {
    let spans = vitext::spans::find(text).into_iter();
    spans
        .filter(|span| span.kind == SpanKind::ProcedureCode)
        .map(|span| span.value)
}

fn search(
    snapshot: &Snapshot,
    understanding: &Understanding,
    context: &str,
    province: Option<&str>,
) -> Vec<Hit> {
    let query = Query {
        reading: understanding.reading.clone(),
        context: context.to_owned(),
        province: province.map(str::to_owned),
        ..Query::new(&understanding.text)
    };
    snapshot.search(&query).unwrap_or_default()
}

fn last_topic(conversation: &Conversation) -> String {
    conversation
        .turns
        .last()
        .map(|turn| turn.topic.clone())
        .unwrap_or_default()
}

/// A message starts a new subject when most of its topic stands in the name (or an
/// alias) of what is found, and not in the name of the current procedure.
fn is_new_subject(focus: Option<&Procedure>, hits: &[Hit], u: &Understanding) -> bool {
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
fn share_in_name(topic: &str, procedure: &Procedure) -> f32 {
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
fn stays(focus: &Procedure, hits: &[Hit], u: &Understanding) -> bool {
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
fn turns_to(focus: &Procedure, hits: &[Hit], u: &Understanding) -> Option<usize> {
    let turning = |act: &String| TURNING.contains(&act.as_str());
    let asked: Vec<String> = acts_asked(&u.topic).into_iter().filter(turning).collect();
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

/// The procedure of the conversation, whatever leads the hits; those stay beside it. A province
/// named just now picks its copy.
fn stay(focus: Arc<Procedure>, hits: &[Hit], u: &Understanding) -> Decision {
    let elsewhere = matches!(focus.scope, Scope::Province { .. });
    let copy = |hit: &&Hit| elsewhere || hit.covers(&focus.code);
    let own = hits.iter().filter(|_| u.placed).find(copy);
    let focus = own.map_or_else(|| Found::chosen(Arc::clone(&focus)), Found::from);
    let others = hits.iter().filter(|hit| !hit.covers(&focus.procedure.code));
    let others: Vec<Found> = others.map(Found::from).collect();
    let found = std::iter::once(focus).chain(others);
    Decision::Answer(found.collect())
}

fn judge(hits: &[Hit], conversation: &Conversation, u: &Understanding) -> Decision {
    let found: Vec<Found> = hits.iter().map(Found::from).collect();
    let Some(top) = hits.first() else {
        return Decision::NotFound(found);
    };
    let rivals = distinct_names(hits, top.score * CLOSE);
    let open = names_no_aspect(u) && u.topic_words() <= 6 && !is_named(&u.topic, &top.procedure);
    // Rivals lower the confidence, so this comes before it is asked for; "trận chung kết
    // tối qua" shares no pair of syllables with what it finds.
    let related = top.evidence.pairs >= RELATED;
    if open && related && rivals.len() > 1 && conversation.asked_back < ASK_BACK {
        return Decision::Clarify(rivals);
    }
    match top.evidence.confidence() {
        sure if sure >= SURE => Decision::Answer(found),
        near if near >= LEAST => Decision::Nearest(found),
        _ => Decision::NotFound(found),
    }
}

/// "Đăng ký tàu", "tôi muốn đổi tên thì làm sao": the subject alone.
fn names_no_aspect(u: &Understanding) -> bool {
    u.vague || matches!(u.aspects[..], [] | [Section::Overview | Section::Steps])
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

/// True when a topic is the name of a procedure, or one of its aliases, and no more.
fn is_named(topic: &str, procedure: &Procedure) -> bool {
    let topic = Words::read(topic);
    let topic: Vec<&str> = topic.folded().collect();
    let mut names = std::iter::once(&procedure.name).chain(&procedure.aliases);
    names.any(|name| {
        let name = Words::read(name);
        let name: Vec<&str> = name.folded().collect();
        name.strip_prefix(&["thu", "tuc"]).unwrap_or(&name) == topic
    })
}

/// The close hits with different names, best first.
fn distinct_names(hits: &[Hit], least: f32) -> Vec<Found> {
    let mut names = HashSet::new();
    let fresh = |hit: &&Hit| names.insert(vitext::fold(&hit.procedure.name));
    hits.iter()
        .take_while(|hit| hit.score >= least)
        .filter(fresh)
        .take(CHOICES)
        .map(Found::from)
        .collect()
}
