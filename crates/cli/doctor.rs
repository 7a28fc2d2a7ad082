//! `motcua doctor`: checks an installation and names what is wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assistant::{Assistant, Conversation, Request};
use retrieval::{Query, Snapshot};
use server::Settings;
use server::settings::Remote;

use crate::generator::Source;
use crate::progress::print;

/// Check this installation
#[derive(clap::Args)]
pub struct Args {
    /// Index folder
    #[arg(long, env = "MOTCUA_INDEX", default_value = "index")]
    index: PathBuf,
    /// Settings file, for the model that it names
    #[arg(long, env = "MOTCUA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// One thing that was looked at.
struct Finding {
    ok: bool,
    line: String,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut findings = index(&args.index);
    findings.push(model(args.config.as_deref()));
    findings.push(threads());
    for finding in &findings {
        print(&format!(
            "{} {}",
            if finding.ok { "ok  " } else { "FAIL" },
            finding.line
        ))?;
    }
    let healthy = findings.iter().all(|finding| finding.ok);
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// The index opens, finds a procedure by its own name and answers from it.
fn index(dir: &Path) -> Vec<Finding> {
    let snapshot = match Snapshot::open(dir) {
        Ok(snapshot) => std::sync::Arc::new(snapshot),
        Err(error) => {
            return vec![Finding {
                ok: false,
                line: format!("index: {error}"),
            }];
        }
    };
    let line = format!(
        "index: {} procedures and {} more by name only, generation {}",
        snapshot.in_full(),
        snapshot.len() - snapshot.in_full(),
        snapshot.id()
    );
    let mut findings = vec![Finding {
        ok: !snapshot.is_empty(),
        line,
    }];
    let sample = snapshot.list(0, 1).into_iter().next();
    if let Some(sample) = sample {
        let hits = snapshot
            .search(&Query::new(&sample.code))
            .unwrap_or_default();
        let found = hits
            .first()
            .is_some_and(|hit| hit.procedure.code == sample.code);
        findings.push(Finding {
            ok: found,
            line: format!("search: {} finds itself", sample.code),
        });
        let request = Request {
            message: sample.code.clone(),
            province: None,
        };
        let draft = Assistant::new().prepare(&snapshot, &Conversation::new(), &request);
        let answered = draft.opening().len() > 1;
        findings.push(Finding {
            ok: answered,
            line: "answer: a card without a model".to_owned(),
        });
    }
    findings
}

/// Having no model is a mode, not a fault; a broken file is a fault.
fn model(config: Option<&Path>) -> Finding {
    let source = Settings::load(config)
        .map_err(anyhow::Error::from)
        .and_then(|settings| Source::of(&settings));
    let (ok, line) = match source {
        Err(error) => (false, format!("model: {error:#}")),
        Ok(Source::Off) => (
            true,
            "model: none; answers come in the record's words".to_owned(),
        ),
        Ok(Source::Remote(remote)) => match served(&remote) {
            Ok(()) => (true, format!("model: {} at {}", remote.name, remote.url)),
            Err(error) => (false, format!("model: {error:#}")),
        },
        Ok(Source::File(path)) => {
            match model::gguf::Gguf::open(&path).and_then(|file| file.architecture()) {
                Ok(architecture) => (true, format!("model: {} ({architecture})", path.display())),
                Err(error) => (false, format!("model: {error}")),
            }
        }
    };
    Finding { ok, line }
}

/// The endpoint answers, takes the key and serves the model.
#[cfg(feature = "remote")]
fn served(remote: &Remote) -> anyhow::Result<()> {
    let names = model::remote::models(&crate::generator::endpoint(remote)?)?;
    anyhow::ensure!(
        names.contains(&remote.name),
        "{} serves {}, not {}",
        remote.url,
        names.join(", "),
        remote.name
    );
    Ok(())
}

#[cfg(not(feature = "remote"))]
fn served(remote: &Remote) -> anyhow::Result<()> {
    let generators = Source::Remote(remote.clone()).open();
    generators.map(drop).map_err(anyhow::Error::msg)
}

fn threads() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Finding {
        ok: true,
        line: format!("machine: {cores} cores"),
    }
}
