//! The facts of a record as a citizen reads them: one line a fact, in Vietnamese.
//!
//! Nothing here interprets beyond the record. Every digit of a line stands in the
//! record; silence is said in words, because "the source is silent" must never
//! read as "free" or "none".

mod documents;
mod fee;
mod filing;
mod joined;
mod overview;
mod steps;
mod time;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::known::{Known, State};
use crate::procedure::{LegalBasis, Procedure};
use crate::section::Section;

pub(crate) use documents::{case_heading, case_lines};

/// The lines of one section of a record, with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Which part.
    pub section: Section,
    /// Present, silent or not fetched.
    pub state: State,
    /// Lines as a citizen reads them; when not present, the one sentence that says so.
    pub lines: Vec<String>,
}

/// The facts of one section, ready to show.
pub fn facts(procedure: &Procedure, section: Section) -> Facts {
    match section {
        Section::Documents => documents::documents(procedure),
        Section::Form => documents::forms(procedure),
        Section::Fee => fee::fees(procedure),
        Section::Time => time::times(procedure),
        Section::Where => filing::places(procedure),
        Section::Online => filing::ways(procedure),
        Section::Steps => steps::steps(procedure),
        Section::Overview => overview::overview(procedure),
        Section::Conditions => listed(section, &procedure.requirements, |text| paragraphs(text)),
        Section::Result => listed(section, &procedure.results, |text| vec![one_line(text)]),
        Section::Subject => listed(section, &procedure.subjects, |text| vec![one_line(text)]),
        Section::LegalBasis => listed(section, &procedure.legal_basis, law),
    }
}

/// Facts with lines; none at all is silence.
fn present(section: Section, lines: Vec<String>) -> Facts {
    if lines.is_empty() {
        return absent(section, State::Silent);
    }
    Facts {
        section,
        state: State::Present,
        lines,
    }
}

/// The one sentence for a section that the source or our data leave out.
fn absent(section: Section, state: State) -> Facts {
    let what = match section {
        Section::Documents => "thành phần hồ sơ",
        Section::Fee => "phí, lệ phí",
        Section::Time => "số ngày giải quyết; xem các bước thực hiện",
        Section::Where => "cơ quan thực hiện và nơi nộp",
        Section::Steps => "các bước thực hiện",
        Section::Conditions => "yêu cầu, điều kiện",
        Section::Result => "kết quả thực hiện",
        Section::LegalBasis => "căn cứ pháp lý",
        Section::Form => "mẫu đơn, tờ khai",
        Section::Subject => "đối tượng thực hiện",
        Section::Online => "cách nộp hồ sơ",
        Section::Overview => "thông tin chung",
    };
    let line = match state {
        State::NotFetched => format!("Chưa có trong dữ liệu: {what}."),
        State::Present | State::Silent => format!("Nguồn không ghi {what}."),
    };
    Facts {
        section,
        state,
        lines: vec![line],
    }
}

fn listed<T>(section: Section, list: &Known<Vec<T>>, lines: impl Fn(&T) -> Vec<String>) -> Facts {
    match list {
        Known::Present(list) => present(section, list.iter().flat_map(lines).collect()),
        Known::Silent => absent(section, State::Silent),
        Known::NotFetched => absent(section, State::NotFetched),
    }
}

/// A text cut into its paragraphs, blank ones left out.
fn paragraphs(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A text of several lines as one: a line is a fact, and a fact is a line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn law(law: &LegalBasis) -> Vec<String> {
    let title = law.title.trim();
    let line = match &law.number {
        Some(number) if title.is_empty() || title == number => number.clone(),
        Some(number) => format!("{number}: {title}"),
        None => title.to_owned(),
    };
    vec![line]
}
