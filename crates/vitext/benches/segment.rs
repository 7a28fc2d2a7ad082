//! Speed of word segmentation in MB/s on one core, beside longest match with the same word
//! list in the same run: `cargo bench -p vitext --bench segment [-- FILE]`.
//!
//! The text is FILE, or else our everyday sentences, until it is two megabytes. Methods take
//! turns, and the median of the rounds counts, so that a busy machine disturbs all alike.

// A benchmark reports to people.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use vitext::segmenter::Segmenter;

const ROUNDS: usize = 15;
const BYTES: usize = 2_000_000;

fn main() -> Result<(), std::io::Error> {
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let given = match file {
        Some(path) => std::fs::read_to_string(path)?,
        None => include_str!("../data/everyday.txt").to_owned(),
    };
    let lines: Vec<&str> = given.lines().filter(|line| !line.is_empty()).collect();
    let mut bytes = 0;
    let text: Vec<&str> = (lines.iter().cycle().copied())
        .take_while(|line| {
            bytes += line.len() + 1;
            bytes < BYTES
        })
        .collect();
    let whole = text.join("\n");

    let started = Instant::now();
    let segmenter = Segmenter::shipped();
    black_box(segmenter.segment("a"));
    println!(
        "word list made ready in {:.1} ms",
        started.elapsed().as_secs_f64() * 1e3
    );

    let by_line = |cut: &dyn Fn(&str) -> usize| text.iter().map(|line| cut(line)).sum::<usize>();
    let methods: [(&str, &dyn Fn() -> usize); 6] = [
        ("units", &|| vitext::units(&whole).len()),
        ("longest match", &|| segmenter.longest_match(&whole).len()),
        ("segment", &|| segmenter.segment(&whole).len()),
        ("segment, line by line", &|| {
            by_line(&|line| segmenter.segment(line).len())
        }),
        ("normalize", &|| vitext::normalize(&whole).len()),
        ("normalize and segment", &|| {
            segmenter.segment(&vitext::normalize(&whole)).len()
        }),
    ];
    let mut times = vec![Vec::with_capacity(ROUNDS); methods.len()];
    for _ in 0..ROUNDS {
        for ((_, method), times) in methods.iter().zip(&mut times) {
            let started = Instant::now();
            black_box(method());
            times.push(started.elapsed().as_secs_f64());
        }
    }
    for ((name, _), times) in methods.iter().zip(&mut times) {
        print(name, whole.len(), times);
    }
    Ok(())
}

fn print(name: &str, bytes: usize, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let rate = |seconds: f64| bytes as f64 / seconds / 1e6;
    let (low, median, high) = (times[ROUNDS - 1], times[ROUNDS / 2], times[0]);
    println!(
        "{name:24} {:6.1} MB/s  [{:.1}, {:.1}]",
        rate(median),
        rate(low),
        rate(high)
    );
}
