//! An answer in the making: its facts, cards and sources stand, its words are still to
//! be written.

mod notices;
mod offers;

use std::sync::Arc;
use std::time::{Duration, Instant};

use corpus::{Procedure, Section};

use self::offers::choice;
use crate::answer::{Answer, Event, Route, Timings, WrittenBy};
use crate::card::{Sheet, reference};
use crate::compare;
use crate::compose;
use crate::conversation::{Conversation, TurnMemory};
use crate::decide::Found;
use crate::generator::{Generator, Sampling};
use crate::listing::Listing;
use crate::points::Point;
use crate::prompt;
use crate::rules::Rules;
use crate::understanding::{Money, Understanding};
use crate::write::{Brief, Written, write};

/// Procedures listed beside the one answered from, when their score is this close.
const NEAR: f32 = 0.75;

/// How many of them.
const NEARBY: usize = 2;

/// An answer whose facts stand and whose words are still to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    rules: Arc<Rules>,
    conversation: Conversation,
    answer: Answer,
    body: Body,
    /// The procedure that the text is about.
    about: Option<Arc<Procedure>>,
    started: Instant,
}

/// What the text will be made of.
#[derive(Debug, Clone)]
enum Body {
    /// Fixed words.
    Fixed(String),
    /// The facts of one record.
    Brief(Box<Brief>),
}

impl Draft {
    pub(crate) fn new(rules: Arc<Rules>, conversation: &Conversation, snapshot: &str) -> Self {
        let mut conversation = conversation.clone();
        conversation.pending.clear();
        let answer = Answer {
            conversation_id: conversation.id.clone(),
            message_id: uuid::Uuid::now_v7().to_string(),
            route: Route::Answer,
            text: String::new(),
            cards: Vec::new(),
            procedures: Vec::new(),
            citations: Vec::new(),
            choices: Vec::new(),
            suggestions: Vec::new(),
            notices: Vec::new(),
            written_by: WrittenBy::Record,
            snapshot: snapshot.to_owned(),
            timings_ms: Timings::default(),
        };
        Self {
            rules,
            conversation,
            answer,
            body: Body::Fixed(String::new()),
            about: None,
            started: Instant::now(),
        }
    }

    /// The conversation after this turn: store it.
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// Key of the answer to come.
    pub fn message_id(&self) -> &str {
        &self.answer.message_id
    }

    /// How the message is answered.
    pub fn route(&self) -> Route {
        self.answer.route
    }

    /// What can be shown at once: `Accepted`, the cards, `Sources`.
    pub fn opening(&self) -> Vec<Event> {
        let mut events = vec![Event::Accepted {
            conversation_id: self.answer.conversation_id.clone(),
            message_id: self.answer.message_id.clone(),
        }];
        events.extend(self.answer.cards.iter().cloned().map(Event::Card));
        if !self.answer.citations.is_empty() {
            events.push(Event::Sources(self.answer.citations.clone()));
        }
        events
    }

    /// What is to be written of one record, for measuring; none where the words are fixed.
    pub fn brief(&self) -> Option<&Brief> {
        let Body::Brief(brief) = &self.body else {
            return None;
        };
        Some(brief)
    }

    /// True when a model's words would be better than the record's. When false,
    /// call [`Draft::write`] without a generator: it returns at once.
    pub fn wants_model(&self) -> bool {
        self.brief().is_some_and(|brief| brief.speak)
    }

    /// Writes the text and returns the answer. `sink` receives a `Delta` for each
    /// checked piece; the caller sends `Final`. Without a generator, or when the
    /// generator fails, is late or is refused by the gate, the record's words answer.
    pub fn write(
        self,
        generator: Option<&mut dyn Generator>,
        sampling: &Sampling,
        sink: &mut dyn FnMut(Event),
    ) -> Answer {
        let begun = self.elapsed();
        let mut first = None;
        let started = self.started;
        let mut delta = |text: &str| {
            first.get_or_insert_with(|| millis(started.elapsed()));
            sink(Event::Delta {
                text: text.to_owned(),
            });
        };
        let written = match &self.body {
            Body::Fixed(text) => {
                delta(text);
                Written {
                    text: text.clone(),
                    by: WrittenBy::Record,
                }
            }
            Body::Brief(brief) => {
                let generator = generator.filter(|_| brief.speak);
                write(brief, &self.rules.gate, generator, sampling, &mut delta)
            }
        };
        let mut answer = self.answer;
        answer.text = written.text;
        answer.written_by = written.by;
        if answer.cards.is_empty() {
            answer.timings_ms.first_content = first.unwrap_or(begun);
        }
        answer.timings_ms.total = millis(started.elapsed());
        answer.timings_ms.write = answer.timings_ms.total - begun;
        answer
    }

