//! Life events: "Vợ em mới sinh, em phải làm những gì?" gets an ordered list of procedures,
//! and what is said next may pick one of them.
//!
//! The events are [`corpus::journeys`]; which messages tell one is `data/journeys.toml`. A
//! step is shown only when the index knows one of its procedures, by that record's name and
//! level; everything else that a citizen reads of it stands in the record.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use corpus::journeys::Journey;
use corpus::{Procedure, Section};
use retrieval::{Query, Snapshot};
use serde::Deserialize;

use crate::conversation::{Conversation, TurnMemory};
use crate::listing::{Beside, KnownStep, Listing, Texts, bundle, known};
use crate::phrase::{Phrase, Words, phrases};
use crate::understanding::Understanding;

/// So many steps of each event are listed where a message tells several.
const EACH: usize = 5;

/// A message with so many topic words says more than an event, and a procedure found this surely
/// for all of it is listed beside.
const TOLD_MORE: usize = 5;
const ALSO_SURE: f32 = 0.5;

/// The compiled rules.
#[derive(Debug)]
pub struct Journeys {
    events: Vec<Event>,
    ask: Vec<Phrase>,
    all: Vec<Phrase>,
    /// What asks for several things, whatever else is named.
    many: Vec<Phrase>,
    one: Vec<Phrase>,
    made: Vec<Phrase>,
    /// Ways to call the step of a number, and the number, from 1.
    picks: Vec<(Phrase, usize)>,
    next: Vec<Phrase>,
    most_words: usize,
    several: usize,
    most_told: usize,
    words: Texts,
}

#[derive(Debug)]
struct Event {
    journey: &'static Journey,
    told: Vec<Way>,
    asked: Vec<Way>,
    unless: Vec<Way>,
}

/// A phrase with its first word, folded, so that most of the thousand need no look.
#[derive(Debug)]
struct Way {
    first: String,
    phrase: Phrase,
}

#[derive(Deserialize)]
struct File {
    ask: Vec<String>,
    all: Vec<String>,
    many: Vec<String>,
    one: Vec<String>,
    made: Vec<String>,
    most_words: usize,
    several: usize,
    most_told: usize,
    pick: Vec<String>,
    pick_words: Vec<String>,
    first: Vec<String>,
    numbers: Vec<String>,
    next: Vec<String>,
    words: Texts,
}

