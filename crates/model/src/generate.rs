//! Writes a continuation: read the part of the prompt that is new, then write token by
//! token, or several at a time where a draft from the prompt is right.

use std::path::{Path, PathBuf};
use std::time::Instant;

use assistant::{Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason};

use crate::ModelError;
use crate::arch::Architecture;
use crate::draft::Source;
use crate::kernels::strips::Strips;
use crate::reader::Reader;
use crate::sample::Sampler;
use crate::template::ChatTemplate;
use crate::tokenizer::{Pieces, Tokenizer};

/// A model file run on the CPU.
pub struct CandleGenerator {
    name: String,
    path: PathBuf,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    reader: Reader,
}

impl CandleGenerator {
    pub(crate) fn new(
        path: &Path,
        tokenizer: Tokenizer,
        template: ChatTemplate,
        decoder: Box<dyn Architecture>,
    ) -> Self {
        let name = path.file_stem().unwrap_or(path.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            path: path.to_owned(),
            tokenizer,
            template,
            reader: Reader::new(decoder),
        }
    }

    /// Runs each kind of pass once, so that the first citizen's question finds all memory
    /// allocated, and a model that does not run is known now.
    pub fn warm_up(&mut self) -> Result<(), ModelError> {
        self.reader.warm_up(&self.path)
    }

    /// Drops what is remembered of earlier prompts.
    pub fn forget(&mut self) {
        self.reader.forget();
    }

    /// Switches drafting from the prompt on or off (it is on). Only greedy writing drafts.
    pub fn set_drafting(&mut self, on: bool) {
        self.reader.drafting = on;
    }

    /// The text that the model reads for a prompt.
    pub fn render(&self, prompt: &Prompt) -> Result<String, GenerateError> {
        let text = self.template.render(prompt, &self.tokenizer);
        text.map_err(|error| GenerateError::Failed(error.to_string()))
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn encode(&self, prompt: &Prompt, sampling: &Sampling) -> Result<Vec<u32>, GenerateError> {
        let text = self.render(prompt)?;
        let tokens = self
            .tokenizer
            .encode(&text)
            .map_err(GenerateError::Failed)?;
        let limit = self.reader.context().saturating_sub(sampling.max_tokens);
        if tokens.is_empty() {
            return Err(GenerateError::Failed("the prompt is empty".to_owned()));
        }
        if tokens.len() > limit {
            let tokens = tokens.len();
            return Err(GenerateError::PromptTooLong { tokens, limit });
        }
        Ok(tokens)
    }
}

/// How many tokens of the prompt's end stand before what is expected, so that its beginning
/// is found by the first token written.
const JOINT: usize = 2;

impl CandleGenerator {
    /// Where drafts of an answer to `prompt`, whose tokens are `history`, come from. What is
    /// expected may be left out: it changes no word.
    fn source(&self, prompt: &Prompt, history: Vec<u32>) -> Source {
        let expected = self.tokenizer.encode(&prompt.expected).unwrap_or_default();
        let joint = &history[history.len().saturating_sub(JOINT)..];
        let expected = match expected.as_slice() {
            [] => Vec::new(),
            words => [joint, words].concat(),
        };
        Source { expected, history }
    }
}

impl Generator for CandleGenerator {
    fn name(&self) -> &str {
        &self.name
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        let started = Instant::now();
        let tokens = self.encode(prompt, sampling)?;
        let reused_tokens = self.reader.reuse(&tokens);
        let prompt_tokens = tokens.len();
        let scores = self.reader.prefill(&tokens[reused_tokens..], sampling)?;
        let mut writing = Writing {
            sampling,
            sink,
            sampler: Sampler::new(sampling.temperature, sampling.seed),
            pieces: Pieces::new(&self.tokenizer),
            source: self.source(prompt, tokens),
            prompt_tokens,
            text: String::new(),
        };
        let first_token_ms = milliseconds(started);
        let writes = Instant::now();
        let stop = match scores {
            Some(scores) => writing.write(&mut self.reader, &scores)?,
            None => StopReason::Interrupted,
        };
        let completion = Completion {
            prompt_tokens,
            reused_tokens,
            generated_tokens: writing.count(),
            first_token_ms,
            generate_ms: milliseconds(writes),
            stop,
            text: writing.text,
        };
        // Now, when nobody waits for it any more.
        self.reader.keep(prompt_tokens);
        Ok(completion)
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// The state of one generation.
struct Writing<'a> {
    sampling: &'a Sampling,
    sink: &'a mut dyn FnMut(&str) -> Flow,
    sampler: Sampler,
    pieces: Pieces<'a>,
    /// Prompt and what was written after it, and what was expected.
    source: Source,
    prompt_tokens: usize,
    text: String,
}

impl Writing<'_> {
    fn count(&self) -> usize {
        self.source.history.len() - self.prompt_tokens
    }

    /// Writes from the scores after the prompt until a stop rule holds.
    fn write(&mut self, reader: &mut Reader, first: &Strips) -> Result<StopReason, GenerateError> {
        if self.sampling.max_tokens == 0 {
            return Ok(StopReason::Length);
        }
        let mut next = vec![self.sampler.choose(first)];
        loop {
            let mut last = None;
            for token in next {
                if let Some(reason) = self.take(token)? {
                    return Ok(reason);
                }
                last = Some(token);
            }
            let Some(last) = last else {
                return Err(GenerateError::Failed("no scores".to_owned()));
            };
            let room = reader.room().min(self.sampling.max_tokens - self.count());
            if room == 0 {
                return Ok(StopReason::Length);
            }
            next = reader.step(last, &self.source, room, &mut self.sampler)?;
        }
    }

    /// Takes one token; a reason to stop, if there is one.
    fn take(&mut self, token: u32) -> Result<Option<StopReason>, GenerateError> {
        if self.sampling.is_over() {
            return Ok(Some(StopReason::Interrupted));
        }
        if self.pieces.is_stop(token) {
            return Ok(Some(StopReason::EndOfTurn));
        }
        self.source.history.push(token);
        let piece = self.pieces.push(token).map_err(GenerateError::Failed)?;
        self.text.push_str(&piece);
        if !piece.is_empty() && (self.sink)(&piece) == Flow::Stop {
            return Ok(Some(StopReason::Sink));
        }
        let full = self.count() >= self.sampling.max_tokens;
        Ok(full.then_some(StopReason::Length))
    }
}
