//! The first candidates of search for every question of a suite, with what speaks for each, as
//! JSON lines for `tools/fit-ranking.py`:
//! `cargo run --release --example candidates -- INDEX SUITE.jsonl [--context]`, by meaning too
//! where the index has vectors and the embedder was fetched. Turns are joined, as `motcua eval`
//! does, or with `--context` the last one is asked with those before as its context.

use std::path::Path;

use model::manifest::{Manifest, Role};
use model::{Encoder, locate};
use retrieval::{Hit, Query, SharedEmbedder, Snapshot};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// Deep enough that the right record is missing only where no ranking could bring it up.
const LIMIT: usize = 30;

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [index, suite, flags @ ..] = args.as_slice() else {
        return Err("usage: candidates INDEX SUITE.jsonl [--context]".into());
    };
    let apart = flags.iter().any(|flag| flag == "--context");
    let snapshot = Snapshot::open(Path::new(index))?;
    attach(&snapshot)?;
    for line in std::fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let turns = item["turns"].as_array().into_iter().flatten();
        let mut text: Vec<&str> = turns.filter_map(Value::as_str).collect();
        let earlier = text.len().saturating_sub(1);
        let context: Vec<&str> = text.drain(..if apart { earlier } else { 0 }).collect();
        let query = Query {
            limit: LIMIT,
            context: context.join(". "),
            explain: true,
            ..Query::new(text.join(". "))
        };
        let understood = snapshot.understood(&query);
        let hits: Vec<Value> = snapshot.search(&query)?.iter().map(candidate).collect();
        println!(
            "{}",
            json!({ "id": item["id"], "kind": item["kind"], "gold": item["gold_codes"],
                "text": text.join(". "), "understood": understood, "hits": hits })
        );
    }
    Ok(())
}

fn candidate(hit: &Hit) -> Value {
    let codes = hit.variants.iter().map(|variant| &variant.code);
    let codes: Vec<&String> = std::iter::once(&hit.procedure.code).chain(codes).collect();
    json!({ "codes": codes, "name": hit.procedure.name, "score": hit.score,
        "signals": hit.signals, "evidence": hit.evidence, "levels": hit.procedure.levels,
        "subjects": hit.procedure.subjects, "aliases": hit.procedure.aliases,
        "field": hit.procedure.field(), "scope": hit.procedure.scope })
}

/// Search by meaning, where that can be had.
fn attach(snapshot: &Snapshot) -> Result<(), Failure> {
    let manifest = Manifest::embedded()?;
    if let Ok(path) = locate::find_fetched(manifest.of(Role::Embedder)?) {
        snapshot.attach(&SharedEmbedder::new(Box::new(Encoder::load(&path)?)))?;
    }
    Ok(())
}
