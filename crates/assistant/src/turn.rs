//! One turn of a conversation, top to bottom: mask, understand, retrieve, decide,
//! card, write, check.

use std::sync::Arc;

use corpus::Procedure;
use jiff::civil::Date;
use retrieval::Snapshot;

use crate::answer::Route;
use crate::compose;
use crate::conversation::Conversation;
use crate::decide::{Candidate, Decision, Found, candidates, decide};
use crate::draft::Draft;
use crate::intents::Intent;
use crate::points::{Around, points};
use crate::privacy::Masked;
use crate::reckon;
use crate::rules::Rules;
use crate::understanding::{Link, Understanding};
use crate::versions;

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
    today: Option<Date>,
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
            today: None,
        }
    }

    /// For whom it is always this day, whatever the clock says: for tests and measuring.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        let today = Some(today);
        Self { today, ..self }
    }

    /// A message without personal identifiers, for whoever stores it.
    pub fn mask(&self, message: &str) -> Masked {
        self.rules.privacy.mask(message)
    }

    /// That only the name of a procedure is known, and where to read on, for whoever shows
    /// one outside a conversation.
    pub fn named_only(&self, procedure: &Procedure) -> String {
        compose::named_only(&self.rules.intents.replies, procedure, true)
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
        let picked = self.rules.journeys.picked(conversation, message);
        let message = picked.as_deref().unwrap_or(message);
        let masked = self.rules.privacy.mask(message);
        if !masked.kinds.is_empty() {
            draft.notice(self.rules.intents.replies.personal_data.clone());
        }
        if let Some(intent) = self.intent(snapshot, &masked.text) {
            let reply = self.rules.intents.reply(intent).to_owned();
            draft.fix(intent.route, reply, &self.rules.intents.replies.examples);
            let topic = conversation.turns.last().map(|turn| turn.topic.clone());
            draft.remember(&Understanding::default(), topic.unwrap_or_default());
            return draft;
        }
        let mut understanding = self.understand(snapshot, conversation, &masked.text);
        let chosen = message != request.message;
        inherit(conversation, &mut understanding, chosen);
        draft.understood();
        let here = draft.settle(&masked.text, request.province.as_deref());
        let province = here.as_deref();
        let place = (&**snapshot, conversation, province);
        if self.apart(&mut draft, place, &masked.text, &understanding) {
            return draft;
        }
        let (decision, topic) = decide(snapshot, conversation, &understanding, province);
        draft.retrieved();
        self.follow(&mut draft, decision, &understanding, (snapshot, province));
        draft.add_notices(&understanding, province);
        draft.remember(&understanding, topic);
        draft
    }

    /// What is answered without a record: an English question of which no word is known, so that
    /// nothing of the records can be meant, and what became of a place.
    fn in_fixed_words(&self, masked: &str, u: &Understanding) -> Option<(Route, String)> {
        if u.english && u.text.is_empty() {
            let text = self.rules.english.frame.out_of_scope.clone();
            return Some((Route::OutOfScope, text));
        }
        let text = self.rules.places.answer(masked, u)?;
        Some((Route::Answer, text))
    }

    /// Answers what is no question about one procedure: what became of a place, a life event,
    /// two procedures compared. False when the message is another.
    fn apart(
        &self,
        draft: &mut Draft,
        (snapshot, conversation, province): (&Snapshot, &Conversation, Option<&str>),
        masked: &str,
        understanding: &Understanding,
    ) -> bool {
        let rules = &self.rules;
        if let Some((route, text)) = self.in_fixed_words(masked, understanding) {
            draft.fix(route, text, &rules.intents.replies.examples);
            draft.remember(understanding, String::new());
            return true;
        }
        let journeys = &rules.journeys;
        if let Some(listing) = journeys.answer(snapshot, conversation, masked, understanding) {
            draft.add_notices(understanding, None);
            draft.list(listing);
            return true;
        }
        let first = conversation.focus().is_none() && conversation.asked_back == 0;
        let vague = || rules.vague.choices(snapshot, understanding);
        if let Some(choices) = first.then(vague).flatten() {
            draft.retrieved();
            draft.ask_back(&choices, understanding);
            draft.remember(understanding, understanding.text.clone());
            return true;
        }
        let pair = self.compared(snapshot, conversation, understanding, province);
        pair.is_some_and(|pair| {
            draft.retrieved();
            draft.compare(&pair, understanding);
            draft.remember(understanding, understanding.text.clone());
            true
        })
    }
}

impl Assistant {
    /// What speaks for each procedure that a message inside a conversation may mean, best found
    /// first: what `tools/fit-conversation.py` fits the weights of that choice to.
    pub fn candidates(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        message: &str,
    ) -> Vec<Candidate> {
        let message = resolve_choice(conversation, message);
        let masked = self.rules.privacy.mask(message);
        let understanding = self.understand(snapshot, conversation, &masked.text);
        let named = understanding.province;
        let province = named.or(conversation.province.as_deref());
        candidates(snapshot, conversation, &understanding, province)
    }

    fn understand(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        masked: &str,
    ) -> Understanding {
        let mut understanding = self.read(snapshot, conversation, masked);
        if !conversation.turns.is_empty() {
            self.rules.settle(masked, &mut understanding);
        }
        understanding.today = Some(self.today.unwrap_or_else(reckon::today));
        understanding
    }

