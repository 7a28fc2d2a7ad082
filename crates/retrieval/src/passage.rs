//! The part of a record that a question is about: its best passage, the line of it to
//! show, and how much of the question the record covers.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use corpus::{Passage, Procedure, Section, passages};

use crate::analysis::{Unit, units};
use crate::question::{QueryTerm, Question};
use crate::tokenizer::bigram;

/// Longest line shown under a name, in characters.
const SNIPPET_CHARS: usize = 220;

/// A parsed record with what matching inside it needs.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub procedure: Arc<Procedure>,
    passages: Vec<Part>,
    /// Folded terms of the name and the aliases.
    names: HashSet<u64>,
}

#[derive(Debug)]
struct Part {
    section: Section,
    text: String,
    terms: HashSet<u64>,
    units: usize,
}

/// Where a question meets a record.
pub(crate) struct Place {
    pub section: Section,
    pub snippet: String,
}

impl Prepared {
    pub(crate) fn new(procedure: Procedure) -> Self {
        let parts = passages(&procedure).into_iter().map(Part::of).collect();
        let mut names = HashSet::new();
        for name in std::iter::once(&procedure.name).chain(&procedure.aliases) {
            add_terms(&units(name), &mut names);
        }
        Self {
            procedure: Arc::new(procedure),
            passages: parts,
            names,
        }
    }

    /// Share of the question's informative terms that the record has, by weight.
    pub(crate) fn coverage(&self, question: &Question) -> f32 {
        let (mut found, mut all) = (0.0_f32, 0.0_f32);
        for term in question.informative() {
            let weight = term.weight * term.idf;
            all += weight;
            let key = key(&term.folded);
            if self.names.contains(&key) || self.passages.iter().any(|p| p.terms.contains(&key)) {
                found += weight;
            }
        }
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// The best place for a question: in the section that it asks for where it asks
    /// for one, else the passage that has most of it.
    pub(crate) fn place(&self, question: &Question) -> Place {
        let best = self
            .passages
            .iter()
            .map(|part| (part.score(question), part))
            .max_by(|a, b| {
                a.0.total_cmp(&b.0)
                    .then_with(|| b.1.section.cmp(&a.1.section))
            });
        match best {
            Some((score, part)) if score > 0.0 => Place {
                section: part.section,
                snippet: part.snippet(question),
            },
            _ => Place {
                section: Section::Overview,
                snippet: shorten(&self.procedure.name),
            },
        }
    }
}

impl Part {
    fn of(passage: Passage) -> Self {
        let units = units(&passage.text);
        let mut terms = HashSet::with_capacity(units.len() * 2);
        add_terms(&units, &mut terms);
        Self {
            section: passage.section,
            text: passage.text,
            units: units.len(),
            terms,
        }
    }

    fn score(&self, question: &Question) -> f32 {
        let text: f32 = question
            .terms
            .iter()
            .filter(|term| self.terms.contains(&key(&term.folded)))
            .map(|term| term.weight * term.idf)
            .sum();
        // Long passages hold more by chance; the root keeps short ones from winning
        // by a single word.
        let text = text / (self.units.max(8) as f32).sqrt();
        // The aspect asked for outweighs any wording: "bao nhiêu tiền" is not in a fee.
        let asked = question.sections.iter().position(|s| *s == self.section);
        asked.map_or(text, |at| text + 100.0 - at as f32)
    }

    fn snippet(&self, question: &Question) -> String {
        let best = self
            .text
            .lines()
            .map(|line| (line_score(line, &question.terms), line))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        shorten(best.map_or("", |(_, line)| line))
    }
}

fn line_score(line: &str, terms: &[QueryTerm]) -> f32 {
    let mut found = HashSet::new();
    add_terms(&units(line), &mut found);
    terms
        .iter()
        .filter(|term| found.contains(&key(&term.folded)))
        .map(|term| term.weight * term.idf)
        .sum()
}

fn add_terms(units: &[Unit], terms: &mut HashSet<u64>) {
    for (at, unit) in units.iter().enumerate() {
        terms.insert(key(&unit.folded));
        if let Some(next) = units.get(at + 1).filter(|_| unit.joins_next) {
            terms.insert(key(&bigram(&unit.folded, &next.folded)));
        }
    }
}

/// Terms are kept as hashes: a set of strings a passage would be most of the memory.
fn key(term: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
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
