//! The sentences of a record that meet the citizen's own words: what it says about the
//! case mentioned, or about a thing asked for that no section is named after ("có phải đi
//! khám sức khỏe không"). Quoted as they stand, never written by a model.

use std::collections::HashSet;

use corpus::{Facts, Procedure, Section, State, facts, passages};

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

/// A sentence is about the question when it holds this share of its own words by rarity.
const SHARE: f32 = 0.6;

/// And at least this many of them.
const RARE_WORDS: usize = 2;

/// And a word or a pair of neighbours this rare: in about one record of eight.
const RARE: f32 = 2.0;

/// What a sentence about a case gains, in units of rarity, when it states what holds for it.
const STATED: f32 = 3.0;

/// A second sentence about a case is quoted when it is this nearly as good as the first.
const NEARLY: f32 = 0.8;

/// Shortest sentence worth quoting, in words: headings are shorter.
const SHORTEST: usize = 6;

/// A case with its papers is quoted whole up to this length, in characters.
const WHOLE_CASE: usize = 400;

/// How a sentence starts that states what holds for a case.
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
    folded: Vec<String>,
    /// False where its section has nothing to do with what is asked for.
    concerned: bool,
}

/// The question's own words: not those of the procedure's name, which every sentence may hold.
struct Wanted {
    words: Vec<(String, f32)>,
    pairs: Vec<(String, f32)>,
    all: f32,
}

/// The sentences of a record about the case and the words of a question, best first.
/// `rarity` tells how rare a folded word is among the records.
pub fn points(
    procedure: &Procedure,
    understanding: &Understanding,
    circumstances: &Circumstances,
    rarity: impl Fn(&str) -> f32,
) -> Vec<Point> {
    let name = Words::read(&procedure.name);
    let said = understanding.circumstances.iter();
    let cases: Vec<&Circumstance> = said
        .filter_map(|name| circumstances.get(name))
        .filter(|case| !case.is_in(&name))
        .collect();
    let wanted = Wanted::new(procedure, &understanding.content, rarity);
    if cases.is_empty() && !wanted.is_enough() {
        return Vec::new();
    }
    let sentences = sentences(procedure, understanding);
    let of_cases = cases
        .iter()
        .map(|case| about_case(&sentences, case, &wanted));
    let mut of_cases: Vec<_> = of_cases.map(Vec::into_iter).collect();
    // The best of each case, then what the words lead to, then what is nearly as good.
    let mut found: Vec<Point> = of_cases.iter_mut().filter_map(Iterator::next).collect();
    found.extend(about_words(&sentences, &wanted));
    found.extend(of_cases.into_iter().flatten());
    let mut seen = HashSet::new();
    found.retain(|point| seen.insert(point.sentence.clone()));
    found.truncate(POINTS);
    found
}

/// The sentences about a case that hold most of the question's words: the best, and another
/// when it is nearly as good.
fn about_case(sentences: &[Sentence], case: &Circumstance, wanted: &Wanted) -> Vec<Point> {
    let about = sentences
        .iter()
        .filter(|sentence| case.is_in(&sentence.words));
    let scored = about.filter_map(|sentence| {
        let held = wanted.held_by(sentence);
        let stated = if sentence.states_a_case() {
            STATED
        } else {
            0.0
        };
        let near = sentence.concerned || case.anywhere || held.words >= SHARE * wanted.all;
        near.then(|| (stated + held.words + held.pairs, sentence))
    });
    let mut scored: Vec<(f32, &Sentence)> = scored.collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let least = scored.first().map_or(0.0, |best| best.0 * NEARLY);
    let good = scored.iter().filter(|(score, _)| *score >= least);
    let points = good.map(|(_, sentence)| sentence.point(case.label.clone()));
    points.take(POINTS).collect()
}

