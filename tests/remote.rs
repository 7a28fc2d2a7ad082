//! A remote model: whatever an endpoint does, the question is answered, and nothing that
//! the record does not prove is shown.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use assistant::Generator;
use model::remote::{Endpoint, pool};
use serde_json::{Map, Value, json};
use server::Loader;

use crate::common::app::{FEE, TestApp, build_index};
use crate::common::fake_openai::{FakeOpenai, Meeting, Peer, Request, chunk};
use crate::common::terminal::stderr;

/// A sentence that the test record proves, in pieces as a server sends them.
const TRUE_PIECES: &[&str] = &[
    "Lệ phí đăng ký thường trú ",
    "nộp trực tuyến là 10.0",
    "00 đồng.",
];

const INVENTED: &[&str] = &["Lệ phí đăng ký thường trú nộp trực tuyến là 99.000 đồng."];

fn loader(server: &FakeOpenai, concurrent: usize) -> Loader {
    let endpoint = Endpoint {
        url: server.url.clone(),
        name: "qwen".to_owned(),
        key: None,
        ca_file: None,
        concurrent,
        connect: Duration::from_secs(2),
        first_token: Duration::from_secs(10),
        total: Duration::from_secs(15),
        extra: Map::new(),
    };
    let boxed = |generator| Box::new(generator) as Box<dyn Generator>;
    Box::new(move || Ok(pool(endpoint).unwrap().into_iter().map(boxed).collect()))
}

async fn app(server: &FakeOpenai) -> TestApp {
    let app = TestApp::with(loader(server, 1), |settings| {
        settings.limits.model_deadline_ms = 1_000;
    });
    app.until_model("ready").await;
    app
}

#[tokio::test]
async fn a_remote_model_writes_what_the_record_proves() {
    let server = FakeOpenai::says(TRUE_PIECES);
    let app = app(&server).await;
    assert_eq!(app.get_json("/readyz").await["model_name"], "qwen");
    let answer = app.ask(FEE).await;
    assert_eq!(answer["written_by"], "model", "{answer}");
    let shown = TRUE_PIECES.concat();
    let shown = format!("{} [1].", shown.trim_end_matches('.'));
    let opening = "Thủ tục “Đăng ký thường trú” (cấp xã).";
    assert_eq!(answer["text"], format!("{opening}\n{shown}"));
}

#[tokio::test]
async fn an_amount_that_a_remote_model_invents_is_never_shown() {
    let server = FakeOpenai::says(INVENTED);
    let app = app(&server).await;
    let answer = app.ask(FEE).await;
    assert_eq!(server.asked(), 1);
    assert_eq!(answer["written_by"], "record");
    assert!(answer["text"].as_str().unwrap().contains("10.000"));
    assert!(!answer.to_string().contains("99.000"));
}

#[tokio::test]
async fn whatever_the_endpoint_does_the_record_answers() {
    type Answer = fn(&Request, &mut Peer);
    let answers: [Answer; 7] = [
        |_, peer| peer.head("500 Internal Server Error", "application/json"),
        |_, peer| peer.head("200 OK", "application/json"),
        |_, peer| {
            peer.begin();
            peer.send("data: nonsense\n\n");
        },
        |_, peer| {
            peer.begin();
            peer.send(&chunk("Lệ phí đăng ký "));
        },
        |_, peer| peer.hold(),
        |_, peer| {
            peer.begin();
            peer.repeat(&chunk("và "));
        },
        |_, _| (),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let server = FakeOpenai::start(answer);
        let app = app(&server).await;
        let answer = app.ask(FEE).await;
        assert_eq!(server.asked(), 1, "{number}");
        assert_eq!(answer["written_by"], "record", "{number}");
        assert!(
            answer["text"].as_str().unwrap().contains("10.000"),
            "{number}"
        );
        assert_eq!(app.model().await, "ready", "{number}");
    }
}

