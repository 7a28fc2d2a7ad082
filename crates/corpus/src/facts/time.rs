//! How long it takes, by way of filing, in the record's own unit.
//!
//! `1 OTHER` is not a day: without words the duration is silent. A number with a
//! remark is shown with it, because in land procedures the remark holds the rule.

use super::joined::Joined;
use super::{Facts, absent, one_line, present};
use crate::format;
use crate::known::{Known, State};
use crate::procedure::{Period, Procedure};
use crate::section::Section;
use crate::values;

pub(super) fn times(procedure: &Procedure) -> Facts {
    let channels = match &procedure.channels {
        Known::Present(channels) => channels,
        Known::Silent => return absent(Section::Time, State::Silent),
        Known::NotFetched => return absent(Section::Time, State::NotFetched),
    };
    if !channels.is_empty() && channels.iter().all(|c| c.durations.is_not_fetched()) {
        return absent(Section::Time, State::NotFetched);
    }
    let mut rows = Joined::default();
    let mut any = false;
    for channel in channels {
        let stated: Vec<String> = channel.durations.iter().filter_map(words).collect();
        any |= !stated.is_empty();
        if stated.is_empty() {
            let silent = "nguồn không ghi số ngày; xem các bước thực hiện";
            rows.add(channel.kind, silent.to_owned());
        }
        for value in stated {
            rows.add(channel.kind, value);
        }
    }
    if any {
        present(Section::Time, rows.lines())
    } else {
        absent(Section::Time, State::Silent)
    }
}

/// One period in words, `None` when the source says nothing that can be read.
fn words(period: &Period) -> Option<String> {
    let note = period.note.as_deref().map(one_line);
    let note = note.filter(|note| !note.is_empty());
    let stated = format::period(period).or_else(|| values::period_words(&period.raw));
    match (stated, note) {
        (Some(stated), Some(note)) => Some(format!("{stated}; nguồn ghi thêm: {note}")),
        (Some(stated), None) => Some(stated),
        (None, Some(note)) => Some(note),
        (None, None) => None,
    }
}
