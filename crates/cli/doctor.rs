//! `motcua doctor`: checks an installation and names what is wrong.

use std::process::ExitCode;

/// Check this installation
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("doctor is being written")
}