#[tokio::test]
async fn a_failing_endpoint_is_counted_and_left_alone() {
    let server = FakeOpenai::start(|_, peer| peer.head("500 Oops", "text/plain"));
    let app = app(&server).await;
    for _ in 0..5 {
        assert_eq!(app.ask(FEE).await["written_by"], "record");
    }
    assert_eq!(server.asked(), 3);
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains("motcua_model_failures_total 5"),
        "{metrics}"
    );
}

#[tokio::test]
async fn several_answers_are_written_at_once() {
    let meeting = Arc::new(Meeting::of(3));
    let server = FakeOpenai::start(move |_, peer| {
        if meeting.wait() {
            peer.say(TRUE_PIECES);
        }
    });
    let app = TestApp::with(loader(&server, 3), |_| {});
    app.until_model("ready").await;
    let turns = (0..3).map(|_| app.ask(FEE));
    for answer in futures_util::future::join_all(turns).await {
        assert_eq!(answer["written_by"], "model", "{answer}");
    }
}

#[tokio::test]
async fn a_reader_who_leaves_ends_the_request() {
    let server = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.hold();
    });
    let app = TestApp::with(loader(&server, 1), |_| {});
    app.until_model("ready").await;
    let body = json!({ "message": FEE, "stream": true });
    let response = app.post("/v1/chat", &body).await;
    while server.asked() == 0 {
        tokio::task::yield_now().await;
    }
    drop(response);
    tokio::task::spawn_blocking(move || server.hung_up())
        .await
        .unwrap();
}

/// Runs the program over the test records with this endpoint and this key.
fn motcua(arguments: &[&str], folder: &Path, url: &str, key: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_DATA_HOME")
        .env("MOTCUA_INDEX", build_index(folder))
        .env("MOTCUA_REMOTE__URL", url)
        .env("MOTCUA_REMOTE__NAME", "qwen");
    if let Some(key) = key {
        command
            .env("MOTCUA_REMOTE__KEY_ENV", "THE_KEY")
            .env("THE_KEY", key);
    }
    command.output().unwrap()
}

