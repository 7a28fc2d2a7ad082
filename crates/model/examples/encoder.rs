//! The embedder by hand, for `tools/check-embedder.py` and for measuring:
//!
//! ```sh
//! cargo run --release -p model --example encoder -- convert CONTAINER.bin OUT.gguf
//! cargo run --release -p model --example encoder -- question MODEL.gguf < LINES > VECTORS
//! ```
//!
//! `question` and `passage` print the vector of each line as a JSON array, and on stderr
//! the time that all took.

use std::fs::{File, read};
use std::io::{BufRead, BufWriter};
use std::path::Path;
use std::time::Instant;

use assistant::{Embedder, Side};
use model::Encoder;
use model::encoder::convert::convert;

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (side, path) = match args[..] {
        ["convert", from, to] => {
            convert(&read(from)?, &mut BufWriter::new(File::create(to)?))?;
            return Ok(());
        }
        ["question", path] => (Side::Question, path),
        ["passage", path] => (Side::Passage, path),
        _ => return Err("usage: encoder convert FROM TO | question MODEL | passage MODEL".into()),
    };
    let mut encoder = Encoder::load(Path::new(path))?;
    let (started, mut lines) = (Instant::now(), 0);
    for line in std::io::stdin().lock().lines() {
        let vector = encoder.embed(&line?, side)?;
        println!("{}", serde_json::to_string(&vector)?);
        lines += 1;
    }
    eprintln!("{lines} lines in {:.2} s", started.elapsed().as_secs_f64());
    Ok(())
}
