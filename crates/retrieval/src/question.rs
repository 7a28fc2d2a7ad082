//! Reading a question for search: which words carry the topic, which only frame it,
//! which section it asks for, and what the office calls what the citizen said.

use std::collections::HashMap;
use std::sync::LazyLock;

use corpus::Section;

use crate::analysis::{Unit, parts, term_key, units};
use crate::snapshot::Snapshot;
use crate::tokenizer::bigram;

/// What the office's words for a citizen's phrase weigh beside the phrase itself.
const SYNONYM_WEIGHT: f32 = 0.8;

/// Weight of a single word that is framing if its diacritics were what they may be.
const MAYBE_FRAMING: f32 = 0.5;

/// Terms that can add less than this to a score are not looked up.
const NEGLIGIBLE: f32 = 0.02;

/// Terms looked up at most: it bounds the time of a question of a thousand characters.
const MOST_TERMS: usize = 32;

/// A question as search uses it.
#[derive(Debug)]
pub(crate) struct Question {
    /// Procedure codes it names, in order.
    pub codes: Vec<String>,
    /// Whether it was typed with diacritics.
    pub marked: bool,
    /// Terms to look for, each once.
    pub terms: Vec<QueryTerm>,
    /// Sections it asks for, in the order asked.
    pub sections: Vec<Section>,
    /// Folded stretches of it that may be a procedure's name or alias.
    pub phrases: Vec<Phrase>,
}

/// A unigram or bigram of the question.
#[derive(Debug, Clone)]
pub(crate) struct QueryTerm {
    pub marked: String,
    pub folded: String,
    /// Hash of the folded form, as passages are matched.
    pub key: u64,
    /// 1 for a topic word, less for framing.
    pub weight: f32,
    /// How many records have it.
    pub frequency: u64,
    /// Whether it is worth looking up in the index.
    pub looked_up: bool,
    /// How rare it is in the records.
    pub idf: f32,
    /// False for framing and for what synonyms added.
    pub informative: bool,
}

/// A stretch of the question that may name a procedure outright.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub folded: String,
    /// Rarity of its words together.
    pub idf: f32,
}

impl Question {
    /// Reads a question against the words of an index.
    pub(crate) fn read(text: &str, snapshot: &Snapshot) -> Self {
        let clean = vitext::normalize(text);
        let expanded = vitext::expand_abbreviations(&clean).to_lowercase();
        let words = units(&expanded);
        let marked = vitext::has_marks(&clean);
        let (weights, sections) = frame(&words, marked);
        let mut terms = Terms::default();
        terms.add(&words, &weights, 1.0, true);
        let synonyms = LEXICON.synonyms.matches(&words, marked);
        for (_, long) in &synonyms {
            terms.add(long, &vec![1.0; long.len()], SYNONYM_WEIGHT, false);
        }
        let mut question = Self {
            codes: codes(&words),
            marked,
            terms: terms.list,
            sections,
            phrases: Vec::new(),
        };
        for term in &mut question.terms {
            term.frequency = snapshot.frequency_of(&term.folded);
            term.idf = snapshot.idf(term.frequency);
        }
        question.choose();
        question.phrases = question.stretches(&words, &weights);
        for (_, long) in synonyms {
            question.phrases.extend(question.whole(long));
        }
        question
    }

    /// Marks the terms to look up: those that some record has and that can move a
    /// score, the weightiest of a very long question.
    fn choose(&mut self) {
        let gain = |term: &QueryTerm| term.weight * term.idf;
        let mut order: Vec<usize> = (0..self.terms.len())
            .filter(|at| self.terms[*at].frequency > 0)
            .filter(|at| gain(&self.terms[*at]) >= NEGLIGIBLE)
            .collect();
        order.sort_by(|a, b| gain(&self.terms[*b]).total_cmp(&gain(&self.terms[*a])));
        for at in order.into_iter().take(MOST_TERMS) {
            self.terms[at].looked_up = true;
        }
    }

    /// Every stretch of two to ten words that does not start or end in framing.
    fn stretches(&self, words: &[Unit], weights: &[f32]) -> Vec<Phrase> {
        let topical = |at: usize| weights[at] >= 0.5;
        let mut phrases = Vec::new();
        for start in (0..words.len()).filter(|at| topical(*at)) {
            let longest = words.len().min(start + 10);
            for end in (start + 2..=longest).filter(|end| topical(end - 1)) {
                phrases.extend(self.whole(&words[start..end]));
            }
        }
        phrases
    }

    fn whole(&self, words: &[Unit]) -> Option<Phrase> {
        let folded: Vec<&str> = words.iter().map(|word| &*word.folded).collect();
        let idf = |word: &&str| {
            let known = self.terms.iter().find(|term| term.folded == **word);
            known.map_or(0.0, |term| term.idf * term.weight)
        };
        let rarity = folded.iter().map(idf).sum();
        (folded.len() > 1).then(|| Phrase {
            folded: folded.join(" "),
            idf: rarity,
        })
    }
}

