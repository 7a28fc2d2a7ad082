//! The tokenizer that the model file carries, and the way back from tokens to text in
//! pieces that are always valid UTF-8.

use candle_core::quantized::tokenizer::TokenizerFromGguf;

use crate::ModelError;
use crate::gguf::{Gguf, plain};

/// Tokens that end a turn in the families we know, whatever the metadata calls them.
const TURN_ENDS: [&str; 5] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<end_of_turn>",
    "</s>",
];

/// Pending tokens are dropped when so many in a row leave a character unfinished: no
/// text does that, only a broken model.
const LONGEST_TAIL: usize = 32;

/// Text to tokens and back.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    stops: Vec<u32>,
    specials: Vec<String>,
    bos: String,
    eos: String,
}

impl Tokenizer {
    /// Builds the tokenizer of a file. candle 0.11.1 reads byte-level BPE only (`gpt2`:
    /// Qwen, Llama 3), not SentencePiece.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self, ModelError> {
        let inner = tokenizers::Tokenizer::from_gguf(gguf.content()).map_err(|error| {
            ModelError::Tokenizer {
                path: gguf.path().to_owned(),
                reason: plain(&error),
            }
        })?;
        let named = |key: &str| {
            let id = u32::try_from(gguf.number(key)?).ok()?;
            Some((id, inner.id_to_token(id)?))
        };
        let bos = named("tokenizer.ggml.bos_token_id");
        let eos = named("tokenizer.ggml.eos_token_id");
        let eot = named("tokenizer.ggml.eot_token_id");
        let mut stops: Vec<u32> = TURN_ENDS
            .iter()
            .filter_map(|end| inner.token_to_id(end))
            .collect();
        stops.extend(eos.iter().chain(&eot).map(|(id, _)| *id));
        stops.sort_unstable();
        stops.dedup();
        let specials = special_tokens(&inner);
        Ok(Self {
            stops,
            specials,
            bos: bos.map(|(_, token)| token).unwrap_or_default(),
            eos: eos.map(|(_, token)| token).unwrap_or_default(),
            inner,
        })
    }

    /// Tokens of a rendered prompt; special tokens written out in it are recognised.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        match self.inner.encode_fast(text, false) {
            Ok(encoding) => Ok(encoding.get_ids().to_vec()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Text of tokens, special ones left out.
    pub fn decode(&self, tokens: &[u32]) -> Result<String, String> {
        self.inner
            .decode(tokens, true)
            .map_err(|error| error.to_string())
    }

    /// True for a token that ends the model's turn.
    pub fn is_stop(&self, token: u32) -> bool {
        self.stops.binary_search(&token).is_ok()
    }

    /// Special tokens as text, longest first.
    pub fn specials(&self) -> &[String] {
        &self.specials
    }

    /// Begin-of-text token as text, empty where the model has none.
    pub fn bos(&self) -> &str {
        &self.bos
    }

    /// End-of-text token as text, empty where the model has none.
    pub fn eos(&self) -> &str {
        &self.eos
    }

    /// Number of tokens the tokenizer knows.
    pub fn vocabulary(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}

fn special_tokens(inner: &tokenizers::Tokenizer) -> Vec<String> {
    let mut specials: Vec<String> = inner
        .get_added_tokens_decoder()
        .values()
        .filter(|token| token.special && !token.content.is_empty())
        .map(|token| token.content.clone())
        .collect();
    specials.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    specials
}

/// Turns tokens into pieces of text as they come. A Vietnamese letter can span two
/// tokens (`ắ` is three bytes), so a character is held back until it is whole.
pub struct Pieces<'a> {
    tokenizer: &'a Tokenizer,
    pending: Vec<u32>,
    /// Bytes of the pending tokens' text that were already given out.
    given: usize,
}

impl<'a> Pieces<'a> {
    /// No tokens yet.
    pub fn new(tokenizer: &'a Tokenizer) -> Self {
        Self {
            tokenizer,
            pending: Vec::new(),
            given: 0,
        }
    }

    /// True for a token that ends the model's turn.
    pub fn is_stop(&self, token: u32) -> bool {
        self.tokenizer.is_stop(token)
    }

    /// Takes a token; returns the text that is now complete, often empty. Bytes that
    /// never become a character are left out.
    pub fn push(&mut self, token: u32) -> Result<String, String> {
        self.pending.push(token);
        let text = self.tokenizer.decode(&self.pending)?;
        let whole = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
        let piece = whole.get(self.given..).unwrap_or_default();
        let piece = piece.replace(char::REPLACEMENT_CHARACTER, "");
        if whole.len() == text.len() || self.pending.len() >= LONGEST_TAIL {
            self.pending.clear();
            self.given = 0;
        } else {
            self.given = self.given.max(whole.len());
        }
        Ok(piece)
    }
}
