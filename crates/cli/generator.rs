//! The language model for the commands that write answers: a remote one, or a file that
//! is found, loaded and warmed up, or one clear line saying that answers come in the
//! record's words.

use std::path::{Path, PathBuf};

use anyhow::Context;
use assistant::{Flow, GenerateError, Generator, Sampling, prompt};
use model::locate;
use model::manifest::Manifest;
use server::settings::Remote;
use server::{Generators, Settings};

use crate::progress::say;

/// Which model writes.
#[derive(Debug)]
pub enum Source {
    /// None was configured or fetched.
    Off,
    /// A weights file.
    File(PathBuf),
    /// An OpenAI-compatible endpoint.
    Remote(Remote),
}

impl Source {
    /// What the settings name: the endpoint, else the weights file, else the default model
    /// where `model pull` puts it. A path that was named and is not there is returned, so
    /// that loading it says so.
    pub fn of(settings: &Settings) -> anyhow::Result<Self> {
        if !settings.remote.url.is_empty() {
            return Ok(Self::Remote(settings.remote.clone()));
        }
        if !settings.model.is_empty() {
            return Ok(Self::File(PathBuf::from(&settings.model)));
        }
        Ok(fetched()?.map_or(Self::Off, Self::File))
    }

    /// What writes, one for each answer written at once. Loading a file takes seconds: a
    /// server calls this on the model's own thread.
    pub fn open(&self) -> Result<Generators, String> {
        match self {
            Self::Off => Ok(Vec::new()),
            Self::File(path) => Ok(vec![load(path)?]),
            Self::Remote(remote) => connect(remote),
        }
    }

    /// As [`Source::open`], saying in one line how that went.
    pub fn open_and_say(&self) -> Result<Generators, String> {
        let opened = self.open();
        match (&opened, self) {
            (Ok(generators), Self::Remote(remote)) => say(&format!(
                "remote model: {} at {}, {} answers at once",
                remote.name,
                remote.url,
                generators.len()
            )),
            (Ok(generators), _) => match generators.first() {
                Some(model) => say(&format!("model ready: {}", model.name())),
                None => say(
                    "no model here (`motcua model pull` fetches one): answers come in the record's words",
                ),
            },
            (Err(reason), _) => say(&format!("{reason}\nanswers come in the record's words")),
        }
        opened
    }
}

/// The default model, when it was fetched.
fn fetched() -> anyhow::Result<Option<PathBuf>> {
    let manifest = Manifest::embedded().context("models/manifest.toml")?;
    let entry = manifest.find(None).context("models/manifest.toml")?;
    Ok(locate::find(entry).ok())
}

/// Loads and warms up one weights file.
fn load(path: &Path) -> Result<Box<dyn Generator>, String> {
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

/// The endpoint of the settings, with its key.
#[cfg(feature = "remote")]
pub fn endpoint(remote: &Remote) -> anyhow::Result<model::remote::Endpoint> {
    use std::time::Duration;

    use model::remote::{Endpoint, Key};

    let key = match (remote.key_env.as_str(), remote.key_file.as_str()) {
        ("", "") => None,
        (variable, "") => Some(Key::from_variable(variable)?),
        ("", file) => Some(Key::from_file(Path::new(file))?),
        _ => anyhow::bail!("remote model: name the key by key_env or by key_file, not by both"),
    };
    let extra = match remote.extra.trim() {
        "" => serde_json::Map::new(),
        text => serde_json::from_str(text).context("remote model: extra is no JSON object")?,
    };
    Ok(Endpoint {
        url: remote.url.clone(),
        name: remote.name.clone(),
        key,
        ca_file: (!remote.ca_file.is_empty()).then(|| PathBuf::from(&remote.ca_file)),
        concurrent: remote.concurrent,
        connect: Duration::from_millis(remote.connect_ms),
        first_token: Duration::from_millis(remote.first_token_ms),
        total: Duration::from_millis(remote.total_ms),
        extra,
    })
}

#[cfg(feature = "remote")]
fn connect(remote: &Remote) -> Result<Generators, String> {
    let endpoint = endpoint(remote).map_err(|error| format!("{error:#}"))?;
    let pool = model::remote::pool(endpoint).map_err(|error| error.to_string())?;
    let boxed = |generator| Box::new(generator) as Box<dyn Generator>;
    Ok(pool.into_iter().map(boxed).collect())
}

#[cfg(not(feature = "remote"))]
fn connect(remote: &Remote) -> Result<Generators, String> {
    let url = &remote.url;
    Err(format!(
        "{url}: this program was built without the feature `remote`"
    ))
}

/// The first generator that the settings name, for commands that go on without a model
/// and say so.
pub fn open_or_say(config: Option<&Path>) -> anyhow::Result<Option<Box<dyn Generator>>> {
    let settings = Settings::load(config)?;
    let mut generators = Source::of(&settings)?.open_and_say().unwrap_or_default();
    Ok((!generators.is_empty()).then(|| generators.swap_remove(0)))
}
