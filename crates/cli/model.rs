//! `motcua model`: lists, fetches, verifies and measures models.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use indicatif::ProgressBar;
use model::ModelError;
use model::bench::{Figures, bench, rendered};
use model::gguf::Gguf;
use model::locate;
use model::manifest::{Entry, Manifest};
use model::pull::{Progress, Pulled, pull};
use serde_json::json;

use crate::progress::{bar, print, say};

/// Length at which the measured answers are cut off, as the server does.
const ANSWER_TOKENS: usize = 96;

/// List, fetch, verify and measure models
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Name the models of the manifest and what is here
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Fetch a model; goes on where an earlier pull stopped
    Pull {
        /// A name of `model list`; the default model without one
        name: Option<String>,
    },
    /// Compare a model file with the official sha256
    Verify {
        /// A name of `model list`; the default model without one
        name: Option<String>,
    },
    /// Measure speed and memory on this machine
    Bench {
        /// A name of `model list`; the default model without one
        name: Option<String>,
        /// How often each question is asked
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        /// Print the prompts as a JSON array instead, to ask another program the same
        #[arg(long)]
        prompts: bool,
    },
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let manifest = Manifest::embedded()?;
    match args.action {
        Action::List { json } => list(&manifest, json),
        Action::Pull { name } => fetch(&manifest, name.as_deref()),
        Action::Verify { name } => verify(manifest.find(name.as_deref())?),
        Action::Bench {
            name,
            rounds,
            json,
            prompts,
        } => {
            let path = locate::find(manifest.find(name.as_deref())?)?;
            if prompts {
                print(&serde_json::to_string(&rendered(&path)?)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            let figures = bench(&path, rounds.max(1), ANSWER_TOKENS, &mut say)?;
            if json {
                print(&serde_json::to_string(&figures)?)?;
            } else {
                show(&figures)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(manifest: &Manifest, as_json: bool) -> anyhow::Result<ExitCode> {
    for entry in manifest.models() {
        let here = locate::find_fetched(entry).ok();
        if as_json {
            let line = json!({
                "name": entry.name, "default": manifest.is_default(entry),
                "role": entry.role.as_str(), "architecture": entry.architecture,
                "file": entry.file, "bytes": entry.bytes, "sha256": entry.sha256,
                "licence": entry.licence, "source": entry.source, "path": here,
            });
            print(&line.to_string())?;
        } else {
            print(&describe(manifest, entry, here.as_deref()))?;
        }
    }
    if let Some(file) = locate::named_file() {
        say(&format!(
            "{} is set: {} is used instead",
            locate::VARIABLE,
            file.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(manifest: &Manifest, entry: &Entry, here: Option<&Path>) -> String {
    let default = if manifest.is_default(entry) {
        " (default)"
    } else {
        ""
    };
    let size = entry.bytes.map_or_else(
        || "size unknown".to_owned(),
        |bytes| format!("{} MB", bytes / 1_000_000),
    );
    let sum = if entry.sha256.is_some() {
        "sha256 known"
    } else {
        "sha256 unknown: cannot be fetched"
    };
    let here = here.map_or_else(|| "not here".to_owned(), |path| path.display().to_string());
    format!(
        "{}{default}\n  {} · {} · {size} · {sum}\n  {}\n  {here}",
        entry.name, entry.architecture, entry.licence, entry.note
    )
}

/// A file named by `MOTCUA_MODEL` stands for the default model: nothing is fetched then.
fn fetch(manifest: &Manifest, name: Option<&str>) -> anyhow::Result<ExitCode> {
    if let (None, Some(file)) = (name, locate::named_file()) {
        Gguf::open(&file)?;
        say(&format!(
            "{}={}: nothing to fetch",
            locate::VARIABLE,
            file.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let entry = manifest.find(name)?;
    let here = locate::find_fetched(entry).ok();
    let folder = here.as_deref().and_then(Path::parent).map(Path::to_owned);
    let folder = folder.or_else(locate::data_folder);
    let folder = folder.unwrap_or_else(|| PathBuf::from("models"));
    let mut shown = Shown::new(entry);
    let pulled = pull(entry, &folder, &mut |progress| shown.show(progress));
    shown.bar.finish_and_clear();
    match pulled? {
        Pulled::AlreadyHere(path) => say(&format!("{} is here and verified", path.display())),
        Pulled::Fetched(path) => say(&format!("{} fetched and verified", path.display())),
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(entry: &Entry) -> anyhow::Result<ExitCode> {
    let path = locate::find(entry)?;
    let mut shown = Shown::new(entry);
    let result = model::verify::verify(entry, &path, &mut |done| {
        shown.show(Progress::Checked(done));
    });
    shown.bar.finish_and_clear();
    match result {
        Ok(()) => {
            print(&format!("{}: {} verified", path.display(), entry.name))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (ModelError::Checksum { .. } | ModelError::Unverifiable(_))) => {
            say(&error.to_string());
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error).context("cannot verify"),
    }
}

/// Progress for people: a bar in MB on a terminal, a plain line every tenth elsewhere.
struct Shown {
    bar: ProgressBar,
    total: u64,
    tenth: u64,
    checking: bool,
}

impl Shown {
    fn new(entry: &Entry) -> Self {
        let total = entry.bytes.unwrap_or_default();
        let bar = bar(total / 1_000_000, "fetching MB");
        Self {
            bar,
            total,
            tenth: 0,
            checking: false,
        }
    }

    fn show(&mut self, progress: Progress<'_>) {
        let (checking, done) = match progress {
            Progress::Note(line) => return self.bar.suspend(|| say(line)),
            Progress::Fetched(done) => (false, done),
            Progress::Checked(done) => (true, done),
        };
        let what = if checking { "checking" } else { "fetching" };
        if checking != self.checking {
            self.checking = checking;
            self.tenth = 0;
        }
        self.bar.set_message(format!("{what} MB"));
        self.bar.set_position(done / 1_000_000);
        let tenth = (done * 10).checked_div(self.total).unwrap_or_default();
        if self.bar.is_hidden() && !checking && tenth > self.tenth {
            self.tenth = tenth;
            say(&format!(
                "{what}: {} of {} MB",
                done / 1_000_000,
                self.total / 1_000_000
            ));
        }
    }
}

fn show(figures: &Figures) -> std::io::Result<()> {
    print(&format!(
        "{}, {} threads, median of {} rounds",
        figures.model, figures.threads, figures.rounds
    ))?;
    print(&format!(
        "  loading                    {:8.1} s",
        figures.load_s
    ))?;
    print(&format!(
        "  warming up                 {:8.1} s",
        figures.warm_up_s
    ))?;
    print(&format!(
        "  reading a prompt           {:8.1} tokens/s",
        figures.prompt_tokens_per_s
    ))?;
    print(&format!(
        "  first token, cold          {:8.0} ms ({:.0} tokens)",
        figures.first_token_cold_ms, figures.prompt_tokens
    ))?;
    print(&format!(
        "  first token, prefix held   {:8.0} ms ({:.0} new tokens)",
        figures.first_token_warm_ms, figures.warm_new_tokens
    ))?;
    print(&format!(
        "  writing, token by token    {:8.1} tokens/s",
        figures.plain_tokens_per_s
    ))?;
    print(&format!(
        "  writing, with drafts       {:8.1} tokens/s",
        figures.drafted_tokens_per_s
    ))?;
    print(&format!(
        "  first sentence             {:8.0} ms, prefix held {:.0} ms",
        figures.first_sentence_cold_ms, figures.first_sentence_warm_ms
    ))?;
    print(&format!(
        "  whole answer               {:8.0} ms, prefix held {:.0} ms",
        figures.answer_cold_ms, figures.answer_warm_ms
    ))?;
    let memory = figures
        .peak_memory_mb
        .map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.0} MB"));
    print(&format!("  peak memory                {memory:>11}"))
}
