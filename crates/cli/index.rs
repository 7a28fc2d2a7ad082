//! `motcua index`: builds an index over a corpus.

use std::process::ExitCode;

/// Build an index over a corpus
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("index is being written")
}
