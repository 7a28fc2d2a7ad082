//! How likely a generator finds a question beside each of some titles, for measuring whether
//! re-ranking search hits by it pays (`tools/measure-reranking.py`):
//!
//! ```sh
//! cargo run --release -p model --example likelihood -- MODEL.gguf < LINES > LINES
//! ```
//!
//! A line in is `{"question", "titles": [...]}`. A line out is `{"question": [[sum, tokens], ...],
//! "title": [[sum, tokens], ...], "seconds"}`: the log-likelihood (natural) of the question
//! after each title, and of each title after the question.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use model::arch::{self, Architecture, Logits};
use model::gguf::Gguf;
use model::kernels::strips::Strips;
use model::tokenizer::Tokenizer;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

struct Scorer {
    tokenizer: Tokenizer,
    decoder: Box<dyn Architecture>,
    /// What the decoder has read.
    held: Vec<u32>,
}

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Failure> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: likelihood MODEL.gguf")?;
    let mut gguf = Gguf::open(Path::new(&path))?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let decoder = arch::build(&mut gguf)?;
    let mut scorer = Scorer {
        tokenizer,
        decoder,
        held: Vec::new(),
    };
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let question = asked["question"].as_str().ok_or("no question")?;
        let titles = asked["titles"].as_array().ok_or("no titles")?;
        let started = Instant::now();
        let (mut of_question, mut of_title) = (Vec::new(), Vec::new());
        for title in titles.iter().filter_map(Value::as_str) {
            let before = format!("Thủ tục: {title}\nNgười dân hỏi:");
            of_question.push(scorer.score(&before, &format!(" {question}"))?);
        }
        let before = format!("Người dân hỏi: {question}\nThủ tục:");
        for title in titles.iter().filter_map(Value::as_str) {
            of_title.push(scorer.score(&before, &format!(" {title}"))?);
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{}",
            json!({"question": of_question, "title": of_title, "seconds": seconds})
        );
    }
    Ok(())
}

impl Scorer {
    /// Log-likelihood of `text` after `before`, and its tokens. What the last call read of
    /// the same `before` is not read again.
    fn score(&mut self, before: &str, text: &str) -> Result<(f64, usize), Failure> {
        let known = self.tokenizer.encode(before)?;
        let new = self.tokenizer.encode(text)?;
        // The last token before the text is read with it: it scores the first of the text.
        let (known, last) = known.split_at(known.len() - 1);
        if self.held != known {
            self.decoder.truncate(0);
            if !known.is_empty() {
                self.decoder.forward(known, Logits::None)?;
            }
            self.held = known.to_vec();
        }
        let read: Vec<u32> = last.iter().chain(&new).copied().collect();
        let scores = self.decoder.forward(&read, Logits::All)?;
        self.decoder.truncate(known.len());
        Ok((sum(&scores, &new), new.len()))
    }
}

/// Sum of the log-probabilities of tokens, the first one scored by the first row.
fn sum(scores: &Strips, tokens: &[u32]) -> f64 {
    let log_probability = |(row, token): (usize, &u32)| {
        let scores = scores.to_row(row);
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let all: f64 = scores
            .iter()
            .map(|score| f64::from(score - most).exp())
            .sum();
        let own = scores.get(*token as usize).copied().unwrap_or(f32::MIN);
        f64::from(own - most) - all.ln()
    };
    tokens.iter().enumerate().map(log_probability).sum()
}
