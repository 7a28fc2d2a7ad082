//! `motcua import`: reads procedure records of other systems.

use std::process::ExitCode;

/// Import procedure records
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("import is being written")
}
