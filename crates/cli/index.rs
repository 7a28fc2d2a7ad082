//! `motcua index`: builds an index over one or more corpora.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::progress::{bar, say};

/// Build an index over a corpus
#[derive(clap::Args)]
pub struct Args {
    /// Folder of records, with a catalogue.jsonl beside them or not: what it names and no
    /// folder has a record of is found by name only. Of two records with one code the
    /// first folder wins
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    corpus: Vec<PathBuf>,
    /// Index folder to write
    #[arg(
        long,
        value_name = "DIR",
        env = "MOTCUA_INDEX",
        default_value = "index"
    )]
    index: PathBuf,
}

/// Runs the subcommand. Exit 1 when records had to be left out.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let bar = bar(0, "lập chỉ mục");
    let report = retrieval::build(&args.corpus, &args.index, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report?;
    for problem in &report.problems {
        let line = problem
            .line
            .map_or(String::new(), |line| format!(":{line}"));
        say(&format!(
            "left out {}{line}: {}",
            problem.file.display(),
            problem.reason
        ));
    }
    say(&format!(
        "indexed {} procedures and {} more by name only into {} in {:.1} s, generation {}, {} left out",
        report.procedures,
        report.named_only,
        args.index.display(),
        started.elapsed().as_secs_f64(),
        report.generation,
        report.problems.len(),
    ));
    Ok(ExitCode::from(u8::from(!report.problems.is_empty())))
}
