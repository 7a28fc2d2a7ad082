//! Model families. Each is one file with a forward pass of its own, built from the shared
//! parts in [`layers`] over [`crate::kernels`]; `FAMILIES` is the only place that names
//! them.
//!
//! candle's ready-made models are not used: their caches cannot be cut back, so neither
//! prefix reuse nor drafting works with them, and they hold an F32 copy of the embedding
//! table (890 MB for the default model).

pub mod layers;
pub mod qwen2;

use candle_core::Result;

use crate::error::{ModelError, ModelResult};
use crate::gguf::Gguf;
use crate::kernels::strips::Strips;
use crate::kv::State;

/// Contexts longer than this are not offered: an answer needs a few hundred tokens, and
/// 4,096 tokens of attention state already take 235 MB for the default model.
pub const MAX_CONTEXT: usize = 4096;

/// For which of the given tokens the next-token scores are wanted. The output matrix is
/// a sixth of the default model, so rows that nobody reads are not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logits {
    /// None: more of the prompt follows.
    None,
    /// The last token's.
    Last,
    /// Every token's, to check a draft.
    All,
}

impl Logits {
    /// Rows of scores of so many tokens.
    pub fn rows(self, tokens: usize) -> usize {
        match self {
            Self::None => 0,
            Self::Last => tokens.min(1),
            Self::All => tokens,
        }
    }
}

/// What one sequence has read in a pass.
pub struct Part<'a> {
    /// What is remembered of the sequence; the tokens come behind it.
    pub state: &'a mut State,
    /// The tokens.
    pub tokens: &'a [u32],
    /// For which of them scores are wanted.
    pub logits: Logits,
}

/// A decoder that reads tokens and scores what comes next. It remembers nothing itself: one
/// pass reads for several sequences, each with a [`State`] of its own.
pub trait Architecture: Send {
    /// The state of a sequence of which nothing was read.
    fn state(&self) -> State;

    /// Reads the tokens of every part, each behind its state; returns scores
    /// `(rows, vocabulary)`, the rows that each part wants, part after part. After an error
    /// every state holds what it held before.
    fn forward(&mut self, parts: &mut [Part<'_>]) -> Result<Strips>;

    /// The most tokens of a sequence that fit.
    fn context(&self) -> usize;

    /// Number of tokens that are scored.
    fn vocabulary(&self) -> usize;

    /// Reads tokens for one sequence alone.
    fn read(&mut self, state: &mut State, tokens: &[u32], logits: Logits) -> Result<Strips> {
        self.forward(&mut [Part {
            state,
            tokens,
            logits,
        }])
    }
}

/// Reads the weights of one family.
type Build = fn(&mut Gguf) -> ModelResult<Box<dyn Architecture>>;

/// `general.architecture` of the file → the family's loader.
const FAMILIES: &[(&str, Build)] = &[("qwen2", qwen2::build)];

/// Reads the weights of a file with the family it names.
pub fn build(gguf: &mut Gguf) -> ModelResult<Box<dyn Architecture>> {
    let name = gguf.architecture()?;
    let Some((_, build)) = FAMILIES.iter().find(|(known, _)| *known == name) else {
        return Err(ModelError::UnknownArchitecture {
            path: gguf.path().to_owned(),
            name,
            known: families(),
        });
    };
    build(gguf)
}

/// The families that can be run, comma separated.
pub fn families() -> String {
    let names: Vec<_> = FAMILIES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
