//! `motcua eval`: runs question suites and reports.

use std::process::ExitCode;

/// Run question suites and report
#[derive(clap::Args)]
pub struct Args {}

/// Runs the subcommand.
pub fn run(_args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("eval is being written")
}
