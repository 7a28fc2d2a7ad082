//! `motcua tokenize`: splits each line of stdin into words.

use std::io::{BufRead, stdin};
use std::process::ExitCode;

use serde::Serialize;

use crate::progress::print;

/// Split text into words, one text a line on stdin
#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object a line, with byte offsets
    #[arg(long)]
    json: bool,
}

/// A line and its words as the contract prints them.
#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
    words: Vec<vitext::Token<'a>>,
}

/// Runs the subcommand: one line out for each line in, blank ones too.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    for (number, line) in stdin().lock().lines().enumerate() {
        let text = line.map_err(|error| anyhow::anyhow!("stdin, line {}: {error}", number + 1))?;
        let words = vitext::segment(&text);
        if args.json {
            print(&serde_json::to_string(&Line { text: &text, words })?)?;
        } else {
            let words: Vec<&str> = words.iter().map(|word| word.text).collect();
            print(&words.join(" | "))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
