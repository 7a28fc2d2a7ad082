//! Parts that the families share: quantised linear maps, norms, rotary positions and
//! grouped-query attention over a cache that can be cut back.
//!
//! One sequence at a time: tensors are `(tokens, features)`.

use std::sync::Arc;

use candle_core::quantized::{QMatMul, QTensor};
use candle_core::{DType, Device, Module, Result, Tensor};
use candle_nn::ops::{rms_norm, silu, softmax_last_dim};

use crate::error::{ModelError, ModelResult};
use crate::gguf::{Gguf, plain};
use crate::kv::LayerCache;

/// Turns a candle error met while reading `gguf` into one that names the file.
pub fn damaged(gguf: &Gguf) -> impl Fn(candle_core::Error) -> ModelError + use<> {
    let path = gguf.path().to_owned();
    move |error| ModelError::Damaged {
        path: path.clone(),
        reason: plain(&error),
    }
}

/// A quantised matrix, and a bias where the family has one.
pub struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
}

impl Linear {
    /// Reads `name.weight`, and `name.bias` when the file has it.
    pub fn read(gguf: &mut Gguf, name: &str, rows: usize, columns: usize) -> ModelResult<Self> {
        let weight = gguf.tensor(&format!("{name}.weight"), &[rows, columns])?;
        let weight = QMatMul::from_qtensor(weight).map_err(damaged(gguf))?;
        let bias = format!("{name}.bias");
        let bias = if gguf.has_tensor(&bias) {
            Some(vector(gguf, &bias, rows)?)
        } else {
            None
        };
        Ok(Self { weight, bias })
    }

    /// `(tokens, columns)` → `(tokens, rows)`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.weight.forward(x)?;
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }
}

/// Reads a small F32 vector.
pub fn vector(gguf: &mut Gguf, name: &str, length: usize) -> ModelResult<Tensor> {
    let tensor = gguf.tensor(name, &[length])?;
    tensor.dequantize(&Device::Cpu).map_err(damaged(gguf))
}

/// Root-mean-square normalisation.
pub struct Norm {
    weight: Tensor,
    epsilon: f32,
}

impl Norm {
    /// Reads `name.weight`.
    pub fn read(gguf: &mut Gguf, name: &str, length: usize, epsilon: f32) -> ModelResult<Self> {
        let weight = vector(gguf, &format!("{name}.weight"), length)?;
        Ok(Self { weight, epsilon })
    }

    /// Normalises the last dimension.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        rms_norm(x, &self.weight, self.epsilon)
    }
}

/// The token table, looked up in its quantised form.
pub struct Embedding(Arc<QTensor>);

impl Embedding {
    /// Reads `token_embd.weight`.
    pub fn read(gguf: &mut Gguf, vocabulary: usize, size: usize) -> ModelResult<Self> {
        Ok(Self(Arc::new(
            gguf.tensor("token_embd.weight", &[vocabulary, size])?,
        )))
    }

    /// `(tokens, size)`.
    pub fn forward(&self, tokens: &[u32]) -> Result<Tensor> {
        self.0.embedding(&Tensor::new(tokens, &Device::Cpu)?)
    }

    /// The same table as an output matrix, for families that tie the two.
    pub fn tied(&self) -> Result<Linear> {
        let weight = QMatMul::from_arc(Arc::clone(&self.0))?;
        Ok(Linear { weight, bias: None })
    }
}

/// Rotary position tables.
pub struct Rope {
    cos: Tensor,
    sin: Tensor,
}

impl Rope {
    /// Tables for `positions` positions.
    pub fn new(head_size: usize, base: f64, positions: usize) -> Result<Self> {
        let inverse: Vec<f32> = (0..head_size)
            .step_by(2)
            .map(|i| (1.0 / base.powf(i as f64 / head_size as f64)) as f32)
            .collect();
        let inverse = Tensor::new(inverse, &Device::Cpu)?.unsqueeze(0)?;
        let positions = Tensor::arange(0, u32::try_from(positions)?, &Device::Cpu)?
            .to_dtype(DType::F32)?
            .unsqueeze(1)?;
        let angles = positions.matmul(&inverse)?;
        Ok(Self {
            cos: angles.cos()?,
            sin: angles.sin()?,
        })
    }

