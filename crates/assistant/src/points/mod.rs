//! The sentences of a record that meet the citizen's own words: what it says about the
//! case mentioned, or about a thing asked for that no section is named after ("có phải đi
//! khám sức khỏe không"). Quoted as they stand, in code:
//! no model reads them.

mod ranking;
mod sentences;

use std::collections::HashSet;

use corpus::{Procedure, Section};

use self::ranking::Ranking;
pub use self::ranking::{Around, Details};
use self::sentences::{Sentence, sentences};
use crate::circumstances::{Circumstance, Circumstances};
use crate::phrase::Words;
use crate::understanding::Understanding;

/// At most this many sentences are quoted.
const POINTS: usize = 3;

/// Of them so many that the words of the question led to, and about one case.
const OF_A_KIND: usize = 2;

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
    /// True when it is surely what was asked for, by the words it shares with the question.
    pub sure: bool,
}

impl Point {
    /// True when its section is what the answer is about.
    pub fn leads(&self) -> bool {
        self.sure || self.case.is_some()
    }

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
    (circumstances, details): (&Circumstances, &Details),
    around: Around<'_>,
    rarity: impl Fn(&str) -> f32,
) -> Vec<Point> {
    let name = Words::read(&procedure.name);
    let said = understanding.circumstances.iter();
    let cases: Vec<&Circumstance> = said
        .filter_map(|name| circumstances.get(name))
        .filter(|case| !case.is_in(&name))
        .collect();
    let (whole, clauses) =
        Ranking::whole_and_clauses(details, procedure, understanding, around, &rarity);
    if cases.is_empty() && !whole.is_enough() {
        return Vec::new();
    }
    let mut sentences = sentences(procedure, understanding);
    details.set_aside(&mut sentences, &understanding.text);
    let all = scored(&sentences, &whole);
    let of_cases = cases.iter().map(|case| about_case(&all, case, &whole));
    let mut of_cases: Vec<_> = of_cases.map(Vec::into_iter).collect();
    // The best of each case, then what the words lead to, then what is nearly as good.
    let mut found: Vec<Point> = of_cases.iter_mut().filter_map(Iterator::next).collect();
    let by_clause = clauses
        .iter()
        .map(|clause| (clause, scored(&sentences, clause)));
    found.extend(about_words((&whole, all), by_clause.collect()));
    found.extend(of_cases.into_iter().flatten());
    let mut seen = HashSet::new();
    found.retain(|point| seen.insert(point.sentence.clone()));
    found.truncate(POINTS);
    found
}

/// A sentence with how likely it answers the question.
struct Scored<'a> {
    score: f32,
    sentence: &'a Sentence,
}

fn scored<'a>(sentences: &'a [Sentence], ranking: &Ranking<'_>) -> Vec<Scored<'a>> {
    let scored = sentences.iter().map(|sentence| Scored {
        score: ranking.score(sentence),
        sentence,
    });
    scored.collect()
}

impl Scored<'_> {
    fn point(&self, case: Option<String>) -> Point {
        Point {
            section: self.sentence.section,
            sentence: self.sentence.text.clone(),
            case,
            sure: Ranking::is_sure(self.score),
        }
    }
}

/// The sentences about a case that hold most of the question's words: the best, and another
/// when it is nearly as good.
fn about_case(all: &[Scored<'_>], case: &Circumstance, ranking: &Ranking<'_>) -> Vec<Point> {
    let about = all
        .iter()
        .filter(|scored| case.is_in(&scored.sentence.words));
    let judged = about.filter_map(|scored| {
        let sentence = scored.sentence;
        let stated = if sentence.states_a_case() {
            STATED
        } else {
            0.0
        };
        let near =
            sentence.concerned || case.anywhere || ranking.is_related(sentence, scored.score);
        near.then_some((stated + scored.score, scored))
    });
    let mut judged: Vec<(f32, &Scored<'_>)> = judged.collect();
    judged.sort_by(|a, b| b.0.total_cmp(&a.0));
    let least = judged.first().map_or(0.0, |best| best.0 * NEARLY);
    let good = judged.iter().filter(|(score, _)| *score >= least);
    let points = good.map(|(_, scored)| scored.point(case.label.clone()));
    points.take(OF_A_KIND).collect()
}

/// The sentences that the question's own words lead to: the best for each of its clauses, then
/// the best for the whole.
fn about_words<'a>(
    whole: (&Ranking<'_>, Vec<Scored<'a>>),
    clauses: Vec<(&Ranking<'_>, Vec<Scored<'a>>)>,
) -> Vec<Point> {
    let most = OF_A_KIND.max(clauses.len());
    let best = |(ranking, mut found): (&Ranking<'_>, Vec<Scored<'a>>), count: usize| {
        found.retain(|scored| ranking.is_related(scored.sentence, scored.score));
        let first = |scored: &Scored<'_>| ranking.gives_rare(scored.sentence);
        found.sort_by(|a, b| {
            let rare = first(b).cmp(&first(a));
            rare.then_with(|| b.score.total_cmp(&a.score))
        });
        found.truncate(count);
        found
    };
    let of_clauses = clauses.into_iter().flat_map(|clause| best(clause, 1));
    let all = of_clauses.chain(best(whole, OF_A_KIND));
    let mut seen = HashSet::new();
    let fresh = all.filter(|scored| seen.insert(&scored.sentence.text));
    fresh.take(most).map(|scored| scored.point(None)).collect()
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
        let data = (&rules.circumstances, &rules.details);
        points(&record(), &understanding, data, Around::default(), |_| 3.0)
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
    fn a_rare_thing_asked_for_goes_before_shared_words() {
        let mut record = record();
        let notes = [
            "Người đi nộp hồ sơ xuất trình giấy tờ tùy thân tại quầy của Ủy ban nhân dân.",
            "Mỗi hồ sơ kèm 02 ảnh chân dung cỡ 4x6 cm chụp trong 6 tháng.",
        ];
        record.requirements = corpus::Known::Present(notes.map(str::to_owned).to_vec());
        let rules = Rules::embedded();
        let understanding = rules.understand("Người nộp tại quầy thì hết bao nhiêu, ảnh cỡ mấy?");
        let data = (&rules.circumstances, &rules.details);
        let points = points(&record, &understanding, data, Around::default(), |_| 3.0);
        let texts: Vec<&str> = points.iter().map(|point| &*point.sentence).collect();
        assert!(texts.iter().any(|text| text.contains("4x6")), "{texts:?}");
    }

    #[test]
    fn a_clause_that_asks_nothing_quotes_nothing_of_its_own() {
        let mut record = record();
        let notes = [
            "Kho lưu trữ Đống Đa mở cửa buổi sáng các ngày làm việc trong tuần.",
            "Mỗi hồ sơ kèm 02 ảnh chân dung cỡ 4x6 cm chụp trong 6 tháng.",
        ];
        record.requirements = corpus::Known::Present(notes.map(str::to_owned).to_vec());
        let rules = Rules::embedded();
        let understanding = rules.understand("Nhà em gần kho lưu trữ Đống Đa. Nộp ảnh cỡ mấy?");
        let data = (&rules.circumstances, &rules.details);
        let points = points(&record, &understanding, data, Around::default(), |_| 3.0);
        assert!(points[0].sentence.contains("4x6"), "{points:?}");
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
