//! Measures hit@1/3/10 and latency of search on a suite of questions:
//! `cargo run --release --example hits -- INDEX SUITE.jsonl [-v|--evidence] [--fold]`, by
//! meaning too where the index has vectors and the embedder was fetched.
//! `--evidence` prints a line for `tools/fit-confidence.py` per question of one turn instead.

use std::path::Path;
use std::time::Instant;

use model::manifest::{Manifest, Role};
use model::{Encoder, locate};
use retrieval::{Query, SharedEmbedder, Snapshot};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [index, suite, flags @ ..] = args.as_slice() else {
        return Err("usage: hits INDEX SUITE.jsonl [-v|--evidence] [--fold]".into());
    };
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    let snapshot = Snapshot::open(Path::new(index))?;
    attach(&snapshot)?;
    let (mut at, mut all, mut times) = ([0_u32; 3], 0_u32, Vec::new());
    for line in std::fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let gold = strings(&item["gold_codes"]);
        if has("--evidence") {
            evidence(&snapshot, &item, &gold)?;
        }
        if gold.is_empty() {
            continue;
        }
        let mut text = strings(&item["turns"]).join(". ");
        if has("--fold") {
            text = vitext::fold(&text);
        }
        let started = Instant::now();
        let hits = snapshot.search(&Query::new(&text))?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        let place = hits
            .iter()
            .position(|hit| gold.contains(&hit.procedure.code));
        all += 1;
        for (count, within) in at.iter_mut().zip([1, 3, 10]) {
            *count += u32::from(place.is_some_and(|place| place < within));
        }
        if has("-v") {
            let first = hits.first().map_or("-", |hit| &hit.procedure.name);
            let sure = hits.first().map_or(0.0, |hit| hit.evidence.confidence());
            println!(
                "{:>4} {sure:.2} {text}\n          → {first}",
                place.map_or("-".into(), |p| (p + 1).to_string())
            );
        }
    }
    times.sort_by(f64::total_cmp);
    let share = |n: u32| 100.0 * f64::from(n) / f64::from(all.max(1));
    println!(
        "{all} questions: hit@1 {:.1}  hit@3 {:.1}  hit@10 {:.1}; p50 {:.2} ms  p99 {:.2} ms  max {:.2} ms",
        share(at[0]),
        share(at[1]),
        share(at[2]),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
    );
    Ok(())
}

/// Whether the first hit is right, and what spoke for it, tab-separated.
#[allow(clippy::print_stdout)]
fn evidence(snapshot: &Snapshot, item: &Value, gold: &[String]) -> Result<(), Failure> {
    let (turns, kind) = (strings(&item["turns"]), &item["kind"]);
    if turns.len() != 1 || (gold.is_empty() && kind != "out_of_corpus" && kind != "out_of_scope") {
        return Ok(());
    }
    let hits = snapshot.search(&Query::new(&turns[0]))?;
    let Some(hit) = hits.first() else {
        return Ok(());
    };
    let right = u8::from(gold.contains(&hit.procedure.code));
    let known = hit.evidence;
    println!(
        "evidence\t{right}\t{}\t{}\t{}\t{}",
        known.pairs,
        known.said,
        known.lead,
        known.cosine.unwrap_or_default()
    );
    Ok(())
}

/// Search by meaning, where that can be had.
fn attach(snapshot: &Snapshot) -> Result<(), Failure> {
    let manifest = Manifest::embedded()?;
    if let Ok(path) = locate::find_fetched(manifest.of(Role::Embedder)?) {
        snapshot.attach(&SharedEmbedder::new(Box::new(Encoder::load(&path)?)))?;
    }
    Ok(())
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
