//! Word segmentation against a treebank in CoNLL-U: precision, recall and F1 of words.
//!
//! A word is right when it starts and ends where the treebank's does, counted in
//! characters that are not white space, so that neither spacing nor the writing of a
//! word's inner space matters.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};
use vitext::Token;

use crate::error::EvalError;
use crate::metrics::{Estimate, bootstrap};

/// The segmentation that is measured: the one place to name another.
fn segment(text: &str) -> Vec<Token<'_>> {
    vitext::segment(text)
}

/// What it is measured beside: every syllable a word.
fn syllables(text: &str) -> Vec<Token<'_>> {
    vitext::units(text)
}

/// Sentences with the words that people found in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treebank {
    /// File name without its ending.
    pub name: String,
    /// In file order.
    pub sentences: Vec<Sentence>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    /// As it is written.
    pub text: String,
    /// Its words; a Vietnamese word may hold spaces.
    pub words: Vec<String>,
}

impl Treebank {
    /// Reads a `.conllu` file.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        Self::parse(path, &fs::read_to_string(path)?)
    }

    /// Parses a file's text; `path` names it in messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, EvalError> {
        let mut reader = Reader::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_start_matches('\u{feff}');
            reader.line(line).map_err(|reason| EvalError::Suite {
                path: path.to_owned(),
                line: at + 1,
                reason,
            })?;
        }
        reader.end_sentence();
        if reader.sentences.is_empty() {
            return Err(EvalError::Empty {
                path: path.to_owned(),
            });
        }
        let name = path.file_stem().unwrap_or(path.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            sentences: reader.sentences,
        })
    }
}

/// Sentences as their lines come in.
#[derive(Default)]
struct Reader {
    sentences: Vec<Sentence>,
    current: Sentence,
    /// The last token of a range (`3-4`), whose parts are no words of the surface.
    inside_until: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.trim().is_empty() {
            self.end_sentence();
            return Ok(());
        }
        if line.starts_with('#') {
            return Ok(());
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let (Some(id), Some(form), 10) = (columns.first(), columns.get(1), columns.len()) else {
            return Err(format!("{} columns, CoNLL-U has 10", columns.len()));
        };
        if id.contains('.') {
            return Ok(());
        }
        let (first, last) = id.split_once('-').unwrap_or((id, id));
        let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else {
            return Err(format!("`{id}` is no token number"));
        };
        if form.trim().is_empty() {
            return Err(format!("token {id} has no form"));
        }
        if first > self.inside_until {
            self.current.text.push_str(form);
            self.current.words.push((*form).to_owned());
            if !columns[9].split('|').any(|note| note == "SpaceAfter=No") {
                self.current.text.push(' ');
            }
        }
        if last > first {
            self.inside_until = last;
        }
        Ok(())
    }

    fn end_sentence(&mut self) {
        self.inside_until = 0;
        let sentence = std::mem::take(&mut self.current);
        if !sentence.words.is_empty() {
            self.sentences.push(sentence);
        }
    }
}

/// How well words were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Share of the words found that are right.
    pub precision: Estimate,
    /// Share of the treebank's words that were found.
    pub recall: Estimate,
    /// Their harmonic mean.
    pub f1: Estimate,
}

/// A segmentation against a treebank. Intervals resample sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// The treebank's name.
    pub name: String,
    /// Its sentences.
    pub sentences: usize,
    /// Its words.
    pub words: usize,
    /// Our words.
    pub segmented: Found,
    /// Every syllable a word.
    pub syllables: Found,
    /// F1 of our words over that of the syllables, in pairs.
    pub gain: Estimate,
}

/// Words of a sentence: right ones, found ones, the treebank's.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: usize,
    found: usize,
    gold: usize,
}

/// Measures [`vitext`]'s words against a treebank; `None` of none.
pub fn segmentation(treebank: &Treebank) -> Option<Segmentation> {
    let ours = counts(treebank, segment);
    let bare = counts(treebank, syllables);
    let gain = |chosen: &[usize]| f1(sum(&ours, chosen)) - f1(sum(&bare, chosen));
    Some(Segmentation {
        name: treebank.name.clone(),
        sentences: treebank.sentences.len(),
        words: ours.iter().map(|counts| counts.gold).sum(),
        segmented: found(&ours)?,
        syllables: found(&bare)?,
        gain: bootstrap(ours.len(), gain)?,
    })
}

