//! One turn of a conversation, top to bottom: mask, understand, retrieve, decide,
//! card, write, check.

use std::sync::Arc;
use std::time::{Duration, Instant};

use corpus::{Scope, Section};
use retrieval::Snapshot;

use crate::answer::{Answer, Choice, Event, Route, Timings, WrittenBy};
use crate::card::{Sheet, reference};
use crate::conversation::{Conversation, TurnMemory};
use crate::decide::{Decision, Found, decide};
use crate::generator::{Generator, Sampling};
use crate::phrase::Words;
use crate::privacy::Masked;
use crate::prompt;
use crate::rules::Rules;
use crate::understanding::Understanding;
use crate::write::{Brief, Written, write};

/// Procedures listed beside the one answered from, when their score is this close.
const NEAR: f32 = 0.75;

/// How many of them.
const NEARBY: usize = 2;

/// A citizen's message.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The words as typed.
    pub message: String,
    /// The citizen's province, when the channel knows it.
    pub province: Option<String>,
}

/// The assistant: rules and data files, no state of its own. Cheap to share.
#[derive(Debug, Clone)]
pub struct Assistant {
    rules: Arc<Rules>,
}

impl Default for Assistant {
    fn default() -> Self {
        Self::new()
    }
}

impl Assistant {
    /// With the data files embedded in the binary.
    pub fn new() -> Self {
        Self {
            rules: Rules::embedded(),
        }
    }

    /// A message without personal identifiers, for whoever stores it.
    pub fn mask(&self, message: &str) -> Masked {
        self.rules.privacy.mask(message)
    }

    /// Everything up to the first written word: understand, retrieve, decide, card.
    /// Needs no model and takes milliseconds.
    pub fn prepare(
        &self,
        snapshot: &Arc<Snapshot>,
        conversation: &Conversation,
        request: &Request,
    ) -> Draft {
        let mut draft = Draft::new(Arc::clone(&self.rules), conversation, snapshot.id());
        let message = resolve_choice(conversation, &request.message);
        let masked = self.rules.privacy.mask(message);
        if !masked.kinds.is_empty() {
            draft
                .answer
                .notices
                .push(self.rules.intents.replies.personal_data.clone());
        }
        if let Some(intent) = self.rules.intents.find(&masked.text) {
            let reply = self.rules.intents.reply(intent).to_owned();
            draft.fix(intent.route, reply, &self.rules.intents.replies.examples);
            let topic = conversation.turns.last().map(|turn| turn.topic.clone());
            draft.remember(&Understanding::default(), topic.unwrap_or_default());
            return draft;
        }
        let mut understanding = self.rules.reader.read(&masked.text);
        inherit(conversation, &mut understanding);
        draft.answer.timings_ms.understand = draft.elapsed();
        let (decision, topic) = decide(
            snapshot,
            conversation,
            &understanding,
            request.province.as_deref(),
        );
        draft.answer.timings_ms.retrieve = draft.elapsed() - draft.answer.timings_ms.understand;
        match decision {
            Decision::Answer(found) => draft.answer_from(&found, &understanding, true),
            // "Trận chung kết tối qua ai vô địch": the nearest procedure would be a joke.
            Decision::Nearest(found) if !draft.speaks_of_paperwork(&understanding) => {
                draft.not_found(&found, &understanding);
            }
            Decision::Nearest(found) => draft.answer_from(&found, &understanding, false),
            Decision::Clarify(found) => draft.ask_back(&found),
            Decision::NotFound(found) => draft.not_found(&found, &understanding),
        }
        draft.add_notices(&understanding, request.province.as_deref());
        draft.remember(&understanding, topic);
        draft
    }
}

/// A bare digit or a button's label stands for what that button sends.
fn resolve_choice<'a>(conversation: &'a Conversation, message: &'a str) -> &'a str {
    let typed = message.trim();
    let number = typed.trim_end_matches(['.', ')']).parse::<usize>().ok();
    let by_number = number.and_then(|number| conversation.pending.get(number.checked_sub(1)?));
    let by_label = || {
        conversation
            .pending
            .iter()
            .find(|choice| choice.label == typed)
    };
    by_number
        .or_else(by_label)
        .map_or(message, |choice| choice.send.as_str())
}

/// A message that names no aspect of its own and no new subject, or that answers a
/// question back, goes on with the aspects of the turn before.
fn inherit(conversation: &Conversation, understanding: &mut Understanding) {
    let Some(last) = conversation.turns.last() else {
        return;
    };
    let goes_on = last.route == Route::Clarify || understanding.topic_words() == 0;
    let names_none = understanding.aspects.is_empty() || understanding.vague;
    if goes_on && names_none && !last.aspects.is_empty() {
        understanding.aspects.clone_from(&last.aspects);
    }
}

