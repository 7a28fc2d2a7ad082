//! Two procedures in one question: "cấp lại với điều chỉnh giấy phép, cái nào lâu hơn?"
//!
//! The question is cut at each word that may stand between the two ("với", "và", "hay", …);
//! the cut of which both sides find a procedure of their own, surest together, is taken.

mod sides;

use corpus::{Section, State};
use retrieval::Snapshot;
use serde::Deserialize;
use vitext::spans::{self, SpanKind};

use self::sides::{Lookup, Marks, cuts};
use crate::answer::Citation;
use crate::card::{Sheet, lines_for};
use crate::compose;
use crate::decide::Found;
use crate::phrase::{Phrase, Words, phrases};
use crate::understanding::{Reader, Understanding};

/// The compiled rules.
#[derive(Debug)]
pub struct Comparing {
    /// Ways to ask for a comparison.
    frames: Vec<Phrase>,
    /// Those that say so whatever stands beside them: "khác nhau thế nào".
    strong: Vec<Phrase>,
    /// Words that stand between the two things compared.
    between: Vec<Phrase>,
    /// Words after which the first of them begins.
    opens: Vec<Phrase>,
    /// Words between two questions for the same: "giải quyết mấy ngày, còn nếu … thì mấy ngày".
    twice: Vec<Phrase>,
}

#[derive(Deserialize)]
struct File {
    compare: Data,
}

#[derive(Deserialize)]
struct Data {
    frames: Vec<String>,
    strong: Vec<String>,
    between: Vec<String>,
    opens: Vec<String>,
    twice: Vec<String>,
}

impl Comparing {
    /// Compiles the `compare` table of a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("aspects.toml: {error}"))?;
        let strong = phrases(&file.compare.strong);
        let mut frames = phrases(&file.compare.frames);
        frames.extend(strong.clone());
        Ok(Self {
            frames,
            strong,
            between: phrases(&file.compare.between),
            opens: phrases(&file.compare.opens),
            twice: phrases(&file.compare.twice),
        })
    }

    /// True when a question asks to hold two things against each other.
    pub fn asks(&self, text: &str) -> bool {
        let words = Words::read(text);
        self.frames
            .iter()
            .any(|frame| frame.find(&words, 0).is_some())
    }

    /// True when a question asks for the same thing twice, of one case and of another.
    pub fn asks_twice(&self, text: &str, reader: &Reader) -> bool {
        let words = Words::read(text);
        let mut places = self.twice.iter().flat_map(|p| p.find_all(&words));
        places.any(|at| {
            let side = |range: std::ops::Range<usize>| {
                let read = reader.read(&words.join(|place| range.contains(&place)));
                if read.vague { Vec::new() } else { read.aspects }
            };
            let (first, second) = (side(0..at.start), side(at.end..words.len()));
            first.iter().any(|aspect| second.contains(aspect))
        })
    }

    /// The two procedures of a question that [asks](Self::asks) for a comparison, in its order.
    pub fn pair(
        &self,
        snapshot: &Snapshot,
        understanding: &Understanding,
        reader: &Reader,
        province: Option<&str>,
    ) -> Option<[Found; 2]> {
        let text = &understanding.text;
        let words = Words::read(text);
        let strong = |frame: &Phrase| frame.find(&words, 0).is_some();
        let lookup = Lookup {
            snapshot,
            province,
            subject: &|text| reader.read(text).subject,
            level: self.strong.iter().any(strong),
        };
        let marks = Marks {
            frames: &self.frames,
            between: &self.between,
            opens: &self.opens,
        };
        lookup.pair(&cuts(text, &marks), text)
    }
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
    fn the_same_asked_twice_is_a_comparison() {
        let reader = Reader::parse(include_str!("../data/aspects.toml")).unwrap();
        let twice = |text: &str| comparing().asks_twice(text, &reader);
        assert!(twice(
            "Cấp mới thì mấy ngày xong, còn nếu cấp lại thì mấy ngày?"
        ));
        assert!(!twice(
            "Cấp mới thì mấy ngày xong, còn phí thì bao nhiêu tiền?"
        ));
        assert!(!twice("Tôi còn thẻ cũ thì mấy ngày xong?"));
    }
}
