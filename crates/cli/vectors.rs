//! `motcua vectors`: embeds the names of an index's records, for search by meaning.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::embedder;
use crate::progress::{bar, say};

/// Embed the records' names for search by meaning; goes on where an earlier run stopped
#[derive(clap::Args)]
pub struct Args {
    /// Index folder
    #[arg(
        long,
        value_name = "DIR",
        env = "MOTCUA_INDEX",
        default_value = "index"
    )]
    index: PathBuf,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut embedder = embedder::load()?;
    let started = Instant::now();
    let bar = bar(0, "véc-tơ");
    let report = retrieval::embed_names(&args.index, &mut embedder, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report?;
    say(&format!(
        "{} names in {}, {} of them embedded now in {:.1} s",
        report.texts,
        args.index.display(),
        report.made,
        started.elapsed().as_secs_f64(),
    ));
    Ok(ExitCode::SUCCESS)
}
