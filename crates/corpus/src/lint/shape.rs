//! Whether a file is a record at all: encoding, JSON, fields and their types.

use serde_json::Value;

use super::Found;
use crate::procedure::Procedure;

/// Reads the record and notes what is wrong with its shape; `None` when it cannot
/// be read.
pub(super) fn check(bytes: &[u8], findings: &mut Vec<Found>) -> Option<Procedure> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.push(Found::error(
            "encoding",
            "",
            "not UTF-8; save it as UTF-8".to_owned(),
        ));
        return None;
    };
    unicode(text, findings);
    match serde_json::from_str::<Procedure>(text) {
        Ok(procedure) => {
            unknown_fields(text, &procedure, findings);
            Some(procedure)
        }
        Err(error) => {
            findings.push(unreadable(text, &error));
            None
        }
    }
}

fn unicode(text: &str, findings: &mut Vec<Found>) {
    for (index, line) in text.lines().enumerate() {
        let field = key_of(line).unwrap_or_default();
        if !unicode_normalization::is_nfc(line) {
            let message = "not NFC; normalise it, or search will miss it".to_owned();
            findings.push(Found::warning("nfc", field, message).on_line(index + 1));
        }
        if line.contains(is_invisible) {
            let message = "invisible character; remove it".to_owned();
            findings.push(Found::warning("zero-width", field, message).on_line(index + 1));
        }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// serde names missing and unknown fields, but for a wrong type only the place: the
/// field is read from that line.
fn unreadable(text: &str, error: &serde_json::Error) -> Found {
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
    let above = text.lines().take(error.line()).collect::<Vec<_>>();
    let field = above.iter().rev().find_map(|line| key_of(line));
    Found::error("schema", field.unwrap_or_default(), reason).on_line(error.line())
}

/// The key that a line of pretty JSON begins with.
fn key_of(line: &str) -> Option<&str> {
    let (key, rest) = line.trim_start().strip_prefix('"')?.split_once('"')?;
    rest.trim_start().starts_with(':').then_some(key)
}

/// A field that does not come back when the record is written again is not one of
/// the record's: a typing error that would lose the fact.
fn unknown_fields(text: &str, procedure: &Procedure, findings: &mut Vec<Found>) {
    let (Ok(given), Ok(kept)) = (
        serde_json::from_str::<Value>(text),
        serde_json::to_value(procedure),
    ) else {
        return;
    };
    compare(&given, &kept, "", findings);
}

fn compare(given: &Value, kept: &Value, path: &str, findings: &mut Vec<Found>) {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            for (key, value) in given {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match kept.get(key) {
                    Some(kept) => compare(value, kept, &path, findings),
                    None if says_nothing(value) => {}
                    None => findings.push(Found::error(
                        "unknown-field",
                        &path,
                        "no such field; see procedure.schema.json".to_owned(),
                    )),
                }
            }
        }
        (Value::Array(given), Value::Array(kept)) => {
            for (index, (given, kept)) in given.iter().zip(kept).enumerate() {
                compare(given, kept, &format!("{path}[{index}]"), findings);
            }
        }
        _ => {}
    }
}

/// Values that the writer leaves out.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