/// The codes that a text names: whole, and without a province's suffix.
fn codes(words: &[Unit]) -> Vec<String> {
    let mut codes = Vec::new();
    for word in words {
        let whole = word.folded.to_uppercase();
        let base: String = whole.chars().take(8).collect();
        let shaped = base.bytes().enumerate().all(|(at, byte)| match at {
            1 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
        let ends = matches!(whole.as_bytes().get(8), None | Some(b'.'));
        if base.len() == 8 && shaped && ends {
            if base != whole {
                codes.push(whole);
            }
            codes.push(base);
        }
    }
    codes
}

/// Weight of each word and the sections asked for, by the list of framing phrases.
/// Without diacritics a single word may be another one (`dang` is `đang` or `đăng`),
/// so it is lowered less.
fn frame(words: &[Unit], marked: bool) -> (Vec<f32>, Vec<Section>) {
    let mut weights = vec![1.0; words.len()];
    let mut sections = Vec::new();
    for (range, frame) in LEXICON.frames.matches(words, marked) {
        let surely = marked || range.len() > 1;
        let weight = if surely {
            frame.weight
        } else {
            frame.weight.max(MAYBE_FRAMING)
        };
        weights[range].fill(weight);
        if let Some(section) = frame.section
            && !sections.contains(&section)
        {
            sections.push(section);
        }
    }
    (weights, sections)
}

/// Terms gathered once each; of two occurrences the weightier counts.
#[derive(Default)]
struct Terms {
    list: Vec<QueryTerm>,
    at: HashMap<String, usize>,
}

impl Terms {
    fn add(&mut self, words: &[Unit], weights: &[f32], factor: f32, own: bool) {
        for (at, word) in words.iter().enumerate() {
            let weight = weights[at];
            self.put(&word.marked, &word.folded, weight * factor, own);
            for (marked, folded) in parts(&word.marked).zip(parts(&word.folded)) {
                self.put(marked, folded, 0.3 * weight * factor, false);
            }
            if let Some(next) = words.get(at + 1).filter(|_| word.joins_next) {
                let marked = bigram(&word.marked, &next.marked);
                let folded = bigram(&word.folded, &next.folded);
                // A framing word beside a topic word ("làm căn") is half a word.
                let both = (weight * weights[at + 1]).sqrt();
                self.put(&marked, &folded, both * factor, own);
            }
        }
    }

    fn put(&mut self, marked: &str, folded: &str, weight: f32, own: bool) {
        let at = *self.at.entry(marked.to_owned()).or_insert_with(|| {
            self.list.push(QueryTerm {
                marked: marked.to_owned(),
                folded: folded.to_owned(),
                key: term_key(folded),
                weight: 0.0,
                frequency: 0,
                looked_up: false,
                idf: 0.0,
                informative: false,
            });
            self.list.len() - 1
        });
        let term = &mut self.list[at];
        term.weight = term.weight.max(weight);
        term.informative |= own && weight >= 0.5;
    }
}

/// The word lists of search, embedded.
struct Lexicon {
    frames: PhraseTable<Frame>,
    synonyms: PhraseTable<Vec<Unit>>,
}

struct Frame {
    weight: f32,
    section: Option<Section>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut frames = PhraseTable::default();
    for [phrase, weight, section] in rows(include_str!("../../../corpus/lexicon/frames.tsv")) {
        if let Ok(weight) = weight.parse() {
            let section = section.parse().ok();
            frames.insert(phrase, Frame { weight, section });
        }
    }
    let mut synonyms = PhraseTable::default();
    for [phrase, long, _] in rows(include_str!("../../../corpus/lexicon/synonyms.tsv")) {
        synonyms.insert(phrase, units(long));
    }
    Lexicon { frames, synonyms }
});

/// The first three columns of a list's rows.
fn rows(list: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    let rows = list.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut columns = line.split('\t');
        let first = columns.next().filter(|phrase| !phrase.is_empty())?;
        Some([first, columns.next()?, columns.next().unwrap_or("")])
    })
}

/// Phrases found longest first, each word in one of them at most.
struct PhraseTable<T> {
    /// By the folded phrase: its accented form and what it stands for.
    by_phrase: HashMap<String, Vec<(Vec<Unit>, T)>>,
    longest: usize,
}

impl<T> Default for PhraseTable<T> {
    fn default() -> Self {
        Self {
            by_phrase: HashMap::new(),
            longest: 0,
        }
    }
}

impl<T> PhraseTable<T> {
    fn insert(&mut self, phrase: &str, value: T) {
        let words = units(phrase);
        self.longest = self.longest.max(words.len());
        let entries = self.by_phrase.entry(joined(&words)).or_default();
        entries.push((words, value));
    }

    /// Non-overlapping matches from left to right; with `exact` the accents must
    /// agree, since `bằng lái` is not `bảng lại`.
    fn matches(&self, words: &[Unit], exact: bool) -> Vec<(std::ops::Range<usize>, &T)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = self.longest.min(words.len() - at);
            let hit = (1..=longest).rev().find_map(|length| {
                let stretch = &words[at..at + length];
                self.get(stretch, exact).map(|value| (length, value))
            });
            match hit {
                Some((length, value)) => {
                    found.push((at..at + length, value));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    fn get(&self, words: &[Unit], exact: bool) -> Option<&T> {
        let entries = self.by_phrase.get(&joined(words))?;
        let same = |entry: &&(Vec<Unit>, T)| {
            let pairs = entry.0.iter().zip(words);
            pairs.into_iter().all(|(a, b)| a.marked == b.marked)
        };
        let entry = if exact {
            entries.iter().find(same)
        } else {
            entries.first()
        };
        entry.map(|(_, value)| value)
    }
}

fn joined(words: &[Unit]) -> String {
    let folded: Vec<&str> = words.iter().map(|word| &*word.folded).collect();
    folded.join(" ")
}
