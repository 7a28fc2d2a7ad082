//! `motcua serve`: serves the chat over HTTP.

use std::process::ExitCode;

/// Serve the chat over HTTP
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("serve is being written")
}
