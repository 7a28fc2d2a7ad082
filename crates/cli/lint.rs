//! `motcua lint`: checks records.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use corpus::lint::{self, Severity};

use crate::progress;

/// Check records
#[derive(clap::Args)]
pub struct Args {
    /// Folder of records, or one file
    #[arg(value_name = "DIR", required_unless_present = "schema")]
    dir: Option<PathBuf>,
    /// Print one finding a line as JSON
    #[arg(long)]
    json: bool,
    /// Print the JSON Schema of a record and stop
    #[arg(long)]
    schema: bool,
}

/// Runs the subcommand: 1 when a finding is an error or a warning.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if args.schema {
        progress::print(corpus::schema::record_schema()?.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let dir = args.dir.context("no folder given")?;
    let report = lint::lint_dir(&dir)?;
    anyhow::ensure!(report.files > 0, "no records (*.json) in {}", dir.display());
    for finding in &report.findings {
        if args.json {
            progress::print(&serde_json::to_string(finding)?)?;
        } else {
            progress::say(&finding.to_string());
        }
    }
    progress::say(&format!(
        "{} records: {} errors, {} warnings, {} infos",
        report.files,
        report.count(Severity::Error),
        report.count(Severity::Warning),
        report.count(Severity::Info)
    ));
    Ok(ExitCode::from(u8::from(report.has_problems())))
}
