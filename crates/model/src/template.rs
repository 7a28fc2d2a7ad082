//! The chat template that the model file carries, rendered as its makers do: Jinja with
//! Python's string methods.
//!
//! A citizen's words must not be able to end their own message: special tokens such as
//! `<|im_end|>` are taken out of every message before it is rendered.

use assistant::{ChatMessage, Prompt};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value, context};

use crate::ModelError;
use crate::gguf::Gguf;
use crate::tokenizer::Tokenizer;

const NAME: &str = "chat";

/// A compiled chat template.
pub struct ChatTemplate {
    environment: Environment<'static>,
}

impl ChatTemplate {
    /// Compiles the template of a file.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self, ModelError> {
        let source = gguf
            .text("tokenizer.chat_template")
            .ok_or_else(|| gguf.lacks("tokenizer.chat_template"))?;
        Self::new(source).map_err(|error| ModelError::Template {
            path: gguf.path().to_owned(),
            reason: error.to_string(),
        })
    }

    /// Compiles a template.
    pub fn new(source: &str) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        environment.add_function("raise_exception", raise_exception);
        environment.add_template_owned(NAME, source.to_owned())?;
        Ok(Self { environment })
    }

    /// The text the model reads: the messages, the opening of the assistant's turn, and
    /// the prefill. `enable_thinking` is off: Qwen3 would otherwise spend the whole time
    /// limit on thoughts that nobody reads.
    pub fn render(&self, prompt: &Prompt, tokenizer: &Tokenizer) -> Result<String, Error> {
        let messages: Vec<Value> = prompt
            .messages
            .iter()
            .map(|message| cleaned(message, tokenizer.specials()))
            .collect();
        let mut text = self.environment.get_template(NAME)?.render(context! {
            messages,
            add_generation_prompt => true,
            enable_thinking => false,
            bos_token => tokenizer.bos(),
            eos_token => tokenizer.eos(),
        })?;
        text.push_str(&without_specials(&prompt.prefill, tokenizer.specials()));
        Ok(text)
    }
}

fn raise_exception(message: String) -> Result<String, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

fn cleaned(message: &ChatMessage, specials: &[String]) -> Value {
    context! { role => message.role, content => without_specials(&message.content, specials) }
}

/// Removes special tokens until none is left: removing one may join the halves of another.
fn without_specials(text: &str, specials: &[String]) -> String {
    let mut text = text.to_owned();
    while let Some(special) = specials
        .iter()
        .find(|special| text.contains(special.as_str()))
    {
        text = text.replace(special.as_str(), "");
    }
    text
}
