//! `motcua lint`: checks records.

use std::process::ExitCode;

/// Check records
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("lint is being written")
}
