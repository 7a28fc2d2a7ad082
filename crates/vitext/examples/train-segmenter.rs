//! Trains the word segmenter.
//!
//! ```text
//! cargo run --release -p vitext --example train-segmenter -- cv TRAIN.conllu
//! cargo run --release -p vitext --example train-segmenter -- report TRAIN.conllu DEV.conllu
//! cargo run --release -p vitext --example train-segmenter -- write TRAIN.conllu DEV.conllu
//! ```
//!
//! `cv` is five-fold cross-validation, the only figure to tune on. `report` trains on the
//! first file and measures on the second. `write` trains on all files and rewrites
//! `data/treebank.txt` and `data/segmenter.bin`.

#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use vitext::segmenter::{
    Counts, LexiconBuilder, Method, Model, Segmenter, Sentence, Weights, read_conllu,
    train,
};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, files @ ..] = &args[..] else {
        return Err("usage: train-segmenter cv|report|write FILE.conllu...".into());
    };
    let files: Vec<Vec<Sentence>> = files.iter().map(|f| read(f)).collect::<Result<_, _>>()?;
    match (&command[..], &files[..]) {
        ("cv", files) => cross_validate(&files.concat()),
        ("report", [train, test]) => report(train, test),
        ("write", files) => write(&files.concat())?,
        _ => return Err("usage: train-segmenter cv|report|write FILE.conllu...".into()),
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Sentence>, Box<dyn Error>> {
    Ok(read_conllu(&std::fs::read_to_string(path)?)?)
}

fn fit(sentences: &[Sentence], model: Model) -> Segmenter {
    let mut words = LexiconBuilder::shipped();
    let weights = Weights::pack(&train(sentences, &words, model));
    for sentence in sentences {
        words.learn(sentence);
    }
    Segmenter::new(words.build(), weights)
}

const METHODS: [(&str, Method, Model); 4] = [
    ("perceptron", Method::Model, Model::Perceptron),
    ("crf", Method::Model, Model::Crf),
    ("longest match", Method::LongestMatch, Model::Perceptron),
    ("bare syllables", Method::Bare, Model::Perceptron),
];

fn cross_validate(sentences: &[Sentence]) {
    const FOLDS: usize = 5;
    let mut counts = [Counts::default(); METHODS.len()];
    for fold in 0..FOLDS {
        let inside = fold * sentences.len() / FOLDS..(fold + 1) * sentences.len() / FOLDS;
        let rest = [&sentences[..inside.start], &sentences[inside.end..]].concat();
        if std::env::var("ERR").is_ok() {
            let seg = fit(&rest, Model::Perceptron);
            for s in &sentences[inside.clone()] {
                let got: Vec<(usize, usize)> = seg.segment(&s.text).iter().map(|t| (t.start, t.end)).collect();
                for g in got.iter().filter(|g| !s.words.contains(g)) { println!("+\t{}", &s.text[g.0..g.1]); }
                for g in s.words.iter().filter(|g| !got.contains(g)) { println!("-\t{}", &s.text[g.0..g.1]); }
            }
        }
        measure(&rest, &sentences[inside], &mut counts);
    }
    print(&counts);
}

fn report(train: &[Sentence], test: &[Sentence]) {
    let mut counts = [Counts::default(); METHODS.len()];
    measure(train, test, &mut counts);
    print(&counts);
}

fn measure(train: &[Sentence], test: &[Sentence], counts: &mut [Counts]) {
    let fitted = [Model::Perceptron, Model::Crf].map(|model| (model, fit(train, model)));
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

fn write(sentences: &[Sentence]) -> Result<(), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut list = BTreeSet::new();
    for sentence in sentences {
        for (start, end) in &sentence.words {
            let word = sentence.text[*start..*end].to_lowercase();
            if word.chars().any(char::is_alphabetic) {
                list.insert(vitext::normalize(&word));
            }
        }
    }
    let head = "# Words of the UD Vietnamese VTB, CC BY-SA 4.0; see README.md. Written by train-segmenter.\n";
    let list: Vec<String> = list.into_iter().collect();
    std::fs::write(data.join("treebank.txt"), head.to_owned() + &list.join("\n") + "\n")?;

    let mut words = LexiconBuilder::shipped();
    let weights = Weights::pack(&train(sentences, &words, Model::Perceptron));
    for sentence in sentences {
        words.learn(sentence);
    }
    let bytes = weights.to_bytes(words.build().fingerprint());
    std::fs::write(data.join("segmenter.bin"), bytes)?;
    println!("{} features", weights.count());
    Ok(())
}
