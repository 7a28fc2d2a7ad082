//! Writes a complete GGUF of the real architecture in a few hundred kilobytes: Qwen2
//! with two layers of small random weights in the formats of the default model (Q4_K
//! and Q6_K), a byte-level BPE tokenizer learned from a few Vietnamese lines, and a
//! chat template. It runs through the same loader, kernels and decoder as the large
//! file, so that the whole candle path is tested without a download. What it writes is
//! nonsense, and the same nonsense every time.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Result, Tensor};

const HIDDEN: usize = 256;
const FEED_FORWARD: usize = 512;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const LAYERS: usize = 2;
const CONTEXT: u32 = 2048;
/// Rows are packed in tiles of 16 by the fast kernels; a multiple exercises them.
const VOCABULARY: usize = 512;
const MERGES: usize = 200;

const SPECIALS: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

/// The lines that the merges are learned from.
const LINES: &str = "Đăng ký thường trú nộp trực tuyến hết bao nhiêu tiền, mấy ngày xong?\n\
    Lệ phí là 10.000 đồng, thời hạn giải quyết là 7 ngày làm việc kể từ ngày nhận đủ hồ sơ.\n\
    Cơ quan thực hiện: Công an cấp xã. Hồ sơ gồm tờ khai thay đổi thông tin cư trú và giấy tờ \
    chứng minh chỗ ở hợp pháp. Nộp trực tiếp, trực tuyến hoặc qua dịch vụ bưu chính.\n\
    Thủ tục đăng ký khai sinh, đăng ký kết hôn, cấp giấy xác nhận tình trạng hôn nhân.\n\
    Bạn là trợ lý thủ tục hành chính. Chỉ trả lời bằng thông tin trong tài liệu.\n";

/// ChatML, as the Qwen family writes it.
pub const CHAT_TEMPLATE: &str = "{%- if messages[0]['role'] != 'system' %}\
    {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{%- endif %}\
    {%- for message in messages %}\
    {{- '<|im_start|>' + message.role + '\\n' + message.content.strip() + '<|im_end|>\\n' }}\
    {%- endfor %}\
    {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}";

/// Writes the fixture to `path`.
pub fn write_tiny_gguf(path: &Path) -> Result<()> {
    write_variant(path, "qwen2", &[])
}

/// The same with another architecture name, or with tensors left out, to provoke errors.
pub fn write_variant(path: &Path, architecture: &str, without: &[&str]) -> Result<()> {
    let tokenizer = Bpe::learn(LINES, MERGES);
    let metadata = metadata(architecture, &tokenizer);
    let tensors = tensors(tokenizer.learned)?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let metadata: Vec<_> = metadata.iter().map(|(key, v)| (key.as_str(), v)).collect();
    let tensors: Vec<_> = tensors
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor))
        .filter(|(name, _)| !without.contains(name))
        .collect();
    gguf_file::write(&mut file, &metadata, &tensors)
}

fn metadata(architecture: &str, tokenizer: &Bpe) -> Vec<(String, Value)> {
    let count = |n: usize| Value::U32(u32::try_from(n).unwrap_or(u32::MAX));
    let text = |s: &str| Value::String(s.to_owned());
    let own = |key: &str| format!("{architecture}.{key}");
    let general = |key: &str| key.to_owned();
    vec![
        (general("general.architecture"), text(architecture)),
        (general("general.name"), text("tiny")),
        (own("block_count"), count(LAYERS)),
        (own("context_length"), Value::U32(CONTEXT)),
        (own("embedding_length"), count(HIDDEN)),
        (own("feed_forward_length"), count(FEED_FORWARD)),
        (own("attention.head_count"), count(HEADS)),
        (own("attention.head_count_kv"), count(KV_HEADS)),
        (own("attention.layer_norm_rms_epsilon"), Value::F32(1e-6)),
        (own("rope.freq_base"), Value::F32(1e6)),
        (general("tokenizer.ggml.model"), text("gpt2")),
        (general("tokenizer.ggml.pre"), text("qwen2")),
        (general("tokenizer.ggml.tokens"), strings(&tokenizer.tokens)),
        (general("tokenizer.ggml.merges"), strings(&tokenizer.merges)),
        (general("tokenizer.ggml.token_type"), tokenizer.types()),
        (
            general("tokenizer.ggml.eos_token_id"),
            tokenizer.id("<|im_end|>"),
        ),
        (general("tokenizer.ggml.add_bos_token"), Value::Bool(false)),
        (general("tokenizer.chat_template"), text(CHAT_TEMPLATE)),
    ]
}

fn strings(items: &[String]) -> Value {
    Value::Array(items.iter().cloned().map(Value::String).collect())
}

