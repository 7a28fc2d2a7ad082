//! `motcua ask`: a conversation on the command line.

use std::process::ExitCode;

/// Ask one question, or several turns of one conversation
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("ask is being written")
}
