//! Parts that the families share: linear maps, norms, the token table and grouped-query
//! attention over a cache that can be cut back.
//!
//! One sequence at a time: rows are tokens, columns are features.

use std::sync::Arc;

use candle_core::quantized::QTensor;
use candle_core::{Device, Result, Tensor};

use crate::error::{ModelError, ModelResult};
use crate::gguf::{Gguf, plain};
use crate::kernels::attention::attend;
use crate::kernels::input::Input;
use crate::kernels::lanes::silu_times;
use crate::kernels::norm::rms_norm;
use crate::kernels::product::{Matrix, products};
use crate::kernels::rope::Rope;
use crate::kernels::strips::Strips;
use crate::kernels::{LANES, Machine};
use crate::kv::LayerCache;

/// Turns a candle error met while reading `gguf` into one that names the file.
pub fn damaged(gguf: &Gguf) -> impl Fn(candle_core::Error) -> ModelError + use<> {
    let path = gguf.path().to_owned();
    move |error| ModelError::Damaged {
        path: path.clone(),
        reason: plain(&error),
    }
}

/// Matrices over the same input, their outputs beside each other, and biases where the
/// family has them.
pub struct Linear {
    matrices: Vec<Matrix>,
    bias: Vec<f32>,
}

impl Linear {
    /// Reads `name.weight`, and `name.bias` when the file has it, of each name with its
    /// rows; all but the last have a multiple of 16.
    pub fn read(
        gguf: &mut Gguf,
        machine: &mut Machine,
        names: &[(String, usize)],
        columns: usize,
    ) -> ModelResult<Self> {
        let mut linear = Self {
            matrices: Vec::new(),
            bias: Vec::new(),
        };
        for (name, rows) in names {
            let weight = format!("{name}.weight");
            linear
                .matrices
                .push(gguf.matrix(machine, &weight, *rows, columns)?);
            let bias = format!("{name}.bias");
            if gguf.has_tensor(&bias) {
                linear.bias.extend(numbers(gguf, &bias, *rows)?);
            } else {
                linear.bias.extend(std::iter::repeat_n(0.0, *rows));
            }
        }
        Ok(linear)
    }

    /// `out = input × weightsᵀ + bias`.
    pub fn forward(&self, machine: &mut Machine, input: &Input, out: &mut Strips) -> Result<()> {
        out.reshape(input.rows(), self.bias.len());
        products(machine, input, &self.matrices, Some(&self.bias), out)
    }

    /// Adds `input × weightsᵀ`; biases are left out.
    pub fn add(&self, machine: &mut Machine, input: &Input, out: &mut Strips) -> Result<()> {
        products(machine, input, &self.matrices, None, out)
    }
}

/// Reads a small F32 vector.
pub fn vector(gguf: &mut Gguf, name: &str, length: usize) -> ModelResult<Tensor> {
    let tensor = gguf.tensor(name, &[length])?;
    tensor.dequantize(&Device::Cpu).map_err(damaged(gguf))
}

fn numbers(gguf: &mut Gguf, name: &str, length: usize) -> ModelResult<Vec<f32>> {
    let vector = vector(gguf, name, length)?;
    vector.to_vec1().map_err(damaged(gguf))
}

/// Root-mean-square normalisation.
pub struct Norm {
    weight: Vec<f32>,
    epsilon: f32,
}

impl Norm {
    /// Reads `name.weight`.
    pub fn read(gguf: &mut Gguf, name: &str, length: usize, epsilon: f32) -> ModelResult<Self> {
        let weight = numbers(gguf, &format!("{name}.weight"), length)?;
        Ok(Self { weight, epsilon })
    }

    /// Normalises the rows of `x` from `first` on.
    pub fn forward(&self, machine: &mut Machine, x: &Strips, first: usize, out: &mut Input) {
        let isa = machine.isa;
        out.fill(machine, (x.rows() - first, x.width()), |row, out| {
            rms_norm(isa, x, first + row, &self.weight, self.epsilon, out);
        });
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

    /// The same as rows of a decoder.
    pub fn rows(&self, tokens: &[u32]) -> Result<Strips> {
        let rows = self.forward(tokens)?;
        let (count, width) = rows.dims2()?;
        let mut strips = Strips::zeros(count, width);
        strips.add_rows(0, width, &rows.flatten_all()?.to_vec1::<f32>()?);
        Ok(strips)
    }
}

/// Sizes of an attention block.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Key and value heads; a divisor of `queries`.
    pub kv: usize,
    /// Length of a head, a multiple of 32.
    pub size: usize,
}

/// Causal grouped-query attention of the rows after those in `cache`. `projected` holds
/// queries, keys and values beside each other; the result has the queries' width.
pub fn attention(
    machine: &mut Machine,
    heads: Heads,
    projected: &mut Strips,
    rope: &Rope,
    cache: &mut LayerCache,
    out: &mut Strips,
) {
    let (rows, start, isa) = (projected.rows(), cache.len(), machine.isa);
    let strips = heads.size / LANES;
    let head = rows * heads.size;
    let rotated = (heads.queries + heads.kv) * head;
    // One row is not worth handing out: 2 µs.
    let share = if rows < 4 { rotated } else { head };
    machine
        .pool
        .chunks(&mut projected.data_mut()[..rotated], share, |_, some| {
            rope.rotate(isa, some, rows, start);
        });
    cache.append(projected, heads.queries * strips);
    out.reshape(rows, heads.queries * heads.size);
    let (queries, cache, group) = (projected.data(), &*cache, heads.queries / heads.kv);
    machine.pool.chunks(out.data_mut(), head, |at, out| {
        let queries = queries[at * head..(at + 1) * head].as_chunks().0;
        let mut scratch = Vec::new();
        let head = cache.head(at / group);
        attend(
            isa,
            head,
            (queries, rows),
            start,
            &mut scratch,
            out.as_chunks_mut().0,
        );
    });
}

/// The gated feed-forward block with SiLU (Qwen, Llama).
pub struct SwiGlu {
    gate_and_up: Linear,
    down: Linear,
}

impl SwiGlu {
    /// Reads `prefix.ffn_gate`, `ffn_up` and `ffn_down`.
    pub fn read(
        gguf: &mut Gguf,
        machine: &mut Machine,
        prefix: &str,
        (size, inner): (usize, usize),
    ) -> ModelResult<Self> {
        let name = |part: &str| format!("{prefix}.{part}");
        let gate_and_up = [(name("ffn_gate"), inner), (name("ffn_up"), inner)];
        let down = [(name("ffn_down"), size)];
        Ok(Self {
            gate_and_up: Linear::read(gguf, machine, &gate_and_up, size)?,
            down: Linear::read(gguf, machine, &down, inner)?,
        })
    }

    /// Adds the block's output to `x`. `wide` and `gated` are any memory.
    pub fn add(
        &self,
        machine: &mut Machine,
        input: &Input,
        (wide, gated): (&mut Strips, &mut Input),
        x: &mut Strips,
    ) -> Result<()> {
        self.gate_and_up.forward(machine, input, wide)?;
        let (isa, wide, inner) = (machine.isa, &*wide, wide.width() / 2);
        gated.fill(machine, (wide.rows(), inner), |row, out| {
            let up = wide.row(row).skip(inner / LANES);
            let strips = wide.row(row).zip(up).zip(out.as_chunks_mut::<LANES>().0);
            strips.for_each(|((gate, up), out)| silu_times(isa, gate, up, out));
        });
        self.down.add(machine, gated, x)
    }
}
