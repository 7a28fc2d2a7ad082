//! From an understanding and what was found to a route.

mod goes_on;

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{Procedure, Scope, Section};
use retrieval::{Hit, Query, Snapshot, Variant, same_province};
use vitext::spans::SpanKind;

use self::goes_on::{Choice, WEIGHTS, choose, is_new_subject, share_in_name, speaks, takes_back};
use crate::answer::Route;
use crate::conversation::Conversation;
use crate::phrase::Words;
use crate::understanding::Understanding;

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

/// Of a procedure that is only the nearest one an open question is not told: with a second this
/// close it is asked back.
const NEAR: f32 = 0.7;

/// Most topic words of an open question, and of one that only finds the nearest procedure.
const FEW: usize = 6;
const SOME: usize = 9;

/// A record that holds less than this of a question's words, by rarity, is only the nearest one
/// unless it is this likely: of the 279 development questions of one turn over the national
/// records (by words) four had so little held and a confidence between `SURE` and this, and none
/// of these first hits was right.
const HELD: f32 = 0.3;
const HELD_SURE: f32 = 0.6;

/// At most this many choices are offered.
const CHOICES: usize = 4;

/// How often in a row we ask back: a citizen who did not pick a choice said more
/// instead, and gets the best answer to it.
const ASK_BACK: u8 = 1;

/// Of several procedures offered another than the first is meant when its name holds so
/// much more of what the citizen said.
const PICKED: f32 = 0.3;

/// Words of a conversation that are remembered at most, the last ones: no development question
/// of several turns has said more than 70.
const REMEMBERED: usize = 120;

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
/// Returns the decision and what to remember as said about it.
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
    let earlier = last_topic(conversation);
    let Some(focus) = focus(snapshot, conversation, understanding) else {
        let hits = search(snapshot, understanding, &earlier, province);
        let decision = judge(&hits, conversation, understanding);
        return (decision, all_said(&earlier, &understanding.text));
    };
    if follows(understanding) {
        let found = vec![Found::chosen(focus)];
        return (Decision::Answer(found), earlier);
    }
    let hits = within(snapshot, &focus, &earlier, understanding, province);
    let decision = match choose(&focus, &hits, understanding) {
        Choice::Stays => stay(&focus, &hits, province),
        Choice::Turns { to, surely } => {
            let asks = understanding.goes_on() || !understanding.aspects.is_empty();
            turn_to(hits, to, surely, asks)
        }
    };
    let leaves = match &decision {
        Decision::Answer(found) => found
            .first()
            .is_some_and(|found| is_new_subject(&focus, &found.procedure, understanding)),
        _ => false,
    };
    let earlier = if leaves { "" } else { &earlier };
    (decision, all_said(earlier, &understanding.text))
}

/// A record that a message inside a conversation may mean, with what speaks for it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its code and those of its copies.
    pub codes: Vec<String>,
    /// What speaks for it, by name; its sum over the weights decides.
    pub speaks: Vec<(&'static str, f32)>,
}

/// What speaks for each candidate, best found first, where [`decide`] has to choose: none at the
/// start of a conversation, the procedure at hand alone for a message that names nothing.
pub fn candidates(
    snapshot: &Snapshot,
    conversation: &Conversation,
    understanding: &Understanding,
    province: Option<&str>,
) -> Vec<Candidate> {
    let Some(focus) = focus(snapshot, conversation, understanding) else {
        return Vec::new();
    };
    if follows(understanding) {
        let codes = vec![focus.code.clone()];
        let speaks = Vec::new();
        return vec![Candidate { codes, speaks }];
    }
    let earlier = last_topic(conversation);
    let hits = within(snapshot, &focus, &earlier, understanding, province);
    let all = speaks(&focus, &hits, understanding);
    let candidate = |(hit, values): (&Hit, [f32; WEIGHTS.len()])| {
        let copies = hit.variants.iter().map(|copy| copy.code.clone());
        let names = WEIGHTS.iter().map(|(name, _)| *name);
        Candidate {
            codes: std::iter::once(hit.procedure.code.clone())
                .chain(copies)
                .collect(),
            speaks: names.zip(values).collect(),
        }
    };
    hits.iter().zip(all).map(candidate).collect()
}

