//! `motcua model`: lists, fetches, verifies and measures models.

use std::process::ExitCode;

/// List, fetch, verify and measure models
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("model is being written")
}