impl Journeys {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("journeys.toml: {error}"))?;
        Ok(Self {
            events: corpus::journeys::all().iter().map(Event::new).collect(),
            picks: picks(&file),
            ask: phrases(&file.ask),
            all: phrases(&file.all),
            many: phrases(&file.many),
            one: phrases(&file.one),
            made: phrases(&file.made),
            next: phrases(&file.next),
            most_words: file.most_words,
            several: file.several,
            most_told: file.most_told,
            words: file.words,
        })
    }

    /// The answer to a message that tells a life event and asks what to do, or that asks for
    /// something of each step of the event told last. `None` for any other message.
    pub(crate) fn answer(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        masked: &str,
        understanding: &Understanding,
    ) -> Option<Listing> {
        // "Trường hợp này phải kèm giấy gì" after a procedure is about that procedure.
        let plain = |section: &Section| matches!(section, Section::Steps | Section::Overview);
        let asks_one = !understanding.vague && !understanding.aspects.iter().all(plain);
        let words = Words::read(&understanding.text);
        let goes_on = conversation.focus().is_some() && asks_one && !finds(&self.many, &words);
        let told = || self.told(masked, understanding).filter(|_| !goes_on);
        let again = || again(conversation, understanding).map(|journey| vec![journey]);
        let journeys = told().or_else(again)?;
        let journey = *journeys.first()?;
        let steps = side_by_side(&journeys, snapshot);
        // A list of one step is no list: such a message is answered like any other.
        if steps.len() < 2 {
            return None;
        }
        let made = finds(&self.made, &words);
        let mut aspects = understanding.aspects.clone();
        let no_fact = |section: &Section| matches!(section, Section::Steps | Section::Overview);
        aspects.retain(|section| !(no_fact(section) || made && *section == Section::Documents));
        let more = Beside {
            bundle: bundle(&steps, snapshot),
            also: also(snapshot, &steps, understanding),
        };
        Some(Listing::new(&self.words, journey, &steps, more, aspects))
    }

    /// The life events that a message is about as a whole, in its order.
    fn told(&self, masked: &str, understanding: &Understanding) -> Option<Vec<&'static Journey>> {
        // What was typed without marks may have been read wrongly.
        let texts = [understanding.text.as_str(), masked];
        texts
            .iter()
            .find_map(|text| self.told_in(&Words::read(text), understanding))
    }

    fn told_in(
        &self,
        words: &Words,
        understanding: &Understanding,
    ) -> Option<Vec<&'static Journey>> {
        let asks = finds(&self.ask, words);
        let events = apart(self.places(words, asks));
        let end = events.iter().map(|(_, at)| at.end).max()?;
        let outside = |at: &Range<usize>| events.iter().all(|(_, told)| lies_outside(told, at));
        let names_one = |phrase: &Phrase| phrase.find_all(words).iter().any(outside);
        // Many things named are a list of what was lost, not one procedure.
        let named = self.one.iter().filter(|phrase| names_one(phrase)).count();
        if (1..self.several).contains(&named) && !finds(&self.many, words) {
            return None;
        }
        let event = words.join(|at| events.iter().any(|(_, place)| place.contains(&at)));
        let event: HashSet<&str> = event.split(' ').collect();
        let topic = understanding.topic.split_whitespace();
        let rest = topic.filter(|word| !event.contains(word)).count();
        let meant = if asks {
            let list = named >= self.several;
            list || rest <= self.most_words || finds(&self.all, words) || finds(&self.many, words)
        } else {
            let asks_nothing = understanding.aspects.is_empty() || understanding.vague;
            // "Em mới ly hôn" ends like a question of the South ("được hôn").
            let yes_no = understanding.yes_no && end < words.len();
            asks_nothing && !yes_no && rest <= self.most_told
        };
        meant.then(|| events.iter().map(|(journey, _)| *journey).collect())
    }

    /// Every event that a message tells, and where.
    fn places(&self, words: &Words, asks: bool) -> Vec<(&'static Journey, Range<usize>)> {
        let present: HashSet<&str> = words.folded().collect();
        let events = self.events.iter();
        let told =
            events.filter_map(|event| Some((event.journey, event.place(words, &present, asks)?)));
        told.collect()
    }

    /// What a message means that picks one of the procedures offered by its place ("cái thứ hai
    /// phí bao nhiêu"): its code and the rest of the message.
    fn chosen(&self, conversation: &Conversation, message: &str) -> Option<String> {
        let words = Words::read(message);
        let mut picks = self.picks.iter();
        let (range, number) = picks.find_map(|(way, n)| Some((way.find(&words, 0)?, *n)))?;
        let choice = conversation.pending.get(number.checked_sub(1)?)?;
        let rest = words.join(|at| !range.contains(&at));
        Some(format!("{} {rest}", choice.send))
    }

    /// What a message means that picks a step of the last list ("bước 2 cần giấy gì", a bare
    /// number, "việc tiếp theo"): the step's code and the rest of the message.
    pub(crate) fn picked(&self, conversation: &Conversation, message: &str) -> Option<String> {
        let Some(listed) = conversation
            .turns
            .iter()
            .rfind(|turn| turn.journey.is_some())
        else {
            return self.chosen(conversation, message);
        };
        let last = conversation.turns.last()?;
        let at = last.codes.first().and_then(|code| place(listed, code));
        if last.journey.is_none() && at.is_none() {
            return self.chosen(conversation, message);
        }
        let number = message.trim().trim_end_matches(['.', ')']).parse::<usize>();
        if let Ok(number) = number {
            return listed.codes.get(number.checked_sub(1)?).cloned();
        }
        let words = Words::read(message);
        // "Bước 10" is not "bước 1": whole words are compared.
        let picks = self.picks.iter();
        let mut found = picks.filter_map(|(way, n)| Some((way.find(&words, 0)?, *n)));
        if let Some((range, number)) = found.next() {
            let code = listed.codes.get(number.checked_sub(1)?)?;
            return Some(format!("{code} {}", words.join(|at| !range.contains(&at))));
        }
        let next = self.next.iter().find_map(|way| way.find(&words, 0));
        let next = next.filter(|range| words.len() <= range.len() + 3)?;
        let after = if last.journey.is_some() { 0 } else { at? + 1 };
        let rest = words.join(|at| !next.contains(&at));
        Some(format!("{} {rest}", listed.codes.get(after)?))
    }
}

