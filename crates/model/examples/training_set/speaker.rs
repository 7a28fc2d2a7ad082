//! A text or a model in the place of the product's writer: what of it reaches a citizen.

use assistant::WrittenBy;
use assistant::generator::{
    Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason,
};
use assistant::grounding::{Gate, Sentences};
use assistant::write::{Brief, write};

/// The sentences of a text, as the product cuts them.
pub fn sentences(text: &str) -> Vec<String> {
    let mut cut = Sentences::default();
    let mut all = cut.push(text);
    all.extend(cut.finish());
    all
}

/// Who speaks in the product: a model, or a text that is held against it.
pub struct Speaker {
    model: Option<Box<dyn Generator>>,
    heard: Completion,
}

impl Speaker {
    /// Says a text as it stands.
    pub fn script(text: &str) -> Self {
        let heard = Completion {
            text: text.to_owned(),
            prompt_tokens: 0,
            reused_tokens: 0,
            generated_tokens: 0,
            first_token_ms: 0.0,
            generate_ms: 0.0,
            stop: StopReason::EndOfTurn,
        };
        Self { model: None, heard }
    }

    /// Says what a model does.
    pub fn model(model: impl Generator + 'static) -> Self {
        let model: Box<dyn Generator> = Box::new(model);
        Self {
            model: Some(model),
            ..Self::script("")
        }
    }

    /// Tokens of the last answer.
    pub fn generated_tokens(&self) -> usize {
        self.heard.generated_tokens
    }

    /// The sentences of an answer, whether the product shows each, and whose words it calls the
    /// whole.
    pub fn say(&mut self, brief: &Brief, gate: &Gate) -> (Vec<(String, bool)>, WrittenBy) {
        let mut pieces = Vec::new();
        let sampling = Sampling::default();
        let written = write(brief, gate, Some(&mut *self), &sampling, &mut |piece| {
            pieces.push(unmarked(piece));
        });
        let said = sentences(&self.heard.text).into_iter();
        let said = said.map(|sentence| {
            let shown = pieces.contains(&unmarked(&sentence));
            (sentence, shown)
        });
        (said.collect(), written.by)
    }
}

impl Generator for Speaker {
    fn name(&self) -> &str {
        self.model.as_ref().map_or("script", |model| model.name())
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        if let Some(model) = &mut self.model {
            self.heard = model.generate(prompt, sampling, sink)?;
        } else {
            let said = sentences(&self.heard.text).into_iter();
            said.take_while(|sentence| sink(&format!("{sentence} ")) == Flow::Continue)
                .for_each(drop);
        }
        Ok(self.heard.clone())
    }
}

/// A piece without the numbers of its sources ("… 7 ngày [2].").
fn unmarked(piece: &str) -> String {
    let is_mark = |part: &str| {
        part.split_once(']')
            .is_some_and(|(n, _)| n.parse::<u32>().is_ok())
    };
    let mut text = String::new();
    for (place, part) in piece.trim().split('[').enumerate() {
        if place > 0 && is_mark(part) {
            text.truncate(text.trim_end().len());
            text.push_str(part.split_once(']').map_or("", |(_, rest)| rest));
        } else {
            text.push_str(part);
        }
    }
    text
}
