//! A container made by hand, through conversion to an encoder that runs.

use std::io::Cursor;

use assistant::{Embedder, Side};
use candle_core::quantized::GgmlDType;

use super::Encoder;
use super::convert::convert;
use crate::ModelError;
use crate::gguf::Gguf;

const SIZE: usize = 32;
const INNER: usize = 64;
const CONTEXT: usize = 16;
const PIECES: [&str; 8] = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁đăng", "▁ký", "a"];

/// Writes the layout that `convert` documents.
struct Container {
    head: Vec<u8>,
    directory: Vec<(String, u8, usize, Vec<u8>)>,
}

impl Container {
    fn new() -> Self {
        let mut head = b"E5S1".to_vec();
        let vocabulary = PIECES.len() + 1;
        for number in [1, SIZE, 1, 2, INNER, vocabulary, CONTEXT, 2] {
            head.extend((number as u32).to_le_bytes());
        }
        head.extend(1e-12_f32.to_le_bytes());
        for number in [32, PIECES.len(), 0, 2, 1, 3] {
            head.extend((number as u32).to_le_bytes());
        }
        let letters = PIECES.concat();
        head.extend((letters.len() as u64).to_le_bytes());
        let mut at = 0;
        for piece in PIECES.into_iter().chain([""]) {
            head.extend((at as u32).to_le_bytes());
            at += piece.len();
        }
        (0..PIECES.len()).for_each(|i| head.extend((-(i as f32)).to_le_bytes()));
        head.extend(letters.bytes());
        head.extend([0; 8]); // no table of characters
        let mut container = Self {
            head,
            directory: Vec::new(),
        };
        container.tensors(vocabulary);
        container
    }

    fn tensors(&mut self, vocabulary: usize) {
        self.blocks("emb.word", vocabulary * SIZE);
        self.numbers("emb.pos", CONTEXT * SIZE);
        self.numbers("emb.type", 2 * SIZE);
        self.numbers("emb.ln.w", SIZE);
        self.numbers("emb.ln.b", SIZE);
        for (part, inputs, outputs) in [
            ("q", SIZE, SIZE),
            ("k", SIZE, SIZE),
            ("v", SIZE, SIZE),
            ("ao", SIZE, SIZE),
            ("fi", SIZE, INNER),
            ("fo", INNER, SIZE),
        ] {
            self.blocks(&format!("l0.{part}.w"), inputs * outputs);
            self.numbers(&format!("l0.{part}.b"), outputs);
        }
        for norm in ["aln", "oln"] {
            self.numbers(&format!("l0.{norm}.w"), SIZE);
            self.numbers(&format!("l0.{norm}.b"), SIZE);
        }
    }

    fn numbers(&mut self, name: &str, count: usize) {
        let values = (0..count).flat_map(|i| ((i % 7) as f32 * 0.1 - 0.2).to_le_bytes());
        let entry = (name.to_owned(), 0, count, values.collect());
        self.directory.push(entry);
    }

    /// Blocks of Q4_0: a half-precision scale (0.03125) and 16 bytes of two weights each.
    fn blocks(&mut self, name: &str, count: usize) {
        let salt = name.len();
        let block = |b: usize| {
            let weights = (0..16).map(move |i| ((b * 31 + i * 17 + salt * 5) % 256) as u8);
            [0x00, 0x28].into_iter().chain(weights)
        };
        let bytes = (0..count / 32).flat_map(block).collect();
        let entry = (name.to_owned(), 1, count, bytes);
        self.directory.push(entry);
    }

    fn bytes(&self) -> Vec<u8> {
        let entry = |name: &str| 2 + name.len() + 1 + 4 + 8 + 8;
        let sizes = self.directory.iter().map(|(name, ..)| entry(name));
        let mut offset = self.head.len() + 4 + sizes.sum::<usize>();
        let mut bytes = self.head.clone();
        bytes.extend((self.directory.len() as u32).to_le_bytes());
        for (name, kind, count, data) in &self.directory {
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend(name.bytes());
            bytes.push(*kind);
            bytes.extend((*count as u32).to_le_bytes());
            bytes.extend((offset as u64).to_le_bytes());
            bytes.extend((data.len() as u64).to_le_bytes());
            offset += data.len();
        }
        let data = self.directory.iter().flat_map(|(.., data)| data);
        bytes.extend(data);
        bytes
    }
}

fn converted() -> (tempfile::TempDir, std::path::PathBuf) {
    let mut gguf = Cursor::new(Vec::new());
    convert(&Container::new().bytes(), &mut gguf).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    fs_err::write(&path, gguf.into_inner()).unwrap();
    (folder, path)
}

#[test]
fn a_container_becomes_an_encoder_that_runs() {
    let (_folder, path) = converted();
    let mut encoder = Encoder::load(&path).unwrap();
    assert_eq!(encoder.dimension(), SIZE);
    assert_eq!(encoder.fingerprint().len(), 64);
    let vector = encoder.embed("đăng ký", Side::Question).unwrap();
    let length: f32 = vector.iter().map(|v| v * v).sum();
    assert!((length - 1.0).abs() < 1e-4);
    let same = encoder.embed("  đăng   ký ", Side::Question).unwrap();
    assert_eq!(vector, same, "spaces do not matter");
    let other = encoder.embed("ký đăng", Side::Question).unwrap();
    assert_ne!(vector, other, "order does");
    let long = "đăng ký ".repeat(100);
    assert!(encoder.embed(&long, Side::Passage).is_ok(), "cut to fit");
    assert!(encoder.embed("", Side::Passage).is_ok());
}

#[test]
fn blocks_go_over_as_they_are() {
    let (_folder, path) = converted();
    let mut gguf = Gguf::open(&path).unwrap();
    let weight = gguf.tensor("blk.0.ffn_up.weight", &[INNER, SIZE]).unwrap();
    assert_eq!(weight.dtype(), GgmlDType::Q4_0);
    let container = Container::new();
    let carried = container.directory.iter().find(|(n, ..)| n == "l0.fi.w");
    assert_eq!(&*weight.data().unwrap(), &carried.unwrap().3[..]);
}

#[test]
fn a_cut_container_is_an_error_wherever_it_is_cut() {
    let whole = Container::new().bytes();
    for end in (0..whole.len()).step_by(101) {
        let mut out = Cursor::new(Vec::new());
        assert!(convert(&whole[..end], &mut out).is_err(), "cut at {end}");
    }
    let mut other = whole.clone();
    other[0] = b'X';
    let error = convert(&other, &mut Cursor::new(Vec::new())).unwrap_err();
    assert!(error.contains("E5S1"), "{error}");
}

#[test]
fn a_file_that_is_no_encoder_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("decoder.gguf");
    crate::tiny_gguf::write_tiny_gguf(&path).unwrap();
    let error = Encoder::load(&path).err().unwrap();
    assert!(
        matches!(error, ModelError::UnknownArchitecture { .. }),
        "{error}"
    );
}
