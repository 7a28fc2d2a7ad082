//! One request: sent, watched over and read. Blocking; a watcher ends it from outside.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use assistant::{ChatMessage, Completion, Flow, Prompt, Sampling, StopReason};
use serde_json::{Value, json};
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::stream::{Writing, read};
use super::{Endpoint, Key};
use crate::error::{ModelError, ModelResult};

/// The longest response: an answer of 96 tokens is some 30 KB of events.
const RESPONSE: u64 = 1024 * 1024;

/// How often the watcher looks whether the answer is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// Asks one endpoint, one request at a time, over a connection each: to keep one, the end
/// of the response would have to be waited for after the last words.
#[derive(Debug)]
pub(super) struct Caller {
    agent: Agent,
    address: Uri,
    key: Option<Key>,
}

impl Caller {
    pub(super) fn new(endpoint: &Endpoint, address: Uri) -> ModelResult<Self> {
        Ok(Self {
            agent: agent(endpoint)?,
            address,
            key: endpoint.key.clone(),
        })
    }

    /// Asks for an answer and passes on its pieces; `Err` says why there is none or why
    /// it ended in the middle.
    pub(super) fn ask(
        &mut self,
        endpoint: &Endpoint,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, String> {
        let body = body(endpoint, prompt, sampling);
        let watch = Watch::new(endpoint, sampling);
        let mut writing = Writing::new(sampling, sink);
        let outcome = thread::scope(|scope| {
            let watcher = thread::Builder::new()
                .name("remote-watch".into())
                .spawn_scoped(scope, || watch.stand_by(&self.agent))
                .map_err(|error| error.to_string())?;
            let _done = Done(&watch, watcher.thread());
            let response = self.send(&body)?;
            let body = response.into_body().into_with_config().limit(RESPONSE);
            read(body.reader(), &mut writing, &watch.spoken)
        });
        let Some(cut) = watch.cut.get() else {
            return outcome.map(|stop| writing.completion(stop));
        };
        // An agent that was shut down stays so.
        self.agent = Agent::new_with_config(self.agent.config().clone());
        match (outcome, cut) {
            // It ended by itself just then.
            (Ok(stop), _) => Ok(writing.completion(stop)),
            (Err(_), Cut::Over) => Ok(writing.completion(StopReason::Interrupted)),
            (Err(_), Cut::Late(what)) => Err((*what).to_owned()),
        }
    }

    /// The endpoint's list of models.
    pub(super) fn list(&self) -> Result<Value, String> {
        let mut request = self.agent.get(self.address.clone());
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.bearer());
        }
        let mut response = request.call().map_err(|error| error.to_string())?;
        check_status(&response)?;
        let bytes = response.body_mut().with_config().limit(RESPONSE);
        let bytes = bytes.read_to_vec().map_err(|error| error.to_string())?;
        serde_json::from_slice(&bytes).map_err(|_| "what came back is not JSON".to_owned())
    }

    fn send(&self, body: &Value) -> Result<Response<Body>, String> {
        let mut request = self.agent.post(self.address.clone());
        request = request.header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.bearer());
        }
        let response = request
            .send(body.to_string())
            .map_err(|error| error.to_string())?;
        check_status(&response)?;
        match response.body().mime_type() {
            Some("text/event-stream") => Ok(response),
            _ => Err("what came back is no stream of events".to_owned()),
        }
    }
}

/// What is left of a request that nobody waits for any more when it comes up.
pub(super) fn over() -> Completion {
    Writing::new(&Sampling::default(), &mut |_| Flow::Stop).completion(StopReason::Interrupted)
}

/// The response's body may repeat the question, so the status alone is told.
fn check_status(response: &Response<Body>) -> Result<(), String> {
    match response.status() {
        StatusCode::OK => Ok(()),
        status if status.is_redirection() => {
            Err(format!("status {status}; redirections are not followed"))
        }
        status => Err(format!("status {status}")),
    }
}

/// The question goes to the address that was configured and nowhere else: no proxy out of
/// the environment, no redirections.
fn agent(endpoint: &Endpoint) -> ModelResult<Agent> {
    let mut tls = TlsConfig::builder();
    if let Some(path) = &endpoint.ca_file {
        tls = tls.root_certs(authorities(path)?);
    }
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .timeout_resolve(Some(endpoint.connect))
        .timeout_connect(Some(endpoint.connect))
        // The watcher ends what is late and says why; this is for a watcher that is late.
        .timeout_global(Some(endpoint.total + LOOK * 50))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(Agent::new_with_config(config))
}

fn authorities(path: &Path) -> ModelResult<RootCerts> {
    let text = fs_err::read(path).map_err(ModelError::io(path))?;
    let items: Result<Vec<_>, _> = parse_pem(&text).collect();
    let certificate = |item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    };
    let items = items.into_iter().flatten();
    let certificates: Vec<_> = items.filter_map(certificate).collect();
    if certificates.is_empty() {
        let reason = format!("{} holds no certificates in PEM form", path.display());
        return Err(ModelError::Remote(reason));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn body(endpoint: &Endpoint, prompt: &Prompt, sampling: &Sampling) -> Value {
    let message = |message: &ChatMessage| json!({"role": message.role, "content": message.content});
    let mut messages: Vec<Value> = prompt.messages.iter().map(message).collect();
    let mut body = json!({
        "model": endpoint.name,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    if !prompt.prefill.is_empty() {
        messages.push(json!({"role": "assistant", "content": prompt.prefill}));
        // vLLM's names; llama.cpp goes on with a last message of the assistant anyway.
        body["continue_final_message"] = json!(true);
        body["add_generation_prompt"] = json!(false);
    }
    for (field, value) in &endpoint.extra {
        body[field] = value.clone();
    }
    body["messages"] = json!(messages);
    body
}

/// Why a request was ended from outside.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// Nobody waits for it any more.
    Over,
    /// The endpoint took too long.
    Late(&'static str),
}

/// Ends a request whose time is over: a blocked read cannot look at the clock itself.
struct Watch<'a> {
    sampling: &'a Sampling,
    first_token: Instant,
    end: Instant,
    /// Words came.
    spoken: AtomicBool,
    done: AtomicBool,
    cut: OnceLock<Cut>,
}

impl<'a> Watch<'a> {
    fn new(endpoint: &Endpoint, sampling: &'a Sampling) -> Self {
        let now = Instant::now();
        Self {
            sampling,
            first_token: now + endpoint.first_token,
            end: now + endpoint.total,
            spoken: AtomicBool::new(false),
            done: AtomicBool::new(false),
            cut: OnceLock::new(),
        }
    }

    /// Looks again and again until the request is done, or ends it.
    fn stand_by(&self, agent: &Agent) {
        while !self.done.load(Ordering::Acquire) {
            if let Some(cut) = self.due() {
                let _ = self.cut.set(cut);
                agent.clone().shutdown();
                return;
            }
            thread::park_timeout(LOOK);
        }
    }

    fn due(&self) -> Option<Cut> {
        if self.sampling.is_over() {
            return Some(Cut::Over);
        }
        let now = Instant::now();
        if now >= self.end {
            return Some(Cut::Late("the answer took too long"));
        }
        let waits = !self.spoken.load(Ordering::Acquire);
        (waits && now >= self.first_token).then_some(Cut::Late("the first words took too long"))
    }
}

/// Lets the watcher go, be it by a panic of the sink.
struct Done<'a>(&'a Watch<'a>, &'a thread::Thread);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
        self.1.unpark();
    }
}
