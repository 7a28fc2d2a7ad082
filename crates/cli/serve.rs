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

use crate::embedder;
use crate::generator;
use crate::progress::say;

/// What is logged unless `MOTCUA_LOG` says otherwise.
const LOG: &str = "info,tantivy=warn,actix_server=warn";

/// Serve the chat over HTTP
#[derive(clap::Args)]
pub struct Args {
    /// Settings file (TOML); MOTCUA_* variables override it
    #[arg(long, value_name = "FILE")]
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
    let loader = loader(&settings.model);
    let snapshot = Arc::new(snapshot);
    // Loading takes a second; until then questions are found by words alone.
    let waiting = Arc::clone(&snapshot);
    std::thread::spawn(move || embedder::attach(&waiting));
    server::serve_until_signal(settings, snapshot, loader, |address| {
        say(&format!("Một Cửa: http://{address}/"));
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Loads and warms up the model on its own thread and says in one line how that went.
fn loader(configured: &str) -> Loader {
    let named = (!configured.is_empty()).then(|| PathBuf::from(configured));
    Box::new(move || {
        // Before its helpers are started, which take it over.
        model::lower_priority();
        let loaded = match named {
            Some(path) => generator::load(&path).map(Some),
            None => generator::open(),
        };
        match &loaded {
            Ok(Some(model)) => say(&format!("model ready: {}", model.name())),
            Ok(None) => say(
                "no model here (`motcua model pull` fetches one): answers come in the record's words",
            ),
            Err(reason) => say(&format!("{reason}\nanswers come in the record's words")),
        }
        loaded
    })
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

fn log() {
    let filter = EnvFilter::try_from_env("MOTCUA_LOG").unwrap_or_else(|_| EnvFilter::new(LOG));
    // Fails only when a subscriber is installed already: then that one logs.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
