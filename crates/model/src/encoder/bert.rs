//! BERT encoders: learned positions, norms after each half of a layer, all tokens see
//! all others. Tensor names are those that llama.cpp's converter writes.

use candle_core::{Device, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

use crate::arch::layers::{Embedding, damaged, vector};
use crate::error::ModelResult;
use crate::gguf::Gguf;

/// Sizes, from the metadata.
pub struct Config {
    /// Numbers per token, and in the vector.
    pub size: usize,
    /// Tokens that fit.
    pub context: usize,
    layers: usize,
    inner: usize,
    heads: usize,
    epsilon: f32,
}

impl Config {
    fn read(gguf: &Gguf) -> ModelResult<Self> {
        let need = |key: &str| gguf.need_number(&format!("bert.{key}"));
        let (size, heads) = (need("embedding_length")?, need("attention.head_count")?);
        if size % heads != 0 {
            return Err(gguf.lacks("bert.attention.head_count"));
        }
        let epsilon = "bert.attention.layer_norm_epsilon";
        Ok(Self {
            size,
            context: need("context_length")?,
            layers: need("block_count")?,
            inner: need("feed_forward_length")?,
            heads,
            epsilon: gguf.fraction(epsilon).ok_or_else(|| gguf.lacks(epsilon))? as f32,
        })
    }
}

/// A linear map in F32. candle 0.11.1 has no fast kernel for several tokens at Q4_0 (a
/// name took 3 times as long), and its pool for the fast one at Q8_0 waits by spinning:
/// beside other work a question took longer than here, and the model needs the pool.
struct Linear {
    /// `(columns, rows)`, laid out so that it need not be packed for each question.
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn read(gguf: &mut Gguf, name: &str, rows: usize, columns: usize) -> ModelResult<Self> {
        let weight = gguf.tensor(&format!("{name}.weight"), &[rows, columns])?;
        let weight = weight.dequantize(&Device::Cpu);
        let weight = weight.and_then(|weight| weight.t()?.contiguous());
        Ok(Self {
            weight: weight.map_err(damaged(gguf))?,
            bias: vector(gguf, &format!("{name}.bias"), rows)?,
        })
    }

    /// `(tokens, columns)` → `(tokens, rows)`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Normalisation with a mean and a bias.
struct Norm {
    weight: Tensor,
    bias: Tensor,
    epsilon: f32,
}

impl Norm {
    fn read(gguf: &mut Gguf, name: &str, config: &Config) -> ModelResult<Self> {
        Ok(Self {
            weight: vector(gguf, &format!("{name}.weight"), config.size)?,
            bias: vector(gguf, &format!("{name}.bias"), config.size)?,
            epsilon: config.epsilon,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, &self.weight, &self.bias, self.epsilon)
    }
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

impl Layer {
    fn read(gguf: &mut Gguf, config: &Config, index: usize) -> ModelResult<Self> {
        let name = |part: &str| format!("blk.{index}.{part}");
        let (size, inner) = (config.size, config.inner);
        Ok(Self {
            query: Linear::read(gguf, &name("attn_q"), size, size)?,
            key: Linear::read(gguf, &name("attn_k"), size, size)?,
            value: Linear::read(gguf, &name("attn_v"), size, size)?,
            output: Linear::read(gguf, &name("attn_output"), size, size)?,
            attention_norm: Norm::read(gguf, &name("attn_output_norm"), config)?,
            up: Linear::read(gguf, &name("ffn_up"), inner, size)?,
            down: Linear::read(gguf, &name("ffn_down"), size, inner)?,
            norm: Norm::read(gguf, &name("layer_output_norm"), config)?,
        })
    }

    /// `(tokens, size)` → `(tokens, size)`.
    fn forward(&self, x: &Tensor, heads: usize) -> Result<Tensor> {
        let attended = self.output.forward(&self.attend(x, heads)?)?;
        let x = self.attention_norm.forward(&(x + attended)?)?;
        let inner = self.up.forward(&x)?.gelu_erf()?;
        self.norm.forward(&(&x + self.down.forward(&inner)?)?)
    }

    fn attend(&self, x: &Tensor, heads: usize) -> Result<Tensor> {
        let (tokens, size) = x.dims2()?;
        let per_head = |linear: &Linear| {
            let y = linear.forward(x)?.reshape((tokens, heads, size / heads))?;
            y.transpose(0, 1)?.contiguous()
        };
        let (query, key) = (per_head(&self.query)?, per_head(&self.key)?);
        let scale = 1.0 / ((size / heads) as f64).sqrt();
        let scores = (query.matmul(&key.t()?)? * scale)?;
        let mixed = softmax_last_dim(&scores)?.matmul(&per_head(&self.value)?)?;
        mixed.transpose(0, 1)?.reshape((tokens, size))
    }
}

/// The weights of an encoder.
pub struct Bert {
    /// Its sizes.
    pub config: Config,
    embedding: Embedding,
    /// Learned positions, with the one token type added: `(context, size)`.
    positions: Tensor,
    embedding_norm: Norm,
    layers: Vec<Layer>,
}

impl Bert {
    /// Reads the weights; `vocabulary` is how many tokens the tokenizer knows.
    pub fn read(gguf: &mut Gguf, vocabulary: usize) -> ModelResult<Self> {
        let config = Config::read(gguf)?;
        let rows = gguf.rows("token_embd.weight").unwrap_or_default();
        if rows < vocabulary {
            return Err(gguf.lacks("tokenizer.ggml.tokens"));
        }
        let types = gguf.rows("token_types.weight").unwrap_or(1);
        let types = gguf.tensor("token_types.weight", &[types, config.size])?;
        let positions = gguf.tensor("position_embd.weight", &[config.context, config.size])?;
        let first_type = types.dequantize(&Device::Cpu).and_then(|t| t.get(0));
        let positions = positions.dequantize(&Device::Cpu);
        let added = positions.and_then(|p| p.broadcast_add(&first_type?));
        Ok(Self {
            positions: added.map_err(damaged(gguf))?,
            embedding: Embedding::read(gguf, rows, config.size)?,
            embedding_norm: Norm::read(gguf, "token_embd_norm", &config)?,
            layers: (0..config.layers)
                .map(|index| Layer::read(gguf, &config, index))
                .collect::<ModelResult<_>>()?,
            config,
        })
    }

    /// The mean over the tokens' last states, scaled to length 1.
    pub fn forward(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let x = self.embedding.forward(tokens)?;
        let x = (x + self.positions.narrow(0, 0, tokens.len())?)?;
        let mut x = self.embedding_norm.forward(&x)?;
        for layer in &self.layers {
            x = layer.forward(&x, self.config.heads)?;
        }
        let mean = x.mean(0)?.to_vec1::<f32>()?;
        let length = mean.iter().map(|v| v * v).sum::<f32>().sqrt();
        Ok(mean.iter().map(|v| v / length.max(1e-6)).collect())
    }
}
