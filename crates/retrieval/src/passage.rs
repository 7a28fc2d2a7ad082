//! The part of a record that a question is about: its best passage, the line of it to
//! show, and how much of the question the record covers.

use std::collections::HashMap;
use std::sync::Arc;

use corpus::{Procedure, Section};

use crate::analysis::{Unit, each_key, term_key, units};
use crate::question::{QueryTerm, Question};

/// Longest line shown under a name, in characters.
const SNIPPET_CHARS: usize = 220;

/// More than any wording can add: the section that a question asks for outright.
/// "bao nhiêu tiền" is in no fee.
const ASKED_FOR: f32 = 1_000.0;

/// A parsed record with its passages.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub procedure: Arc<Procedure>,
    passages: Vec<Part>,
    /// The name and each alias with abbreviations written out.
    written: Vec<String>,
    /// Their words: key and rarity.
    names: Vec<Vec<(u64, f32)>>,
}

/// A passage's section and text, as the index keeps them.
pub(crate) type Part = (Section, String);

/// Where a question meets a record.
#[derive(Debug)]
pub(crate) struct Place {
    pub section: Section,
    pub snippet: String,
    /// Share of the question's informative terms that the record has, by weight.
    pub coverage: f32,
    /// Share of the question's informative pairs of syllables that the record has.
    pub pairs: f32,
    /// Share of the words of the name, or of one alias, that are in the question.
    pub said: f32,
    /// `pairs` by the name and the aliases alone.
    pub pairs_in_names: f32,
}

impl Prepared {
    /// `rarity` tells how rare a folded word is in the index.
    pub(crate) fn new(
        procedure: Procedure,
        passages: Vec<Part>,
        rarity: impl Fn(&str) -> f32,
    ) -> Self {
        let word = |unit: &Unit| (term_key(&unit.folded), rarity(&unit.folded));
        let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
        let written: Vec<String> = names.map(|name| vitext::expand_capitals(name)).collect();
        let words = |name: &String| units(name).iter().map(word).collect();
        Self {
            passages,
            names: written.iter().map(words).collect(),
            written,
            procedure: Arc::new(procedure),
        }
    }

    /// The best place for a question: in the section that it asks for where it asks
    /// for one, else the passage that has most of it.
    pub(crate) fn place(&self, question: &Question) -> Place {
        let lookup = Lookup::new(question);
        let mut found = vec![false; question.terms.len()];
        for name in &self.written {
            lookup.mark(name, &mut found);
        }
        let pairs_in_names = pairs(question, &found);
        let mut best: Option<(f32, &Part)> = None;
        for passage in &self.passages {
            let mut here = vec![false; question.terms.len()];
            let words = lookup.mark(&passage.1, &mut here);
            let score = score(question, passage.0, &here, words);
            if score > best.map_or(0.0, |(score, _)| score) {
                best = Some((score, passage));
            }
            for (all, here) in found.iter_mut().zip(here) {
                *all |= here;
            }
        }
        let snippet = best.map_or(&*self.procedure.name, |(_, (_, text))| lookup.line(text));
        Place {
            section: best.map_or(Section::Overview, |(_, (section, _))| *section),
            snippet: shorten(snippet),
            coverage: coverage(question, &found),
            pairs: pairs(question, &found),
            said: self.said(&lookup),
            pairs_in_names,
        }
    }

    /// The name or alias of which the question says the largest share.
    fn said(&self, lookup: &Lookup<'_>) -> f32 {
        let share = |name: &Vec<(u64, f32)>| {
            let all: f32 = name.iter().map(|(_, rarity)| rarity).sum();
            let said = name
                .iter()
                .map(|(key, rarity)| lookup.weight(*key) * rarity);
            said.sum::<f32>() / all.max(f32::MIN_POSITIVE)
        };
        self.names.iter().map(share).fold(0.0, f32::max)
    }
}

fn score(question: &Question, section: Section, found: &[bool], words: usize) -> f32 {
    // Long passages hold more by chance; the root keeps short ones from winning by a
    // single word.
    let text = sum(&question.terms, found) / (words.max(8) as f32).sqrt();
    let asked = question.sections.iter().position(|s| *s == section);
    asked.map_or(text, |at| text + ASKED_FOR / (at + 1) as f32)
}

