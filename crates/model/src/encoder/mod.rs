//! The embedder: a text to a vector that stands for its meaning, for search.

mod bert;
pub mod convert;
mod gelu;
mod unigram;
#[cfg(target_arch = "x86_64")]
mod vnni;
mod wide;

/// What other processors have of it: nothing.
#[cfg(not(target_arch = "x86_64"))]
mod vnni {
    pub enum Product {}

    impl Product {
        pub fn new(_: &[u8], _: usize, _: &[f32]) -> Option<Self> {
            None
        }

        pub fn forward(&self, _: &[f32]) -> Vec<f32> {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests;

use std::path::Path;

use assistant::{Embedder, Side};

use crate::ModelError;
use crate::error::ModelResult;
use crate::gguf::{Gguf, plain};
use crate::verify::sha256;

/// What E5 was trained to see before a question and before a passage (its model card).
const QUESTION: &str = "query: ";
const PASSAGE: &str = "passage: ";

/// Tokens read of a text: names of procedures have 40 at the median; a question of a
/// thousand characters would take three times as long as this many.
const MOST_TOKENS: usize = 128;

/// An encoder run by candle on the CPU.
pub struct Encoder {
    tokenizer: unigram::Tokenizer,
    bert: bert::Bert,
    fingerprint: String,
}

impl Encoder {
    /// Loads a GGUF file of the architecture `bert` with a unigram tokenizer.
    pub fn load(path: &Path) -> ModelResult<Self> {
        let mut gguf = Gguf::open(path)?;
        let name = gguf.architecture()?;
        if name != "bert" {
            return Err(ModelError::UnknownArchitecture {
                path: path.to_owned(),
                name,
                known: "bert".to_owned(),
            });
        }
        let tokenizer = unigram::Tokenizer::from_gguf(&gguf)?;
        let bert = bert::Bert::read(&mut gguf, tokenizer.vocabulary())?;
        let mut encoder = Self {
            tokenizer,
            bert,
            fingerprint: sha256(path, &mut |_| {})?,
        };
        // Packs the weights now, and not during the first question.
        let tried = encoder.embed("đăng ký", Side::Question);
        tried.map_err(|reason| ModelError::Run {
            path: path.to_owned(),
            reason,
        })?;
        Ok(encoder)
    }
}

impl Embedder for Encoder {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn dimension(&self) -> usize {
        self.bert.config.size
    }

    fn embed(&mut self, text: &str, side: Side) -> Result<Vec<f32>, String> {
        let prefix = match side {
            Side::Question => QUESTION,
            Side::Passage => PASSAGE,
        };
        let most = MOST_TOKENS.min(self.bert.config.context);
        let tokens = self.tokenizer.encode(&format!("{prefix}{text}"), most)?;
        self.bert.forward(&tokens).map_err(|error| plain(&error))
    }
}
