//! A question, parsed: whatever comes in over HTTP or WebSocket becomes an [`Ask`] or
//! a public error before anything else looks at it.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ErrorCode;

/// The longest question, in characters of its composed (NFC) form.
pub const MAX_CHARACTERS: usize = 1_000;

/// The longest short value: a province's name, a reason.
pub const MAX_SHORT: usize = 100;

/// `POST /v1/chat`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChatRequest {
    /// The question, 1 to 1,000 characters.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "Đăng ký thường trú cần giấy tờ gì?"
    )]
    pub message: String,
    /// Key of a running conversation. A key that is not known (any more) starts a new
    /// conversation under a fresh key, which the answer carries.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// The citizen's province, to prefer its own version of a procedure.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub province: Option<String>,
    /// True for server-sent events.
    #[serde(default)]
    pub stream: bool,
}

/// A question that is worth answering.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The words, composed.
    pub message: String,
    /// A well-formed conversation key.
    pub conversation_id: Option<Uuid>,
    /// The citizen's province.
    pub province: Option<String>,
    /// What the citizen said before, oldest first, where the client keeps the conversation.
    pub earlier: Vec<String>,
}

impl Ask {
    /// Checks what was sent.
    pub fn parse(
        message: &str,
        conversation_id: Option<&str>,
        province: Option<&str>,
    ) -> Result<Self, ErrorCode> {
        let conversation_id = conversation_id
            .filter(|id| !id.is_empty())
            .map(conversation_key)
            .transpose()?;
        let province = province.map(str::trim).filter(|name| !name.is_empty());
        Ok(Self {
            message: text(message)?,
            conversation_id,
            province: province.map(short).transpose()?,
            earlier: Vec::new(),
        })
    }
}

/// A conversation key as we hand them out.
pub fn conversation_key(id: &str) -> Result<Uuid, ErrorCode> {
    Uuid::try_parse(id).map_err(|_| ErrorCode::InvalidConversationId)
}

/// Words to search for or to answer: composed, not blank, not too long. A decomposed
/// question (as macOS and iOS type it) must not count twice its length.
pub fn text(raw: &str) -> Result<String, ErrorCode> {
    let composed: String = raw.nfc().take(MAX_CHARACTERS + 1).collect();
    if composed.chars().count() > MAX_CHARACTERS {
        return Err(ErrorCode::MessageTooLong);
    }
    if composed.chars().all(is_blank) {
        return Err(ErrorCode::BlankMessage);
    }
    Ok(composed)
}

/// A short value such as a name.
pub fn short(raw: &str) -> Result<String, ErrorCode> {
    let composed: String = raw.nfc().take(MAX_SHORT + 1).collect();
    if composed.chars().count() > MAX_SHORT {
        return Err(ErrorCode::InvalidValue);
    }
    Ok(composed)
}

/// White space, controls and characters of no width: nothing that can be asked with.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_composed() {
        let thousand = "ế".repeat(1_000);
        let decomposed: String = thousand.nfd().collect();
        assert!(decomposed.chars().count() > 2_000);
        assert_eq!(text(&decomposed).unwrap(), thousand);
        assert_eq!(text(&"ế".repeat(1_001)), Err(ErrorCode::MessageTooLong));
    }

    #[test]
    fn nothing_visible_is_blank() {
        for raw in ["", "  \n\t", "\u{200b}\u{feff}", "\u{0}\u{a0}"] {
            assert_eq!(text(raw), Err(ErrorCode::BlankMessage), "{raw:?}");
        }
    }

    #[test]
    fn keys_are_uuids_and_an_empty_one_is_none() {
        assert!(
            Ask::parse("hỏi", Some(""), None)
                .unwrap()
                .conversation_id
                .is_none()
        );
        let bad = Ask::parse("hỏi", Some("../x"), None).unwrap_err();
        assert_eq!(bad, ErrorCode::InvalidConversationId);
    }
}
