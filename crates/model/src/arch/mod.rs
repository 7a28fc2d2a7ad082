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

/// A decoder that reads tokens, remembers them and scores what comes next.
pub trait Architecture: Send {
    /// Reads tokens after those in the cache; returns scores `(rows, vocabulary)`, no
    /// rows for [`Logits::None`].
    fn forward(&mut self, tokens: &[u32], logits: Logits) -> Result<Strips>;

    /// Forgets all but the first `len` tokens.
    fn truncate(&mut self, len: usize);

    /// Tokens in the cache.
    fn len(&self) -> usize;

    /// True when the cache is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most tokens that fit.
    fn context(&self) -> usize;

    /// Number of tokens that are scored.
    fn vocabulary(&self) -> usize;

    /// Copies out the state of the tokens `16 at` to `16 at + 15`, where they are held.
    fn save_page(&self, at: usize) -> Option<Vec<f32>>;

    /// Puts a saved page behind the tokens held, cut down to whole pages first.
    fn load_page(&mut self, page: &[f32]);
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
