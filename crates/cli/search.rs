//! `motcua search`: searches procedures.

use std::process::ExitCode;

/// Search procedures
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("search is being written")
}
