//! Trains the word segmenter and measures it.
//!
//! ```text
//! cargo run --release -p vitext --example train-segmenter -- cv TRAIN.conllu
//! cargo run --release -p vitext --example train-segmenter -- report TRAIN.conllu DEV.conllu
//! cargo run --release -p vitext --example train-segmenter -- write TRAIN.conllu DEV.conllu
//! ```
//!
//! `cv` is five-fold cross-validation, the only figure to tune on. `report` trains on the
//! first file and measures on the second, with all word lists and without some of them.
//! `write` trains on all files and rewrites `data/treebank.txt` and `data/segmenter.bin`.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use vitext::segmenter::{
    Counts, LexiconBuilder, Method, Model, Segmenter, Sentence, Statistics, Weights, read_conllu,
    train,
};

const USAGE: &str = "usage: train-segmenter cv|report|write FILE.conllu...";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, files @ ..] = &args[..] else {
        return Err(USAGE.into());
    };
    let files: Vec<Vec<Sentence>> = files.iter().map(|f| read(f)).collect::<Result<_, _>>()?;
    let words = LexiconBuilder::shipped();
    match (&command[..], &files[..]) {
        ("cv", files) => cross_validate(&files.concat(), &words),
        ("report", [train, test]) => {
            println!("all word lists");
            report(train, test, &words);
            println!("the treebank's own words alone");
            report(train, test, &LexiconBuilder::default());
        }
        ("write", files) => write(&files.concat(), &words)?,
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

fn fit(sentences: &[Sentence], words: &LexiconBuilder, model: Model) -> Segmenter {
    let weights = Weights::pack(&train(sentences, words, model));
    let mut words = words.clone();
    words.add_statistics(&statistics(sentences));
    Segmenter::new(words.build(), weights)
}

const METHODS: [(&str, Method, Model); 4] = [
    ("perceptron", Method::Model, Model::Perceptron),
    ("crf", Method::Model, Model::Crf),
    ("longest match", Method::LongestMatch, Model::Perceptron),
    ("bare syllables", Method::Bare, Model::Perceptron),
];

fn cross_validate(sentences: &[Sentence], words: &LexiconBuilder) {
    const FOLDS: usize = 5;
    let mut counts = [Counts::default(); METHODS.len()];
    for fold in 0..FOLDS {
        let inside = fold * sentences.len() / FOLDS..(fold + 1) * sentences.len() / FOLDS;
        let rest = [&sentences[..inside.start], &sentences[inside.end..]].concat();
        measure(&rest, &sentences[inside], words, &mut counts);
    }
    print(&counts);
}

fn report(train: &[Sentence], test: &[Sentence], words: &LexiconBuilder) {
    let mut counts = [Counts::default(); METHODS.len()];
    measure(train, test, words, &mut counts);
    print(&counts);
}

fn measure(train: &[Sentence], test: &[Sentence], words: &LexiconBuilder, counts: &mut [Counts]) {
    let fitted = [Model::Perceptron, Model::Crf].map(|model| (model, fit(train, words, model)));
    for ((_, method, model), counts) in METHODS.iter().zip(counts) {
        for (_, segmenter) in fitted.iter().filter(|(fitted, _)| fitted == model) {
            let new = segmenter.evaluate(test, *method);
            counts.found += new.found;
            counts.wanted += new.wanted;
            counts.right += new.right;
        }
    }
}

fn print(counts: &[Counts]) {
    println!("{:16} {:>6} {:>9} {:>6}", "", "F1", "precision", "recall");
    for ((name, ..), counts) in METHODS.iter().zip(counts) {
        let (f1, precision, recall) = (counts.f1(), counts.precision(), counts.recall());
        println!("{name:16} {f1:6.2} {precision:9.2} {recall:6.2}");
    }
}

const HEAD: &str = "\
# Counts over the UD Vietnamese VTB by its contributors, CC BY-SA 4.0: see README.md.
# Written by train-segmenter: words joined and apart; syllables inside words and by class.
";

fn write(sentences: &[Sentence], words: &LexiconBuilder) -> Result<(), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut statistics = statistics(sentences);
    statistics.retain(|pair| words.contains(pair));
    std::fs::write(
        data.join("treebank.txt"),
        HEAD.to_owned() + &statistics.to_text(),
    )?;

    let weights = Weights::pack(&train(sentences, words, Model::Crf));
    let mut words = words.clone();
    words.add_statistics(&statistics);
    let bytes = weights.to_bytes(words.build().fingerprint());
    std::fs::write(data.join("segmenter.bin"), bytes)?;
    println!("{} features", weights.count());
    Ok(())
}
