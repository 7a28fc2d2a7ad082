//! How many syllables come back as they were.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

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
        Self(best.into_iter().map(|(folded, (_, form))| (folded, form)).collect())
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
    let restored: Vec<String> = bare.iter().map(|line| model.restore(line).text).collect();
    let seconds = started.elapsed().as_secs_f64();
    let (mut syllables, mut right, mut frequent, mut lines_right) = (0, 0, 0, 0);
    let mut wrong: BTreeMap<(String, String), usize> = BTreeMap::new();
    for ((line, restored), bare) in lines.iter().zip(&restored).zip(&bare) {
        let (truth, got) = (letters(line), letters(restored));
        if std::env::var_os("SHOW").is_some() && truth != got {
            let _ = writeln!(std::io::stdout(), "{bare}\n  {restored}\n  {line}");
        }
        lines_right += usize::from(truth == got);
        for (at, word) in truth.iter().enumerate() {
            syllables += 1;
            frequent += usize::from(baseline.0.get(&vitext::fold(word)) == Some(word));
            match got.get(at) {
                Some(got) if got == word => right += 1,
                got => *wrong.entry((word.clone(), got.cloned().unwrap_or_default())).or_default() += 1,
            }
        }
    }
    let share = |count: usize| 100.0 * count as f64 / syllables.max(1) as f64;
    let bytes: usize = bare.iter().map(String::len).sum();
    let mut out = std::io::stdout();
    writeln!(out, "{title}: {} lines, {syllables} syllables", lines.len())?;
    writeln!(out, "  restored {:.2} %, most frequent form {:.2} %, whole lines {:.1} %",
        share(right), share(frequent), 100.0 * lines_right as f64 / lines.len().max(1) as f64)?;
    writeln!(out, "  {:.2} MB/s", bytes as f64 / 1e6 / seconds)?;
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown: Vec<String> = wrong.iter().take(30)
        .map(|((truth, got), count)| format!("{truth}→{got} {count}")).collect();
    writeln!(out, "  most often wrong: {}", shown.join(", "))?;
    Ok(())
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
