//! A server per test, on a real socket, over a small index of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::{Client, Response, StatusCode};
use retrieval::Snapshot;
use serde_json::{Value, json};
use server::{Application, Loader, ServerError, Settings};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::place::write_catalogue;

/// The question that the tests ask: its answer has amounts, so the model is wanted.
pub const FEE: &str = "Đăng ký thường trú nộp trực tuyến lệ phí bao nhiêu?";

/// Writes the test records and an index over them; returns the index folder.
pub fn build_index(folder: &Path) -> PathBuf {
    build_index_beside(folder, &[])
}

/// The same with a catalogue of these lines beside the records.
pub fn build_index_beside(folder: &Path, catalogue: &[Value]) -> PathBuf {
    let corpus = folder.join("corpus");
    std::fs::create_dir_all(&corpus).unwrap();
    let records: Vec<Value> = serde_json::from_str(include_str!("records.json")).unwrap();
    for record in records {
        let file = corpus.join(format!("{}.json", record["code"].as_str().unwrap()));
        std::fs::write(file, record.to_string()).unwrap();
    }
    write_catalogue(&corpus, catalogue);
    let index = folder.join("index");
    retrieval::build(&[corpus], &index, &mut |_, _| {}).unwrap();
    index
}

/// No model.
pub fn no_model() -> Loader {
    Box::new(|| Ok(Vec::new()))
}

/// A running server.
pub struct TestApp {
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// A client of its own.
    pub client: Client,
    /// Holds the index and the store.
    pub folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<Result<(), ServerError>>,
}

impl TestApp {
    /// A server with defaults and no model.
    pub fn start() -> Self {
        Self::with(no_model(), |_| {})
    }

    /// A server with this model and these changes to its settings.
    pub fn with(loader: Loader, change: impl FnOnce(&mut Settings)) -> Self {
        Self::beside(&[], loader, change)
    }

    /// A server with defaults over the test records and a catalogue of these lines.
    pub fn with_catalogue(lines: &[Value]) -> Self {
        Self::beside(lines, no_model(), |_| {})
    }

    fn beside(catalogue: &[Value], loader: Loader, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = build_index_beside(folder.path(), catalogue);
        let mut settings = Settings::load_with(None, std::iter::empty()).unwrap();
        settings.bind = "127.0.0.1:0".into();
        settings.workers = 1;
        settings.store = folder.path().join("store.sqlite").display().to_string();
        settings.index.clone_from(&index);
        change(&mut settings);
        let snapshot = Arc::new(Snapshot::open(&index).unwrap());
        let application = Application::build(settings, snapshot, loader).unwrap();
        let base = format!("http://{}", application.address());
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(application.run_until_stopped(async {
            let _ = stopped.await;
        }));
        Self {
            base,
            client: Client::new(),
            folder,
            stop: Some(stop),
            ended,
        }
    }

    /// A path as an address.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The same for a WebSocket.
    pub fn ws_url(&self) -> String {
        self.url("/v1/ws").replacen("http", "ws", 1)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// GET, 200, JSON.
    pub async fn get_json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self.client.post(self.url(path)).json(body);
        request.send().await.unwrap()
    }

    /// One question; the answer.
    pub async fn ask(&self, message: &str) -> Value {
        self.chat(&json!({ "message": message })).await
    }

    /// One turn; the answer.
    pub async fn chat(&self, body: &Value) -> Value {
        let response = self.post("/v1/chat", body).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// The word that `/readyz` has for the model.
    pub async fn model(&self) -> String {
        let ready = self.get_json("/readyz").await;
        ready["model"].as_str().unwrap().to_owned()
    }

    /// Polls `/readyz` until the model is in this state.
    pub async fn until_model(&self, state: &str) {
        while self.model().await != state {
            tokio::task::yield_now().await;
        }
    }

    /// Asks the server to stop.
    pub fn begin_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Stops the server and waits until it has ended.
    pub async fn stop(mut self) -> TempDir {
        self.begin_stop();
        self.ended.await.unwrap().unwrap();
        self.folder
    }

    /// Whether the bytes stand in a file of the store.
    pub fn on_disk(&self, needle: &str) -> bool {
        on_disk(self.folder.path(), needle)
    }
}

/// Whether the bytes stand in a file of the store in this folder.
pub fn on_disk(folder: &Path, needle: &str) -> bool {
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    })
}

/// The code of an error response, after checking its shape.
pub async fn error_code(response: Response) -> String {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert!(!body["error"]["message"].as_str().unwrap().is_empty());
    assert_eq!(body.as_object().unwrap().len(), 1, "{status}: {body}");
    body["error"]["code"].as_str().unwrap().to_owned()
}
