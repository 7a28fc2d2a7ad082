//! BERT encoders: learned positions, norms after each half of a layer, all tokens see
//! all others. Tensor names are those that llama.cpp's converter writes.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Result, Tensor};

use super::vnni::Product;
use super::wide::{Inputs, Norm, activate, add_and_normalise, attend};
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

/// A linear map.
enum Linear {
    /// Q4_0 weights where the processor multiplies bytes.
    Bytes(Product),
    /// In F32 elsewhere. candle 0.11.1 has no fast kernel for several tokens at Q4_0 (a
    /// name took 3 times as long), and its pool for the fast one at Q8_0 waits by spinning:
    /// beside other work a question took longer than here, and the model needs the pool.
    Floats {
        /// `(columns, rows)`, laid out so that it need not be packed for each question.
        weight: Tensor,
        bias: Tensor,
    },
}

impl Linear {
    fn read(gguf: &mut Gguf, name: &str, rows: usize, columns: usize) -> ModelResult<Self> {
        let weight = gguf.tensor(&format!("{name}.weight"), &[rows, columns])?;
        let bias = vector(gguf, &format!("{name}.bias"), rows)?;
        let built = Self::bytes(&weight, columns, &bias).and_then(|bytes| match bytes {
            Some(bytes) => Ok(bytes),
            None => Self::floats(&weight, bias),
        });
        built.map_err(damaged(gguf))
    }

    fn bytes(weight: &QTensor, columns: usize, bias: &Tensor) -> Result<Option<Self>> {
        if weight.dtype() != GgmlDType::Q4_0 {
            return Ok(None);
        }
        let product = Product::new(&weight.data()?, columns, &bias.to_vec1::<f32>()?);
        Ok(product.map(Self::Bytes))
    }

    fn floats(weight: &QTensor, bias: Tensor) -> Result<Self> {
        let weight = weight.dequantize(&Device::Cpu)?.t()?.contiguous()?;
        Ok(Self::Floats { weight, bias })
    }

    /// `(tokens, columns)` → `(tokens, rows)`.
    fn forward(&self, x: &[f32]) -> Result<Vec<f32>> {
        match self {
            Self::Bytes(product) => Ok(product.forward(x)),
            Self::Floats { weight, bias } => {
                let columns = weight.dim(0)?;
                let x = Tensor::from_slice(x, (x.len() / columns, columns), &Device::Cpu)?;
                x.matmul(weight)?
                    .broadcast_add(bias)?
                    .flatten_all()?
                    .to_vec1()
            }
        }
    }
}

fn norm(gguf: &mut Gguf, name: &str, config: &Config) -> ModelResult<Norm> {
    Ok(Norm {
        weight: numbers(gguf, &format!("{name}.weight"), config.size)?,
        bias: numbers(gguf, &format!("{name}.bias"), config.size)?,
        epsilon: config.epsilon,
    })
}

fn numbers(gguf: &mut Gguf, name: &str, length: usize) -> ModelResult<Vec<f32>> {
    vector(gguf, name, length)?.to_vec1().map_err(damaged(gguf))
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
            attention_norm: norm(gguf, &name("attn_output_norm"), config)?,
            up: Linear::read(gguf, &name("ffn_up"), inner, size)?,
            down: Linear::read(gguf, &name("ffn_down"), size, inner)?,
            norm: norm(gguf, &name("layer_output_norm"), config)?,
        })
    }

    /// `(tokens, size)` in place.
    fn forward(&self, x: &mut [f32], config: &Config) -> Result<()> {
        let inputs = Inputs {
            queries: &self.query.forward(x)?,
            keys: &self.key.forward(x)?,
            values: &self.value.forward(x)?,
            size: config.size,
            heads: config.heads,
        };
        let mut mixed = vec![0.0; x.len()];
        attend(&inputs, &mut mixed);
        add_and_normalise(x, &self.output.forward(&mixed)?, &self.attention_norm);
        let mut inner = self.up.forward(x)?;
        activate(&mut inner);
        add_and_normalise(x, &self.down.forward(&inner)?, &self.norm);
        Ok(())
    }
}

/// The weights of an encoder.
pub struct Bert {
    /// Its sizes.
    pub config: Config,
    embedding: Embedding,
    /// Learned positions, with the one token type added: `(context, size)`.
    positions: Vec<f32>,
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
        let added = positions.and_then(|p| p.broadcast_add(&first_type?)?.flatten_all());
        let added = added.and_then(|positions| positions.to_vec1());
        Ok(Self {
            positions: added.map_err(damaged(gguf))?,
            embedding: Embedding::read(gguf, rows, config.size)?,
            embedding_norm: norm(gguf, "token_embd_norm", &config)?,
            layers: (0..config.layers)
                .map(|index| Layer::read(gguf, &config, index))
                .collect::<ModelResult<_>>()?,
            config,
        })
    }

    /// The mean over the tokens' last states, scaled to length 1.
    pub fn forward(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let mut x = self.embedding.forward(tokens)?.flatten_all()?.to_vec1()?;
        add_and_normalise(&mut x, &self.positions, &self.embedding_norm);
        for layer in &self.layers {
            layer.forward(&mut x, &self.config)?;
        }
        let mut sum = vec![0.0; self.config.size];
        for row in x.chunks_exact(self.config.size) {
            sum.iter_mut()
                .zip(row)
                .for_each(|(sum, value)| *sum += value);
        }
        let length = sum.iter().map(|v| v * v).sum::<f32>().sqrt();
        Ok(sum.iter().map(|v| v / length.max(1e-6)).collect())
    }
}
