//! What speaks for each procedure that the last turn of a dialogue may mean, as JSON lines for
//! `tools/fit-conversation.py`:
//! `cargo run --release --example turns -- INDEX SUITE.jsonl`, by words alone. Dialogues of one
//! turn, and those that mean no procedure, are left out.

use std::path::Path;
use std::sync::Arc;

use assistant::decide::Candidate;
use assistant::{Assistant, Conversation, Request};
use retrieval::Snapshot;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [index, suite] = args.as_slice() else {
        return Err("usage: turns INDEX SUITE.jsonl".into());
    };
    let snapshot = Arc::new(Snapshot::open(Path::new(index))?);
    let assistant = Assistant::new();
    for line in std::fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let turns = item["turns"].as_array().into_iter().flatten();
        let turns: Vec<&str> = turns.filter_map(Value::as_str).collect();
        let meant = item["gold_codes"]
            .as_array()
            .is_some_and(|gold| !gold.is_empty());
        let [before @ .., last] = turns.as_slice() else {
            continue;
        };
        if before.is_empty() || !meant {
            continue;
        }
        let conversation = talk(&assistant, &snapshot, before);
        let found = assistant.candidates(&snapshot, &conversation, last);
        let found: Vec<Value> = found.iter().map(candidate).collect();
        println!(
            "{}",
            json!({ "id": item["id"], "gold": item["gold_codes"], "candidates": found })
        );
    }
    Ok(())
}

/// The conversation after some turns.
fn talk(assistant: &Assistant, snapshot: &Arc<Snapshot>, turns: &[&str]) -> Conversation {
    turns
        .iter()
        .fold(Conversation::new(), |conversation, message| {
            let request = Request {
                message: (*message).to_owned(),
                ..Request::default()
            };
            let draft = assistant.prepare(snapshot, &conversation, &request);
            draft.conversation().clone()
        })
}

fn candidate(one: &Candidate) -> Value {
    let pairs = one.speaks.iter();
    let speaks: serde_json::Map<String, Value> = pairs
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    json!({ "codes": one.codes, "speaks": speaks })
}
