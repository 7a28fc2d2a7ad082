//! The language model for the commands that write answers: found, loaded and warmed
//! up, or one clear line saying that answers come in the record's words.

use std::path::PathBuf;

use anyhow::Context;
use assistant::Generator;
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
    let Some(path) = find().map_err(|error| format!("{error:#}"))? else { return Ok(None) };
    let mut generator = model::load(&path).map_err(|error| error.to_string())?;
    generator.warm_up().map_err(|error| error.to_string())?;
    Ok(Some(Box::new(generator)))
}

/// As [`open`], for commands that go on without a model and say so.
pub fn open_or_say() -> Option<Loaded> {
    match open() {
        Ok(Some(generator)) => Some(generator),
        Ok(None) => {
            say("no model here (`motcua model pull` fetches one): answers come in the record's words");
            None
        }
        Err(reason) => {
            say(&format!("{reason}\nanswers come in the record's words"));
            None
        }
    }
}
