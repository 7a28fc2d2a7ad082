//! Model files from outside: what the command line says about good and bad ones, and
//! what the real model writes when it is here.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assistant::{ChatMessage, Flow, Generator, Prompt, Sampling};

use crate::common::tiny_gguf::{write_tiny_gguf, write_variant};

/// Runs `motcua model …` with a weights file and an empty home.
fn motcua(home: &Path, model: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .arg("model")
        .args(arguments)
        .current_dir(home)
        .env("XDG_DATA_HOME", home)
        .env("MOTCUA_MODEL", model)
        .env("CANDLE_NUM_THREADS", "1")
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_with_other_bytes_is_a_finding_and_a_missing_one_an_error() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tiny.gguf");
    write_tiny_gguf(&path).unwrap();
    let output = motcua(home.path(), &path, &["verify"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(
        said(&output).contains("wrong checksum"),
        "{}",
        said(&output)
    );

    let output = motcua(home.path(), &home.path().join("none.gguf"), &["verify"]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert!(said(&output).contains("none.gguf"));

    let output = motcua(home.path(), &path, &["verify", "no-such-model"]);
    assert_eq!(code(&output), 2);
    assert!(
        said(&output).contains("qwen2.5-coder-1.5b-instruct"),
        "names what is known"
    );
}

#[test]
fn a_model_without_a_known_checksum_is_never_called_verified() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tiny.gguf");
    write_tiny_gguf(&path).unwrap();
    let output = motcua(home.path(), &path, &["verify", "qwen3-4b"]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("cannot be verified"),
        "{}",
        said(&output)
    );
    let output = motcua(home.path(), &path, &["pull", "qwen3-4b"]);
    assert_eq!(code(&output), 2, "nothing is fetched: {}", said(&output));
}

#[test]
fn a_file_at_hand_is_used_and_a_broken_one_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tiny.gguf");
    write_tiny_gguf(&path).unwrap();
    let output = motcua(home.path(), &path, &["pull"]);
    assert_eq!(code(&output), 0, "{}", said(&output));

    std::fs::write(&path, "GGUF but no more").unwrap();
    let output = motcua(home.path(), &path, &["pull"]);
    assert_eq!(code(&output), 2);
    let line = said(&output);
    assert!(
        line.contains("tiny.gguf") && !line.contains("panicked"),
        "{line}"
    );
    assert_eq!(line.trim().lines().count(), 1, "one sentence: {line}");
}

#[test]
fn the_list_is_json_on_stdout() {
    let home = tempfile::tempdir().unwrap();
    let output = motcua(home.path(), Path::new(""), &["list", "--json"]);
    assert_eq!(code(&output), 0);
    let text = String::from_utf8(output.stdout).unwrap();
    let models: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        models
            .iter()
            .filter(|model| model["default"] == true)
            .count(),
        1
    );
    assert!(
        models.iter().all(|model| model["path"].is_null()),
        "an empty home has none"
    );
}

#[test]
fn speed_is_measured_on_any_model_that_runs() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tiny.gguf");
    write_tiny_gguf(&path).unwrap();
    let output = motcua(home.path(), &path, &["bench", "--rounds", "1", "--json"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(figures["model"], "tiny");
    assert!(figures["drafted_tokens_per_s"].as_f64().unwrap() > 0.0);

    write_variant(&path, "mamba", &[]).unwrap();
    let output = motcua(home.path(), &path, &["bench"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("mamba"), "{}", said(&output));
}

/// The real model, where it was fetched or is named by `MOTCUA_MODEL`.
fn real_model() -> Option<PathBuf> {
    let manifest = model::manifest::Manifest::embedded().unwrap();
    let path = model::locate::find(manifest.find(None).unwrap()).ok()?;
    path.is_file().then_some(path)
}

fn grounded(question: &str) -> Prompt {
    let message = |role, content: String| ChatMessage { role, content };
    let record = "Tài liệu:\nThủ tục: Đăng ký tạm trú. Nộp trực tuyến: lệ phí 7.000 đồng, thời \
                  hạn giải quyết 3 ngày làm việc. Nộp trực tiếp: lệ phí 15.000 đồng, thời hạn \
                  giải quyết 3 ngày làm việc.\n\nCâu hỏi: ";
    let system = "Bạn là trợ lý thủ tục hành chính. Chỉ trả lời bằng thông tin trong tài liệu.";
    Prompt {
        messages: vec![
            message("system", system.to_owned()),
            message("user", format!("{record}{question}")),
        ],
        prefill: String::new(),
        expected: String::new(),
    }
}

#[test]
fn the_real_model_copies_facts_in_vietnamese() {
    let Some(path) = real_model() else {
        eprintln!("skipped: no real model here (`motcua model pull`, or MOTCUA_MODEL=FILE)");
        return;
    };
    let mut generator = model::load(&path).unwrap();
    let rendered = generator.render(&grounded("Lệ phí?")).unwrap();
    assert!(
        rendered.starts_with("<|im_start|>system\nBạn là trợ lý"),
        "{rendered}"
    );
    assert!(
        rendered.ends_with("Lệ phí?<|im_end|>\n<|im_start|>assistant\n"),
        "{rendered}"
    );
    let sampling = Sampling {
        max_tokens: 64,
        ..Sampling::default()
    };
    let mut ask = |question: &str| {
        let mut streamed = String::new();
        let mut sink = |piece: &str| {
            streamed.push_str(piece);
            Flow::Continue
        };
        let done = generator
            .generate(&grounded(question), &sampling, &mut sink)
            .unwrap();
        assert_eq!(done.text, streamed);
        done
    };
    let online = ask("Nộp trực tuyến hết bao nhiêu tiền, mấy ngày xong?");
    assert!(
        online.text.contains("7.000") && online.text.contains('3'),
        "{online:?}"
    );
    let counter = ask("Nộp trực tiếp thì lệ phí bao nhiêu?");
    assert!(counter.text.contains("15.000"), "{counter:?}");
    assert!(
        counter.reused_tokens > 50,
        "the record is read once: {counter:?}"
    );
}

#[test]
fn the_real_model_writes_the_same_fast_and_plain() {
    let Some(path) = real_model() else {
        eprintln!("skipped: no real model here (`motcua model pull`, or MOTCUA_MODEL=FILE)");
        return;
    };
    let mut generator = model::load(&path).unwrap();
    let sampling = Sampling {
        max_tokens: 48,
        ..Sampling::default()
    };
    let questions = [
        "Nộp trực tuyến hết bao nhiêu tiền, mấy ngày xong?",
        "Nộp trực tiếp thì lệ phí và thời hạn giải quyết thế nào?",
        "Tạm trú hết bao nhiêu tiền?",
    ];
    let mut ask = |question: &str, plain: bool| {
        if plain {
            generator.forget();
        }
        generator.set_drafting(!plain);
        let mut sink = |_: &str| Flow::Continue;
        let prompt = grounded(question);
        generator.generate(&prompt, &sampling, &mut sink).unwrap()
    };
    // Drafts and known beginnings first, then token by token with nothing held.
    let fast = questions.map(|question| ask(question, false));
    assert!(fast[1].reused_tokens > 50, "{fast:?}");
    for (question, fast) in questions.iter().zip(fast) {
        assert_eq!(ask(question, true).text, fast.text, "{question}");
    }
}
