//! How many syllables come back as they were.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use vitext::legacy::{self, Encoding};
use vitext::restore::{Model, built_in};

use crate::Outcome;
use crate::texts::{self, Part};

/// Held-back records, all lines and those of which no equal was fitted to.
pub fn records(folder: &Path) -> Outcome {
    let fitted = texts::records(folder, Part::Fit)?;
    let held_back = texts::records(folder, Part::HeldBack)?;
    let new: Vec<&str> = held_back.difference(&fitted).map(|l| &**l).collect();
    let all: Vec<&str> = held_back.iter().map(|l| &**l).collect();
    let baseline = Baseline::of(&fitted);
    report("held-back records", &all, &baseline)?;
    report("held-back records, lines not fitted to", &new, &baseline)
}

/// The questions of a suite, without those typed without diacritics.
pub fn questions(suite: &Path) -> Outcome {
    let turns = texts::marked_turns(suite)?;
    let lines: Vec<&str> = turns.iter().map(|l| &**l).collect();
    let fitted: BTreeSet<String> = texts::everyday()?.into_iter().collect();
    report(&suite.display().to_string(), &lines, &Baseline::of(&fitted))
}

/// How many lines of the records are taken for an old encoding as they are, and how many
/// are recognised and come back as they were once written in one.
pub fn legacy(folder: &Path) -> Outcome {
    let mut lines = texts::records(folder, Part::Fit)?;
    lines.extend(texts::records(folder, Part::HeldBack)?);
    let mut out = std::io::stdout();
    let mistaken: Vec<_> = lines
        .iter()
        .filter(|line| legacy::detect(line).is_some())
        .collect();
    writeln!(
        out,
        "records: {} lines, {} taken for an old encoding",
        lines.len(),
        mistaken.len()
    )?;
    for line in mistaken.iter().take(5) {
        writeln!(out, "  {line}")?;
    }
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr] {
        let (mut tried, mut known, mut exact) = (0_u32, 0, 0);
        // Lines with two words that carry marks: less is no evidence.
        for line in lines.iter().map(|line| vitext::clean(line)) {
            if line
                .split(' ')
                .filter(|word| vitext::has_marks(word))
                .count()
                < 2
            {
                continue;
            }
            let written = legacy::encode(&line, encoding);
            tried += 1;
            known += usize::from(legacy::detect(&written) == Some(encoding));
            let back = legacy::decode(&written, encoding);
            exact += usize::from(back.to_lowercase() == line.to_lowercase());
        }
        let share = |count: usize| 100.0 * count as f64 / f64::from(tried.max(1));
        writeln!(
            out,
            "{encoding:?}: {tried} lines, recognised {:.2} %, the same but for case {:.2} %",
            share(known),
            share(exact)
        )?;
    }
    Ok(())
}

/// The form that most often stands for a folded syllable in the texts fitted to.
struct Baseline(HashMap<String, String>);

impl Baseline {
    fn of(lines: &BTreeSet<String>) -> Self {
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for word in lines.iter().flat_map(|line| letters(line)) {
            *counts.entry((vitext::fold(&word), word)).or_default() += 1;
        }
        let mut best: HashMap<String, (usize, String)> = HashMap::new();
        for ((folded, form), count) in counts {
            let entry = best.entry(folded).or_default();
            if count > entry.0 {
                *entry = (count, form);
            }
        }
        Self(
            best.into_iter()
                .map(|(folded, (_, form))| (folded, form))
                .collect(),
        )
    }
}

/// The syllables of a text that are letters only, in normal form and lower case.
fn letters(text: &str) -> Vec<String> {
    vitext::syllables(&vitext::normalize(text))
        .into_iter()
        .filter(|token| token.text.chars().all(char::is_alphabetic))
        .map(|token| token.text.to_lowercase())
        .collect()
}

/// The model in the file that `MODEL` names, so that a fit is measured without a build; the
/// built-in one when it is not set.
fn model() -> Result<Model, Box<dyn std::error::Error>> {
    let bytes = match std::env::var_os("MODEL") {
        Some(path) => std::fs::read(path)?.leak(),
        None => return Ok(built_in().clone()),
    };
    Model::read(bytes).ok_or_else(|| "not a model of this version".into())
}

fn report(title: &str, lines: &[&str], baseline: &Baseline) -> Outcome {
    let bare: Vec<String> = lines.iter().map(|line| unmarked(line)).collect();
    let model = model()?;
    let started = Instant::now();
    let restored: Vec<String> = (bare.iter().map(|line| model.restore(line).text)).collect();
    let seconds = started.elapsed().as_secs_f64();
    let mut score = Score::default();
    for (line, restored) in lines.iter().zip(&restored) {
        score.add(&letters(line), &letters(restored), baseline);
    }
    let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
    let bytes: usize = bare.iter().map(String::len).sum();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{title}: {} lines, {} syllables\n  restored {:.2} %, most frequent form {:.2} %, whole \
         lines {:.1} %, {:.2} MB/s",
        lines.len(),
        score.syllables,
        share(score.right, score.syllables),
        share(score.frequent, score.syllables),
        share(score.lines_right, lines.len()),
        bytes as f64 / 1e6 / seconds
    )?;
    writeln!(out, "  most often wrong: {}", score.worst())?;
    Ok(())
}

/// Counts of syllables.
#[derive(Default)]
struct Score {
    syllables: usize,
    /// Restored as they were.
    right: usize,
    /// Of which the most frequent form is right.
    frequent: usize,
    lines_right: usize,
    wrong: BTreeMap<(String, String), usize>,
}

impl Score {
    fn add(&mut self, truth: &[String], got: &[String], baseline: &Baseline) {
        self.syllables += truth.len();
        self.lines_right += usize::from(truth == got);
        for (at, word) in truth.iter().enumerate() {
            self.frequent += usize::from(baseline.0.get(&vitext::fold(word)) == Some(word));
            let got = got.get(at).cloned().unwrap_or_default();
            if got == *word {
                self.right += 1;
            } else {
                *self.wrong.entry((word.clone(), got)).or_default() += 1;
            }
        }
    }

    fn worst(&self) -> String {
        let mut wrong: Vec<_> = self.wrong.iter().collect();
        wrong.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let shown = wrong.iter().take(12);
        let shown = shown.map(|((truth, got), count)| format!("{truth} as {got} {count}"));
        shown.collect::<Vec<_>>().join(", ")
    }
}

/// A text as somebody without a Vietnamese keyboard types it: case and all else kept.
fn unmarked(text: &str) -> String {
    let fold = |c: char| match vitext::fold_char(c) {
        Some(folded) if c.is_alphabetic() && c.is_uppercase() => folded.to_ascii_uppercase(),
        Some(folded) if c.is_alphabetic() => folded,
        _ => c,
    };
    vitext::normalize(text).chars().map(fold).collect()
}
