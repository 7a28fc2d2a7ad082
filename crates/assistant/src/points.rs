//! The sentences of a record that meet the citizen's own words: what it says about the
//! case mentioned, or about a thing asked for that no section is named after ("có phải đi
//! khám sức khỏe không"). Quoted as they stand, never written by a model.

use std::collections::{HashMap, HashSet};

use corpus::{Facts, Procedure, Section, State, facts};

use crate::circumstances::{Circumstance, Circumstances};
use crate::grounding::Sentences;
use crate::phrase::Words;
use crate::understanding::Understanding;

/// Sections whose sentences are looked at, those that state what is needed first.
const LOOKED_AT: [Section; 6] = [
    Section::Documents,
    Section::Conditions,
    Section::Fee,
    Section::Time,
    Section::Steps,
    Section::Subject,
];

/// At most this many sentences are quoted.
const POINTS: usize = 2;

/// A section of so few lines, when it is asked for, is shown whole in the text.
const SHOWN_WHOLE: usize = 3;

/// A sentence is about the question when it holds this share of its rare words by weight.
const SHARE: f32 = 0.6;

/// And at least this many of them.
const RARE_WORDS: usize = 2;

/// Shortest sentence worth quoting, in words: headings are shorter.
const SHORTEST: usize = 6;

/// A sentence that states what holds for a case leads one that mentions it in passing.
const CONDITION: [&str; 5] = ["truong hop", "doi voi", "neu", "nguoi", "khi"];

/// A sentence of the record that answers for the citizen's case.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Where it stands.
    pub section: Section,
    /// The record's words.
    pub sentence: String,
    /// How the case is named; none when the words of the question alone led here.
    pub case: Option<String>,
}

impl Point {
    /// What stands above the sentence on a card.
    pub fn heading(&self) -> String {
        match &self.case {
            Some(case) => format!("Trường hợp của bạn ({case})"),
            None => "Liên quan đến câu hỏi".to_owned(),
        }
    }
}

/// A sentence with what is counted of it.
struct Sentence {
    section: Section,
    text: String,
    words: Words,
    folded: HashSet<String>,
}

/// The sentences of a record about the case and the words of a question, best first.
pub fn points(
    procedure: &Procedure,
    understanding: &Understanding,
    circumstances: &Circumstances,
) -> Vec<Point> {
    let said = &understanding.circumstances;
    let cases: Vec<&Circumstance> = said
        .iter()
        .filter_map(|name| circumstances.get(name))
        .collect();
    let name = Words::read(&procedure.name);
    let special: Vec<&Circumstance> = cases
        .into_iter()
        .filter(|case| !case.is_in(&name))
        .collect();
    let rare = rare_words(procedure, &understanding.content);
    if special.is_empty() && rare.len() < RARE_WORDS {
        return Vec::new();
    }
    // Weak words ("cỡ bao nhiêu") guess at a section; the sentence found tells better.
    let guessed: &[Section] = &[];
    let aspects = if understanding.vague {
        guessed
    } else {
        &understanding.aspects
    };
    let sentences = sentences(procedure, aspects);
    let mut found = about_cases(&sentences, &special);
    found.extend(about_words(&sentences, &rare));
    let mut seen = HashSet::new();
    found.retain(|point| seen.insert(point.sentence.clone()));
    found.truncate(POINTS);
    found
}

/// One sentence a case: the first that states what holds for it, else the first that
/// mentions it.
fn about_cases(sentences: &[Sentence], cases: &[&Circumstance]) -> Vec<Point> {
    let best = |case: &&Circumstance| {
        let about = || {
            sentences
                .iter()
                .filter(|sentence| case.is_in(&sentence.words))
        };
        let stated = about().find(|sentence| sentence.states_a_case());
        let sentence = stated.or_else(|| about().next())?;
        Some(sentence.point(Some(case.label.clone())))
    };
    cases.iter().filter_map(best).collect()
}

/// The sentence that holds most of the question's rare words.
fn about_words(sentences: &[Sentence], rare: &[String]) -> Option<Point> {
    if rare.len() < RARE_WORDS {
        return None;
    }
    let mut frequency: HashMap<&str, usize> = HashMap::new();
    for word in rare {
        let holds = sentences.iter().filter(|s| s.folded.contains(word));
        frequency.insert(word, holds.count());
    }
    // A word that the record never uses weighs as much as the rarest one.
    let weight = |word: &String| {
        let held = frequency[word.as_str()].max(1) as f32;
        ((sentences.len() + 1) as f32 / held).ln()
    };
    let all: f32 = rare.iter().map(weight).sum();
    let judge = |sentence: &Sentence| {
        let held = rare.iter().filter(|word| sentence.folded.contains(*word));
        let (count, sum) = held.fold((0, 0.0), |(n, sum), word| (n + 1, sum + weight(word)));
        (count, sum)
    };
    let scored = sentences.iter().map(|sentence| (judge(sentence), sentence));
    let enough = scored.filter(|((count, sum), _)| *count >= RARE_WORDS && *sum >= SHARE * all);
    let best = enough.reduce(|best, next| if next.0.1 > best.0.1 { next } else { best });
    best.map(|(_, sentence)| sentence.point(None))
}

