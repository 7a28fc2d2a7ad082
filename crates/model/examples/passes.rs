//! Milliseconds of passes of 1 to 64 tokens behind 200 others, and of passes that read for
//! several sequences, the least and the median of `ROUNDS` interleaved ones:
//! `passes FILE [ROUNDS]`. The least is what the machine can do when nobody else uses it.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use model::arch::{self, Architecture, Logits, Part};
use model::gguf::Gguf;
use model::kv::State;

/// Sequences, and tokens of each.
const PASSES: [(usize, usize); 14] = [
    (1, 1),
    (2, 1),
    (4, 1),
    (1, 2),
    (1, 4),
    (2, 4),
    (4, 4),
    (1, 6),
    (1, 8),
    (1, 12),
    (2, 12),
    (4, 12),
    (1, 16),
    (1, 64),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("passes FILE [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(10), |rounds| rounds.parse())?;
    let start = Instant::now();
    let mut decoder = arch::build(&mut Gguf::open(path.as_ref())?)?;
    println!("load {:.2} s", start.elapsed().as_secs_f64());
    let mut states: Vec<State> = (0..4).map(|_| decoder.state()).collect();
    for state in &mut states {
        decoder.read(state, &vec![100; 200], Logits::None)?;
    }
    let mut times = PASSES.map(|_| Vec::new());
    for _ in 0..rounds {
        for ((sequences, length), times) in PASSES.iter().zip(&mut times) {
            times.push(pass(&mut *decoder, &mut states[..*sequences], *length)?);
        }
    }
    for ((sequences, length), times) in PASSES.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (least, median) = (times[0], times[times.len() / 2]);
        println!("{sequences} × {length:3} tokens: least {least:6.1} ms, median {median:6.1} ms");
    }
    Ok(())
}

/// Milliseconds of one pass that reads `length` tokens behind each state.
fn pass(
    decoder: &mut dyn Architecture,
    states: &mut [State],
    length: usize,
) -> Result<f64, Box<dyn std::error::Error>> {
    let tokens = vec![7; length];
    let logits = if length <= 12 {
        Logits::All
    } else {
        Logits::Last
    };
    for state in &mut *states {
        state.truncate(200);
    }
    let mut parts: Vec<Part<'_>> = states
        .iter_mut()
        .map(|state| Part {
            state,
            tokens: &tokens,
            logits,
        })
        .collect();
    let start = Instant::now();
    decoder.forward(&mut parts)?;
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}
