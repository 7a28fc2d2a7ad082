//! One turn of a conversation, top to bottom.

use std::sync::Arc;

use retrieval::Snapshot;

use crate::answer::{Answer, Event, Route, Timings, WrittenBy};
use crate::conversation::Conversation;
use crate::generator::{Generator, Sampling};

/// A citizen's message.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The words as typed.
    pub message: String,
    /// The citizen's province, when the channel knows it.
    pub province: Option<String>,
}

/// The assistant: rules and data files, no state of its own. Cheap to share.
#[derive(Debug, Default)]
pub struct Assistant {}

impl Assistant {
    /// With the data files embedded in the binary.
    pub fn new() -> Self {
        Self {}
    }

    /// Everything up to the first written word: understand, retrieve, decide, card.
    /// Needs no model and takes milliseconds.
    pub fn prepare(
        &self,
        snapshot: &Arc<Snapshot>,
        conversation: &Conversation,
        request: &Request,
    ) -> Draft {
        let _ = request;
        Draft {
            conversation: conversation.clone(),
            message_id: uuid::Uuid::now_v7().to_string(),
            snapshot: snapshot.id().to_owned(),
        }
    }
}

/// An answer whose facts stand and whose words are still to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    conversation: Conversation,
    message_id: String,
    snapshot: String,
}

impl Draft {
    /// The conversation after this turn: store it.
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// Key of the answer to come.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// What can be shown at once: `Accepted`, the cards, `Sources`.
    pub fn opening(&self) -> Vec<Event> {
        Vec::new()
    }

    /// True when a model's words would be better than the record's. When false,
    /// call [`Draft::write`] without a generator: it returns at once.
    pub fn wants_model(&self) -> bool {
        false
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
        let _ = (generator, sampling, sink);
        Answer {
            conversation_id: self.conversation.id,
            message_id: self.message_id,
            route: Route::OutOfScope,
            text: String::new(),
            cards: Vec::new(),
            procedures: Vec::new(),
            citations: Vec::new(),
            choices: Vec::new(),
            suggestions: Vec::new(),
            notices: Vec::new(),
            written_by: WrittenBy::Record,
            snapshot: self.snapshot,
            timings_ms: Timings::default(),
        }
    }
}
