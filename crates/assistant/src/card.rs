//! Cards and citations: the facts asked for, straight from the record.

use std::sync::Arc;

use corpus::{ChannelKind, Facts, Procedure, Section, State, facts};
use vitext::spans::SpanKind;

use crate::answer::{Card, CardSection, Citation, ProcedureRef};
use crate::compose::{fits_inline, is_list};
use crate::places;
use crate::points::Point;
use crate::reckon::Worked;

/// Sections shown when a question names none.
const AT_A_GLANCE: [Section; 4] = [
    Section::Documents,
    Section::Fee,
    Section::Time,
    Section::Where,
];

/// The facts of one procedure that a question asks for.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The record.
    pub procedure: Arc<Procedure>,
    /// Retrieval score, for [`ProcedureRef`].
    pub score: f32,
    /// The sections asked for, in order.
    pub facts: Vec<Facts>,
    /// What the record says about the citizen's own case.
    pub points: Vec<Point>,
    /// What was worked out of the facts.
    pub worked: Vec<Worked>,
}

impl Sheet {
    /// Collects the sections; several at a glance when none is asked for.
    pub fn new(procedure: Arc<Procedure>, score: f32, aspects: &[Section]) -> Self {
        let sections = if aspects.is_empty() || aspects == [Section::Overview] {
            AT_A_GLANCE.to_vec()
        } else {
            aspects.to_vec()
        };
        let mut sheet = Self {
            facts: sections
                .iter()
                .map(|section| facts(&procedure, *section))
                .collect(),
            procedure,
            score,
            points: Vec::new(),
            worked: Vec::new(),
        };
        for section in sections {
            sheet.add_stand_in(section);
        }
        sheet.remark_on_districts();
        sheet
    }

    /// What is known of a procedure by name only, and that the sections asked for are not
    /// in our data.
    pub fn named_only(procedure: Arc<Procedure>, score: f32, aspects: &[Section]) -> Self {
        let asked = aspects.iter().filter(|s| **s != Section::Overview);
        Self {
            facts: std::iter::once(&Section::Overview)
                .chain(asked)
                .map(|section| facts(&procedure, *section))
                .collect(),
            procedure,
            score,
            points: Vec::new(),
            worked: Vec::new(),
        }
    }

    /// How much the citizen gets: the lines of results, conditions and steps that name an
    /// amount; never the fee section. Most records name none, and then a line says so. It
    /// stands alone where the question names nothing else.
    pub fn add_benefit(&mut self, alone: bool) {
        if alone {
            self.facts.clear();
        }
        let before = self.facts.len();
        for section in [Section::Result, Section::Conditions, Section::Steps] {
            let mut facts = facts(&self.procedure, section);
            facts.lines.retain(|line| names_an_amount(line));
            if facts.state == State::Present && !facts.lines.is_empty() {
                self.facts.push(facts);
            }
        }
        if self.facts.len() == before {
            self.facts.push(Facts {
                section: Section::Result,
                state: State::Silent,
                lines: vec!["Nguồn không ghi mức tiền được hưởng.".to_owned()],
            });
        }
    }

    /// Where the source leaves a section empty it often says the thing elsewhere: days
    /// and places in the steps, forms among the papers. That section joins the card.
    fn add_stand_in(&mut self, section: Section) {
        let stand_in = match section {
            Section::Time | Section::Where => Section::Steps,
            Section::Form => Section::Documents,
            _ => return,
        };
        let empty = |facts: &Facts| facts.section == section && facts.state != State::Present;
        let there = self.facts.iter().any(|facts| facts.section == stand_in);
        if there || !self.facts.iter().any(empty) {
            return;
        }
        let facts = facts(&self.procedure, stand_in);
        if facts.state == State::Present {
            self.facts.push(facts);
        }
    }

    /// A line that sends people to the abolished district level says so; the titles of laws
    /// keep their words.
    fn remark_on_districts(&mut self) {
        let facts = self.facts.iter_mut();
        let sending = facts.filter(|facts| facts.section != Section::LegalBasis);
        for facts in sending {
            let section = facts.section;
            facts
                .lines
                .iter_mut()
                .for_each(|line| places::remark(section, line));
        }
    }

    /// True when the source states none of the sections.
    pub fn is_silent(&self) -> bool {
        self.facts.iter().all(|facts| facts.state != State::Present)
    }

    /// The card of the contracts.
    pub fn card(&self) -> Card {
        let section = |facts: &Facts| CardSection {
            section: facts.section,
            label: facts.section.label().to_owned(),
            state: facts.state,
            lines: facts.lines.clone(),
        };
        Card {
            code: self.procedure.code.clone(),
            name: self.procedure.name.clone(),
            level: self.procedure.level(),
            sections: self
                .facts
                .iter()
                .map(section)
                .chain(self.points.iter().map(point_section))
                .collect(),
        }
    }

