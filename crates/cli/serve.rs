//! `motcua serve`: serves the chat over HTTP.
//!
//! Answers come from the records from the first second; the model joins when it has
//! been loaded, and its absence or its defect is one line on stderr, not an error.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use retrieval::Snapshot;
use server::{Loader, Settings};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::embedder;
use crate::generator::Source;
use crate::progress::say;

/// What is logged unless `MOTCUA_LOG` says otherwise.
const LOG: &str = "info,tantivy=warn,actix_server=warn";

/// Serve the chat over HTTP
#[derive(clap::Args)]
pub struct Args {
    /// Settings file (TOML); MOTCUA_* variables override it
    #[arg(long, env = "MOTCUA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Index folder [default: ./index]
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    bind: Option<String>,
}

/// Runs the subcommand until SIGTERM or SIGINT.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    log();
    let mut settings = Settings::load(args.config.as_deref())?;
    if let Some(index) = args.index {
        settings.index = index;
    }
    if let Some(bind) = args.bind {
        settings.bind = bind;
    }
    let snapshot = Snapshot::open(&settings.index).with_context(|| {
        let index = settings.index.display();
        format!(
            "no usable index at {index}; make one with `motcua index --corpus DIR --index {index}`"
        )
    })?;
    if settings.store.is_empty() {
        settings.store = default_store(&settings.index)?.display().to_string();
    }
    say(&format!(
        "{} procedures, generation {}",
        snapshot.len(),
        snapshot.id()
    ));
    say(&format!("conversations are kept in {}", settings.store));
    let source = Source::of(&settings)?;
    let loader: Loader = Box::new(move || {
        // A local model comes after cards and search; before its helpers are started, which
        // take the priority over.
        if matches!(source, Source::File(_)) {
            model::lower_priority();
        }
        source.open_and_say()
    });
    let snapshot = Arc::new(snapshot);
    // Loading takes a second; until then questions are found by words alone.
    let waiting = Arc::clone(&snapshot);
    std::thread::spawn(move || embedder::attach(&waiting));
    server::serve_until_signal(settings, snapshot, loader, |address| {
        say(&format!("Một Cửa: http://{address}/"));
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Beside the index where that can be written, else in the user's data folder.
fn default_store(index: &Path) -> anyhow::Result<PathBuf> {
    let beside = std::path::absolute(index)?.with_file_name("motcua.sqlite");
    if beside.exists() || beside.parent().is_some_and(is_writable) {
        return Ok(beside);
    }
    let data = model::locate::data_folder()
        .context("no folder for the database: name a file with MOTCUA_STORE")?;
    let folder = data.parent().unwrap_or(&data).to_owned();
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder.join("motcua.sqlite"))
}

/// Tried, not read from the permissions: a read-only mount has none to show.
fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".motcua-{}", std::process::id()));
    let made = std::fs::write(&probe, b"").is_ok();
    made && std::fs::remove_file(&probe).is_ok()
}

/// The HTTP client's protocol crate writes every byte of a request at `trace`, the key and
/// the question among them: whatever `MOTCUA_LOG` says, it is not heard.
fn shows_no_bytes(metadata: &tracing::Metadata<'_>) -> bool {
    !metadata.target().starts_with("ureq_proto")
}

fn log() {
    let filter = EnvFilter::try_from_env("MOTCUA_LOG").unwrap_or_else(|_| EnvFilter::new(LOG));
    // Fails only when a subscriber is installed already: then that one logs.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .finish()
        .with(filter_fn(shows_no_bytes))
        .try_init();
}
