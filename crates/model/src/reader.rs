//! One sequence and what is remembered of it: reuse of known beginnings, reading in chunks,
//! and steps that check a draft.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assistant::{GenerateError, Sampling};

use crate::ModelError;
use crate::arch::{Architecture, Logits};
use crate::batch::{Batch, Live, Scores};
use crate::draft;
use crate::kv::{State, common_prefix};
use crate::prefixes::Prefixes;
use crate::sample::Sampler;

/// Prompt tokens read in one pass. A deadline is looked at between passes.
pub const CHUNK: usize = 64;

/// A sequence: the tokens read, and their state.
pub struct Reader {
    batch: Arc<Batch>,
    /// Of all sequences over the same decoder.
    prefixes: Arc<Mutex<Prefixes>>,
    context: usize,
    /// None before the first prompt, and while a pass has it.
    state: Option<State>,
    held: Vec<u32>,
    /// Whether drafts from the prompt are tried.
    pub drafting: bool,
    /// Whether the states of prompts are kept for later ones.
    pub keeping: bool,
    length: draft::Length,
}

impl Reader {
    /// Nothing read yet.
    pub fn new(decoder: Box<dyn Architecture>) -> Self {
        let context = decoder.context();
        Self {
            batch: Arc::new(Batch::new(decoder)),
            prefixes: Arc::default(),
            context,
            state: None,
            held: Vec::new(),
            drafting: true,
            keeping: true,
            length: draft::Length::first(),
        }
    }

    /// Another sequence over the same decoder.
    pub fn another(&self) -> Self {
        Self {
            batch: Arc::clone(&self.batch),
            prefixes: Arc::clone(&self.prefixes),
            state: None,
            held: Vec::new(),
            ..*self
        }
    }

    /// The most tokens that fit.
    pub fn context(&self) -> usize {
        self.context
    }

    /// As long as what is returned is kept, passes wait for this sequence.
    pub fn join(&self) -> Live {
        self.batch.join()
    }

    /// Tokens that still fit.
    pub fn room(&self) -> usize {
        self.context.saturating_sub(self.held.len())
    }

    /// Runs each kind of pass once, so that the first citizen's question finds its
    /// memory allocated, and a model that does not run is known now.
    pub fn warm_up(&mut self, path: &Path) -> Result<(), ModelError> {
        self.forget();
        for (tokens, logits) in [(CHUNK, Logits::None), (2, Logits::All), (1, Logits::Last)] {
            let pass = self.read(&vec![0; tokens], logits);
            pass.map_err(|error| ModelError::Run {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        }
        self.forget();
        Ok(())
    }

    /// Drops everything read, kept states too.
    pub fn forget(&mut self) {
        self.cut(0);
        self.prefixes().clear();
    }

    /// Keeps the state of the first `tokens` held, for later prompts that begin so.
    pub fn keep(&mut self, tokens: usize) {
        let tokens = &self.held[..tokens.min(self.held.len())];
        if let Some(state) = self.state.as_ref().filter(|_| self.keeping) {
            self.prefixes().save(tokens, state);
        }
    }

    /// Goes back to the longest beginning of `prompt` whose state is held or kept; at least
    /// one token is left to read, because its scores are needed.
    pub fn reuse(&mut self, prompt: &[u32]) -> usize {
        let most = prompt.len().saturating_sub(1);
        let shared = common_prefix(&self.held, prompt).min(most);
        self.cut(shared);
        let prompt = &prompt[..most];
        let mut state = self.state.take().unwrap_or_else(|| self.batch.state());
        let shared = self.prefixes().load(prompt, shared, &mut state);
        self.state = Some(state);
        self.held = prompt[..shared].to_vec();
        self.length = draft::Length::first();
        shared
    }

    fn prefixes(&self) -> MutexGuard<'_, Prefixes> {
        let prefixes = self.prefixes.lock();
        prefixes.unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&mut self, len: usize) {
        self.held.truncate(len);
        if let Some(state) = &mut self.state {
            state.truncate(len);
        }
    }

    /// One pass; rows of scores as asked for.
    fn read(&mut self, tokens: &[u32], logits: Logits) -> Result<Scores, GenerateError> {
        let state = self.state.take().unwrap_or_else(|| self.batch.state());
        // Without a state, be it by a panic, nothing is held.
        let held = std::mem::take(&mut self.held);
        let (state, scores) = self.batch.read(state, tokens, logits);
        self.state = Some(state);
        self.held = held;
        match scores {
            Ok(scores) => {
                self.held.extend_from_slice(tokens);
                Ok(scores)
            }
            Err(reason) => {
                self.forget();
                Err(GenerateError::Failed(reason))
            }
        }
    }

    /// Reads the new part of a prompt; scores of what comes next, or none when the time
    /// ran out between two passes.
    pub fn prefill(
        &mut self,
        new: &[u32],
        sampling: &Sampling,
    ) -> Result<Option<Scores>, GenerateError> {
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
            return Ok(vec![scores.choose(sampler)]);
        }
        let start = self.held.len();
        let tokens: Vec<u32> = std::iter::once(token)
            .chain(draft.iter().copied())
            .collect();
        let chosen = self.read(&tokens, Logits::All)?.best();
        let right = common_prefix(draft, &chosen);
        self.length = draft::Length::after(right, draft.len());
        self.cut(start + 1 + right);
        Ok(chosen.into_iter().take(right + 1).collect())
    }
}
