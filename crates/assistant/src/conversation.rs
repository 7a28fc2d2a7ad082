//! What a conversation remembers between turns.

use corpus::Section;
use serde::{Deserialize, Serialize};

use crate::answer::{Choice, Route};

/// The most turns one conversation may have; past that the citizen starts a new one.
pub const MAX_TURNS: usize = 50;

/// The state of one conversation. Serialisable, so that a store keeps it and
/// another replica goes on with it. Of the citizen's words it holds, masked, the last ones said
/// about the procedure at hand: the next turn is searched together with them. Their topic words
/// alone would find the right procedure first in 123 of the 164 development dialogues of several
/// turns, the words as said in 128 (`tools/fit-conversation.py`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Key, a random UUID.
    pub id: String,
    /// Turns so far, oldest first.
    pub turns: Vec<TurnMemory>,
    /// Choices offered by the last turn: a bare digit or a button answers them.
    #[serde(default)]
    pub pending: Vec<Choice>,
    /// How often in a row we asked back.
    #[serde(default)]
    pub asked_back: u8,
    /// The province that the citizen named last, by its present name.
    #[serde(default)]
    pub province: Option<String>,
}

/// What is kept of a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnMemory {
    /// How it was answered.
    pub route: Route,
    /// Procedures answered from or offered.
    pub codes: Vec<String>,
    /// What was asked for.
    pub aspects: Vec<Section>,
    /// What was said so far about the procedure at hand, in standard words and masked.
    pub topic: String,
    /// Names of the circumstances that the citizen mentioned.
    #[serde(default)]
    pub circumstances: Vec<String>,
    /// The life event whose steps were listed; the codes are then those of the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<String>,
}

impl Conversation {
    /// A new conversation under a random key.
    pub fn new() -> Self {
        Self::with_id(uuid::Uuid::new_v4().to_string())
    }

    /// A new conversation under a given key.
    pub fn with_id(id: String) -> Self {
        Self {
            id,
            turns: Vec::new(),
            pending: Vec::new(),
            asked_back: 0,
            province: None,
        }
    }

    /// The procedure that the conversation is about; none after a list of steps, until one
    /// of them is picked.
    pub fn focus(&self) -> Option<&str> {
        self.turns
            .iter()
            .rev()
            .take_while(|turn| turn.route != Route::Journey)
            .find(|turn| match turn.route {
                // What became of a province is no procedure.
                Route::Answer => !turn.codes.is_empty(),
                route => route == Route::NoInformation,
            })
            .and_then(|turn| turn.codes.first())
            .map(String::as_str)
    }
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new()
    }
}
