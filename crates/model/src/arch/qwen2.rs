//! Qwen2 and Qwen2.5: pre-norm decoder, grouped-query attention with biases on the
//! queries, keys and values, rotary positions, SwiGLU.

use candle_core::{Device, Result, Tensor};

use super::layers::{Embedding, Heads, Linear, Norm, Rope, SwiGlu, attend, damaged};
use super::{Architecture, Logits, MAX_CONTEXT};
use crate::error::ModelResult;
use crate::gguf::Gguf;
use crate::kv::LayerCache;

/// Sizes, from the metadata.
struct Config {
    layers: usize,
    size: usize,
    inner: usize,
    vocabulary: usize,
    context: usize,
    heads: Heads,
    epsilon: f32,
    rope_base: f64,
}

impl Config {
    fn read(gguf: &Gguf) -> ModelResult<Self> {
        let need = |key: &str| gguf.need_number(&format!("qwen2.{key}"));
        let size = need("embedding_length")?;
        let queries = need("attention.head_count")?;
        let kv = need("attention.head_count_kv")?;
        if size % queries != 0 || (size / queries) % 2 != 0 {
            return Err(gguf.lacks("qwen2.attention.head_count"));
        }
        if queries % kv != 0 {
            return Err(gguf.lacks("qwen2.attention.head_count_kv"));
        }
        let epsilon = "qwen2.attention.layer_norm_rms_epsilon";
        Ok(Self {
            layers: need("block_count")?,
            size,
            inner: need("feed_forward_length")?,
            vocabulary: gguf.rows("token_embd.weight").unwrap_or_default(),
            context: need("context_length")?.min(MAX_CONTEXT),
            heads: Heads {
                queries,
                kv,
                size: size / queries,
            },
            epsilon: gguf.fraction(epsilon).ok_or_else(|| gguf.lacks(epsilon))? as f32,
            rope_base: gguf.fraction("qwen2.rope.freq_base").unwrap_or(10_000.0),
        })
    }
}

struct Layer {
    attention_norm: Norm,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    ffn_norm: Norm,
    ffn: SwiGlu,
    cache: LayerCache,
}

impl Layer {
    fn read(gguf: &mut Gguf, config: &Config, index: usize) -> ModelResult<Self> {
        let prefix = format!("blk.{index}");
        let name = |part: &str| format!("{prefix}.{part}");
        let Heads { queries, kv, size } = config.heads;
        let width = config.size;
        Ok(Self {
            attention_norm: Norm::read(gguf, &name("attn_norm"), width, config.epsilon)?,
            query: Linear::read(gguf, &name("attn_q"), queries * size, width)?,
            key: Linear::read(gguf, &name("attn_k"), kv * size, width)?,
            value: Linear::read(gguf, &name("attn_v"), kv * size, width)?,
            output: Linear::read(gguf, &name("attn_output"), width, queries * size)?,
            ffn_norm: Norm::read(gguf, &name("ffn_norm"), width, config.epsilon)?,
            ffn: SwiGlu::read(gguf, &prefix, width, config.inner)?,
            cache: LayerCache::new(kv, size).map_err(damaged(gguf))?,
        })
    }

    fn forward(&mut self, x: &Tensor, heads: Heads, rope: &Rope) -> Result<Tensor> {
        let normal = self.attention_norm.forward(x)?;
        let queries = self.query.forward(&normal)?;
        let keys = self.key.forward(&normal)?;
        let values = self.value.forward(&normal)?;
        let mixed = attend(heads, (&queries, &keys, &values), rope, &mut self.cache)?;
        let x = (x + self.output.forward(&mixed)?)?;
        &x + self.ffn.forward(&self.ffn_norm.forward(&x)?)?
    }
}

struct Qwen2 {
    embedding: Embedding,
    layers: Vec<Layer>,
    norm: Norm,
    head: Linear,
    rope: Rope,
    config: Config,
    len: usize,
}

/// Reads the weights.
pub fn build(gguf: &mut Gguf) -> ModelResult<Box<dyn Architecture>> {
    let config = Config::read(gguf)?;
    let (vocabulary, size) = (config.vocabulary, config.size);
    let embedding = Embedding::read(gguf, vocabulary, size)?;
    let head = if gguf.has_tensor("output.weight") {
        Linear::read(gguf, "output", vocabulary, size)?
    } else {
        embedding.tied().map_err(damaged(gguf))?
    };
    let layers = (0..config.layers)
        .map(|index| Layer::read(gguf, &config, index))
        .collect::<ModelResult<Vec<_>>>()?;
    let norm = Norm::read(gguf, "output_norm", size, config.epsilon)?;
    let rope = Rope::new(config.heads.size, config.rope_base, config.context);
    let rope = rope.map_err(damaged(gguf))?;
    Ok(Box::new(Qwen2 {
        embedding,
        layers,
        norm,
        head,
        rope,
        config,
        len: 0,
    }))
}

impl Architecture for Qwen2 {
    fn forward(&mut self, tokens: &[u32], logits: Logits) -> Result<Tensor> {
        if self.len + tokens.len() > self.config.context {
            candle_core::bail!("more than {} tokens", self.config.context);
        }
        // A pass that failed half way leaves some layers longer: cut them all to the same
        // length first, or the next answer would be built on mixed positions.
        let len = self.len;
        self.layers
            .iter_mut()
            .for_each(|layer| layer.cache.truncate(len));
        let mut x = self.embedding.forward(tokens)?;
        for layer in &mut self.layers {
            x = layer.forward(&x, self.config.heads, &self.rope)?;
        }
        self.len += tokens.len();
        let x = match logits {
            Logits::None => {
                return Tensor::zeros((0, self.config.vocabulary), x.dtype(), &Device::Cpu);
            }
            Logits::Last => x.narrow(0, tokens.len() - 1, 1)?.contiguous()?,
            Logits::All => x,
        };
        self.head.forward(&self.norm.forward(&x)?)
    }

    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        for layer in &mut self.layers {
            layer.cache.truncate(len);
        }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn context(&self) -> usize {
        self.config.context
    }

    fn vocabulary(&self) -> usize {
        self.config.vocabulary
    }
}
