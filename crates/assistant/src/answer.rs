//! What the assistant says: the Answer of the HTTP contract and the events that lead to it.

use corpus::{Level, Section, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of answer this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Facts from a record.
    Answer,
    /// A question back, with choices.
    Clarify,
    /// An ordered list of procedures for a life event.
    Journey,
    /// The source, or the whole corpus, is silent on what was asked.
    NoInformation,
    /// Not ours to answer.
    OutOfScope,
    /// Danger, fraud, bribery, other people's data.
    Safety,
    /// Greeting, thanks.
    SmallTalk,
}

impl Route {
    /// The word used in contracts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clarify => "clarify",
            Self::Journey => "journey",
            Self::NoInformation => "no_information",
            Self::OutOfScope => "out_of_scope",
            Self::Safety => "safety",
            Self::SmallTalk => "small_talk",
        }
    }
}

/// Whose words the text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WrittenBy {
    /// Every factual sentence came from the model and passed the gate.
    Model,
    /// The record's own words.
    Record,
}

/// Facts of one procedure, shown beside the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// Procedure code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Level word.
    pub level: Level,
    /// The sections asked for.
    pub sections: Vec<CardSection>,
}

/// One section of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardSection {
    /// Which part.
    pub section: Section,
    /// Heading in Vietnamese.
    pub label: String,
    /// Present, silent or not fetched.
    pub state: State,
    /// Lines as a citizen reads them.
    pub lines: Vec<String>,
}

/// A procedure that was answered from, or offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcedureRef {
    /// Procedure code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Level word.
    pub level: Level,
    /// Retrieval score.
    pub score: f32,
    /// True where only the name, level, field and page are known: no facts are served.
    #[serde(default)]
    pub named_only: bool,
}

/// Where a statement comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// 1-based number within the answer.
    pub id: u32,
    /// Procedure code.
    pub code: String,
    /// Section of the record.
    pub section: Section,
    /// The record's words.
    pub quote: String,
    /// Public page, null where the source gives none.
    pub url: Option<String>,
    /// Date of the record, null where the source gives none.
    pub as_of: Option<String>,
}

/// A button: what it shows and what it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// What the citizen reads.
    pub label: String,
    /// The message that pressing it sends.
    pub send: String,
}

/// Milliseconds spent, by stage, since the message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Timings {
    /// Reading the question.
    pub understand: f64,
    /// Searching.
    pub retrieve: f64,
    /// Until the first card or word was sent.
    pub first_content: f64,
    /// Writing and checking.
    pub write: f64,
    /// Everything.
    pub total: f64,
}

/// The whole answer to one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// Conversation key.
    pub conversation_id: String,
    /// Key of this answer, for feedback.
    pub message_id: String,
    /// What kind of answer.
    pub route: Route,
    /// Plain Vietnamese text.
    pub text: String,
    /// Facts beside the text.
    pub cards: Vec<Card>,
    /// Procedures answered from or offered, best first.
    pub procedures: Vec<ProcedureRef>,
    /// Sources of what the text and cards say.
    pub citations: Vec<Citation>,
    /// Buttons of a question back.
    pub choices: Vec<Choice>,
    /// Follow-up questions that a citizen may want to ask.
    pub suggestions: Vec<String>,
    /// Remarks: personal data, old districts, another province's version.
    pub notices: Vec<String>,
    /// Whose words the text is made of.
    pub written_by: WrittenBy,
    /// Generation that answered.
    pub snapshot: String,
    /// Where the time went.
    pub timings_ms: Timings,
}

/// What a channel renders, in order: `Accepted`, any `Card`, `Sources`, any
/// `Delta`, then `Final` or `Failed`. What has been sent is never taken back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The message was taken.
    Accepted {
        /// Conversation key.
        conversation_id: String,
        /// Key of the answer to come.
        message_id: String,
    },
    /// Facts, before any word is written.
    Card(Card),
    /// Where the facts come from.
    Sources(Vec<Citation>),
    /// A checked piece of the text; the deltas joined are [`Answer::text`].
    Delta {
        /// The words.
        text: String,
    },
    /// The whole answer.
    Final(Box<Answer>),
    /// No answer: one clear sentence.
    Failed {
        /// Stable code.
        code: String,
        /// Vietnamese sentence.
        message: String,
    },
}
