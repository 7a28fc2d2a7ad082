//! Builds the training set of the model that phrases answers, and measures a model on it:
//! `cargo run --release -p model --example training_set -- INDEX OUT.jsonl [--seed N] [--limit N]
//! [--model FILE.gguf [--measure N]]`.
//!
//! A line is a chat of exactly the product's shape: its instruction and worked examples, the facts
//! of a record by section, and an answer that the product's own path ([`assistant::write`], gate
//! and all) shows word for word. `--limit` keeps that many lines, the kinds in turn; `--model`
//! counts tokens; `--measure` asks the model for that many of the dev split. What a line holds and
//! how one trains with it: `eval/training/README.md`.

mod examples;
mod phrasing;
mod speaker;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use assistant::WrittenBy;
use assistant::rules::Rules;
use examples::{Builder, Example};
use model::gguf::Gguf;
use model::template::ChatTemplate;
use model::tokenizer::Tokenizer;
use retrieval::Snapshot;
use speaker::Speaker;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [index, out, flags @ ..] = args.as_slice() else {
        return Err("usage: training_set INDEX OUT.jsonl [--seed N] [--limit N] [--model FILE.gguf [--measure N]]".into());
    };
    let flag = |name: &str| {
        let mut pairs = flags.chunks(2);
        pairs.find_map(|pair| pair.get(1).filter(|_| pair[0] == name))
    };
    let number = |name: &str, default: usize| flag(name).map_or(Ok(default), |n| n.parse());
    let mut builder = Builder::new(&phrasing::file()?, number("--seed", 1)? as u64)?;
    let mut all = builder.build(&Snapshot::open(Path::new(index))?);
    let limit = number("--limit", all.len())?;
    if limit < all.len() {
        all = examples::spread(all, limit);
    }
    let mut file = std::io::BufWriter::new(fs_err::File::create(out)?);
    for example in &all {
        writeln!(file, "{}", example.line())?;
    }
    file.flush()?;
    sum_up(&all, &builder);
    let Some(weights) = flag("--model") else {
        return Ok(());
    };
    count_tokens(Path::new(weights), &all)?;
    let dev = all.into_iter().filter(|example| example.split == "dev");
    let dev = examples::spread(dev.collect(), number("--measure", 0)?);
    if dev.is_empty() {
        Ok(())
    } else {
        measure(Path::new(weights), &dev)
    }
}

#[allow(clippy::print_stdout)]
fn sum_up(all: &[Example], builder: &Builder) {
    println!("kind: prompts made, told, sentences of the first phrasing, of which shown");
    for (kind, tally) in &builder.tally {
        let share = 100.0 * f64::from(tally.shown) / f64::from(tally.sentences.max(1));
        println!(
            "{kind:<14} {:>6} {:>6} {:>6} {share:>6.1}%",
            tally.prompts, tally.told, tally.sentences
        );
    }
    for split in examples::SPLITS {
        let lines = all.iter().filter(|example| example.split == split).count();
        println!("{split}: {lines} lines");
    }
}

/// Prints the tokens of what all prompts begin with, of what each adds, and of the answers.
#[allow(clippy::print_stdout)]
fn count_tokens(weights: &Path, all: &[Example]) -> Result<(), Failure> {
    let gguf = Gguf::open(weights)?;
    let (tokenizer, template) = (
        Tokenizer::from_gguf(&gguf)?,
        ChatTemplate::from_gguf(&gguf)?,
    );
    let count = |text: &str| tokenizer.encode(text).map(|tokens| tokens.len());
    let constant = count(&template.render(&assistant::prompt::constant(), &tokenizer)?)?;
    let (mut prompts, mut answers) = (Vec::new(), Vec::new());
    for example in all {
        prompts.push(count(&template.render(&example.prompt, &tokenizer)?)? - constant);
        answers.push(count(&example.target)?);
    }
    println!("tokens: constant {constant}");
    for (what, mut counts) in [("prompt beyond it", prompts), ("answer", answers)] {
        counts.sort_unstable();
        let (all, most) = (
            counts.iter().sum::<usize>(),
            counts.last().copied().unwrap_or_default(),
        );
        let p95 = counts
            .get(counts.len() * 95 / 100)
            .copied()
            .unwrap_or_default();
        println!(
            "{what}: mean {}, p95 {p95}, most {most}, all {all}",
            all / counts.len().max(1)
        );
    }
    Ok(())
}

/// Lets a model answer as in the product and prints what is shown of it: the figures that an
/// adapter has to beat.
#[allow(clippy::print_stdout)]
fn measure(weights: &Path, examples: &[Example]) -> Result<(), Failure> {
    let mut model = model::load(weights)?;
    model.warm_up()?;
    let mut speaker = Speaker::model(model);
    let gate = &Rules::embedded().gate;
    let mut kinds: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for example in examples {
        let (said, by) = speaker.say(&example.brief, gate);
        let user = example
            .prompt
            .messages
            .last()
            .map_or("", |message| &message.content);
        println!("== {} {} {by:?}\n{user}", example.kind, example.code);
        for (sentence, shown) in &said {
            println!("{} {sentence}", if *shown { '+' } else { '-' });
        }
        println!("target: {}", example.target);
        let shown = said.iter().filter(|(_, shown)| *shown).count();
        let whole = usize::from(by == WrittenBy::Model && shown == said.len());
        let row = [1, whole, said.len(), shown, speaker.generated_tokens()];
        for kind in [&*example.kind, "all"] {
            let sum = kinds.entry(kind).or_default();
            sum.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
        }
    }
    println!("kind: answers, wholly the model's, sentences, of which shown, tokens an answer");
    for (kind, [answers, whole, sentences, shown, tokens]) in kinds {
        let tokens = tokens as f64 / answers as f64;
        println!("{kind:<14} {answers:>4} {whole:>4} {sentences:>4} {shown:>4} {tokens:>6.1}");
    }
    Ok(())
}