/// The sentence that holds most of the question's words, if that is enough of them.
fn about_words(sentences: &[Sentence], wanted: &Wanted) -> Option<Point> {
    let scored = sentences
        .iter()
        .map(|sentence| (wanted.held_by(sentence), sentence));
    let enough = scored.filter(|(held, _)| {
        held.count >= RARE_WORDS && held.words >= SHARE * wanted.all && held.rarest >= RARE
    });
    let score = |held: &Held| held.words + held.pairs;
    let best = enough.reduce(|best, next| {
        if score(&next.0) > score(&best.0) {
            next
        } else {
            best
        }
    });
    best.map(|(_, sentence)| sentence.point(None))
}

impl Wanted {
    fn new(procedure: &Procedure, content: &str, rarity: impl Fn(&str) -> f32) -> Self {
        let names = std::iter::once(&procedure.name).chain(&procedure.aliases);
        let names: Vec<Words> = names.map(|name| Words::read(name)).collect();
        let named: HashSet<&str> = names.iter().flat_map(Words::folded).collect();
        let content = Words::read(content);
        let content: Vec<&str> = content.folded().collect();
        let own = |word: &&str| !named.contains(word);
        let mut seen = HashSet::new();
        let words: Vec<(String, f32)> = content
            .iter()
            .filter(|word| own(word) && seen.insert(**word))
            .map(|word| ((*word).to_owned(), rarity(word)))
            .collect();
        let pairs = content.windows(2).filter(|pair| pair.iter().any(own));
        let pairs = pairs.map(|pair| pair.join(" ")).map(|pair| {
            let rare = rarity(&pair);
            (pair, rare)
        });
        Self {
            pairs: pairs.collect(),
            all: words.iter().map(|(_, rarity)| rarity).sum(),
            words,
        }
    }

    /// True when the words can single out a sentence at all.
    fn is_enough(&self) -> bool {
        self.words.len() >= RARE_WORDS
    }

    fn held_by(&self, sentence: &Sentence) -> Held {
        let mut held = Held::default();
        for (_, rarity) in self
            .words
            .iter()
            .filter(|(w, _)| sentence.folded.contains(w))
        {
            held.count += 1;
            held.words += rarity;
            held.rarest = held.rarest.max(*rarity);
        }
        let text = sentence.folded.join(" ");
        for (_, rarity) in self.pairs.iter().filter(|(pair, _)| text.contains(pair)) {
            held.pairs += rarity;
            held.rarest = held.rarest.max(*rarity);
        }
        held
    }
}

/// What a sentence holds of the words wanted.
#[derive(Debug, Default)]
struct Held {
    count: usize,
    /// Summed rarity of the words held.
    words: f32,
    /// Summed rarity of the pairs of neighbours held.
    pairs: f32,
    /// Of the rarest word or pair.
    rarest: f32,
}

impl Sentence {
    fn read(section: Section, text: String, concerned: bool) -> Self {
        let words = Words::read(&text);
        Self {
            section,
            folded: words.folded().map(str::to_owned).collect(),
            words,
            text,
            concerned,
        }
    }

    fn states_a_case(&self) -> bool {
        let start = self.folded[..self.folded.len().min(4)].join(" ");
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

/// The sentences that may be quoted. What is asked for and short is in the text anyway.
fn sentences(procedure: &Procedure, understanding: &Understanding) -> Vec<Sentence> {
    // Weak words ("cỡ bao nhiêu") guess at a section; the sentence found tells better.
    let guessed: &[Section] = &[];
    let aspects = if understanding.vague {
        guessed
    } else {
        &understanding.aspects
    };
    let hidden = |facts: &Facts| {
        let whole = aspects.contains(&facts.section) && facts.lines.len() <= SHOWN_WHOLE;
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

/// The sentences of some lines, without those too short to state anything.
fn cut(lines: &[String]) -> Vec<String> {
    let mut sentences = Sentences::default();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let whole = |text: &String| text.split_whitespace().count() >= SHORTEST;
    let complete = sentences.push(&text).into_iter().filter(whole);
    complete.map(|text| bare(&text)).collect()
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
        points(&record(), &understanding, &rules.circumstances, |_| 3.0)
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
