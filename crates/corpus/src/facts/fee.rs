//! Fees by way of filing. The amount is shown as recorded, the source's words
//! beside it; 0 without a word is never called free.

use super::joined::Joined;
use super::{Facts, absent, present};
use crate::format;
use crate::known::{Known, State};
use crate::procedure::{Fee, FeeKind, Procedure};
use crate::section::Section;
use crate::values;

pub(super) fn fees(procedure: &Procedure) -> Facts {
    let state = state(procedure);
    if state != State::Present {
        return absent(Section::Fee, state);
    }
    let mut rows = Joined::default();
    for channel in &procedure.channels {
        match &channel.fees {
            Known::Present(fees) if !fees.is_empty() => {
                for fee in fees {
                    rows.add(channel.kind, words(fee));
                }
            }
            Known::Present(_) | Known::Silent => {
                rows.add(channel.kind, "nguồn không ghi mức phí".to_owned());
            }
            Known::NotFetched => rows.add(channel.kind, "chưa có trong dữ liệu".to_owned()),
        }
    }
    present(Section::Fee, rows.lines())
}

fn state(procedure: &Procedure) -> State {
    let channels = match &procedure.channels {
        Known::Present(channels) if !channels.is_empty() => channels,
        Known::NotFetched => return State::NotFetched,
        Known::Present(_) | Known::Silent => return State::Silent,
    };
    if channels.iter().any(|c| c.fees.iter().next().is_some()) {
        State::Present
    } else if channels.iter().all(|c| c.fees.is_not_fetched()) {
        State::NotFetched
    } else {
        State::Silent
    }
}

/// One fee in words.
fn words(fee: &Fee) -> String {
    let note = fee.note.as_deref().map(str::trim).filter(|n| !n.is_empty());
    match (fee.amount_vnd, note) {
        (Some(0), None) => "nguồn ghi 0 đồng, không kèm giải thích".to_owned(),
        (Some(amount), _) if (1..values::SUSPECT_BELOW).contains(&amount) => quoted(&fee.raw),
        (None, _) if values::suspect_amount(&fee.raw).is_some() => quoted(&fee.raw),
        (Some(0) | None, Some(note)) => note.to_owned(),
        (Some(amount), Some(note)) => format!("{} ({})", format::vnd(amount), kinded(fee, note)),
        (Some(amount), None) => match kind(fee.kind) {
            Some(kind) => format!("{} ({kind})", format::vnd(amount)),
            None => format::vnd(amount),
        },
        (None, None) => fee.raw.trim().to_owned(),
    }
}

fn quoted(raw: &str) -> String {
    format!("nguồn ghi “{}”", raw.trim())
}

/// The note, preceded by the kind of charge where it does not speak of one itself.
fn kinded(fee: &Fee, note: &str) -> String {
    match kind(fee.kind) {
        Some(kind) if !note.to_lowercase().contains("phí") => format!("{kind}; {note}"),
        _ => note.to_owned(),
    }
}

fn kind(kind: FeeKind) -> Option<&'static str> {
    match kind {
        FeeKind::Phi => Some("phí"),
        FeeKind::LePhi => Some("lệ phí"),
        FeeKind::Unknown => None,
    }
}
