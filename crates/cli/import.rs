//! `motcua import`: reads procedure records of other systems.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::ValueEnum;
use corpus::Level;
use corpus::import::links::Links;
use corpus::import::{self, Only, Options, Report};

use crate::progress;

/// Import procedure records of other systems
#[derive(clap::Args)]
pub struct Args {
    /// Folders, archives (.tar.gz, .tar) or single files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder that gets one CODE.json a record, catalogue.jsonl of everything read, and
    /// quarantine/ for what is no record
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write in full only the records of this level (xa, tinh, bo, khac or unknown; may be
    /// given again) and those of --only-codes; the others stand in the catalogue alone
    #[arg(long, value_name = "LEVEL")]
    only_level: Vec<Level>,
    /// Write in full only the records of these codes, one a line, and those of --only-level
    #[arg(long, value_name = "FILE")]
    only_codes: Option<PathBuf>,
    /// Shape of the source
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// Date of the state that the records describe, such as 2026-07-19
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    as_of: Option<String>,
    /// Table of CODE, tab, URL of public pages
    #[arg(long, value_name = "FILE.tsv")]
    links: Option<PathBuf>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Auto,
    PortalText,
    PortalJson,
    Laythutuc,
    Html,
    Docx,
}

fn iso_date(text: &str) -> Result<String, String> {
    corpus::values::is_iso_date(text)
        .then(|| text.to_owned())
        .ok_or_else(|| "not a date: write it as YYYY-MM-DD or YYYY-MM".to_owned())
}

/// Runs the subcommand: 1 when texts were quarantined.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    supported(args.format, &args.paths)?;
    let options = options(&args)?;
    // How many texts an archive holds is known only at its end: the bar counts.
    let bar = progress::bar(0, "importing");
    let report = import::portal_text(&args.paths, &args.out, &options, |read| {
        bar.set_length(read as u64);
        bar.set_position(read as u64);
    })?;
    bar.finish_and_clear();
    if report.read == 0 {
        bail!(
            "no texts (*.txt) found in {}: nothing was imported",
            list(&args.paths)
        );
    }
    if args.json {
        progress::print(&serde_json::to_string(&report)?)?;
    }
    summary(&report, &args.out, started.elapsed().as_secs_f64());
    if report.listed == 0 {
        bail!(
            "none of the {} texts is a record in this format",
            report.read
        );
    }
    Ok(ExitCode::from(u8::from(!report.quarantined.is_empty())))
}

fn options(args: &Args) -> anyhow::Result<Options> {
    let links = args.links.as_deref().map(Links::read).transpose();
    let codes = args.only_codes.as_deref().map(Only::read_codes).transpose();
    Ok(Options {
        as_of: args.as_of.clone(),
        links: links
            .context("the table of links cannot be used")?
            .unwrap_or_default(),
        only: Only {
            levels: args.only_level.clone(),
            codes: codes.context("the list of codes cannot be used")?,
        },
    })
}

/// Only the text layout is read so far; the others of the contract say so.
fn supported(format: Format, paths: &[PathBuf]) -> anyhow::Result<()> {
    let chosen = match format {
        Format::Auto => paths.iter().find_map(|path| guessed(path)),
        Format::PortalText => None,
        other => other
            .to_possible_value()
            .map(|value| value.get_name().to_owned()),
    };
    match chosen {
        Some(name) => bail!(
            "định dạng {name} chưa được hỗ trợ (not yet supported); use portal-text (.txt, a folder or a .tar.gz of them)"
        ),
        None => Ok(()),
    }
}

/// The shape that a single file has by its name, when it is not text.
fn guessed(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    let known = matches!(extension.as_str(), "txt" | "gz" | "tgz" | "tar");
    (path.is_file() && !known).then_some(extension)
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

fn summary(report: &Report, out: &Path, seconds: f64) {
    progress::say(&format!(
        "{} texts read, {} records written to {} in {seconds:.1} s, {} in its catalogue ({} with a public page)",
        report.read,
        report.imported,
        out.display(),
        report.listed,
        report.linked
    ));
    if !report.missing.is_empty() {
        let codes = report.missing.join(", ");
        progress::say(&format!("codes asked for and not read: {codes}"));
    }
    if !report.older.is_empty() {
        progress::say(&format!(
            "{} records of an earlier import lie in {} though they were not chosen now and would be served in full: import into a new folder, or delete them",
            report.older.len(),
            out.display()
        ));
    }
    for item in &report.quarantined {
        let line = item
            .line
            .map_or(String::new(), |line| format!(" line {line}:"));
        progress::say(&format!(
            "quarantined {}:{line} {}",
            item.source, item.reason
        ));
    }
    for text in &report.decoded {
        progress::say(&format!("{}: read from {}", text.source, text.encoding));
    }
    if !report.skipped.is_empty() {
        progress::say(&format!(
            "{} files of other kinds passed over",
            report.skipped.len()
        ));
    }
}
