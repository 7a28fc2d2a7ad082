//! Trains the word segmenter and measures it.
//!
//! ```text
//! cargo run --release -p vitext --example train-segmenter -- cv TRAIN.conllu
//! cargo run --release -p vitext --example train-segmenter -- report TRAIN.conllu DEV.conllu
//! cargo run --release -p vitext --example train-segmenter -- both TRAIN.conllu DEV.conllu
//! cargo run --release -p vitext --example train-segmenter -- write TRAIN.conllu DEV.conllu
//! ```
//!
//! `cv` is five-fold cross-validation. `report` trains on the first file and measures on each half
//! of the second: choices are made on the first half, the second is for reporting. `both` is
//! five-fold over the second file with the first always among the training sentences: what to
//! expect of the weights that ship. `write` trains on all files and rewrites `data/treebank.txt` and
//! `data/segmenter.bin`.
//!
//! While it trains, the list has the pairs of `data/thinned.txt` too: they were taken out of it
//! because of these very sentences, and without them the model trusts the list more than new
//! text deserves.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use vitext::segmenter::{
    Counts, LexiconBuilder, Method, Model, Segmenter, Sentence, Source, Statistics, Weights,
    read_conllu, train,
};

const USAGE: &str = "usage: train-segmenter cv|report|both|write FILE.conllu...";

/// The list that ships, and the one to train with.
struct Lists {
    shipped: LexiconBuilder,
    training: LexiconBuilder,
}

impl Lists {
    fn new() -> Self {
        let shipped = LexiconBuilder::shipped();
        let mut training = shipped.clone();
        training.add_list(include_str!("../data/thinned.txt"), Source::Core);
        Self { shipped, training }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, files @ ..] = &args[..] else {
        return Err(USAGE.into());
    };
    let files: Vec<Vec<Sentence>> = files.iter().map(|f| read(f)).collect::<Result<_, _>>()?;
    let lists = Lists::new();
    match (&command[..], &files[..]) {
        ("cv", files) => cross_validate(&[], &files.concat(), &lists),
        ("both", [train, test]) => cross_validate(train, test, &lists),
        ("report", [train, test]) => report(train, test, &lists),
        ("write", files) => write(&files.concat(), &lists)?,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Sentence>, Box<dyn Error>> {
    Ok(read_conllu(&std::fs::read_to_string(path)?)?)
}

fn statistics(sentences: &[Sentence]) -> Statistics {
    let mut statistics = Statistics::default();
    for sentence in sentences {
        statistics.learn(sentence);
    }
    statistics
}

fn fit(sentences: &[Sentence], lists: &Lists, model: Model) -> Segmenter {
    let weights = Weights::pack(&train(sentences, &lists.training, model));
    let mut words = lists.shipped.clone();
    words.add_statistics(&statistics(sentences));
    Segmenter::new(words.build(), weights)
}

const METHODS: [(&str, Method, Model); 4] = [
    ("perceptron", Method::Model, Model::Perceptron),
    ("crf", Method::Model, Model::Crf),
    ("longest match", Method::LongestMatch, Model::Perceptron),
    ("bare syllables", Method::Bare, Model::Perceptron),
];

type Results = [Counts; METHODS.len()];

fn cross_validate(always: &[Sentence], sentences: &[Sentence], lists: &Lists) {
    const FOLDS: usize = 5;
    let mut results = Results::default();
    for fold in 0..FOLDS {
        let inside = fold * sentences.len() / FOLDS..(fold + 1) * sentences.len() / FOLDS;
        let rest = [always, &sentences[..inside.start], &sentences[inside.end..]].concat();
        measure(&rest, &[&sentences[inside]], lists, &mut [&mut results]);
    }
    print("five-fold", &results);
}

fn report(train: &[Sentence], test: &[Sentence], lists: &Lists) {
    let (first, second) = test.split_at(test.len() / 2);
    let mut results = [Results::default(); 3];
    let [a, b, all] = &mut results;
    measure(train, &[first, second, test], lists, &mut [a, b, all]);
    for (name, results) in ["first half", "second half", "all"].iter().zip(&results) {
        print(name, results);
    }
}

/// Fits each model once, and counts over each of the tests.
fn measure(train: &[Sentence], tests: &[&[Sentence]], lists: &Lists, results: &mut [&mut Results]) {
    let fitted = [Model::Perceptron, Model::Crf].map(|model| (model, fit(train, lists, model)));
    for (test, results) in tests.iter().zip(results) {
        for ((_, method, model), counts) in METHODS.iter().zip(results.iter_mut()) {
            for (_, segmenter) in fitted.iter().filter(|(fitted, _)| fitted == model) {
                let new = segmenter.evaluate(test, *method);
                counts.found += new.found;
                counts.wanted += new.wanted;
                counts.right += new.right;
            }
        }
    }
}

fn print(title: &str, results: &Results) {
    println!("{title:16} {:>6} {:>9} {:>6}", "F1", "precision", "recall");
    for ((name, ..), counts) in METHODS.iter().zip(results) {
        let (f1, precision, recall) = (counts.f1(), counts.precision(), counts.recall());
        println!("{name:16} {f1:6.2} {precision:9.2} {recall:6.2}");
    }
}

const HEAD: &str = "\
# Counts over the UD Vietnamese VTB by its contributors, CC BY-SA 4.0: see README.md.
# Written by train-segmenter: words joined and apart; syllables inside words and by class.
";

fn write(sentences: &[Sentence], lists: &Lists) -> Result<(), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut statistics = statistics(sentences);
    statistics.retain(|pair| lists.shipped.contains(pair));
    std::fs::write(
        data.join("treebank.txt"),
        HEAD.to_owned() + &statistics.to_text(),
    )?;

    // On the half of dev that choices are made on, as good as the CRF or better: see README.md.
    let weights = Weights::pack(&train(sentences, &lists.training, Model::Perceptron));
    let mut words = lists.shipped.clone();
    words.add_statistics(&statistics);
    let bytes = weights.to_bytes(words.build().fingerprint());
    std::fs::write(data.join("segmenter.bin"), bytes)?;
    println!("{} features", weights.count());
    Ok(())
}