fn counts(treebank: &Treebank, cut: fn(&str) -> Vec<Token<'_>>) -> Vec<Counts> {
    let of_sentence = |sentence: &Sentence| {
        let gold = spans(sentence.words.iter().map(String::as_str));
        let found = spans(cut(&sentence.text).iter().map(|token| token.text));
        Counts {
            right: gold.intersection(&found).count(),
            found: found.len(),
            gold: gold.len(),
        }
    };
    treebank.sentences.iter().map(of_sentence).collect()
}

/// Start and end of each word among the characters that are not white space.
fn spans<'a>(words: impl Iterator<Item = &'a str>) -> HashSet<(usize, usize)> {
    let mut at = 0;
    words
        .map(|word| {
            let start = at;
            at += word.chars().filter(|c| !c.is_whitespace()).count();
            (start, at)
        })
        .collect()
}

fn found(counts: &[Counts]) -> Option<Found> {
    let share =
        |figure: fn(Counts) -> f64| bootstrap(counts.len(), |chosen| figure(sum(counts, chosen)));
    Some(Found {
        precision: share(|all| ratio(all.right, all.found))?,
        recall: share(|all| ratio(all.right, all.gold))?,
        f1: share(f1)?,
    })
}

fn sum(counts: &[Counts], chosen: &[usize]) -> Counts {
    chosen.iter().fold(Counts::default(), |sum, at| Counts {
        right: sum.right + counts[*at].right,
        found: sum.found + counts[*at].found,
        gold: sum.gold + counts[*at].gold,
    })
}

fn f1(all: Counts) -> f64 {
    ratio(2 * all.right, all.found + all.gold)
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

impl Segmentation {
    /// The figures as a person reads them in a terminal.
    pub fn table(&self) -> String {
        let mut out = format!(
            "{}: {} sentences, {} words\n{:12}{:>22}{:>22}{:>22}\n",
            self.name, self.sentences, self.words, "", "precision", "recall", "F1"
        );
        for (name, row) in [("words", &self.segmented), ("syllables", &self.syllables)] {
            let _ = write!(out, "{name:12}");
            for cell in [&row.precision, &row.recall, &row.f1] {
                let _ = write!(out, "{:>22}", cell.percent(2));
            }
            out.push('\n');
        }
        let _ = writeln!(out, "words over syllables, F1: {}", self.gain.points(2));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Treebank, EvalError> {
        Treebank::parse(Path::new("mini.conllu"), text)
    }

    fn row(id: &str, form: &str, note: &str) -> String {
        format!("{id}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{note}\n")
    }

    #[test]
    fn the_text_is_that_of_the_words() {
        let text = [
            "# text = kết hôn.\n",
            &row("1", "kết hôn", "SpaceAfter=No"),
            &row("2", ".", "_"),
            &row("2.1", "ẩn", "_"),
            "\n\n",
            &row("1-2", "vâng ạ", "_"),
            &row("1", "vâng", "_"),
            &row("2", "ạ", "_"),
        ]
        .concat();
        let found = parse(&text).unwrap();
        assert_eq!(found.name, "mini");
        let texts: Vec<&str> = found.sentences.iter().map(|s| s.text.trim()).collect();
        assert_eq!(texts, ["kết hôn.", "vâng ạ"]);
        assert_eq!(found.sentences[1].words, ["vâng ạ"]);
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, said) in [
            ("1\ta\n".to_owned(), "mini.conllu:1: 2 columns"),
            (
                row("1", "a", "_") + &row("b", "c", "_"),
                "mini.conllu:2: `b` is no token number",
            ),
            (row("1", " ", "_"), "mini.conllu:1: token 1 has no form"),
            ("# only\n".to_owned(), "mini.conllu: no question"),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_word_is_right_when_both_ends_are() {
        let gold = spans(["kết hôn", "ở", "Hà Nội"].into_iter());
        let found = spans(["kết", "hôn", "ở", "Hà  Nội"].into_iter());
        assert_eq!(gold.intersection(&found).count(), 2);
        let all = Counts {
            right: 2,
            found: 4,
            gold: 3,
        };
        assert!((f1(all) - 4.0 / 7.0).abs() < 1e-12);
    }
}
