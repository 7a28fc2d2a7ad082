//! The real program: started, asked and stopped as an operator does it, with every kind
//! of model file.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::app::{FEE, build_index};
use crate::common::tiny_gguf::{write_tiny_gguf, write_variant};

struct Program {
    child: Child,
    base: String,
    client: Client,
    _folder: TempDir,
}

impl Program {
    /// Starts `motcua serve` on a free port with an empty home; `model` names the file
    /// that MOTCUA_MODEL is set to.
    fn start(model: impl FnOnce(&Path) -> Option<std::path::PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = build_index(folder.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(["serve", "--bind", "127.0.0.1:0", "--index"])
            .arg(&index)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_DATA_HOME")
            .env_remove("MOTCUA_MODEL")
            .env("MOTCUA_STORE", folder.path().join("store.sqlite"))
            .stderr(Stdio::piped());
        if let Some(file) = model(folder.path()) {
            command.env("MOTCUA_MODEL", file);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.split_once("http://").map(|(_, rest)| rest.to_owned()))
            .unwrap();
        // Read on, so that the program never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            base: format!("http://{}", address.trim_end_matches('/')),
            client: Client::new(),
            _folder: folder,
        }
    }

    fn get(&self, path: &str) -> Value {
        let response = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .unwrap();
        response.json().unwrap()
    }

    fn ask(&self) -> Value {
        let request = self.client.post(format!("{}/v1/chat", self.base));
        let response = request.json(&json!({ "message": FEE })).send().unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.json().unwrap()
    }

    /// Polls until the model has left `loading`; returns what `/readyz` says then.
    fn settled(&self) -> Value {
        loop {
            let ready = self.get("/readyz");
            if ready["model"] != "loading" {
                return ready;
            }
            std::thread::yield_now();
        }
    }

    /// SIGTERM; the exit code.
    fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answers_from_the_record(program: Program) {
    let answer = program.ask();
    assert_eq!(answer["procedures"][0]["code"], "1.004222");
    assert_eq!(answer["written_by"], "record");
    assert!(
        answer["text"].as_str().unwrap().contains("10.000"),
        "{answer}"
    );
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn without_a_model() {
    let program = Program::start(|_| None);
    assert_eq!(program.settled()["model"], "off");
    answers_from_the_record(program);
}

#[test]
fn with_a_model_file_that_is_not_there() {
    let program = Program::start(|folder| Some(folder.join("nowhere.gguf")));
    let ready = program.settled();
    assert_eq!(ready["model"], "broken");
    assert!(
        ready["reason"].as_str().unwrap().contains("nowhere.gguf"),
        "{ready}"
    );
    answers_from_the_record(program);
}

#[test]
fn with_a_truncated_model_file() {
    let program = Program::start(|folder| {
        let file = folder.join("cut.gguf");
        write_tiny_gguf(&file).unwrap();
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        Some(file)
    });
    let ready = program.settled();
    assert_eq!(ready["model"], "broken");
    assert!(
        ready["reason"].as_str().unwrap().contains("truncated"),
        "{ready}"
    );
    answers_from_the_record(program);
}

#[test]
fn with_a_model_of_another_architecture() {
    let program = Program::start(|folder| {
        let file = folder.join("other.gguf");
        write_variant(&file, "mamba", &[]).unwrap();
        Some(file)
    });
    let ready = program.settled();
    assert_eq!(ready["model"], "broken");
    assert!(
        ready["reason"].as_str().unwrap().contains("mamba"),
        "{ready}"
    );
    answers_from_the_record(program);
}

/// The whole candle path: the tiny model writes nonsense, the gate refuses it, the
/// record answers, and the model is still there for the next question.
#[test]
fn with_a_tiny_model_that_writes_nonsense() {
    let program = Program::start(|folder| {
        let file = folder.join("tiny.gguf");
        write_tiny_gguf(&file).unwrap();
        Some(file)
    });
    let ready = program.settled();
    assert_eq!(ready["model"], "ready", "{ready}");
    program.ask();
    assert_eq!(program.get("/readyz")["model"], "ready");
    let url = format!("{}/metrics", program.base);
    let metrics = program.client.get(url).send().unwrap().text().unwrap();
    assert!(metrics.contains("motcua_model_turns_total 1"), "{metrics}");
    answers_from_the_record(program);
}

#[test]
fn a_missing_index_is_one_clear_line_and_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--index", "nowhere"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("motcua index --corpus"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}
