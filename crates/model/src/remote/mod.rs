//! A model behind an OpenAI-compatible endpoint (vLLM, llama.cpp server), behind the same
//! [`assistant::Generator`] as the local one: what it says passes the same gate.
//!
//! [`pool`] makes as many generators as requests may be in flight; each asks for one
//! answer at a time (`call`), reads it as it is written (`stream`), and all share one
//! circuit breaker. Whatever goes wrong is one [`GenerateError`]; the record's words
//! answer then. Neither the key nor a citizen's words are ever logged.

mod breaker;
mod call;
mod key;
mod stream;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assistant::{Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason};
use serde_json::{Map, Value};
use ureq::http::Uri;

use crate::error::{ModelError, ModelResult};
use breaker::Breaker;
use call::Caller;
pub use key::Key;

/// Where a remote model is and how it may be used.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `http://host:port` or `https://host/path`, with or without `/v1` at its end.
    pub url: String,
    /// The model's name there, as `GET /v1/models` lists it.
    pub name: String,
    /// Sent as a bearer token.
    pub key: Option<Key>,
    /// Certificates (PEM) to trust instead of the public authorities.
    pub ca_file: Option<PathBuf>,
    /// Requests in flight at once, at least 1.
    pub concurrent: usize,
    /// Longest wait for the name look-up, and again for the connection.
    pub connect: Duration,
    /// Longest wait for the first words, from the start of the request.
    pub first_token: Duration,
    /// Longest time for everything; [`Sampling::deadline`] may end it sooner.
    pub total: Duration,
    /// Fields that every request carries beside ours, such as `chat_template_kwargs`.
    pub extra: Map<String, Value>,
}

impl Endpoint {
    /// One of the endpoint's paths under `/v1`, after checking the address.
    fn path(&self, path: &str) -> ModelResult<Uri> {
        let refuse = |reason: &str| ModelError::Remote(format!("{}: {reason}", self.url));
        if self.url.contains('@') {
            // Not repeated: what stands before the @ is a password.
            let reason = "the address holds a user or password; use a key instead";
            return Err(ModelError::Remote(reason.to_owned()));
        }
        let base = self.url.trim().trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let uri = format!("{base}/v1/{path}").parse::<Uri>().ok();
        let known = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
        let uri = uri.filter(|uri| known(uri) && uri.host().is_some());
        let uri = uri.ok_or_else(|| refuse("not an address of http:// or https://"))?;
        if uri.query().is_some() || base.contains('#') {
            return Err(refuse("the address must end before any ? or #"));
        }
        Ok(uri)
    }
}

/// One of the generators that share an endpoint.
#[derive(Debug)]
pub struct RemoteGenerator {
    shared: Arc<Shared>,
    caller: Caller,
}

#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    breaker: Breaker,
}

/// Generators for one endpoint, one for each request that may be in flight. Asks for
/// nothing over the network: an endpoint that is down now may be up when it is needed.
pub fn pool(endpoint: Endpoint) -> ModelResult<Vec<RemoteGenerator>> {
    if endpoint.name.trim().is_empty() {
        let reason = format!("{}: the model's name is missing", endpoint.url);
        return Err(ModelError::Remote(reason));
    }
    let address = endpoint.path("chat/completions")?;
    let caller = |_| Caller::new(&endpoint, address.clone());
    let callers: Vec<Caller> = (0..endpoint.concurrent.max(1))
        .map(caller)
        .collect::<ModelResult<_>>()?;
    let breaker = Breaker::default();
    let shared = Arc::new(Shared { endpoint, breaker });
    let generator = |caller| RemoteGenerator {
        shared: Arc::clone(&shared),
        caller,
    };
    Ok(callers.into_iter().map(generator).collect())
}

/// The names that the endpoint serves (`GET /v1/models`), for a check by a person.
pub fn models(endpoint: &Endpoint) -> ModelResult<Vec<String>> {
    let address = endpoint.path("models")?;
    let failed = |reason: String| ModelError::Remote(format!("{}: {reason}", endpoint.url));
    let list = Caller::new(endpoint, address)?.list().map_err(failed)?;
    let names = list["data"].as_array().into_iter().flatten();
    let names = names.filter_map(|model| model["id"].as_str());
    Ok(names.map(str::to_owned).collect())
}

impl Generator for RemoteGenerator {
    fn name(&self) -> &str {
        &self.shared.endpoint.name
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        if sampling.is_over() {
            return Ok(call::over());
        }
        let Some(attempt) = self.shared.breaker.begin(Instant::now()) else {
            let reason = "the remote model failed too often and is left alone for a while";
            return Err(GenerateError::Failed(reason.to_owned()));
        };
        let outcome = self
            .caller
            .ask(&self.shared.endpoint, prompt, sampling, sink);
        match &outcome {
            // The client left before anything came: that says nothing of the endpoint.
            Ok(done) if done.stop == StopReason::Interrupted && done.text.is_empty() => {
                if !sampling.cancel.is_set() {
                    attempt.failed(Instant::now());
                }
            }
            Ok(_) => attempt.succeeded(),
            Err(reason) => {
                tracing::warn!(reason, "the remote model failed");
                attempt.failed(Instant::now());
            }
        }
        outcome.map_err(|reason| GenerateError::Failed(format!("remote model: {reason}")))
    }
}
