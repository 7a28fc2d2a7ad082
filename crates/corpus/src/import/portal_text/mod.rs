//! The text layout "Chi tiết thủ tục hành chính" of the national portal: twenty
//! labels in a fixed order, counted over all 5,652 published records.
//!
//! Not in this layout, hence not fetched: forms, the online link, related
//! procedures, dates of decisions and laws.

mod blocks;
mod channels;
mod documents;
mod lists;
mod scope;
mod steps;
mod tally;

use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};

use self::blocks::{Blocks, Label};
use self::lists::Names;
use self::scope::Evidence;
use crate::known::Known;
use crate::procedure::{Agencies, Decision, Procedure};
use crate::provenance::{Provenance, Status};
use crate::section::Level;
use crate::values;

pub use self::blocks::HEADING;
pub use self::tally::Tally;

/// Name of this importer in records.
pub const SOURCE_KIND: &str = "portal-text";

/// Raised when the same text gives another record.
const VERSION: u32 = 1;

/// Why a text is not a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// 1-based line, where the reason has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl Rejected {
    fn at(line: usize, reason: String) -> Self {
        Self {
            line: Some(line),
            reason,
        }
    }
}

/// Reads one record. The caller adds the link and the date; a malformed code is not
/// judged here (see [`crate::values::is_code`]).
pub fn parse(source: &str) -> Result<Procedure, Rejected> {
    let text = vitext::clean(source);
    read(source, &Blocks::cut(&text)?)
}

/// [`parse`], with the record and its blocks counted.
pub fn parse_counted(source: &str, tally: &mut Tally) -> Result<Procedure, Rejected> {
    let text = vitext::clean(source);
    let blocks = Blocks::cut(&text)?;
    let procedure = read(source, &blocks)?;
    tally.add(&procedure, &blocks);
    Ok(procedure)
}

fn read(source: &str, blocks: &Blocks<'_>) -> Result<Procedure, Rejected> {
    let code = blocks.value(Label::Code);
    let code = code.ok_or_else(|| Rejected::at(2, "the code is empty".to_owned()))?;
    let decision = blocks.value(Label::Decision);
    let name = name(blocks);
    let agencies = agencies(blocks);
    let legal_basis = lists::legal_basis(blocks.lines(Label::Legal));
    let named = agencies.executing.iter().chain(&agencies.competent);
    let scope = scope::scope(&Evidence {
        decision: decision.as_deref(),
        agencies: named.map(String::as_str).collect(),
        name: &name,
        laws: &legal_basis,
    });
    let requirements = blocks.paragraphs(Label::Requirements);
    let mut procedure = Procedure {
        description: description(blocks, &requirements),
        decision: known(decision.map(decided)),
        levels: level(blocks).into_iter().collect(),
        agencies,
        legal_basis: Known::from_list(legal_basis),
        requirements: Known::from_list(requirements),
        ..lists_of(blocks, code, name, scope)
    };
    procedure.provenance.sha256 = Some(hex(&Sha256::digest(source.as_bytes())));
    procedure.flags = flags(source, blocks, &procedure);
    Ok(procedure)
}

/// The fields that one block fills alone, the rest as the layout leaves it.
fn lists_of(
    blocks: &Blocks<'_>,
    code: String,
    name: String,
    scope: crate::procedure::Scope,
) -> Procedure {
    Procedure {
        code,
        name,
        aliases: Vec::new(),
        decision: Known::Silent,
        kind: known(blocks.value(Label::Kind)),
        // A field is one name: "Đăng ký, quản lý cư trú" (283 of them) is not a list.
        fields: known(blocks.value(Label::Field).map(|field| vec![field])),
        levels: Vec::new(),
        scope,
        subjects: split(blocks, Label::Subjects, Names::Subjects),
        steps: Known::from_list(steps::steps(blocks.lines(Label::Steps))),
        channels: Known::from_list(channels::channels(blocks.lines(Label::Channels))),
        cases: Known::from_list(documents::cases(blocks.lines(Label::Documents))),
        agencies: Agencies::default(),
        receiving_addresses: Known::from_list(blocks.paragraphs(Label::Addresses)),
        results: split(blocks, Label::Results, Names::Results),
        legal_basis: Known::Silent,
        requirements: Known::Silent,
        keywords: known(keywords(blocks).map(|keywords| vec![keywords])),
        description: Known::Silent,
        related: Known::NotFetched,
        online: Known::NotFetched,
        life_events: Vec::new(),
        provenance: Provenance {
            source_kind: SOURCE_KIND.to_owned(),
            source_url: None,
            as_of: None,
            sha256: None,
            importer_version: Some(VERSION),
        },
        status: Status::Active,
        flags: Vec::new(),
    }
}