/// Only the rows of `learned` tokens are scored above zero: the model never ends its turn
/// by itself, so what it writes has the length that a test asks for.
fn tensors(learned: usize) -> Result<Vec<(String, QTensor)>> {
    let mut random = Random(20_251_121);
    let kv = KV_HEADS * HIDDEN / HEADS;
    let mut all = vec![
        (
            "token_embd.weight".to_owned(),
            random.matrix(VOCABULARY, HIDDEN, GgmlDType::Q4K)?,
        ),
        ("output_norm.weight".to_owned(), random.vector(HIDDEN, 1.0)?),
        (
            "output.weight".to_owned(),
            random.rows(learned, VOCABULARY, HIDDEN, GgmlDType::Q6K)?,
        ),
    ];
    for layer in 0..LAYERS {
        let mut add = |name: &str, tensor| all.push((format!("blk.{layer}.{name}"), tensor));
        add("attn_norm.weight", random.vector(HIDDEN, 1.0)?);
        add(
            "attn_q.weight",
            random.matrix(HIDDEN, HIDDEN, GgmlDType::Q4K)?,
        );
        add("attn_q.bias", random.vector(HIDDEN, 0.0)?);
        add("attn_k.weight", random.matrix(kv, HIDDEN, GgmlDType::Q4K)?);
        add("attn_k.bias", random.vector(kv, 0.0)?);
        add("attn_v.weight", random.matrix(kv, HIDDEN, GgmlDType::Q6K)?);
        add("attn_v.bias", random.vector(kv, 0.0)?);
        add(
            "attn_output.weight",
            random.matrix(HIDDEN, HIDDEN, GgmlDType::Q4K)?,
        );
        add("ffn_norm.weight", random.vector(HIDDEN, 1.0)?);
        add(
            "ffn_gate.weight",
            random.matrix(FEED_FORWARD, HIDDEN, GgmlDType::Q4K)?,
        );
        add(
            "ffn_up.weight",
            random.matrix(FEED_FORWARD, HIDDEN, GgmlDType::Q4K)?,
        );
        add(
            "ffn_down.weight",
            random.matrix(HIDDEN, FEED_FORWARD, GgmlDType::Q6K)?,
        );
    }
    Ok(all)
}

/// A fixed sequence of numbers (the MMIX linear congruential generator).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    }

    fn matrix(&mut self, rows: usize, columns: usize, dtype: GgmlDType) -> Result<QTensor> {
        self.rows(rows, rows, columns, dtype)
    }

    /// A matrix of which only the first `filled` rows are not zero.
    fn rows(
        &mut self,
        filled: usize,
        rows: usize,
        columns: usize,
        dtype: GgmlDType,
    ) -> Result<QTensor> {
        let scale = 4.0 / (columns as f32).sqrt();
        let mut values: Vec<f32> = (0..filled * columns).map(|_| self.next() * scale).collect();
        values.resize(rows * columns, 0.0);
        QTensor::quantize(
            &Tensor::from_vec(values, (rows, columns), &Device::Cpu)?,
            dtype,
        )
    }

    fn vector(&mut self, length: usize, centre: f32) -> Result<QTensor> {
        let values: Vec<f32> = (0..length).map(|_| centre + self.next() * 0.2).collect();
        QTensor::quantize(
            &Tensor::from_vec(values, length, &Device::Cpu)?,
            GgmlDType::F32,
        )
    }
}

/// Byte-level BPE: 256 byte symbols, merges of the most frequent pairs, three special
/// tokens, and unused tokens up to [`VOCABULARY`].
struct Bpe {
    tokens: Vec<String>,
    merges: Vec<String>,
    learned: usize,
}

impl Bpe {
    fn learn(lines: &str, limit: usize) -> Self {
        let mut words: Vec<Vec<String>> = lines
            .split_inclusive(' ')
            .map(|word| {
                let word = word.strip_suffix(' ').unwrap_or(word);
                format!(" {word}")
                    .bytes()
                    .map(|byte| symbol(byte).to_string())
                    .collect()
            })
            .collect();
        let mut tokens: Vec<String> = (0..=255).map(|byte| symbol(byte).to_string()).collect();
        let mut merges = Vec::new();
        while merges.len() < limit {
            let Some((left, right)) = most_frequent_pair(&words) else {
                break;
            };
            merges.push(format!("{left} {right}"));
            let joined = format!("{left}{right}");
            for word in &mut words {
                merge(word, &left, &right);
            }
            if !tokens.contains(&joined) {
                tokens.push(joined);
            }
        }
        let learned = tokens.len();
        tokens.extend(SPECIALS.iter().map(|special| (*special).to_owned()));
        while tokens.len() < VOCABULARY {
            tokens.push(format!("[PAD{}]", tokens.len()));
        }
        Self {
            tokens,
            merges,
            learned,
        }
    }

    /// 1 normal, 3 control, 5 unused, as in the GGUF specification.
    fn types(&self) -> Value {
        let kind = |at: usize| match at {
            _ if at < self.learned => 1,
            _ if at < self.learned + SPECIALS.len() => 3,
            _ => 5,
        };
        Value::Array(
            (0..self.tokens.len())
                .map(|at| Value::I32(kind(at)))
                .collect(),
        )
    }

    fn id(&self, token: &str) -> Value {
        let at = self.tokens.iter().position(|known| known == token);
        Value::U32(at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0))
    }
}

/// GPT-2's printable stand-in for a byte.
fn symbol(byte: u8) -> char {
    let printable = |b: u8| matches!(b, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    if printable(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|&b| !printable(b)).count();
    char::from_u32(256 + u32::try_from(before).unwrap_or(0)).unwrap_or('?')
}

/// The pair seen most often, at least twice; ties go to the first in order.
fn most_frequent_pair(words: &[Vec<String>]) -> Option<(String, String)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for word in words {
        for pair in word.windows(2) {
            *counts
                .entry((pair[0].as_str(), pair[1].as_str()))
                .or_default() += 1;
        }
    }
    let best = counts
        .into_iter()
        .filter(|&(_, n)| n > 1)
        .rev()
        .max_by_key(|&(_, n)| n)?;
    Some((best.0.0.to_owned(), best.0.1.to_owned()))
}

fn merge(word: &mut Vec<String>, left: &str, right: &str) {
    let mut at = 0;
    while at + 1 < word.len() {
        if word[at] == left && word[at + 1] == right {
            let tail = word.remove(at + 1);
            word[at].push_str(&tail);
        }
        at += 1;
    }
}
