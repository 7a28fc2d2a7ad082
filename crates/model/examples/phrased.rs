//! Shows what the model makes of a suite's last turns and what the gate says to each sentence:
//! `cargo run --release --example phrased -- INDEX MODEL.gguf SUITE.jsonl [--dry|--again]`.
//! For whoever changes the prompt: the data handed over, the words that came, why a sentence
//! was refused, and the time until the first checked one. `--dry` asks no model and shows which
//! answers it would be asked for; `--again` asks each question twice, the second time with the
//! record's beginning already read.

use std::path::Path;
use std::time::Instant;

use assistant::generator::{Completion, Flow, GenerateError, Generator, Prompt, Sampling};
use assistant::grounding::Sentences;
use assistant::prompt;
use assistant::rules::Rules;
use assistant::{Assistant, Conversation, Draft, Event, Request, Route, WrittenBy};
use retrieval::Snapshot;
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

/// Keeps what was asked of a model and what it said.
struct Listening {
    inner: model::CandleGenerator,
    heard: Vec<(String, Completion)>,
}

impl Generator for Listening {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        let done = self.inner.generate(prompt, sampling, sink)?;
        let user = prompt.messages.last().map(|m| m.content.clone());
        self.heard.push((user.unwrap_or_default(), done.clone()));
        Ok(done)
    }
}

/// What one run adds up to.
#[derive(Default)]
struct Tally {
    answers: u32,
    asked: u32,
    by_model: u32,
    first_ms: Vec<f64>,
    again_ms: Vec<f64>,
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [index, weights, suite, flags @ ..] = args.as_slice() else {
        return Err("usage: phrased INDEX MODEL.gguf SUITE.jsonl [--dry|--again]".into());
    };
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let snapshot = std::sync::Arc::new(Snapshot::open(Path::new(index))?);
    let mut model = None;
    if !has("--dry") {
        let mut inner = model::load(Path::new(weights))?;
        inner.warm_up()?;
        let once = Sampling {
            max_tokens: 1,
            ..Sampling::default()
        };
        inner.generate(&prompt::constant(), &once, &mut |_| Flow::Stop)?;
        model = Some(Listening {
            inner,
            heard: Vec::new(),
        });
    }
    let mut tally = Tally::default();
    for line in std::fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let draft = last_draft(&snapshot, &item);
        report(draft, &item, model.as_mut(), has("--again"), &mut tally);
    }
    sum_up(&tally);
    Ok(())
}

fn last_draft(snapshot: &std::sync::Arc<Snapshot>, item: &Value) -> Draft {
    let assistant = Assistant::new();
    let turns: Vec<&str> = item["turns"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let ask = |conversation: &Conversation, turn: &str| {
        let request = Request {
            message: turn.to_owned(),
            ..Request::default()
        };
        assistant.prepare(snapshot, conversation, &request)
    };
    let (last, earlier) = turns.split_last().map_or(("", &[][..]), |(l, e)| (*l, e));
    let before = earlier
        .iter()
        .fold(Conversation::new(), |conversation, turn| {
            ask(&conversation, turn).conversation().clone()
        });
    ask(&before, last)
}

#[allow(clippy::print_stdout)]
fn report(
    draft: Draft,
    item: &Value,
    model: Option<&mut Listening>,
    again: bool,
    tally: &mut Tally,
) {
    let route = draft.route();
    let answers = matches!(route, Route::Answer | Route::Journey);
    tally.answers += u32::from(answers);
    println!("== {} {} | {}", item["id"], route.as_str(), item["turns"]);
    let why = match draft.brief() {
        None => "fixed",
        Some(brief) if brief.speak => "asked",
        Some(brief) if !brief.sure => "nearest",
        Some(brief) if brief.sheet.is_silent() => "silent",
        Some(_) => "lists",
    };
    println!("   {why}");
    tally.asked += u32::from(why == "asked");
    let (Some(model), Some(brief), true) = (model, draft.brief().cloned(), why == "asked") else {
        let answer = draft.write(None, &Sampling::default(), &mut |_| {});
        println!("   → {}", answer.text.replace('\n', "\n     "));
        return;
    };
    let first = |draft: Draft, model: &mut Listening| {
        let (started, mut pieces) = (Instant::now(), Vec::new());
        let answer = draft.write(Some(model), &Sampling::default(), &mut |event| {
            if matches!(event, Event::Delta { .. }) {
                pieces.push(started.elapsed().as_secs_f64() * 1e3);
            }
        });
        // The first piece is the opening, which no model writes.
        (answer, pieces.get(1).copied().unwrap_or_default())
    };
    let copy = draft.clone();
    let (answer, ms) = first(draft, model);
    tally.by_model += u32::from(answer.written_by == WrittenBy::Model);
    tally.first_ms.push(ms);
    let rules = Rules::embedded();
    let lines = prompt::evidence(&brief.sheet, brief.channel);
    let evidence = rules.gate.evidence(lines.iter().map(String::as_str));
    for (user, done) in model.heard.drain(..) {
        println!("   {}", user.replace('\n', "\n   "));
        println!(
            "   read {} of which known {}, wrote {} ({:?}), first token {:.0} ms, then {:.0} ms; first sentence {ms:.0} ms",
            done.prompt_tokens,
            done.reused_tokens,
            done.generated_tokens,
            done.stop,
            done.first_token_ms,
            done.generate_ms,
        );
        let mut sentences = Sentences::default();
        let mut all = sentences.push(&done.text);
        all.extend(sentences.finish());
        for sentence in all {
            let verdict = evidence.check(&sentence);
            println!("   - {sentence}\n     {verdict:?}");
        }
    }
    println!(
        "   {:?} → {}",
        answer.written_by,
        answer.text.replace('\n', "\n     ")
    );
    if again {
        let (_, ms) = first(copy, model);
        tally.again_ms.push(ms);
        model.heard.clear();
    }
}

#[allow(clippy::print_stdout)]
fn sum_up(tally: &Tally) {
    let median = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    println!(
        "{} answers, model asked for {}, wrote {}; first sentence p50 {:.0} ms, with a known beginning {:.0} ms",
        tally.answers,
        tally.asked,
        tally.by_model,
        median(&tally.first_ms),
        median(&tally.again_ms),
    );
}
