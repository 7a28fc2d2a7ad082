//! Two procedures in one question: "cấp lại với điều chỉnh giấy phép, cái nào lâu hơn?"
//!
//! The question is cut at each word that may stand between the two ("với", "và", "hay", …);
//! the cut of which both sides find a procedure of their own, surest together, is taken.

use corpus::{Section, State};
use retrieval::{Hit, Query, Snapshot};
use serde::Deserialize;
use vitext::spans::{self, SpanKind};

use crate::answer::Citation;
use crate::card::{Sheet, lines_for};
use crate::compose;
use crate::decide::Found;
use crate::phrase::{Phrase, Words, phrases};
use crate::understanding::Understanding;

/// A side must find its procedure at least this surely.
const LEAST: f32 = 0.2;

/// From here on a side needs no help of the other.
const SURE: f32 = 0.8;

/// How many words at the start of a side say what is to be done.
const ACT: usize = 2;

/// A question is cut at no more places than this: each costs two searches.
const CUTS: usize = 4;

/// The compiled rules.
#[derive(Debug)]
pub struct Comparing {
    /// Ways to ask for a comparison.
    frames: Vec<Phrase>,
    /// Words that stand between the two things compared.
    between: Vec<Phrase>,
}

#[derive(Deserialize)]
struct File {
    compare: Data,
}

#[derive(Deserialize)]
struct Data {
    frames: Vec<String>,
    between: Vec<String>,
}

impl Comparing {
    /// Compiles the `compare` table of a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("aspects.toml: {error}"))?;
        Ok(Self {
            frames: phrases(&file.compare.frames),
            between: phrases(&file.compare.between),
        })
    }

    /// True when a question asks to hold two things against each other.
    pub fn asks(&self, text: &str) -> bool {
        let words = Words::read(text);
        self.frames
            .iter()
            .any(|frame| frame.find(&words, 0).is_some())
    }

    /// The two procedures of a question that [asks](Self::asks) for a comparison, in its order.
    pub fn pair(
        &self,
        snapshot: &Snapshot,
        understanding: &Understanding,
        province: Option<&str>,
    ) -> Option<[Found; 2]> {
        let sides = self.cuts(&understanding.text).into_iter();
        let pairs = sides.filter_map(|[left, right]| {
            let first = find(snapshot, &left, &right, province)?;
            let second = find(snapshot, &right, &left, province)
                .filter(|second| !first.covers(&second.procedure.code))?;
            let sure = first
                .evidence
                .confidence()
                .min(second.evidence.confidence());
            (sure >= LEAST).then(|| (sure, [Found::from(&first), Found::from(&second)]))
        });
        pairs
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, pair)| pair)
    }

    /// Both sides of every place where the question may be cut, without the frame.
    fn cuts(&self, text: &str) -> Vec<[String; 2]> {
        let words = Words::read(text);
        let frames: Vec<_> = self
            .frames
            .iter()
            .flat_map(|p| p.find_all(&words))
            .collect();
        let in_frame = |place: usize| frames.iter().any(|range| range.contains(&place));
        let mut places: Vec<_> = self
            .between
            .iter()
            .flat_map(|p| p.find_all(&words))
            .collect();
        places.retain(|range| range.start > 0 && range.end < words.len());
        places.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        places.dedup_by_key(|range| range.start);
        let side = |range: std::ops::Range<usize>| {
            words.join(|place| range.contains(&place) && !in_frame(place))
        };
        let cut = |at: &std::ops::Range<usize>| [side(0..at.start), side(at.end..words.len())];
        let both = |sides: &[String; 2]| sides.iter().all(|side| side.contains(' '));
        places.iter().map(cut).filter(both).take(CUTS).collect()
    }
}

/// The best hit of one side. What both share is often said once ("lập công ty với doanh nghiệp
/// tư nhân", "cấp lại giấy phép xây nhà với điều chỉnh"), so a side that is not sure by itself
/// is tried with the words that the other starts with, and with all of them as context.
fn find(snapshot: &Snapshot, side: &str, other: &str, province: Option<&str>) -> Option<Hit> {
    let search = |text: &str, context: &str| {
        let query = Query {
            context: context.to_owned(),
            province: province.map(str::to_owned),
            // A hit is sure by its lead over the next, so there must be one.
            limit: 2,
            ..Query::new(text)
        };
        snapshot.search(&query).ok()?.into_iter().next()
    };
    let alone = search(side, "");
    if let Some(sure) = alone.filter(|hit| hit.evidence.confidence() >= SURE) {
        return Some(sure);
    }
    let start: Vec<&str> = other.split(' ').take(ACT).collect();
    let tries = [
        search(&format!("{} {side}", start.join(" ")), ""),
        search(side, other),
    ];
    let tries = tries.into_iter().flatten();
    tries.max_by(|a, b| a.evidence.confidence().total_cmp(&b.evidence.confidence()))
}

