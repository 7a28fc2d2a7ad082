//! The binary as people and scripts call it.

use std::process::{Command, Output};

/// Runs `motcua eval` with these arguments.
pub fn eval(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .arg("eval")
        .args(arguments)
        .output()
        .unwrap()
}

/// What it said on stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