/// Of the places where events are told those that lie apart: the longest, of equal ones the first
/// event's, and what stands beside it, in the order of the message.
fn apart(told: Vec<(&'static Journey, Range<usize>)>) -> Vec<(&'static Journey, Range<usize>)> {
    let longest = told
        .iter()
        .reduce(|a, b| if b.1.len() > a.1.len() { b } else { a });
    let Some((own, place)) = longest.cloned() else {
        return Vec::new();
    };
    let beside = |(journey, at): &(&'static Journey, Range<usize>)| {
        lies_outside(&place, at) || journey.id == own.id
    };
    let mut events: Vec<_> = told.into_iter().filter(beside).collect();
    events.sort_by_key(|(_, at)| at.start);
    events.dedup_by(|next, last| !lies_outside(&last.1, &next.1));
    events
}

fn lies_outside(place: &Range<usize>, other: &Range<usize>) -> bool {
    other.end <= place.start || place.end <= other.start
}

/// The steps of several events, one after the other; of more than one event the first steps.
fn side_by_side(journeys: &[&'static Journey], snapshot: &Snapshot) -> Vec<KnownStep> {
    let each = if journeys.len() > 1 { EACH } else { usize::MAX };
    let steps = journeys
        .iter()
        .flat_map(|journey| known(journey, snapshot).into_iter().take(each));
    let mut seen = HashSet::new();
    steps
        .filter(|step| seen.insert(step.procedure.code.clone()))
        .collect()
}

/// What the message as a whole finds surely beside the steps: the invalid whose father drew a
/// pension has a procedure of his own. Only where it says more than the event.
fn also(snapshot: &Snapshot, steps: &[KnownStep], u: &Understanding) -> Option<Arc<Procedure>> {
    if u.topic_words() < TOLD_MORE {
        return None;
    }
    let query = Query {
        reading: u.reading.clone(),
        limit: 2,
        ..Query::new(&u.text)
    };
    let hit = snapshot.search(&query).ok()?.into_iter().next()?;
    let listed = |step: &KnownStep| hit.covers(&step.procedure.code);
    let sure = hit.evidence.confidence() >= ALSO_SURE && !steps.iter().any(listed);
    sure.then_some(hit.procedure)
}

impl Event {
    fn new(journey: &'static Journey) -> Self {
        Self {
            journey,
            told: ways(&journey.told),
            asked: ways(&journey.asked),
            unless: ways(&journey.unless),
        }
    }

    /// The longest place where a message tells it.
    fn place(&self, words: &Words, present: &HashSet<&str>, asks: bool) -> Option<Range<usize>> {
        let there = |way: &&Way| present.contains(way.first.as_str());
        let place = |way: &Way| way.phrase.find(words, 0);
        if self.unless.iter().filter(there).any(|w| place(w).is_some()) {
            return None;
        }
        let asked = self.asked.iter().filter(|_| asks);
        let ways = self.told.iter().chain(asked).filter(there);
        ways.filter_map(place).max_by_key(ExactSizeIterator::len)
    }
}

fn ways(texts: &[String]) -> Vec<Way> {
    let way = |text: &String| Way {
        first: Words::read(text.split(' ').next().unwrap_or(text))
            .folded()
            .collect(),
        phrase: Phrase::parse(text),
    };
    texts.iter().map(way).collect()
}

fn picks(file: &File) -> Vec<(Phrase, usize)> {
    let mut picks: Vec<(Phrase, usize)> = phrases(&file.first)
        .into_iter()
        .map(|way| (way, 1))
        .collect();
    for (at, word) in file.numbers.iter().enumerate() {
        let number = (at + 1).to_string();
        let digits = file.pick.iter().chain(&file.pick_words);
        let ways = digits
            .map(|way| way.replace("{n}", &number))
            .chain(file.pick_words.iter().map(|way| way.replace("{n}", word)));
        picks.extend(ways.map(|way| (Phrase::parse(&way), at + 1)));
    }
    picks
}

fn finds(phrases: &[Phrase], words: &Words) -> bool {
    phrases.iter().any(|phrase| phrase.find(words, 0).is_some())
}

/// The event of the turn before, when this message only asks for a part of records.
fn again(conversation: &Conversation, understanding: &Understanding) -> Option<&'static Journey> {
    let id = conversation.turns.last()?.journey.as_deref()?;
    let asks = !understanding.aspects.is_empty() && !understanding.vague;
    (asks && understanding.topic_words() == 0)
        .then(|| corpus::journeys::find(id))
        .flatten()
}

fn place(turn: &TurnMemory, code: &str) -> Option<usize> {
    turn.codes.iter().position(|other| other == code)
}

#[cfg(test)]
#[path = "journey_tests.rs"]
mod tests;