/// An answer whose facts stand and whose words are still to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    rules: Arc<Rules>,
    conversation: Conversation,
    answer: Answer,
    body: Body,
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
    fn new(rules: Arc<Rules>, conversation: &Conversation, snapshot: &str) -> Self {
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

    /// True when a model's words would be better than the record's. When false,
    /// call [`Draft::write`] without a generator: it returns at once.
    pub fn wants_model(&self) -> bool {
        matches!(&self.body, Body::Brief(brief) if brief.speak)
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

    fn fix(&mut self, route: Route, text: String, suggestions: &[String]) {
        self.answer.route = route;
        if matches!(route, Route::OutOfScope | Route::SmallTalk) {
            self.answer.suggestions = suggestions.to_vec();
        }
        self.body = Body::Fixed(text);
    }

    /// Not `sure`: the record is the nearest one found, and the text says so.
    fn answer_from(&mut self, found: &[Found], understanding: &Understanding, sure: bool) {
        let Some(top) = found.first() else { return };
        let mut sheet = Sheet::new(
            Arc::clone(&top.procedure),
            top.score,
            &understanding.aspects,
        );
        if understanding.vague && sheet.is_silent() {
            sheet = Sheet::new(Arc::clone(&top.procedure), top.score, &[]);
        }
        let silent = sheet.is_silent();
        self.answer.route = if silent {
            Route::NoInformation
        } else {
            Route::Answer
        };
        self.answer.cards = vec![sheet.card()];
        self.answer.citations = sheet.citations(1);
        self.answer.timings_ms.first_content = self.elapsed();
        let near = found[1..]
            .iter()
            .filter(|other| other.score >= top.score * NEAR)
            .take(NEARBY);
        self.answer.procedures = std::iter::once(sheet.reference())
            .chain(near.map(|found| reference(&found.procedure, found.score)))
            .collect();
        self.answer.suggestions = follow_ups(&understanding.aspects);
        let speak = sure && !silent && !understanding.yes_no && !prompt::spoken(&sheet).is_empty();
        self.body = Body::Brief(Box::new(Brief {
            sure,
            question: question_for(&sheet, understanding),
            channel: understanding.channel,
            sheet,
            speak,
        }));
    }

    /// True when a message asks for an aspect outright or names paperwork at all.
    fn speaks_of_paperwork(&self, understanding: &Understanding) -> bool {
        let asks = !understanding.aspects.is_empty() && !understanding.vague;
        asks || self.rules.intents.is_administrative(&understanding.text)
    }

    fn ask_back(&mut self, found: &[Found]) {
        self.answer.route = Route::Clarify;
        self.offer(found);
        self.conversation.asked_back += 1;
        self.body = Body::Fixed(self.rules.intents.replies.clarify.clone());
    }

    fn not_found(&mut self, found: &[Found], understanding: &Understanding) {
        let replies = &self.rules.intents.replies;
        if self.rules.intents.is_administrative(&understanding.text) {
            self.answer.route = Route::NoInformation;
            self.body = Body::Fixed(replies.not_found.clone());
            self.offer(&found[..found.len().min(NEARBY + 1)]);
        } else {
            let (text, examples) = (replies.out_of_scope.clone(), replies.examples.clone());
            self.fix(Route::OutOfScope, text, &examples);
        }
    }

    fn offer(&mut self, found: &[Found]) {
        let choice = |found: &Found| Choice {
            label: format!(
                "{} ({})",
                found.procedure.name,
                found.procedure.level().label()
            ),
            send: found.procedure.code.clone(),
        };
        self.answer.choices = found.iter().map(choice).collect();
        self.answer.procedures = found
            .iter()
            .map(|found| reference(&found.procedure, found.score))
            .collect();
        self.conversation.pending.clone_from(&self.answer.choices);
    }

    fn add_notices(&mut self, understanding: &Understanding, province: Option<&str>) {
        let intents = &self.rules.intents;
        if intents.names_district(&understanding.text) {
            self.answer.notices.push(intents.replies.district.clone());
        }
        if let Body::Brief(brief) = &self.body {
            match &brief.sheet.procedure.scope {
                Scope::Province { name: Some(name) } if province != Some(name.as_str()) => {
                    self.answer.notices.push(format!(
                        "Thủ tục này do {name} công bố; nơi khác có thể khác."
                    ));
                }
                Scope::Province { name: None } => {
                    self.answer
                        .notices
                        .push(intents.replies.other_province.clone());
                }
                Scope::Province { .. } | Scope::National => {}
            }
        }
    }

    fn remember(&mut self, understanding: &Understanding, topic: String) {
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
        });
    }
}

/// Questions a citizen may ask next, about what has not been asked yet.
fn follow_ups(asked: &[Section]) -> Vec<String> {
    let next = [
        (Section::Documents, "Cần giấy tờ gì?"),
        (Section::Fee, "Lệ phí bao nhiêu?"),
        (Section::Time, "Mấy ngày xong?"),
        (Section::Where, "Nộp ở đâu?"),
        (Section::Online, "Nộp bằng cách nào?"),
        (Section::Steps, "Các bước thế nào?"),
    ];
    let at_a_glance = asked.is_empty();
    let fresh = next
        .iter()
        .enumerate()
        .filter(|(place, (section, _))| !(asked.contains(section) || at_a_glance && *place < 4));
    fresh
        .take(3)
        .map(|(_, (_, text))| (*text).to_owned())
        .collect()
}

/// The question as the model reads it. The base model fails on questions without
/// marks, so such a question is replaced by what was understood of it.
fn question_for(sheet: &Sheet, understanding: &Understanding) -> String {
    if !Words::read(&understanding.text).is_plain() {
        return understanding.text.clone();
    }
    let labels: Vec<String> = prompt::spoken(sheet)
        .iter()
        .map(|facts| facts.section.label().to_lowercase())
        .collect();
    let channel = understanding.channel.map_or(String::new(), |kind| {
        format!(" khi {}", kind.label().to_lowercase())
    });
    format!("Cho biết {}{channel}?", labels.join(" và "))
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}