fn known<T>(value: Option<T>) -> Known<T> {
    value.map_or(Known::Silent, Known::Present)
}

fn decided(number: String) -> Decision {
    Decision {
        number,
        date: None,
        issuer: None,
    }
}

fn agencies(blocks: &Blocks<'_>) -> Agencies {
    let of = |label| split(blocks, label, Names::Agencies);
    Agencies {
        executing: of(Label::Executing),
        competent: of(Label::Competent),
        delegated: of(Label::Delegated),
        coordinating: of(Label::Coordinating),
    }
}

fn split(blocks: &Blocks<'_>, label: Label, list: Names) -> Known<Vec<String>> {
    let value = blocks.value(label);
    known(value.map(|value| lists::names(&value, list)))
}

/// The name, which 31 records wrap over several lines and one writes twice.
fn name(blocks: &Blocks<'_>) -> String {
    let mut lines = blocks.paragraphs(Label::Name);
    lines.dedup();
    lines.join(" ")
}

fn level(blocks: &Blocks<'_>) -> Option<Level> {
    Some(match blocks.value(Label::Level)?.as_str() {
        "Cấp Xã" => Level::Xa,
        "Cấp Tỉnh" => Level::Tinh,
        "Cấp Bộ/Trung ương" => Level::Bo,
        _ => Level::Khac,
    })
}

/// Three records repeat the label as a line of text before it.
fn keywords(blocks: &Blocks<'_>) -> Option<String> {
    let value = blocks.value(Label::Keywords)?;
    let value = value.strip_prefix("Từ khóa:").unwrap_or(&value).trim();
    (!blocks::is_silent(value)).then(|| value.to_owned())
}

/// The description repeats the requirements in 5,649 of 5,652 records and, but for a
/// stray label, in the other three: indexed once.
fn description(blocks: &Blocks<'_>, requirements: &[String]) -> Known<String> {
    let mut paragraphs = blocks.paragraphs(Label::Description);
    if paragraphs.last().is_some_and(|last| last == "Từ khóa:") {
        paragraphs.pop();
    }
    if paragraphs.is_empty() || paragraphs == requirements {
        Known::Silent
    } else {
        Known::Present(paragraphs.join("\n"))
    }
}

const DANGLING: &str = include_str!("../../../data/dangling-words.txt");

static DANGLING_END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words: Vec<&str> = DANGLING
        .lines()
        .map(str::trim)
        .filter(|word| !word.is_empty() && !word.starts_with('#'))
        .collect();
    values::pattern(&format!(r"(?:^|[ (])(?:{})$", words.join("|")))
});

fn flags(source: &str, blocks: &Blocks<'_>, procedure: &Procedure) -> Vec<String> {
    let fees = || procedure.channels.iter().flat_map(|channel| &channel.fees);
    let found = [
        ("not_nfc", !unicode_normalization::is_nfc(source)),
        ("zero_width", source.contains(is_zero_width)),
        ("soft_hyphen", source.contains('\u{ad}')),
        ("cut_sentence", is_cut(blocks)),
        ("wrapped_name", blocks.paragraphs(Label::Name).len() > 1),
        (
            "suspect_fee",
            fees().any(|fee| values::suspect_amount(&fee.raw).is_some()),
        ),
    ];
    let found = found.into_iter().filter(|(_, is)| *is);
    found.map(|(flag, _)| flag.to_owned()).collect()
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// True where a paragraph ends in a word that cannot end one and the next does not
/// go on with it: a line was lost.
fn is_cut(blocks: &Blocks<'_>) -> bool {
    let Some(dangling) = DANGLING_END.as_ref() else {
        return false;
    };
    [Label::Steps, Label::Channels, Label::Requirements]
        .into_iter()
        .any(|label| {
            let paragraphs = blocks.paragraphs(label);
            paragraphs.iter().enumerate().any(|(at, text)| {
                let next = paragraphs.get(at + 1).and_then(|next| next.chars().next());
                dangling.is_match(text) && !next.is_some_and(char::is_lowercase)
            })
        })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