    fn elapsed(&self) -> f64 {
        millis(self.started.elapsed())
    }

    /// What was said before this turn about the procedure at hand.
    pub(crate) fn earlier_topic(&self) -> &str {
        let last = self.conversation.turns.last();
        last.map_or("", |turn| &turn.topic)
    }

    /// Notes how long understanding took, which ends here.
    pub(crate) fn understood(&mut self) {
        self.answer.timings_ms.understand = self.elapsed();
    }

    /// Notes how long finding took, which ends here.
    pub(crate) fn retrieved(&mut self) {
        self.answer.timings_ms.retrieve = self.elapsed() - self.answer.timings_ms.understand;
    }

    /// Adds a line below the answer.
    pub(crate) fn notice(&mut self, text: String) {
        self.answer.notices.push(text);
    }

    /// Answers in fixed words.
    pub(crate) fn fix(&mut self, route: Route, text: String, suggestions: &[String]) {
        self.answer.route = route;
        if matches!(route, Route::OutOfScope | Route::SmallTalk) {
            self.answer.suggestions = suggestions.to_vec();
        }
        self.body = Body::Fixed(text);
    }

    /// Not `sure`: the record is the nearest one found, and the text says so.
    pub(crate) fn answer_from(
        &mut self,
        found: &[Found],
        understanding: &Understanding,
        points: Vec<Point>,
        sure: bool,
    ) {
        let Some(top) = found.first() else { return };
        self.about = Some(Arc::clone(&top.procedure));
        if top.procedure.is_named_only() {
            return self.name_only(found, understanding, sure);
        }
        let mut sheet = sheet_for(top, understanding, points);
        sheet.worked = self.rules.reckoning.work(&sheet, understanding);
        let silent = sheet.is_silent();
        self.answer.route = if silent {
            Route::NoInformation
        } else {
            Route::Answer
        };
        self.show(&sheet, found);
        self.answer.suggestions = compose::follow_ups(&understanding.aspects);
        if understanding.english {
            let text = self.rules.english.text(&sheet, understanding.channel, sure);
            self.body = Body::Fixed(text);
            return;
        }
        let mut brief = Brief {
            sure,
            channel: understanding.channel,
            yes_no: understanding.yes_no,
            sheet,
            speak: false,
        };
        brief.speak = sure && !silent && prompt::has_words(&brief);
        self.body = Body::Brief(Box::new(brief));
    }

    /// The facts of two procedures, side by side. Their text is put together from the records:
    /// a model mixes up which value belongs to which.
    pub(crate) fn compare(&mut self, pair: &[Found; 2], understanding: &Understanding) {
        let aspects = compare::compared(&understanding.aspects);
        let sheet = |found: &Found| Sheet::new(Arc::clone(&found.procedure), found.score, &aspects);
        let sheets = [sheet(&pair[0]), sheet(&pair[1])];
        self.answer.cards = sheets.iter().map(Sheet::card).collect();
        self.answer.citations = sheets[0].citations(1);
        let next = self.answer.citations.len() as u32 + 1;
        self.answer.citations.extend(sheets[1].citations(next));
        self.answer.timings_ms.first_content = self.elapsed();
        self.answer.procedures = sheets.iter().map(Sheet::reference).collect();
        self.about = Some(Arc::clone(&pair[0].procedure));
        // "Cái thứ hai nộp ở đâu": a number or its word picks one of them in the next turn.
        self.conversation.pending = pair.iter().map(choice).collect();
        self.body = Body::Fixed(compare::text(
            &sheets,
            understanding,
            &self.answer.citations,
        ));
    }

    /// The facts of one procedure, their sources, and the procedures near it.
    fn show(&mut self, sheet: &Sheet, found: &[Found]) {
        self.answer.cards = vec![sheet.card()];
        self.answer.citations = sheet.citations(1);
        self.answer.timings_ms.first_content = self.elapsed();
        let near = found[1..]
            .iter()
            .filter(|other| other.score >= sheet.score * NEAR)
            .take(NEARBY);
        self.answer.procedures = std::iter::once(sheet.reference())
            .chain(near.map(|found| reference(&found.procedure, found.score)))
            .collect();
    }