fn coverage(question: &Question, found: &[bool]) -> f32 {
    let informative: Vec<bool> = question.terms.iter().map(|t| t.informative).collect();
    let pairs = informative.iter().zip(found);
    let both: Vec<bool> = pairs.map(|(a, b)| *a && *b).collect();
    let all = sum(&question.terms, &informative);
    if all > 0.0 {
        sum(&question.terms, &both) / all
    } else {
        0.0
    }
}

/// Every pair counts the same: weighted by rarity, one odd word would decide. A question
/// of single syllables ("hồ sơ hưu") is judged by those.
fn pairs(question: &Question, found: &[bool]) -> f32 {
    let pair = |term: &QueryTerm| term.informative && term.folded.contains(' ');
    let of_pairs = question.terms.iter().zip(found).filter(|(t, _)| pair(t));
    let (all, held) = of_pairs.fold((0.0, 0.0), |(all, held), (_, found)| {
        (all + 1.0, held + f32::from(u8::from(*found)))
    });
    if all > 0.0 {
        held / all
    } else {
        coverage(question, found)
    }
}

/// Weight of the terms that are chosen.
fn sum(terms: &[QueryTerm], chosen: &[bool]) -> f32 {
    let pairs = terms.iter().zip(chosen).filter(|(_, chosen)| **chosen);
    pairs.map(|(term, _)| term.weight * term.idf).sum()
}

/// The question's terms by key.
struct Lookup<'a> {
    question: &'a Question,
    by_key: HashMap<u64, usize>,
    /// One bit for every key's low byte and a half: most words of a record are not in
    /// the question, and this tells so without hashing.
    sieve: [bool; 4096],
}

impl<'a> Lookup<'a> {
    fn new(question: &'a Question) -> Self {
        let terms = question.terms.iter().enumerate();
        let by_key: HashMap<u64, usize> = terms.map(|(at, term)| (term.key, at)).collect();
        let mut sieve = [false; 4096];
        for key in by_key.keys() {
            sieve[slot(*key)] = true;
        }
        Self {
            question,
            by_key,
            sieve,
        }
    }

    /// Weight of a term in the question, 0 to 1; 0 for one that it has not.
    fn weight(&self, key: u64) -> f32 {
        let term = self.by_key.get(&key).map(|at| &self.question.terms[*at]);
        term.map_or(0.0, |term| term.weight.min(1.0))
    }

    /// Marks the terms that a text has; gives its number of terms.
    fn mark(&self, text: &str, found: &mut [bool]) -> usize {
        let mut words = 0;
        each_key(text, |key| {
            words += 1;
            if self.sieve[slot(key)]
                && let Some(at) = self.by_key.get(&key)
            {
                found[*at] = true;
            }
        });
        words
    }

    /// The line that has most of the question, the first of equals.
    fn line<'t>(&self, text: &'t str) -> &'t str {
        let weigh = |line| {
            let mut found = vec![false; self.question.terms.len()];
            self.mark(line, &mut found);
            sum(&self.question.terms, &found)
        };
        let lines = text.lines().map(|line| (weigh(line), line));
        let best = lines.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or("", |(_, line)| line)
    }
}

fn slot(key: u64) -> usize {
    (key & 0xfff) as usize
}

/// A line cut between words, with an ellipsis that says so.
fn shorten(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(SNIPPET_CHARS) {
        None => line.to_owned(),
        Some((end, _)) => {
            let cut = line[..end].rfind(' ').unwrap_or(end);
            format!("{}…", line[..cut].trim_end_matches([',', ';', ' ']))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_between_words() {
        let line = "giấy tờ ".repeat(60);
        let short = shorten(&line);
        assert!(short.chars().count() <= SNIPPET_CHARS + 1);
        assert!(short.ends_with("giấy…") || short.ends_with("tờ…"));
        assert_eq!(shorten(" ngắn "), "ngắn");
    }
}
