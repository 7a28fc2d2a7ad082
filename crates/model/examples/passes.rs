//! Milliseconds of passes of 1 to 64 tokens behind 200 others, the least and the median of
//! `ROUNDS` interleaved ones: `passes FILE [ROUNDS]`. The least is what the machine can do
//! when nobody else uses it.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use model::arch::{self, Logits};
use model::gguf::Gguf;

const LENGTHS: [usize; 7] = [1, 2, 4, 6, 8, 16, 64];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("passes FILE [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(10), |rounds| rounds.parse())?;
    let start = Instant::now();
    let mut decoder = arch::build(&mut Gguf::open(path.as_ref())?)?;
    println!("load {:.2} s", start.elapsed().as_secs_f64());
    decoder.forward(&vec![100; 200], Logits::None)?;
    let mut times = LENGTHS.map(|_| Vec::new());
    for _ in 0..rounds {
        for (length, times) in LENGTHS.iter().zip(&mut times) {
            decoder.truncate(200);
            let logits = if *length <= 8 {
                Logits::All
            } else {
                Logits::Last
            };
            let start = Instant::now();
            decoder.forward(&vec![7; *length], logits)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
    }
    for (length, times) in LENGTHS.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (least, median) = (times[0], times[times.len() / 2]);
        println!("{length:3} tokens: least {least:6.1} ms, median {median:6.1} ms");
    }
    Ok(())
}
