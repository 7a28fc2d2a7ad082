//! A model of which a test knows every word.

use crate::generator::{Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason};

/// Says a fixed text in small pieces, or fails.
pub struct Scripted {
    pub text: &'static str,
    pub stop: StopReason,
    pub fails: bool,
}

impl Generator for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        _sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        assert!(
            prompt
                .messages
                .iter()
                .any(|message| message.content.contains("DỮ LIỆU"))
        );
        let mut stop = self.stop;
        for piece in self.text.split_inclusive(' ') {
            if sink(piece) == Flow::Stop {
                stop = StopReason::Sink;
                break;
            }
        }
        if self.fails {
            return Err(GenerateError::Failed("scripted".into()));
        }
        Ok(Completion {
            text: self.text.to_owned(),
            prompt_tokens: 0,
            reused_tokens: 0,
            generated_tokens: 0,
            first_token_ms: 0.0,
            generate_ms: 0.0,
            stop,
        })
    }
}

/// A model that says a text and ends its turn.
pub fn says(text: &'static str) -> Scripted {
    Scripted {
        text,
        stop: StopReason::EndOfTurn,
        fails: false,
    }
}
