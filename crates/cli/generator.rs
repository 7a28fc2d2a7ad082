//! The language model for the commands that write answers: found, loaded and warmed
//! up, or one clear line saying that answers come in the record's words.

use std::path::{Path, PathBuf};

use anyhow::Context;
use assistant::{Flow, GenerateError, Generator, Sampling, prompt};
use model::locate;
use model::manifest::Manifest;

use crate::progress::say;

/// A loaded model.
pub type Loaded = Box<dyn Generator>;

/// The weights file to use: what `MOTCUA_MODEL` names, else the default model where
/// `model pull` puts it. `None` when no model was fetched. A path that was named and
/// is not there is returned, so that loading it says so.
pub fn find() -> anyhow::Result<Option<PathBuf>> {
    if let Some(named) = locate::named_file() {
        return Ok(Some(named));
    }
    let manifest = Manifest::embedded().context("models/manifest.toml")?;
    let entry = manifest.find(None).context("models/manifest.toml")?;
    Ok(locate::find(entry).ok())
}

/// Finds, loads and warms up the model; `Ok(None)` when none was fetched. Takes
/// seconds: a server calls it on the model's own thread.
pub fn open() -> Result<Option<Loaded>, String> {
    let Some(path) = find().map_err(|error| format!("{error:#}"))? else {
        return Ok(None);
    };
    load(&path).map(Some)
}

/// Loads and warms up one weights file.
pub fn load(path: &Path) -> Result<Loaded, String> {
    let mut generator = model::load(path).map_err(|error| error.to_string())?;
    generator.warm_up().map_err(|error| error.to_string())?;
    read_ahead(&mut generator).map_err(|error| error.to_string())?;
    Ok(Box::new(generator))
}

/// Lets the model read what every prompt starts with, so that its state is there for
/// the first question.
fn read_ahead(generator: &mut dyn Generator) -> Result<(), GenerateError> {
    let sampling = Sampling {
        max_tokens: 1,
        ..Sampling::default()
    };
    generator
        .generate(&prompt::constant(), &sampling, &mut |_| Flow::Stop)
        .map(drop)
}

/// As [`open`], for commands that go on without a model and say so.
pub fn open_or_say() -> Option<Loaded> {
    match open() {
        Ok(Some(generator)) => Some(generator),
        Ok(None) => {
            say(
                "no model here (`motcua model pull` fetches one): answers come in the record's words",
            );
            None
        }
        Err(reason) => {
            say(&format!("{reason}\nanswers come in the record's words"));
            None
        }
    }
}
