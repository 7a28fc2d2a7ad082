//! Qwen2 and Qwen2.5: pre-norm decoder, grouped-query attention with biases on the
//! queries, keys and values, rotary positions, SwiGLU.

use candle_core::Result;

use super::layers::{Embedding, Heads, Linear, Norm, Rows, SwiGlu, attention};
use super::{Architecture, MAX_CONTEXT, Part};
use crate::error::ModelResult;
use crate::gguf::Gguf;
use crate::kernels::input::Input;
use crate::kernels::rope::Rope;
use crate::kernels::strips::Strips;
use crate::kernels::{LANES, Machine};
use crate::kv::State;

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
        // Half a head is rotated against the other half in whole strips.
        if size % queries != 0 || !(size / queries).is_multiple_of(2 * LANES) {
            return Err(gguf.lacks("qwen2.attention.head_count"));
        }
        if queries % kv != 0 {
            return Err(gguf.lacks("qwen2.attention.head_count_kv"));
        }
        let inner = need("feed_forward_length")?;
        if !inner.is_multiple_of(LANES) {
            return Err(gguf.lacks("qwen2.feed_forward_length"));
        }
        let epsilon = "qwen2.attention.layer_norm_rms_epsilon";
        Ok(Self {
            layers: need("block_count")?,
            size,
            inner,
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
    projections: Linear,
    output: Linear,
    ffn_norm: Norm,
    ffn: SwiGlu,
}

/// Memory that every layer uses in turn.
#[derive(Default)]
struct Scratch {
    input: Input,
    gated: Input,
    wide: Strips,
    mixed: Strips,
}

impl Layer {
    fn read(
        gguf: &mut Gguf,
        machine: &mut Machine,
        config: &Config,
        index: usize,
    ) -> ModelResult<Self> {
        let prefix = format!("blk.{index}");
        let name = |part: &str| format!("{prefix}.{part}");
        let Heads { queries, kv, size } = config.heads;
        let width = config.size;
        let projections = [
            (name("attn_q"), queries * size),
            (name("attn_k"), kv * size),
            (name("attn_v"), kv * size),
        ];
        let output = [(name("attn_output"), width)];
        Ok(Self {
            attention_norm: Norm::read(gguf, &name("attn_norm"), width, config.epsilon)?,
            projections: Linear::read(gguf, machine, &projections, width)?,
            output: Linear::read(gguf, machine, &output, queries * size)?,
            ffn_norm: Norm::read(gguf, &name("ffn_norm"), width, config.epsilon)?,
            ffn: SwiGlu::read(gguf, machine, &prefix, (width, config.inner))?,
        })
    }

    fn forward(
        &self,
        machine: &mut Machine,
        (heads, rope): (Heads, &Rope),
        sequences: &mut [Rows<'_>],
        x: &mut Strips,
        scratch: &mut Scratch,
    ) -> Result<()> {
        let Scratch {
            input,
            gated,
            wide,
            mixed,
        } = scratch;
        self.attention_norm.forward(machine, x, input);
        self.projections.forward(machine, input, wide)?;
        attention(machine, heads, wide, rope, sequences, mixed);
        input.take(machine, mixed);
        self.output.add(machine, input, x)?;
        self.ffn_norm.forward(machine, x, input);
        self.ffn.add(machine, input, (wide, gated), x)
    }
}

struct Qwen2 {
    machine: Machine,
    embedding: Embedding,
    layers: Vec<Layer>,
    norm: Norm,
    head: Linear,
    rope: Rope,
    config: Config,
    scratch: Scratch,
}

/// Reads the weights.
pub fn build(gguf: &mut Gguf) -> ModelResult<Box<dyn Architecture>> {
    let config = Config::read(gguf)?;
    let mut machine = Machine::detect();
    let (vocabulary, size) = (config.vocabulary, config.size);
    let embedding = Embedding::read(gguf, vocabulary, size)?;
    // Smaller models write with the token table.
    let own = gguf.has_tensor("output.weight");
    let head = if own { "output" } else { "token_embd" };
    let head = [(head.to_owned(), vocabulary)];
    let head = Linear::read(gguf, &mut machine, &head, size)?;
    let layers = (0..config.layers)
        .map(|index| Layer::read(gguf, &mut machine, &config, index))
        .collect::<ModelResult<Vec<_>>>()?;
    let norm = Norm::read(gguf, "output_norm", size, config.epsilon)?;
    let rope = Rope::new(config.heads.size, config.rope_base, config.context);
    Ok(Box::new(Qwen2 {
        machine,
        embedding,
        layers,
        norm,
        head,
        rope,
        config,
        scratch: Scratch::default(),
    }))
}

impl Qwen2 {
    /// Appends the rows of every part to its state; returns the rows after the last layer.
    fn run(&mut self, parts: &mut [Part<'_>], tokens: &[u32]) -> Result<Strips> {
        let mut x = self.embedding.rows(tokens)?;
        for (at, layer) in self.layers.iter().enumerate() {
            let mut first = 0;
            let mut sequences: Vec<Rows<'_>> = parts
                .iter_mut()
                .map(|part| {
                    let rows = first..first + part.tokens.len();
                    first = rows.end;
                    let cache = part.state.layer(at);
                    Rows { rows, cache }
                })
                .collect();
            let shared = (self.config.heads, &self.rope);
            let (machine, scratch) = (&mut self.machine, &mut self.scratch);
            layer.forward(machine, shared, &mut sequences, &mut x, scratch)?;
        }
        Ok(x)
    }
}

/// The rows of a pass whose scores are wanted.
fn wanted(parts: &[Part<'_>]) -> Vec<usize> {
    let mut rows = Vec::new();
    let mut end = 0;
    for part in parts {
        end += part.tokens.len();
        rows.extend(end - part.logits.rows(part.tokens.len())..end);
    }
    rows
}

impl Architecture for Qwen2 {
    fn state(&self) -> State {
        let Heads { kv, size, .. } = self.config.heads;
        State::new(self.layers.len(), kv, size)
    }

    fn forward(&mut self, parts: &mut [Part<'_>]) -> Result<Strips> {
        let context = self.config.context;
        let too_long = |part: &Part<'_>| part.state.len() + part.tokens.len() > context;
        if parts.iter().any(too_long) {
            candle_core::bail!("more than {context} tokens");
        }
        let tokens: Vec<u32> = parts.iter().flat_map(|part| part.tokens).copied().collect();
        let rows = wanted(parts);
        let x = match self.run(parts, &tokens) {
            Ok(x) => x,
            Err(error) => {
                // Some layers are longer: the next answer would be built on mixed positions.
                for part in parts {
                    part.state.truncate(part.state.len());
                }
                return Err(error);
            }
        };
        for part in parts {
            part.state.grow(part.tokens.len());
        }
        let mut scores = Strips::zeros(0, self.config.vocabulary);
        if rows.is_empty() {
            return Ok(scores);
        }
        let input = &mut self.scratch.input;
        self.norm.some(&mut self.machine, &x, &rows, input);
        self.head.forward(&mut self.machine, input, &mut scores)?;
        Ok(scores)
    }

    fn context(&self) -> usize {
        self.config.context
    }

    fn vocabulary(&self) -> usize {
        self.config.vocabulary
    }
}
