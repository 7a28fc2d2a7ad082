//! `motcua tokenize`: splits text into words.

use std::process::ExitCode;

/// Split text into words
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("tokenize is being written")
}