/// True for a message that names nothing of its own: it is about the procedure at hand.
fn follows(u: &Understanding) -> bool {
    u.topic_words() == 0 && u.province.is_none()
}

/// The hits for a message inside a conversation, with what was said before.
fn within(
    snapshot: &Snapshot,
    focus: &Procedure,
    earlier: &str,
    u: &Understanding,
    province: Option<&str>,
) -> Vec<Hit> {
    if u.topic_words() == 0 {
        // "Đất tôi ở Gia Lai": the same question once more, of that province.
        let query = Query {
            province: province.map(str::to_owned),
            ..Query::new(format!("{earlier}. {}", u.content))
        };
        return snapshot.search(&query).unwrap_or_default();
    }
    let mut hits = search(snapshot, u, earlier, province);
    if takes_back(u) {
        hits.retain(|hit| !hit.covers(&focus.code));
    }
    hits
}

/// The procedure that a message turns to inside a conversation. One that `asks` for something
/// is not off the subject, however little it says.
fn turn_to(mut hits: Vec<Hit>, to: usize, surely: bool, asks: bool) -> Decision {
    hits[..=to].rotate_right(1);
    let found: Vec<Found> = hits.iter().map(Found::from).collect();
    let confidence = hits[0].evidence.confidence();
    if surely || confidence >= SURE {
        Decision::Answer(found)
    } else if asks || confidence >= LEAST {
        Decision::Nearest(found)
    } else {
        Decision::NotFound(found)
    }
}

/// What was said before and what is said now, as far as it still tells what is meant.
fn all_said(earlier: &str, now: &str) -> String {
    if earlier.is_empty() {
        return now.to_owned();
    }
    let whole = format!("{earlier}. {now}");
    let words: Vec<&str> = whole.split_whitespace().collect();
    words[words.len().saturating_sub(REMEMBERED)..].join(" ")
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

/// The procedure of the conversation, whatever leads the hits; those stay beside it. A province
/// that is known by now picks its copy.
fn stay(focus: &Arc<Procedure>, hits: &[Hit], province: Option<&str>) -> Decision {
    let copy = hits.iter().find(|hit| hit.covers(&focus.code));
    let own = copy.filter(|hit| province.is_some_and(|own| is_of(&hit.procedure, own)));
    let focus = own.map_or_else(|| Found::chosen(Arc::clone(focus)), Found::from);
    let others = hits.iter().filter(|hit| !hit.covers(&focus.procedure.code));
    let others: Vec<Found> = others.map(Found::from).collect();
    let found = std::iter::once(focus).chain(others);
    Decision::Answer(found.collect())
}

/// True for a record that one province published.
fn is_of(procedure: &Procedure, province: &str) -> bool {
    matches!(&procedure.scope, Scope::Province { name: Some(name) } if same_province(name, province))
}

fn judge(hits: &[Hit], conversation: &Conversation, u: &Understanding) -> Decision {
    let found: Vec<Found> = hits.iter().map(Found::from).collect();
    let Some(top) = hits.first() else {
        return Decision::NotFound(found);
    };
    let sure = top.evidence.confidence();
    let open = names_no_aspect(u) && !is_named(&u.topic, &top.procedure);
    let (words, close) = if (LEAST..SURE).contains(&sure) {
        (SOME, NEAR)
    } else {
        (FEW, CLOSE)
    };
    let rivals = distinct_names(hits, top.score * close);
    // Rivals lower the confidence, so this comes before it is asked for; "trận chung kết
    // tối qua" shares no pair of syllables with what it finds.
    let related = top.evidence.pairs >= RELATED && u.topic_words() <= words;
    if open && related && rivals.len() > 1 && conversation.asked_back < ASK_BACK {
        return Decision::Clarify(rivals);
    }
    let held = top.evidence.coverage >= HELD || sure >= HELD_SURE;
    match sure {
        sure if sure >= SURE && held => Decision::Answer(found),
        near if near >= LEAST => Decision::Nearest(found),
        _ => Decision::NotFound(found),
    }
}

/// "Đăng ký tàu", "tôi muốn đổi tên thì làm sao": the subject alone.
fn names_no_aspect(u: &Understanding) -> bool {
    u.vague || matches!(u.aspects[..], [] | [Section::Overview | Section::Steps])
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
