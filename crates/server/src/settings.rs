//! Settings: embedded defaults, then a file, then `MOTCUA_*` variables.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use config::{Config, Environment, File, FileFormat, Map};
use serde::Deserialize;

use crate::error::ServerError;
use crate::writer::Schedule;

const DEFAULTS: &str = include_str!("default.toml");

/// Everything that can be set; documented in `default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address and port to listen on.
    pub bind: String,
    /// Index folder.
    pub index: PathBuf,
    /// Database file, empty for the default place.
    pub store: String,
    /// Weights file, empty for the default place.
    pub model: String,
    /// A model behind an OpenAI-compatible endpoint, used instead of the weights file.
    pub remote: Remote,
    /// HTTP worker threads, 0 for one a core.
    pub workers: usize,
    /// Bounds on work and time.
    pub limits: Limits,
}

/// A model behind an OpenAI-compatible endpoint (vLLM, llama.cpp server).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// Address, empty for none.
    pub url: String,
    /// The model's name there.
    pub name: String,
    /// Environment variable that holds the key, empty for none.
    pub key_env: String,
    /// File that holds the key, empty for none.
    pub key_file: String,
    /// File with the certificates (PEM) to trust, empty for the public authorities.
    pub ca_file: String,
    /// Answers written at once.
    pub concurrent: usize,
    /// Milliseconds for the name look-up, and again for the connection.
    pub connect_ms: u64,
    /// Milliseconds until the first words.
    pub first_token_ms: u64,
    /// Milliseconds for the whole answer.
    pub total_ms: u64,
    /// JSON object whose fields every request carries.
    pub extra: String,
}

/// Bounds on work and time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Turns being answered at once.
    pub turns_in_flight: usize,
    /// Turns waiting for the model.
    pub model_queue: usize,
    /// Milliseconds that a turn waits for the model, from its arrival.
    pub model_deadline_ms: u64,
    /// Milliseconds after which the model need not begin any more.
    pub model_latest_start_ms: u64,
    /// Milliseconds that the model has to notice its deadline before it counts as stuck.
    pub model_grace_ms: u64,
    /// Milliseconds that running turns may go on after a stop signal.
    pub shutdown_ms: u64,
    /// Days that an untouched conversation is kept, 0 for ever.
    pub retention_days: u32,
}

impl Limits {
    /// When the model's work on a turn that arrived at `arrived` must begin and end.
    pub fn schedule(&self, arrived: Instant) -> Schedule {
        let deadline = arrived + Duration::from_millis(self.model_deadline_ms);
        let latest_start = arrived + Duration::from_millis(self.model_latest_start_ms);
        Schedule {
            latest_start: latest_start.min(deadline),
            deadline,
            stuck: deadline + Duration::from_millis(self.model_grace_ms),
        }
    }

    /// How long running turns may go on after a stop signal.
    pub fn shutdown(&self) -> Duration {
        Duration::from_millis(self.shutdown_ms)
    }
}

impl Settings {
    /// Defaults, then `file`, then the process environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ServerError> {
        Self::load_with(file, std::env::vars_os().filter_map(utf8))
    }

    /// As [`Settings::load`] with a given environment. A file with an unknown key is
    /// an error (a typing mistake must not go unseen); an unknown variable is not,
    /// because `MOTCUA_*` is shared with the rest of the program.
    pub fn load_with(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ServerError> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(File::from(path).format(FileFormat::Toml));
        }
        let known = builder.build_cloned()?;
        let variables: Map<String, String> = environment
            .filter(|(name, value)| !value.is_empty() && is_setting(&known, name))
            .collect();
        let environment = Environment::with_prefix("MOTCUA")
            .prefix_separator("_")
            .separator("__")
            .source(Some(variables));
        Ok(builder.add_source(environment).build()?.try_deserialize()?)
    }
}

fn utf8((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

fn is_setting(known: &Config, name: &str) -> bool {
    let name = name.to_lowercase();
    name.strip_prefix("motcua_")
        .is_some_and(|key| known.get::<config::Value>(&key.replace("__", ".")).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, ServerError> {
        let folder = tempfile::tempdir().unwrap();
        let path = file.map(|text| {
            let path = folder.path().join("motcua.toml");
            fs_err::write(&path, text).unwrap();
            path
        });
        let variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into()));
        Settings::load_with(path.as_deref(), variables)
    }

    #[test]
    fn defaults_are_complete() {
        let settings = load(None, &[]).unwrap();
        assert_eq!(settings.bind, "127.0.0.1:8080");
        assert_eq!(settings.limits.model_deadline_ms, 17_000);
        assert_eq!(
            (settings.remote.url.as_str(), settings.remote.concurrent),
            ("", 4)
        );
        assert!(settings.remote.total_ms <= settings.limits.model_deadline_ms);
    }

    #[test]
    fn file_overrides_defaults_and_variables_override_the_file() {
        let file = "bind = \"0.0.0.0:9\"\n[limits]\nmodel_queue = 3\n";
        let variables = [
            ("MOTCUA_BIND", "127.0.0.1:7"),
            ("MOTCUA_LIMITS__TURNS_IN_FLIGHT", "5"),
            ("MOTCUA_REMOTE__URL", "http://gpu:8000/v1"),
            ("MOTCUA_STORE", ""),
            ("MOTCUA_SOMETHING_ELSE", "x"),
        ];
        let settings = load(Some(file), &variables).unwrap();
        assert_eq!(settings.bind, "127.0.0.1:7");
        assert_eq!(settings.limits.model_queue, 3);
        assert_eq!(settings.limits.turns_in_flight, 5);
        assert_eq!(settings.remote.url, "http://gpu:8000/v1");
        assert_eq!(settings.store, "");
    }

    #[test]
    fn a_typing_mistake_in_the_file_is_named() {
        let error = load(Some("bnid = \"x\"\n"), &[]).unwrap_err().to_string();
        assert!(error.contains("bnid"), "{error}");
    }
}
