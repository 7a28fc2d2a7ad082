//! What must hold in a record that can be read.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use crate::known::Known;
use crate::procedure::Procedure;
use crate::provenance::Status;
use crate::values;

/// A body of the district level, which ended on 1 July 2025.
///
/// With a verb in front ("nộp tại …") it matches 12 national records only; "Công an
/// cấp huyện tiếp nhận hồ sơ" sends people there just as well, so the body is enough.
static DISTRICT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(concat!(
        r"(?i)\b(?:ubnd|(?:ủy|uỷ) ban nhân dân|công an|trung tâm|chi nhánh|phòng (?:[^ ,;.]+ ){1,5}?)",
        r"[^,;.]{0,16}?\b(?:cấp huyện|huyện|quận|thị xã)\b"
    ))
});

/// Every rule, one after the other.
pub(super) fn check(procedure: &Procedure, file: &Path, findings: &mut Vec<Found>) {
    identity(procedure, file, findings);
    required(procedure, findings);
    fees(procedure, findings);
    districts(procedure, findings);
    words(procedure, findings);
    if procedure.provenance.source_kind == "own" {
        own(procedure, findings);
    }
}

fn identity(procedure: &Procedure, file: &Path, findings: &mut Vec<Found>) {
    let code = &procedure.code;
    if !values::is_code(code) {
        let fault = values::code_fault(code).unwrap_or_else(|| "not like 1.004222".to_owned());
        findings.push(Found::error("code", "code", format!("`{code}`: {fault}")));
    }
    if file.file_stem().and_then(|stem| stem.to_str()) != Some(code.as_str()) {
        let message = format!("the file should be named {code}.json");
        findings.push(Found::warning("file-name", "code", message));
    }
    for (at, related) in procedure.related.iter().enumerate() {
        if !values::is_code(&related.code) {
            let field = format!("related[{at}].code");
            findings.push(Found::error(
                "code",
                &field,
                format!("`{}` is not a code", related.code),
            ));
        }
    }
}

fn required(procedure: &Procedure, findings: &mut Vec<Found>) {
    if procedure.name.trim().is_empty() {
        findings.push(Found::error("name", "name", "the name is empty".to_owned()));
    }
    let all_sources_have = [
        ("fields", procedure.fields.is_present()),
        ("steps", procedure.steps.is_present()),
        ("channels", procedure.channels.is_present()),
    ];
    for (field, present) in all_sources_have {
        if !present {
            let message = "missing; every record of the source has it".to_owned();
            findings.push(Found::warning("required", field, message));
        }
    }
    if procedure.levels.is_empty() {
        let message = "no level; the source names none or it was lost".to_owned();
        findings.push(Found::info("level", "levels", message));
    }
}

fn fees(procedure: &Procedure, findings: &mut Vec<Found>) {
    for (at, channel) in procedure.channels.iter().enumerate() {
        for (number, fee) in channel.fees.iter().enumerate() {
            let field = format!("channels[{at}].fees[{number}]");
            let small = |amount: &u64| (1..values::SUSPECT_BELOW).contains(amount);
            let suspect = values::suspect_amount(&fee.raw).or(fee.amount_vnd.filter(small));
            if let Some(amount) = suspect {
                let message = format!("{amount} đồng is suspect: thousands lost, or a percentage");
                findings.push(Found::warning("suspect-fee", &field, message));
            }
            if fee.raw.trim().is_empty() {
                let message = "raw is empty; give the source's own words".to_owned();
                findings.push(Found::warning("raw", &field, message));
            }
        }
        for (number, period) in channel.durations.iter().enumerate() {
            if period.raw.trim().is_empty() {
                let field = format!("channels[{at}].durations[{number}]");
                let message = "raw is empty; give the source's own words".to_owned();
                findings.push(Found::warning("raw", &field, message));
            }
        }
    }
}