    /// True when a message asks for an aspect outright or names paperwork at all.
    pub(crate) fn speaks_of_paperwork(&self, understanding: &Understanding) -> bool {
        let asks = !understanding.aspects.is_empty() && !understanding.vague;
        asks || self.rules.intents.is_administrative(&understanding.text)
    }

    pub(crate) fn ask_back(&mut self, found: &[Found], understanding: &Understanding) {
        self.answer.route = Route::Clarify;
        self.offer(found);
        self.conversation.asked_back += 1;
        let (replies, frame) = (&self.rules.intents.replies, &self.rules.english.frame);
        let text = if understanding.english {
            &frame.clarify
        } else {
            &replies.clarify
        };
        self.body = Body::Fixed(text.clone());
    }

    pub(crate) fn not_found(&mut self, found: &[Found], understanding: &Understanding) {
        let (replies, frame) = (&self.rules.intents.replies, &self.rules.english.frame);
        if self.rules.intents.is_administrative(&understanding.text) {
            self.answer.route = Route::NoInformation;
            let text = if understanding.english {
                &frame.not_found
            } else {
                &replies.not_found
            };
            self.body = Body::Fixed(text.clone());
            self.offer(&found[..found.len().min(NEARBY + 1)]);
        } else {
            let text = if understanding.english {
                &frame.out_of_scope
            } else {
                &replies.out_of_scope
            };
            let (text, examples) = (text.clone(), replies.examples.clone());
            self.fix(Route::OutOfScope, text, &examples);
        }
    }

    /// Answers with the steps of a life event, and remembers them.
    pub(crate) fn list(&mut self, listing: Listing) {
        self.answer.route = Route::Journey;
        self.answer.cards = listing.cards;
        self.answer.citations = listing.citations;
        self.answer.procedures = listing.procedures;
        self.choose(listing.choices);
        self.answer.timings_ms.first_content = self.elapsed();
        self.conversation.asked_back = 0;
        self.conversation.turns.push(listing.memory);
        self.body = Body::Fixed(listing.text);
    }

    pub(crate) fn remember(&mut self, understanding: &Understanding, topic: String) {
        if self.answer.route != Route::Clarify {
            self.conversation.asked_back = 0;
        }
        self.conversation.turns.push(TurnMemory {
            route: self.answer.route,
            codes: self
                .answer
                .procedures
                .iter()
                .map(|p| p.code.clone())
                .collect(),
            aspects: understanding.aspects.clone(),
            topic,
            circumstances: understanding.circumstances.clone(),
            journey: None,
        });
    }
}

/// The facts that a question asks for, and the record's sentences about its case.
fn sheet_for(top: &Found, understanding: &Understanding, mut points: Vec<Point>) -> Sheet {
    let with = |sections: &[Section]| Sheet::new(Arc::clone(&top.procedure), top.score, sections);
    let mut sheet = with(&understanding.aspects);
    let silent = sheet.is_silent();
    if silent {
        // Beside "nguồn không ghi" only what surely answers: numbers of another thing
        // would be read as the one that the source leaves out.
        points.retain(Point::leads);
    }
    if understanding.money == Money::Received {
        sheet.add_benefit(understanding.aspects.is_empty());
    } else if understanding.vague && silent {
        sheet = with(&[]);
    }
    // A guess ("cỡ bao nhiêu") and an open question are about where the sentence stands.
    let guessed = understanding.vague && !silent;
    let open = understanding.yes_no && understanding.aspects.is_empty();
    let detail = silent && asks_a_detail(understanding);
    if let Some(point) = points.first()
        && (guessed && point.sure && point.case.is_none() || (open || detail) && point.leads())
    {
        sheet = with(&[point.section]);
    }
    sheet.points = points;
    sheet
}

/// "Có phải khám sức khỏe không": asked among the conditions, and answered wherever the record
/// speaks of it.
fn asks_a_detail(understanding: &Understanding) -> bool {
    let open = [Section::Conditions, Section::Subject, Section::Steps];
    understanding.yes_no
        && understanding
            .aspects
            .iter()
            .all(|aspect| open.contains(aspect))
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}