    /// Rotates `(1, heads, tokens, head size)` whose first token stands at `start`. The
    /// halves of a head are rotated against each other (the NeoX order, as in Qwen).
    pub fn forward(&self, x: &Tensor, start: usize) -> Result<Tensor> {
        let tokens = x.dim(2)?;
        let cos = self.cos.narrow(0, start, tokens)?;
        let sin = self.sin.narrow(0, start, tokens)?;
        candle_nn::rotary_emb::rope(&x.contiguous()?, &cos, &sin)
    }
}

/// Sizes of an attention block.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Key and value heads; a divisor of `queries`.
    pub kv: usize,
    /// Length of a head.
    pub size: usize,
}

/// Causal grouped-query attention. `q` is `(tokens, queries * size)`, `k` and `v` are
/// `(tokens, kv * size)`, the result is like `q`. Query heads that share a key head are
/// stacked into one matrix, so keys and values are never repeated in memory.
pub fn attend(
    heads: Heads,
    (q, k, v): (&Tensor, &Tensor, &Tensor),
    rope: &Rope,
    cache: &mut LayerCache,
) -> Result<Tensor> {
    let tokens = q.dim(0)?;
    let start = cache.len();
    let group = heads.queries / heads.kv;
    let split = |x: &Tensor, n: usize| x.reshape((1, tokens, n, heads.size))?.transpose(1, 2);
    let q = rope.forward(&split(q, heads.queries)?, start)?;
    let k = rope.forward(&split(k, heads.kv)?, start)?.squeeze(0)?;
    let v = split(v, heads.kv)?.squeeze(0)?;
    let (k, v) = cache.append(&k, &v)?;

    let q = q.reshape((heads.kv, group * tokens, heads.size))?;
    let scores = (q.matmul(&k.t()?)? * (1.0 / (heads.size as f64).sqrt()))?;
    let scores = if tokens == 1 {
        scores
    } else {
        let scores = scores.reshape((heads.queries, tokens, start + tokens))?;
        let scores = scores.broadcast_add(&causal_mask(tokens, start)?)?;
        scores.reshape((heads.kv, group * tokens, start + tokens))?
    };
    let mixed = softmax_last_dim(&scores)?.matmul(&v)?;
    mixed
        .reshape((heads.queries, tokens, heads.size))?
        .transpose(0, 1)?
        .reshape((tokens, heads.queries * heads.size))
}

/// 0 where a token may look, minus infinity where it would see the future: the token in
/// row `i` stands at `start + i`.
fn causal_mask(tokens: usize, start: usize) -> Result<Tensor> {
    let width = start + tokens;
    let mask: Vec<f32> = (0..tokens)
        .flat_map(|row| {
            (0..width).map(move |column| {
                if column > start + row {
                    f32::NEG_INFINITY
                } else {
                    0.0
                }
            })
        })
        .collect();
    Tensor::from_vec(mask, (tokens, width), &Device::Cpu)
}

/// The gated feed-forward block with SiLU (Qwen, Llama).
pub struct SwiGlu {
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl SwiGlu {
    /// Reads `prefix.ffn_gate`, `ffn_up` and `ffn_down`.
    pub fn read(gguf: &mut Gguf, prefix: &str, size: usize, inner: usize) -> ModelResult<Self> {
        Ok(Self {
            gate: Linear::read(gguf, &format!("{prefix}.ffn_gate"), inner, size)?,
            up: Linear::read(gguf, &format!("{prefix}.ffn_up"), inner, size)?,
            down: Linear::read(gguf, &format!("{prefix}.ffn_down"), size, inner)?,
        })
    }

    /// `(tokens, size)` → the same.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let gated = (silu(&self.gate.forward(x)?)? * self.up.forward(x)?)?;
        self.down.forward(&gated)
    }
}