impl Sentence {
    fn read(section: Section, text: String) -> Self {
        let words = Words::read(&text);
        Self {
            section,
            folded: words.folded().map(str::to_owned).collect(),
            words,
            text,
        }
    }

    fn states_a_case(&self) -> bool {
        let start: Vec<&str> = self.words.folded().take(4).collect();
        let start = start.join(" ");
        CONDITION.iter().any(|word| start.contains(word))
    }

    fn point(&self, case: Option<String>) -> Point {
        Point {
            section: self.section,
            sentence: self.text.clone(),
            case,
        }
    }
}

/// Words of the topic that do not name the procedure, folded, once each.
fn rare_words(procedure: &Procedure, topic: &str) -> Vec<String> {
    let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
    let names: Vec<Words> = names.map(|name| Words::read(name)).collect();
    let named: HashSet<&str> = names.iter().flat_map(Words::folded).collect();
    let topic = Words::read(topic);
    let mut seen = HashSet::new();
    let words = topic.folded().filter(|word| !named.contains(word));
    words
        .filter(|word| seen.insert(*word))
        .map(str::to_owned)
        .collect()
}

/// The sentences that may be quoted for the sections asked for. What is asked for and short
/// is in the text anyway.
fn sentences(procedure: &Procedure, aspects: &[Section]) -> Vec<Sentence> {
    let sections = LOOKED_AT
        .iter()
        .filter(|section| concerns(**section, aspects));
    let facts = sections.map(|section| facts(procedure, *section));
    let hidden = |facts: &Facts| {
        let whole = aspects.contains(&facts.section) && facts.lines.len() <= SHOWN_WHOLE;
        facts.state == State::Present && !whole
    };
    facts.filter(hidden).flat_map(split).collect()
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

fn split(facts: Facts) -> Vec<Sentence> {
    let mut sentences = Sentences::default();
    let text: String = facts.lines.iter().map(|line| format!("{line}\n")).collect();
    let whole = |text: &String| text.split_whitespace().count() >= SHORTEST;
    let complete = sentences.push(&text).into_iter().filter(whole);
    complete
        .map(|text| Sentence::read(facts.section, bare(&text)))
        .collect()
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
    use super::*;
    use crate::rules::Rules;

    fn record() -> Procedure {
        let record = serde_json::json!({
            "code": "1.000001", "name": "Cấp giấy xác nhận tình trạng hôn nhân",
            "levels": ["xa"], "scope": {"kind": "national"},
            "cases": [{"documents": [
                {"name": "Tờ khai theo mẫu", "originals": 1},
                {"name": "Giấy tờ tùy thân có ảnh", "originals": 1},
                {"name": "Trường hợp đã từng đăng ký thường trú tại nhiều nơi khác nhau thì cung cấp giấy tờ chứng minh ở nơi thường trú trước đây. Cán bộ tra cứu dữ liệu.", "is_note": true},
                {"name": "Giấy khám sức khỏe do bệnh viện cấp trong 6 tháng", "originals": 1}
            ]}],
            "provenance": {"source_kind": "own"}
        });
        serde_json::from_value(record).unwrap()
    }

    fn found(question: &str) -> Vec<Point> {
        let rules = Rules::embedded();
        let understanding = rules.understand(question);
        points(&record(), &understanding, &rules.circumstances)
    }

    #[test]
    fn the_sentence_about_the_case_is_quoted_alone() {
        let points =
            found("Xin xác nhận tình trạng hôn nhân cần giấy tờ gì, tôi từng thường trú ở 3 nơi");
        assert_eq!(
            points[0].case.as_deref(),
            Some("từng thường trú ở nhiều nơi")
        );
        assert!(points[0].sentence.starts_with("Trường hợp đã từng đăng ký"));
        assert!(!points[0].sentence.contains("Cán bộ"));
    }

    #[test]
    fn a_thing_without_a_section_is_found_by_its_words() {
        let points = found("Xác nhận tình trạng hôn nhân có phải khám sức khỏe không?");
        assert_eq!(points.len(), 1, "{points:?}");
        assert!(points[0].sentence.starts_with("Giấy khám sức khỏe"));
    }

    #[test]
    fn a_plain_question_quotes_nothing() {
        assert_eq!(
            found("Giấy xác nhận tình trạng hôn nhân cần giấy tờ gì?"),
            []
        );
        assert_eq!(
            found("Giấy xác nhận tình trạng hôn nhân mất bao nhiêu tiền?"),
            []
        );
    }
}
