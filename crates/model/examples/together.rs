//! What sharing passes brings: answers to a suite's questions written one after the other by one
//! generator, and at the same time by several over the same weights, in turns:
//! `cargo run --release -p model --example together -- INDEX MODEL.gguf SUITE.jsonl [ROUNDS]`.
//! Nothing is known of a record when its answer begins, the instructions always are. Times count
//! from the moment when all were asked; a text that differs between the two is named.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use assistant::generator::{Flow, Generator, Sampling};
use assistant::{Assistant, Conversation, Draft, Event, Request, prompt};
use model::CandleGenerator;
use retrieval::Snapshot;
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

/// How many are asked at the same moment.
const USERS: [usize; 2] = [2, 4];

/// One answer, and seconds until its first sentence and its end.
struct Told {
    text: String,
    first: f64,
    last: f64,
}

/// Seconds of processor time of this process so far: `utime` and `stime`, counted in
/// hundredths of a second on every Linux. It says what the work costs where others use the
/// machine too.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let times = fields.split_whitespace().skip(11).take(2);
    times
        .filter_map(|time| time.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// All answers of one kind.
#[derive(Default)]
struct Times {
    processor: Vec<f64>,
    first: Vec<f64>,
    last: Vec<f64>,
    all: Vec<f64>,
}

impl Times {
    fn add(&mut self, told: &[Told]) {
        self.first.extend(told.iter().map(|told| told.first));
        self.last.extend(told.iter().map(|told| told.last));
        let end = told.iter().map(|told| told.last).fold(0.0, f64::max);
        self.all.push(end);
    }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [index, weights, suite, rounds @ ..] = arguments.as_slice() else {
        return Err("usage: together INDEX MODEL.gguf SUITE.jsonl [ROUNDS]".into());
    };
    let rounds: usize = rounds.first().map_or(Ok(3), |rounds| rounds.parse())?;
    let drafts = drafts(Path::new(index), suite)?;
    let mut first = model::load(Path::new(weights))?;
    first.warm_up()?;
    instruct(&mut first)?;
    first.set_keeping(false);
    let mut generators = vec![first];
    for _ in 1..USERS[USERS.len() - 1] {
        generators.push(generators[0].another());
    }
    let mut times: [[Times; 2]; 2] = Default::default();
    let mut next = drafts.iter().cycle();
    for round in 1..=rounds {
        for (users, [one, all]) in USERS.iter().zip(&mut times) {
            let asked: Vec<&Draft> = next.by_ref().take(*users).collect();
            // Whichever comes first: a noisy neighbour hits both alike.
            let orders = [[false, true], [true, false]];
            let mut told = orders[round % 2].map(|together| {
                // Only the instructions are known.
                for generator in &mut generators {
                    instruct(generator)?;
                }
                let before = processor();
                let told = write(&mut generators, &asked, together);
                Ok::<_, Failure>((told, processor() - before))
            });
            told.rotate_left(usize::from(orders[round % 2][0]));
            let [turns, together] = told;
            let (turns, together) = (turns?, together?);
            for (a, b) in turns.0.iter().zip(&together.0) {
                if a.text != b.text {
                    println!("differs:\n  {}\n  {}", a.text, b.text);
                }
            }
            for (how, times, told) in [
                ("in turn", &mut *one, &turns),
                ("together", &mut *all, &together),
            ] {
                let (told, processor) = told;
                times.add(told);
                times.processor.push(*processor);
                let told = told.iter();
                let told = told.map(|told| format!("{:.2}/{:.2}", told.first, told.last));
                let told: Vec<String> = told.collect();
                println!(
                    "{round}: {users} {how:<9} {} processor {processor:.2}",
                    told.join(" ")
                );
            }
        }
    }
    for (users, [turns, together]) in USERS.iter().zip(times) {
        show(*users, "in turn", turns);
        show(*users, "together", together);
    }
    Ok(())
}

/// The last turns of a suite that the model is asked for.
fn drafts(index: &Path, suite: &str) -> Result<Vec<Draft>, Failure> {
    let snapshot = Arc::new(Snapshot::open(index)?);
    let assistant = Assistant::new();
    let mut drafts = Vec::new();
    for line in std::fs::read_to_string(suite)?.lines() {
        let item: Value = serde_json::from_str(line)?;
        let turns = item["turns"].as_array().into_iter().flatten();
        let mut conversation = Conversation::new();
        let mut last = None;
        for turn in turns.filter_map(Value::as_str) {
            let request = Request {
                message: turn.to_owned(),
                ..Request::default()
            };
            let draft = assistant.prepare(&snapshot, &conversation, &request);
            conversation = draft.conversation().clone();
            last = Some(draft);
        }
        drafts.extend(last.filter(|draft| draft.brief().is_some_and(|brief| brief.speak)));
    }
    println!("{} answers for the model", drafts.len());
    Ok(drafts)
}

/// Reads the instructions, or goes back to them.
fn instruct(generator: &mut CandleGenerator) -> Result<(), Failure> {
    let once = Sampling {
        max_tokens: 1,
        ..Sampling::default()
    };
    generator.generate(&prompt::constant(), &once, &mut |_| Flow::Stop)?;
    Ok(())
}

fn write(generators: &mut [CandleGenerator], drafts: &[&Draft], together: bool) -> Vec<Told> {
    let start = Instant::now();
    if !together {
        let one = &mut generators[0];
        return drafts.iter().map(|draft| tell(one, draft, start)).collect();
    }
    std::thread::scope(|scope| {
        let pairs = generators.iter_mut().zip(drafts);
        let threads: Vec<_> = pairs
            .map(|(generator, draft)| scope.spawn(move || tell(generator, draft, start)))
            .collect();
        let told = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        told.filter_map(Result::ok).collect()
    })
}

fn tell(generator: &mut CandleGenerator, draft: &Draft, start: Instant) -> Told {
    let mut first = None;
    let answer = draft
        .clone()
        .write(Some(generator), &Sampling::default(), &mut |event| {
            if matches!(event, Event::Delta { .. }) {
                first.get_or_insert_with(|| start.elapsed().as_secs_f64());
            }
        });
    Told {
        text: answer.text,
        first: first.unwrap_or_default(),
        last: start.elapsed().as_secs_f64(),
    }
}

fn show(users: usize, how: &str, times: Times) {
    println!("{users} {how}, seconds:");
    for (what, mut times) in [
        ("first sentence", times.first),
        ("answer", times.last),
        ("all of them", times.all),
        ("processor", times.processor),
    ] {
        times.sort_by(f64::total_cmp);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
        println!("  {what:<15} mean {mean:.2} median {median:.2} most {most:.2}");
    }
}