/// What is compared when a question names nothing: what two procedures most often differ in.
const COMPARED: [Section; 3] = [Section::Fee, Section::Time, Section::Where];

/// The sections that a comparison shows.
pub fn compared(aspects: &[Section]) -> Vec<Section> {
    let named: Vec<Section> = aspects
        .iter()
        .copied()
        .filter(|s| *s != Section::Overview)
        .collect();
    if named.is_empty() {
        COMPARED.to_vec()
    } else {
        named
    }
}

/// Both procedures in the record's words, one after the other, and which is quicker or
/// cheaper where the records leave no doubt.
pub fn text(sheets: &[Sheet; 2], understanding: &Understanding, citations: &[Citation]) -> String {
    let part = |(number, sheet): (usize, &Sheet)| {
        let (name, level) = (&sheet.procedure.name, sheet.procedure.level().label());
        let mut lines = vec![format!("{number}. “{name}” ({level}).")];
        let own = |citation: &&Citation| citation.code == sheet.procedure.code;
        let own: Vec<Citation> = citations.iter().filter(own).cloned().collect();
        let facts = sheet.facts.iter();
        lines.extend(facts.map(|facts| compose::cited(facts, understanding.channel, &own)));
        lines.join("\n")
    };
    let mut parts: Vec<String> = (1..).zip(sheets).map(part).collect();
    parts.extend(verdict(sheets, understanding));
    parts.join("\n")
}

/// "Thủ tục thứ hai nhanh hơn": said when each record states one value, of the same unit.
fn verdict(sheets: &[Sheet; 2], understanding: &Understanding) -> Option<String> {
    let (section, kind, less) = match understanding.aspects[..] {
        [Section::Time] => (Section::Time, SpanKind::Period, "giải quyết nhanh hơn"),
        [Section::Fee] => (Section::Fee, SpanKind::Amount, "ít tiền hơn"),
        _ => return None,
    };
    let value = |sheet: &Sheet| only_value(sheet, section, kind, understanding);
    let (first, first_unit) = value(&sheets[0])?;
    let (second, second_unit) = value(&sheets[1])?;
    if first_unit != second_unit {
        return None;
    }
    Some(match first.total_cmp(&second) {
        std::cmp::Ordering::Equal => "Theo nguồn, hai thủ tục như nhau ở điểm này.".to_owned(),
        std::cmp::Ordering::Less => format!("Theo nguồn, thủ tục thứ nhất {less}."),
        std::cmp::Ordering::Greater => format!("Theo nguồn, thủ tục thứ hai {less}."),
    })
}

/// The one value that a section states, with its unit; none when it states several.
fn only_value(
    sheet: &Sheet,
    section: Section,
    kind: SpanKind,
    understanding: &Understanding,
) -> Option<(f64, String)> {
    let facts = sheet.facts.iter().find(|facts| facts.section == section)?;
    if facts.state != State::Present {
        return None;
    }
    let lines = lines_for(facts, understanding.channel);
    let spans = lines
        .iter()
        .flat_map(|line| spans::find(&vitext::normalize(line)));
    let mut values: Vec<String> = spans.filter(|s| s.kind == kind).map(|s| s.value).collect();
    values.dedup();
    let [value] = &values[..] else { return None };
    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
    // "0 đồng" without an explanation is no price.
    let number: f64 = number.parse().ok().filter(|number| *number > 0.0)?;
    Some((number, unit.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparing() -> Comparing {
        Comparing::parse(include_str!("../data/aspects.toml")).unwrap()
    }

    #[test]
    fn comparisons_are_told_from_lists() {
        for text in [
            "Cấp lại giấy phép xây nhà với điều chỉnh giấy phép, cái nào lâu hơn?",
            "thẻ hướng dẫn viên lần đầu so với cấp lại thì mấy ngày mỗi loại",
            "khai sinh va nhan con khac nhau the nao",
        ] {
            assert!(comparing().asks(text), "{text}");
        }
        for text in [
            "Đăng ký kết hôn cần giấy tờ và lệ phí thế nào?",
            "Tôi với vợ đăng ký tạm trú ở đâu?",
        ] {
            assert!(!comparing().asks(text), "{text}");
        }
    }

    #[test]
    fn a_question_is_cut_between_its_two_things() {
        let cuts =
            comparing().cuts("Xin cấp lại giấy phép với điều chỉnh giấy phép, cái nào lâu hơn?");
        assert_eq!(cuts, [["xin cấp lại giấy phép", "điều chỉnh giấy phép"]]);
    }
}
