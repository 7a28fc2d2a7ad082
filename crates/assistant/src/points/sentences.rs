//! The sentences of a record that may be quoted, each read once.

use std::collections::HashSet;

use corpus::{Facts, Procedure, Section, State, facts, passages};

use crate::compose::LINE_LIMIT;
use crate::grounding::Sentences;
use crate::phrase::Words;
use crate::understanding::Understanding;

/// Sections whose sentences are looked at, those that state what is needed first.
const LOOKED_AT: [Section; 7] = [
    Section::Documents,
    Section::Conditions,
    Section::Fee,
    Section::Time,
    Section::Steps,
    Section::Subject,
    Section::Where,
];

/// A section of so few lines, when it is asked for, is shown whole in the text.
const SHOWN_WHOLE: usize = 3;

/// Shortest sentence worth quoting, in words: headings are shorter.
const SHORTEST: usize = 6;

/// A case with its papers is quoted whole up to this length, in characters.
const WHOLE_CASE: usize = 400;

/// How a sentence starts that states what holds for a case.
const CONDITION: [&str; 5] = ["truong hop", "doi voi", "neu", "nguoi", "khi"];

/// A sentence with what is counted of it.
pub(super) struct Sentence {
    pub section: Section,
    pub text: String,
    pub words: Words,
    pub folded: Vec<String>,
    /// Its words and pairs of neighbours.
    pub terms: HashSet<String>,
    /// The text without marks and copies to bring ("(bản chính: 1)"), with its punctuation.
    pub plain: String,
    /// True when it stands in half of the records and nobody asked for it.
    pub aside: bool,
    /// False where its section has nothing to do with what is asked for.
    pub concerned: bool,
}

impl Sentence {
    fn read(section: Section, text: String, concerned: bool) -> Self {
        let words = Words::read(&text);
        let folded: Vec<String> = words.folded().map(str::to_owned).collect();
        let pairs = folded.windows(2).map(|pair| pair.join(" "));
        Self {
            section,
            terms: folded.iter().cloned().chain(pairs).collect(),
            plain: uncounted(&vitext::fold(&text)),
            folded,
            aside: false,
            words,
            text,
            concerned,
        }
    }

    pub fn states_a_case(&self) -> bool {
        let start = self.folded[..self.folded.len().min(4)].join(" ");
        CONDITION.iter().any(|word| start.contains(word))
    }
}

/// The sentences that may be quoted. What is asked for and short is in the text anyway.
pub(super) fn sentences(procedure: &Procedure, understanding: &Understanding) -> Vec<Sentence> {
    // Weak words ("cỡ bao nhiêu") guess at a section; the sentence found tells better.
    let guessed: &[Section] = &[];
    let aspects = if understanding.vague {
        guessed
    } else {
        &understanding.aspects
    };
    let hidden = |facts: &Facts| {
        let short = |line: &String| line.chars().count() <= LINE_LIMIT;
        let whole = facts.lines.len() <= SHOWN_WHOLE && facts.lines.iter().all(short);
        let whole = whole && aspects.contains(&facts.section);
        facts.state == State::Present && !whole
    };
    LOOKED_AT
        .iter()
        .map(|section| facts(procedure, *section))
        .filter(hidden)
        .flat_map(|facts| {
            let concerned = concerns(facts.section, aspects);
            let texts = match facts.section {
                Section::Documents => papers(procedure),
                _ => cut(&facts.lines),
            };
            let read = move |text| Sentence::read(facts.section, text, concerned);
            texts.into_iter().map(read)
        })
        .collect()
}

/// What is needed for a case may stand among conditions and steps as well; a question about
/// the fee is not answered with papers.
fn concerns(section: Section, aspects: &[Section]) -> bool {
    let general = [
        Section::Overview,
        Section::Steps,
        Section::Conditions,
        Section::Subject,
    ];
    if aspects.iter().all(|aspect| general.contains(aspect)) {
        return true;
    }
    let papers = [Section::Documents, Section::Form];
    match section {
        Section::Conditions | Section::Steps => true,
        Section::Documents => aspects.iter().any(|aspect| papers.contains(aspect)),
        other => aspects.contains(&other),
    }
}

/// The papers of a case under its heading, because a paper without its case is another claim;
/// whole where they are short, else one by one. Papers of no case sentence by sentence.
fn papers(procedure: &Procedure) -> Vec<String> {
    let mut texts = Vec::new();
    let documents = passages(procedure).into_iter();
    for passage in documents.filter(|passage| passage.section == Section::Documents) {
        let lines: Vec<String> = passage.text.lines().map(str::to_owned).collect();
        let (Some(_), Some((heading, papers))) = (&passage.case, lines.split_first()) else {
            texts.extend(cut(&lines));
            continue;
        };
        let heading = heading.trim_end_matches([':', ' ']);
        let heading = heading.strip_prefix("Trường hợp: ").unwrap_or(heading);
        let papers: Vec<String> = papers.iter().map(|paper| bare(paper)).collect();
        let whole = format!("{heading}: {}", papers.join("; "));
        if whole.chars().count() <= WHOLE_CASE {
            texts.push(whole);
        } else {
            texts.extend(papers.iter().map(|paper| format!("{heading}: {paper}")));
        }
    }
    texts
}

/// The sentences of some lines, without those too short to state anything; long ones by their
/// clauses.
fn cut(lines: &[String]) -> Vec<String> {
    let mut sentences = Sentences::default();
    let text = format!("{}\n", lines.join("\n"));
    let whole = |text: &&str| text.split_whitespace().count() >= SHORTEST;
    let complete = sentences.push(&text);
    let clauses = complete.iter().flat_map(|text| clauses(text));
    clauses.filter(whole).map(bare).collect()
}

/// A sentence, or its parts between semicolons when it is too long to be quoted whole.
fn clauses(text: &str) -> Vec<&str> {
    if text.chars().count() <= WHOLE_CASE {
        vec![text]
    } else {
        text.split("; ").collect()
    }
}

/// A folded text without how many originals and copies of a paper are to be brought: that is no
/// number of photographs and no age.
fn uncounted(text: &str) -> String {
    let mut parts = text.split('(');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let counts = part.starts_with("ban chinh:") || part.starts_with("ban sao:");
        if let Some((_, rest)) = part.split_once(')').filter(|_| counts) {
            kept.push_str(rest);
        } else {
            kept.push('(');
            kept.push_str(part);
        }
    }
    kept
}

/// Without the bullet or the "Lưu ý" that a line starts with.
fn bare(text: &str) -> String {
    let text = text.trim_start_matches(['-', '+', '*', '•', ' ']);
    text.strip_prefix("Lưu ý:")
        .unwrap_or(text)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::uncounted;

    #[test]
    fn what_is_to_be_brought_of_a_paper_is_no_number_of_it() {
        let text = "giay to co anh (ban chinh: 1, ban sao: 2); 02 anh (nen trang)";
        assert_eq!(uncounted(text), "giay to co anh ; 02 anh (nen trang)");
    }
}
