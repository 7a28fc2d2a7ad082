//! The whole candle path over the tiny model of `tests/common/tiny_gguf.rs`.

use std::path::PathBuf;

use assistant::{ChatMessage, Flow, Generator, Prompt, Sampling, StopReason};

use crate::tiny_gguf::write_tiny_gguf;
use crate::{CandleGenerator, load};

/// A tiny model in a folder that lives as long as the test.
fn tiny() -> (tempfile::TempDir, PathBuf, CandleGenerator) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    write_tiny_gguf(&path).unwrap();
    let generator = load(&path).unwrap();
    (folder, path, generator)
}

fn prompt(system: &str, user: &str) -> Prompt {
    let message = |role, content: &str| ChatMessage {
        role,
        content: content.to_owned(),
    };
    Prompt {
        messages: vec![message("system", system), message("user", user)],
        prefill: String::new(),
    }
}

fn greedy(max_tokens: usize) -> Sampling {
    Sampling {
        max_tokens,
        ..Sampling::default()
    }
}

#[test]
fn writes_until_the_limit_and_streams_what_it_returns() {
    let (_folder, _, mut generator) = tiny();
    generator.warm_up().unwrap();
    let mut streamed = String::new();
    let mut sink = |piece: &str| {
        streamed.push_str(piece);
        Flow::Continue
    };
    let prompt = prompt("Bạn là trợ lý.", "Lệ phí là bao nhiêu?");
    let done = generator.generate(&prompt, &greedy(24), &mut sink).unwrap();
    assert_eq!(done.text, streamed);
    assert_eq!(done.generated_tokens, 24, "{done:?}");
    assert_eq!(done.stop, StopReason::Length);
    assert_eq!(generator.name(), "tiny");
}