fn districts(procedure: &Procedure, findings: &mut Vec<Found>) {
    let mut look = |field: String, text: &str| {
        let found = DISTRICT.as_ref().and_then(|pattern| pattern.find(text));
        if let Some(found) = found {
            let message = format!(
                "sends people to the district level, which ended on 1 July 2025: “{}”",
                found.as_str()
            );
            findings.push(Found::warning("district", &field, message));
        }
    };
    for (at, step) in procedure.steps.iter().enumerate() {
        look(format!("steps[{at}]"), &step.text);
    }
    for (at, channel) in procedure.channels.iter().enumerate() {
        let notes = channel
            .durations
            .iter()
            .filter_map(|period| period.note.as_ref());
        for note in notes.chain(&channel.note) {
            look(format!("channels[{at}]"), note);
        }
    }
    let bodies = [
        ("receiving_addresses", &procedure.receiving_addresses),
        ("agencies.executing", &procedure.agencies.executing),
    ];
    for (field, names) in bodies {
        for (at, name) in names.iter().enumerate() {
            look(format!("{field}[{at}]"), name);
        }
    }
}

/// Words from closed lists, and dates.
fn words(procedure: &Procedure, findings: &mut Vec<Found>) {
    if let Known::Present(online) = &procedure.online {
        let known = ["toan_trinh", "mot_phan", "none", "unknown"];
        if !known.contains(&online.level.as_str()) {
            let message = format!("`{}`: use one of {}", online.level, known.join(", "));
            findings.push(Found::error("word", "online.level", message));
        }
    }
    for (at, event) in procedure.life_events.iter().enumerate() {
        if !["citizen", "business"].contains(&event.group.as_str()) {
            let field = format!("life_events[{at}].group");
            let message = format!("`{}`: use citizen or business", event.group);
            findings.push(Found::error("word", &field, message));
        }
    }
    let decided = procedure.decision.value().and_then(|d| d.date.as_deref());
    let withdrawn = match &procedure.status {
        Status::WithdrawnSeen { date } => Some(date.as_str()),
        Status::Active | Status::ReplacedBy { .. } => None,
    };
    let dates = [
        ("provenance.as_of", procedure.provenance.as_of.as_deref()),
        ("decision.date", decided),
        ("status.date", withdrawn),
    ];
    for (field, date) in dates {
        if let Some(date) = date.filter(|date| !values::is_iso_date(date)) {
            findings.push(Found::error(
                "date",
                field,
                format!("`{date}`: write it as YYYY-MM-DD or YYYY-MM"),
            ));
        }
    }
}

/// What a record that we wrote ourselves owes: where it comes from, and the words
/// citizens use.
fn own(procedure: &Procedure, findings: &mut Vec<Found>) {
    let provenance = &procedure.provenance;
    if provenance.as_of.is_none() {
        let message = "no date; say which state the record describes".to_owned();
        findings.push(Found::error("own", "provenance.as_of", message));
    }
    if provenance.source_url.is_none() {
        let message = "no public page; give it where one is known".to_owned();
        findings.push(Found::info("own", "provenance.source_url", message));
    }
    if procedure
        .aliases
        .iter()
        .all(|alias| alias.trim().is_empty())
    {
        let message = "no aliases; write what citizens call it".to_owned();
        findings.push(Found::error("own", "aliases", message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn districts_are_found_where_people_are_sent() {
        let pattern = DISTRICT.as_ref().expect("the pattern compiles");
        for text in [
            "Nộp tại UBND huyện Gò Dầu",
            "đến Phòng Tư pháp cấp huyện",
            "Uỷ ban nhân dân cấp huyện",
            "Công an quận tiếp nhận",
        ] {
            assert!(pattern.is_match(text), "{text}");
        }
        for text in [
            "tại Trung tâm Phục vụ hành chính công cấp xã",
            "Ủy ban nhân dân cấp xã",
            "số 1 phố A, quận Ba Đình",
            "Ủy ban nhân dân xã; Luật sửa đổi về cấp huyện",
        ] {
            assert!(!pattern.is_match(text), "{text}");
        }
    }
}
