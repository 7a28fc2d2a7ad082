//! The sentences of a record that meet the citizen's own words: what it says about the
//! case mentioned, or about a thing asked for that no section is named after ("có phải đi
//! khám sức khỏe không"). Quoted as they stand, never written by a model.

mod sentences;
mod wanted;

use std::collections::HashSet;

use corpus::{Procedure, Section};

use self::sentences::{Sentence, sentences};
use self::wanted::{Held, Wanted};
use crate::circumstances::{Circumstance, Circumstances};
use crate::phrase::Words;
use crate::understanding::Understanding;

/// At most this many sentences are quoted.
const POINTS: usize = 2;

/// A sentence is about the question when it holds a word, or a pair of neighbours, of the
/// question's own that is this rare: in about one record of eight.
const RARE: f32 = 2.0;

/// What a sentence about a case gains, in units of rarity, when it states what holds for it.
const STATED: f32 = 3.0;

/// A second sentence about a case is quoted when it is this nearly as good as the first.
const NEARLY: f32 = 0.8;

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
        let near = sentence.concerned || case.anywhere || wanted.is_held(&held);
        near.then_some((stated + held.words + held.pairs, sentence))
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
    let enough = scored.filter(|(held, _)| wanted.is_held(held) && held.rarest >= RARE);
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
