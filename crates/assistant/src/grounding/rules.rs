//! The gate's words, from `data/grounding.toml`, compiled for one look-up per syllable.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::reading::{Bound, Class, Mark};

/// The gate's rules: lists of words, no state. Cheap to read from many threads.
#[derive(Debug)]
pub struct Gate {
    /// Phrases by their first syllable, the longest first.
    phrases: HashMap<String, Vec<Phrase>>,
    generic: HashSet<String>,
    pub(super) agencies: HashSet<String>,
    pub(super) offices: HashSet<String>,
    pub(super) people: HashSet<String>,
    pub(super) papers: HashSet<String>,
    pub(super) deeds: HashSet<String>,
    pub(super) applicants: HashSet<String>,
    pub(super) openers: HashSet<String>,
    pub(super) predicates: HashSet<String>,
    pub(super) joins: HashSet<String>,
    pub(super) naming: HashSet<String>,
    pub(super) hands_in: HashSet<String>,
}

/// What a phrase becomes.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) syllables: Vec<String>,
    /// One word for all phrases of the same meaning; empty where it is dropped.
    pub(super) word: String,
    pub(super) class: Class,
    pub(super) bound: Option<Bound>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    same: Vec<Vec<String>>,
    polite: Vec<String>,
    function: Vec<String>,
    generic: Vec<String>,
    costs: Vec<String>,
    marks: BTreeMap<Mark, Vec<String>>,
    bounds: BTreeMap<Bound, Vec<String>>,
    names: Names,
    clauses: Clauses,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    agencies: Vec<String>,
    offices: Vec<String>,
    people: Vec<String>,
    papers: Vec<String>,
    deeds: Vec<String>,
    applicants: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clauses {
    openers: Vec<String>,
    predicates: Vec<String>,
    joins: Vec<String>,
    naming: Vec<String>,
    hands_in: Vec<String>,
}

impl Gate {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(data).map_err(|error| format!("grounding.toml: {error}"))?;
        let mut gate = Self {
            phrases: HashMap::new(),
            generic: file.generic.iter().map(|text| joined(text)).collect(),
            agencies: file
                .names
                .agencies
                .iter()
                .map(|text| joined(text))
                .collect(),
            offices: file.names.offices.iter().map(|text| joined(text)).collect(),
            people: file.names.people.iter().map(|text| joined(text)).collect(),
            papers: file.names.papers.iter().map(|text| joined(text)).collect(),
            applicants: file.names.applicants.iter().map(|t| joined(t)).collect(),
            deeds: file.names.deeds.iter().map(|text| joined(text)).collect(),
            openers: file.clauses.openers.iter().map(|t| joined(t)).collect(),
            predicates: file.clauses.predicates.iter().map(|t| joined(t)).collect(),
            joins: file.clauses.joins.iter().map(|text| joined(text)).collect(),
            naming: file.clauses.naming.iter().map(|t| joined(t)).collect(),
            hands_in: file.clauses.hands_in.iter().map(|t| joined(t)).collect(),
        };
        gate.fill(&file);
        for list in gate.phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.syllables.len()));
        }
        Ok(gate)
    }

    /// Lists in order of precedence: of equally long phrases the first one added wins.
    fn fill(&mut self, file: &File) {
        for (mark, texts) in &file.marks {
            for text in texts {
                self.add(text, &mark.word(), Class::Mark(*mark), None);
            }
        }
        for text in &file.costs {
            self.add(text, "thu_phí", Class::Cost, None);
        }
        for group in &file.same {
            let word = group.first().map(|text| joined(text)).unwrap_or_default();
            let (class, bound) = Self::class_of(file, &group[0]);
            for text in group {
                self.add(text, &word, class, bound);
            }
        }
        for text in file.names.deeds.iter().chain(&file.names.applicants) {
            self.add(text, &joined(text), Class::Content, None);
        }
        for text in &file.polite {
            self.add(text, "", Class::Function, None);
        }
        for (list, class) in [
            (&file.generic, Class::Generic),
            (&file.function, Class::Function),
        ] {
            for text in list {
                self.add(text, &joined(text), class, None);
            }
        }
        for (bound, texts) in &file.bounds {
            for text in texts {
                self.add_bound(text, *bound);
            }
        }
    }

    /// A group's first phrase says what class the group is of, and of which bound.
    fn class_of(file: &File, text: &str) -> (Class, Option<Bound>) {
        let is_in = |list: &[String]| list.iter().any(|other| other == text);
        let mut bounds = file.bounds.iter().filter(|(_, list)| is_in(list));
        if let Some((bound, _)) = bounds.next() {
            return (Class::Bound, Some(*bound));
        }
        let class = match () {
            () if is_in(&file.function) => Class::Function,
            () if is_in(&file.generic) => Class::Generic,
            () => Class::Content,
        };
        (class, None)
    }

    fn add(&mut self, text: &str, word: &str, class: Class, bound: Option<Bound>) {
        let syllables = cut(text);
        let list = self.phrases.entry(syllables[0].clone()).or_default();
        if list.iter().all(|phrase| phrase.syllables != syllables) {
            list.push(Phrase {
                syllables,
                word: word.to_owned(),
                class,
                bound,
            });
        }
    }

    /// A bound word may be another word elsewhere ("trong", "từ"): its class stays.
    fn add_bound(&mut self, text: &str, bound: Bound) {
        let syllables = cut(text);
        let list = self.phrases.entry(syllables[0].clone()).or_default();
        match list.iter_mut().find(|p| p.syllables == syllables) {
            Some(phrase) => phrase.bound = Some(bound),
            None => list.push(Phrase {
                word: bound.word(text),
                syllables,
                class: Class::Bound,
                bound: Some(bound),
            }),
        }
    }

    /// True for a word of every procedure.
    pub(super) fn is_generic(&self, word: &str) -> bool {
        self.generic.contains(word)
    }

    /// The longest phrase at the start of these syllables.
    pub(super) fn phrase<'g>(
        &'g self,
        first: &str,
        fits: impl Fn(&Phrase) -> bool,
    ) -> Option<&'g Phrase> {
        self.phrases.get(first)?.iter().find(|phrase| fits(phrase))
    }
}

/// The syllables of a phrase as they are compared.
fn cut(text: &str) -> Vec<String> {
    let lower = vitext::normalize(text).to_lowercase();
    lower.split_whitespace().map(vitext::final_i).collect()
}

fn joined(text: &str) -> String {
    cut(text).join("_")
}

impl Gate {
    /// Reads the lines that a text will be checked against. The first is the procedure's
    /// name.
    pub fn evidence<'l>(&self, lines: impl IntoIterator<Item = &'l str>) -> super::Evidence<'_> {
        super::Evidence::new(self, lines)
    }
}
