//! The SentencePiece unigram tokenizer that the file of an XLM-R descendant carries.

use tokenizers::decoders::metaspace::{Metaspace, PrependScheme};
use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::unicode::NFKC;

use crate::ModelError;
use crate::error::ModelResult;
use crate::gguf::Gguf;

/// Text to tokens, with the marks of start and end.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    start: u32,
    end: u32,
}

impl Tokenizer {
    /// Builds it from `tokenizer.ggml.tokens` and `.scores`.
    pub fn from_gguf(gguf: &Gguf) -> ModelResult<Self> {
        let id = |name: &str| {
            let key = format!("tokenizer.ggml.{name}_token_id");
            let id = gguf.number(&key).and_then(|id| u32::try_from(id).ok());
            id.ok_or_else(|| gguf.lacks(&key))
        };
        let (start, end, unknown) = (id("bos")?, id("eos")?, id("unknown")?);
        let pieces = pieces(gguf)?;
        let model = Unigram::from(pieces, Some(unknown as usize), false);
        let mut inner = tokenizers::Tokenizer::new(model.map_err(unusable(gguf))?);
        // The official normaliser is NFKC with a few control characters dropped; ours
        // have gone before a question gets here.
        let normal = inner.with_normalizer(Some(NFKC));
        normal.map_err(unusable(gguf))?;
        inner.with_pre_tokenizer(Some(Metaspace::new('▁', PrependScheme::Always, true)));
        Ok(Self { inner, start, end })
    }

    /// How many tokens it knows.
    pub fn vocabulary(&self) -> usize {
        self.inner.get_vocab_size(false)
    }

    /// At most `most` tokens of a text, start and end among them.
    pub fn encode(&self, text: &str, most: usize) -> Result<Vec<u32>, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let encoding = self.inner.encode_fast(words.join(" "), false);
        let encoding = encoding.map_err(|error| error.to_string())?;
        let inside = encoding.get_ids().iter().take(most.saturating_sub(2));
        let tokens = std::iter::once(&self.start).chain(inside);
        Ok(tokens.chain(std::iter::once(&self.end)).copied().collect())
    }
}

fn pieces(gguf: &Gguf) -> ModelResult<Vec<(String, f64)>> {
    let list = |key: &str| {
        let found = gguf.content().metadata.get(key);
        let list = found.and_then(|value| value.to_vec().ok());
        list.ok_or_else(|| gguf.lacks(key))
    };
    let (tokens, scores) = ("tokenizer.ggml.tokens", "tokenizer.ggml.scores");
    let (names, values) = (list(tokens)?, list(scores)?);
    if names.len() != values.len() {
        return Err(gguf.lacks(scores));
    }
    let pairs = names.iter().zip(values);
    let pair = |(name, score): (
        &candle_core::quantized::gguf_file::Value,
        &candle_core::quantized::gguf_file::Value,
    )| {
        Some((
            name.to_string().ok()?.clone(),
            f64::from(score.to_f32().ok()?),
        ))
    };
    let all: Option<Vec<_>> = pairs.map(pair).collect();
    all.ok_or_else(|| gguf.lacks(tokens))
}

fn unusable<E: std::fmt::Display>(gguf: &Gguf) -> impl Fn(E) -> ModelError + use<E> {
    let path = gguf.path().to_owned();
    move |error| ModelError::Tokenizer {
        path: path.clone(),
        reason: error.to_string(),
    }
}