    /// A source for every line that the text may state, and one at least for every section
    /// that the record fills: each says in the record's words what the text says.
    pub fn citations(&self, first_id: u32) -> Vec<Citation> {
        let present = self
            .facts
            .iter()
            .filter(|facts| facts.state == State::Present);
        let quoted =
            present.flat_map(|facts| quotes(facts).map(move |quote| (facts.section, quote)));
        let points = self.points.iter().map(|p| (p.section, p.sentence.clone()));
        let quoted = quoted.chain(points);
        let provenance = &self.procedure.provenance;
        let cite = |(id, (section, quote)): (u32, (Section, String))| Citation {
            id,
            code: self.procedure.code.clone(),
            section,
            quote,
            url: provenance.source_url.clone(),
            as_of: provenance.as_of.clone(),
        };
        (first_id..).zip(quoted).map(cite).collect()
    }

    /// The procedure as an answer lists it.
    pub fn reference(&self) -> ProcedureRef {
        reference(&self.procedure, self.score)
    }
}

/// Beside the sections asked for: part of a section, under a heading that says why.
fn point_section(point: &Point) -> CardSection {
    CardSection {
        section: point.section,
        label: point.heading(),
        state: State::Present,
        lines: vec![point.sentence.clone()],
    }
}

fn names_an_amount(line: &str) -> bool {
    let mut spans = vitext::spans::find(line).into_iter();
    spans.any(|span| span.kind == SpanKind::Amount)
}

/// Most lines of one section that are cited by themselves.
const QUOTES: usize = 8;

/// The lines that state something (a list of papers may start with a heading); of a list
/// that the text leaves to the card, the first.
fn quotes(facts: &Facts) -> impl Iterator<Item = String> + '_ {
    let states = facts.lines.iter().any(|line| !line.ends_with(':'));
    let left_to_card = is_list(facts.section) && !fits_inline(&lines_for(facts, None));
    let most = if left_to_card { 1 } else { QUOTES };
    let lines = facts
        .lines
        .iter()
        .filter(move |line| !states || !line.ends_with(':'));
    lines.take(most).cloned()
}

/// A procedure as an answer lists it.
pub fn reference(procedure: &Procedure, score: f32) -> ProcedureRef {
    ProcedureRef {
        code: procedure.code.clone(),
        name: procedure.name.clone(),
        level: procedure.level(),
        score,
        named_only: procedure.is_named_only(),
    }
}

/// Lines about one way of filing, or all of them when none is about it.
pub fn lines_for(facts: &Facts, channel: Option<ChannelKind>) -> Vec<&str> {
    let all = || facts.lines.iter().map(String::as_str);
    let Some(kind) = channel else {
        return all().collect();
    };
    let word = match kind {
        ChannelKind::Online => "trực tuyến",
        ChannelKind::Direct => "trực tiếp",
        ChannelKind::Postal => "bưu chính",
        ChannelKind::Other => return all().collect(),
    };
    let about = |line: &&str| {
        let head = line.split(':').next().unwrap_or(line);
        head.to_lowercase().contains(word)
    };
    let chosen: Vec<&str> = all().filter(about).collect();
    if chosen.is_empty() {
        all().collect()
    } else {
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(requirements: &[&str]) -> Sheet {
        let record = serde_json::json!({
            "code": "1.000001", "name": "Trợ cấp hằng tháng", "levels": ["xa"],
            "scope": {"kind": "national"}, "requirements": requirements,
            "channels": [{"kind": "direct", "durations": [],
                "fees": [{"kind": "le_phi", "amount_vnd": 9_000, "raw": "9000 VNĐ"}]}],
            "provenance": {"source_kind": "own"}
        });
        let procedure: Procedure = serde_json::from_value(record).unwrap();
        Sheet::new(Arc::new(procedure), 1.0, &[])
    }

    #[test]
    fn a_line_that_sends_to_a_district_office_says_that_there_is_none() {
        let asked = [Section::Conditions, Section::LegalBasis];
        let mut record = (*sheet(&["Nộp tại UBND huyện Gò Dầu.", "Nộp ở xã."]).procedure).clone();
        let law = serde_json::json!([{"title": "Quy định nộp hồ sơ tại UBND huyện"}]);
        record.legal_basis = serde_json::from_value(law).unwrap();
        let sheet = Sheet::new(Arc::new(record), 1.0, &asked);
        let remarked = |line: &String| line.contains("không còn cấp huyện");
        let lines: Vec<bool> = sheet
            .facts
            .iter()
            .flat_map(|f| f.lines.iter().map(remarked))
            .collect();
        assert_eq!(lines, [true, false, false], "{:?}", sheet.facts);
    }

    #[test]
    fn what_is_received_is_in_the_record_or_said_to_be_missing() {
        let mut named = sheet(&["Từ đủ 80 tuổi.", "Mức trợ cấp 500.000 đồng mỗi tháng."]);
        named.add_benefit(true);
        let lines: Vec<&String> = named.facts.iter().flat_map(|f| &f.lines).collect();
        assert_eq!(lines, ["Mức trợ cấp 500.000 đồng mỗi tháng."]);
        let mut silent = sheet(&["Từ đủ 80 tuổi."]);
        silent.add_benefit(true);
        assert!(silent.is_silent(), "{:?}", silent.facts);
        assert!(!format!("{:?}", silent.facts).contains("9.000"));
    }
}