    /// What a message says, in standard words. One that takes something back is read without
    /// what it takes back.
    fn read(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        message: &str,
    ) -> Understanding {
        let english = self.rules.english.is_english(message);
        let mut reading = if english {
            snapshot.read(&self.rules.english.vietnamese(message))
        } else {
            snapshot.read(message)
        };
        let inside = !conversation.turns.is_empty();
        let meant = self
            .rules
            .corrections
            .meant(&reading.text)
            .filter(|_| inside);
        let correction = meant.is_some();
        if let Some(meant) = meant {
            reading = snapshot.read(&meant);
        }
        let uncounted = self.rules.reckoning.without_counts(&reading.text);
        let counted = uncounted.map(|text| std::mem::replace(&mut reading, snapshot.read(&text)));
        let mut understanding = self.rules.understand(&reading.text);
        understanding.counted = counted.map(|whole| whole.text);
        understanding.reading = Some(reading);
        if correction {
            understanding.link = Link::TakesBack;
        }
        understanding.english = english;
        understanding
    }

    /// The intent of a message that fixed words answer.
    fn intent(&self, snapshot: &Snapshot, masked: &str) -> Option<&Intent> {
        let restored = || {
            let english = self.rules.english.is_english(masked);
            (!english).then(|| snapshot.read(masked).text)
        };
        self.rules.intents.find(masked, restored)
    }

    /// False where the nearest procedure would be a joke: "trận chung kết tối qua ai vô địch". Nor
    /// is the price of a coach ticket, the first thing said, a fee.
    fn is_of_office(&self, draft: &Draft, understanding: &Understanding) -> bool {
        let first = draft.earlier_topic().is_empty();
        let administrative = self.rules.intents.is_administrative(&understanding.text);
        administrative || !first && draft.speaks_of_paperwork(understanding)
    }

    /// Gives the draft its facts or its fixed words.
    fn follow(
        &self,
        draft: &mut Draft,
        decision: Decision,
        understanding: &Understanding,
        (snapshot, province): (&Snapshot, Option<&str>),
    ) {
        let earlier = draft.earlier_topic().to_owned();
        let points = |found: &[Found]| {
            let rarity = |word: &str| snapshot.rarity(word);
            let rules = (&self.rules.circumstances, &self.rules.details);
            let reading = understanding.reading.as_ref();
            let office_words = reading.map(|reading| snapshot.office_words(reading));
            let around = Around {
                office_words: &office_words.unwrap_or_default(),
                earlier: &earlier,
            };
            let top = found.first().map(|top| &top.procedure);
            top.map_or_else(Vec::new, |top| {
                points(top, understanding, rules, around, rarity)
            })
        };
        match decision {
            Decision::Answer(found) => {
                draft.answer_from(&found, understanding, points(&found), true);
                let others = found.first().map(|top| {
                    versions::that_differ(snapshot, top, &understanding.aspects, province)
                });
                draft.offer_versions(&others.unwrap_or_default());
            }
            Decision::Nearest(found) if !self.is_of_office(draft, understanding) => {
                draft.not_found(&found, understanding);
            }
            Decision::Nearest(found) => {
                draft.answer_from(&found, understanding, points(&found), false);
            }
            Decision::Clarify(found) => draft.ask_back(&found, understanding),
            Decision::NotFound(found) => draft.not_found(&found, understanding),
        }
    }

    /// The two procedures that a message compares: named in it, or those of the turn before
    /// ("cái nào nhanh hơn?").
    fn compared(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        understanding: &Understanding,
        province: Option<&str>,
    ) -> Option<[Found; 2]> {
        let comparing = &self.rules.comparing;
        let reader = &self.rules.reader;
        let asks = comparing.asks(&understanding.text);
        if !asks && !comparing.asks_twice(&understanding.text, reader) {
            return None;
        }
        if understanding.topic_words() > 0 {
            return comparing.pair(snapshot, understanding, reader, province);
        }
        let codes = &conversation.turns.last()?.codes;
        let mut both = codes.iter().filter_map(|code| snapshot.procedure(code));
        Some([Found::chosen(both.next()?), Found::chosen(both.next()?)])
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

/// A message that names no aspect of its own and no new subject, or that picks one of the
/// choices, answers a question back or starts like one that goes on ("còn chứng thực chữ ký
/// thì sao"), goes on with the aspects of the turn before.
fn inherit(conversation: &Conversation, understanding: &mut Understanding, chosen: bool) {
    let Some(last) = conversation.turns.last() else {
        return;
    };
    let goes_on = chosen
        || last.route == Route::Clarify
        || understanding.link == Link::TakesBack
        || understanding.topic_words() == 0
        // "Con cap lai thi sao", where "con" may be a child: an act of the same thing.
        || understanding.vague && understanding.subject_words() == 0
        || understanding.goes_on();
    let names_none = understanding.aspects.is_empty() || understanding.vague;
    // "Vậy có phải về nơi cũ xin xác nhận không?" asks for a thing of its own.
    let own = understanding.yes_no && understanding.topic_words() > 1 && !chosen;
    if goes_on && names_none && !own && !last.aspects.is_empty() {
        understanding.aspects.clone_from(&last.aspects);
        understanding.vague &= chosen;
    }
    if goes_on {
        carry_over(&last.circumstances, &mut understanding.circumstances);
    }
}

/// "Tôi từng thường trú 3 nơi" still holds when the next turn asks for the fee.
fn carry_over(last: &[String], now: &mut Vec<String>) {
    let fresh: Vec<String> = last
        .iter()
        .filter(|name| !now.contains(name))
        .cloned()
        .collect();
    now.extend(fresh);
}
