//! The decoder together with the tokens it has read: reuse of known beginnings, reading in
//! chunks, and steps that check a draft.

use std::path::Path;

use assistant::{GenerateError, Sampling};

use crate::ModelError;
use crate::arch::{Architecture, Logits};
use crate::draft;
use crate::gguf::plain;
use crate::kernels::strips::Strips;
use crate::kv::common_prefix;
use crate::prefixes::Prefixes;
use crate::sample::Sampler;

/// Prompt tokens read in one pass. A deadline is looked at between passes.
pub const CHUNK: usize = 64;

/// A decoder and the tokens whose state it holds.
pub struct Reader {
    decoder: Box<dyn Architecture>,
    held: Vec<u32>,
    prefixes: Prefixes,
    /// Whether drafts from the prompt are tried.
    pub drafting: bool,
    length: draft::Length,
}

impl Reader {
    /// Nothing read yet.
    pub fn new(decoder: Box<dyn Architecture>) -> Self {
        Self {
            decoder,
            held: Vec::new(),
            prefixes: Prefixes::default(),
            drafting: true,
            length: draft::Length::first(),
        }
    }

    /// The most tokens that fit.
    pub fn context(&self) -> usize {
        self.decoder.context()
    }

    /// Tokens that still fit.
    pub fn room(&self) -> usize {
        self.context().saturating_sub(self.held.len())
    }

    /// Runs each kind of pass once, so that the first citizen's question finds its
    /// memory allocated, and a model that does not run is known now.
    pub fn warm_up(&mut self, path: &Path) -> Result<(), ModelError> {
        self.forget();
        for (tokens, logits) in [(CHUNK, Logits::None), (2, Logits::All), (1, Logits::Last)] {
            let pass = self.decoder.forward(&vec![0; tokens], logits);
            pass.map_err(|error| ModelError::Run {
                path: path.to_owned(),
                reason: plain(&error),
            })?;
        }
        self.forget();
        Ok(())
    }

    /// Drops everything read, kept states too.
    pub fn forget(&mut self) {
        self.cut(0);
        self.prefixes.clear();
    }

    /// Keeps the state of the first `tokens` held, for later prompts that begin so.
    pub fn keep(&mut self, tokens: usize) {
        let tokens = &self.held[..tokens.min(self.held.len())];
        self.prefixes.save(tokens, &*self.decoder);
    }

    /// Goes back to the longest beginning of `prompt` whose state is held or kept; at least
    /// one token is left to read, because its scores are needed.
    pub fn reuse(&mut self, prompt: &[u32]) -> usize {
        let most = prompt.len().saturating_sub(1);
        let shared = common_prefix(&self.held, prompt).min(most);
        self.cut(shared);
        let prompt = &prompt[..most];
        let shared = self.prefixes.load(prompt, shared, &mut *self.decoder);
        self.held = prompt[..shared].to_vec();
        self.length = draft::Length::first();
        shared
    }

    fn cut(&mut self, len: usize) {
        self.held.truncate(len);
        self.decoder.truncate(len);
    }

    /// One pass; rows of scores as asked for.
    fn read(&mut self, tokens: &[u32], logits: Logits) -> Result<Strips, GenerateError> {
        match self.decoder.forward(tokens, logits) {
            Ok(scores) => {
                self.held.extend_from_slice(tokens);
                Ok(scores)
            }
            Err(error) => {
                self.forget();
                Err(GenerateError::Failed(plain(&error)))
            }
        }
    }

    /// Reads the new part of a prompt; scores of what comes next, or none when the time
    /// ran out between two passes.
    pub fn prefill(
        &mut self,
        new: &[u32],
        sampling: &Sampling,
    ) -> Result<Option<Strips>, GenerateError> {
        let chunks = new.len().div_ceil(CHUNK);
        for (at, chunk) in new.chunks(CHUNK).enumerate() {
            if sampling.is_over() {
                return Ok(None);
            }
            if at + 1 == chunks {
                return self.read(chunk, Logits::Last).map(Some);
            }
            self.read(chunk, Logits::None)?;
        }
        Ok(None)
    }

    /// Reads `token` and a draft of what may follow it; returns the tokens that the model
    /// writes next: the part of the draft that it agrees with, and one more.
    pub fn step(
        &mut self,
        token: u32,
        source: &draft::Source,
        room: usize,
        sampler: &mut Sampler,
    ) -> Result<Vec<u32>, GenerateError> {
        let drafting = self.drafting && sampler.is_greedy() && room > 1;
        let draft = if drafting {
            source.propose(self.length, room - 1)
        } else {
            &[]
        };
        if draft.is_empty() {
            let scores = self.read(&[token], Logits::Last)?;
            return Ok(vec![sampler.choose(&scores)]);
        }
        let start = self.held.len();
        let tokens: Vec<u32> = std::iter::once(token)
            .chain(draft.iter().copied())
            .collect();
        let scores = self.read(&tokens, Logits::All)?;
        let chosen: Vec<u32> = (0..scores.rows())
            .map(|row| scores.argmax(row) as u32)
            .collect();
        let right = common_prefix(draft, &chosen);
        self.length = draft::Length::after(right, draft.len());
        self.cut(start + 1 + right);
        Ok(chosen.into_iter().take(right + 1).collect())
    }
}
