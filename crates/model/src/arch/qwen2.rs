//! Qwen2 and Qwen2.5: pre-norm decoder, grouped-query attention with biases on the
//! queries, keys and values, rotary positions, SwiGLU.

use candle_core::Result;

use super::layers::{Embedding, Heads, Linear, Norm, SwiGlu, attention};
use super::{Architecture, Logits, MAX_CONTEXT};
use crate::error::ModelResult;
use crate::gguf::Gguf;
use crate::kernels::input::Input;
use crate::kernels::rope::Rope;
use crate::kernels::strips::Strips;
use crate::kernels::{LANES, Machine};
use crate::kv::{LayerCache, PAGE};

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
    cache: LayerCache,
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
            cache: LayerCache::new(kv, size),
        })
    }

    fn forward(
        &mut self,
        machine: &mut Machine,
        (heads, rope): (Heads, &Rope),
        x: &mut Strips,
        scratch: &mut Scratch,
    ) -> Result<()> {
        let Scratch {
            input,
            gated,
            wide,
            mixed,
        } = scratch;
        self.attention_norm.forward(machine, x, 0, input);
        self.projections.forward(machine, input, wide)?;
        attention(machine, heads, wide, rope, &mut self.cache, mixed);
        input.take(machine, mixed);
        self.output.add(machine, input, x)?;
        self.ffn_norm.forward(machine, x, 0, input);
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
    len: usize,
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
        len: 0,
    }))
}

impl Architecture for Qwen2 {
    fn forward(&mut self, tokens: &[u32], logits: Logits) -> Result<Strips> {
        if self.len + tokens.len() > self.config.context {
            candle_core::bail!("more than {} tokens", self.config.context);
        }
        // A pass that failed half way leaves some layers longer: cut them all to the same
        // length first, or the next answer would be built on mixed positions.
        self.truncate(self.len);
        let mut x = self.embedding.rows(tokens)?;
        for layer in &mut self.layers {
            let shared = (self.config.heads, &self.rope);
            layer.forward(&mut self.machine, shared, &mut x, &mut self.scratch)?;
        }
        self.len += tokens.len();
        let first = match logits {
            Logits::None => return Ok(Strips::zeros(0, self.config.vocabulary)),
            Logits::Last => tokens.len().saturating_sub(1),
            Logits::All => 0,
        };
        let input = &mut self.scratch.input;
        self.norm.forward(&mut self.machine, &x, first, input);
        let mut scores = Strips::default();
        self.head.forward(&mut self.machine, input, &mut scores)?;
        Ok(scores)
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

    fn save_page(&self, at: usize) -> Option<Vec<f32>> {
        if (at + 1) * PAGE > self.len {
            return None;
        }
        let Heads { kv, size, .. } = self.config.heads;
        let mut page = Vec::with_capacity(self.layers.len() * 2 * kv * size * PAGE);
        for layer in &self.layers {
            layer.cache.save_page(at, &mut page);
        }
        Some(page)
    }

    fn load_page(&mut self, mut page: &[f32]) {
        let at = self.len / PAGE;
        for layer in &mut self.layers {
            page = layer.cache.load_page(at, page);
        }
        self.len = (at + 1) * PAGE;
    }
}
