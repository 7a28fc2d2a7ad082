//! From a file on disk to a generator that is ready to write.

use std::path::Path;

use crate::ModelError;
use crate::arch;
use crate::generate::CandleGenerator;
use crate::gguf::Gguf;
use crate::template::ChatTemplate;
use crate::tokenizer::Tokenizer;

/// Loads a GGUF file: tokenizer and template first (a second's work, and the likelier
/// errors), then the weights. Takes seconds; call it on the model's own thread, then
/// [`CandleGenerator::warm_up`].
pub fn load(path: &Path) -> Result<CandleGenerator, ModelError> {
    let mut gguf = Gguf::open(path)?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let template = ChatTemplate::from_gguf(&gguf)?;
    let decoder = arch::build(&mut gguf)?;
    // A tokenizer that knows more tokens than the model has rows would make the first
    // prompt with such a token fail: refuse it here, where the reason can be told.
    if tokenizer.vocabulary() > decoder.vocabulary() {
        return Err(ModelError::Tokenizer {
            path: path.to_owned(),
            reason: format!(
                "{} tokens, but the model has {}",
                tokenizer.vocabulary(),
                decoder.vocabulary()
            ),
        });
    }
    Ok(CandleGenerator::new(path, tokenizer, template, decoder))
}