/// Wants a key; lists its models and writes a true sentence.
fn guarded() -> FakeOpenai {
    FakeOpenai::start(|request, peer| {
        let head = request.head.to_lowercase();
        if !head.contains("authorization: bearer sk-very-secret\r\n") {
            return peer.head("401 Unauthorized", "application/json");
        }
        if head.starts_with("get /v1/models ") {
            peer.head("200 OK", "application/json");
            peer.send(r#"{"data":[{"id":"qwen"}]}"#);
        } else {
            peer.say(TRUE_PIECES);
        }
    })
}

#[test]
fn the_command_line_asks_it_too() {
    let (server, folder) = (guarded(), tempfile::tempdir().unwrap());
    let key = Some("sk-very-secret");
    let asked = motcua(&["ask", FEE, "--json"], folder.path(), &server.url, key);
    let answer: Value = serde_json::from_slice(&asked.stdout).unwrap();
    assert_eq!(answer["written_by"], "model", "{}", stderr(&asked));
    assert!(!stderr(&asked).contains("sk-very-secret"));

    let wrong = motcua(
        &["ask", FEE, "--json"],
        folder.path(),
        &server.url,
        Some("sk-other"),
    );
    let answer: Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!(answer["written_by"], "record");

    let suite = folder.path().join("dev.jsonl");
    let item = json!({"id": "a", "kind": "fee", "turns": [FEE], "gold_codes": ["1.004222"],
        "min_gold": 1, "aspect": "fee", "must_include": [], "must_not": [], "route": "answer",
        "notes": ""});
    std::fs::write(&suite, item.to_string()).unwrap();
    let arguments = ["eval", suite.to_str().unwrap(), "--json", "-"];
    let measured = motcua(&arguments, folder.path(), &server.url, key);
    let report: Value = serde_json::from_slice(&measured.stdout).unwrap();
    assert_eq!(report["setting"]["model"], "qwen", "{}", stderr(&measured));
}

#[test]
fn the_doctor_asks_for_its_models() {
    let (server, folder) = (guarded(), tempfile::tempdir().unwrap());
    let well = motcua(
        &["doctor"],
        folder.path(),
        &server.url,
        Some("sk-very-secret"),
    );
    let said = String::from_utf8(well.stdout).unwrap();
    assert!(
        said.contains(&format!("ok   model: qwen at {}", server.url)),
        "{said}"
    );
    assert_eq!(well.status.code(), Some(0));

    let locked_out = motcua(&["doctor"], folder.path(), &server.url, None);
    let said = String::from_utf8(locked_out.stdout).unwrap();
    assert!(
        said.contains("FAIL model") && said.contains("401"),
        "{said}"
    );
    assert_eq!(locked_out.status.code(), Some(1));

    let other = FakeOpenai::start(|_, peer| {
        peer.head("200 OK", "application/json");
        peer.send(r#"{"data":[{"id":"gemma"}]}"#);
    });
    let other = motcua(&["doctor"], folder.path(), &other.url, None);
    let said = String::from_utf8(other.stdout).unwrap();
    assert!(said.contains("serves gemma, not qwen"), "{said}");
}

#[test]
fn a_settings_file_names_it_for_every_command() {
    let (server, folder) = (guarded(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("key"), "sk-very-secret\n").unwrap();
    let settings = format!(
        "[remote]\nurl = \"{}/v1\"\nname = \"qwen\"\nkey_file = \"key\"\n",
        server.url
    );
    std::fs::write(folder.path().join("motcua.toml"), settings).unwrap();
    for command in [&["doctor"][..], &["ask", FEE]] {
        let arguments = [command, &["--config", "motcua.toml"]].concat();
        let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(arguments)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_DATA_HOME")
            .env("MOTCUA_INDEX", build_index(folder.path()))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert_eq!(server.asked(), 2);
}

#[test]
fn a_key_that_is_not_there_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        "[remote]\nurl = \"http://127.0.0.1:9\"\nname = \"qwen\"\nkey_env = \"NO_SUCH_KEY\"\n";
    std::fs::write(folder.path().join("motcua.toml"), settings).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["ask", FEE, "--config", "motcua.toml"])
        .current_dir(folder.path())
        .env("MOTCUA_INDEX", build_index(folder.path()))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("NO_SUCH_KEY"),
        "{}",
        stderr(&output)
    );
    assert!(String::from_utf8(output.stdout).unwrap().contains("10.000"));
}

/// Serves with this endpoint and everything logged; the program, its lines, its address.
fn serve_loudly(folder: &Path, url: &str) -> (Child, Lines<BufReader<ChildStderr>>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--bind", "127.0.0.1:0", "--index"])
        .arg(build_index(folder))
        .current_dir(folder)
        .env("HOME", folder)
        .env("MOTCUA_STORE", ":memory:")
        .env("MOTCUA_LOG", "trace,ureq_proto::util=trace")
        .env("MOTCUA_REMOTE__URL", url)
        .env("MOTCUA_REMOTE__NAME", "qwen")
        .env("MOTCUA_REMOTE__KEY_ENV", "THE_KEY")
        .env("THE_KEY", "sk-very-secret")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| Some(line.strip_prefix("Một Cửa: ")?.to_owned()))
        .unwrap();
    (child, lines, address)
}

#[test]
fn no_log_level_shows_the_key_or_the_question() {
    let (server, folder) = (guarded(), tempfile::tempdir().unwrap());
    let (mut child, lines, address) = serve_loudly(folder.path(), &server.url);
    let log = std::thread::spawn(move || lines.map(Result::unwrap).collect::<Vec<_>>());
    let client = reqwest::blocking::Client::new();
    while server.asked() == 0 {
        let request = client.post(format!("{address}v1/chat"));
        request.json(&json!({ "message": FEE })).send().unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let log = log.join().unwrap();
    assert!(
        log.iter()
            .any(|line| line.contains("TRACE") && line.contains("ureq"))
    );
    for line in &log {
        // In words, and as the hexadecimal dump of the protocol crate.
        for secret in ["very-secret", "thường trú nộp", "504f 5354"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
