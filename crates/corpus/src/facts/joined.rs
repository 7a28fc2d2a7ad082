//! Joins what several ways of filing have in common: "Nộp trực tiếp, trực tuyến,
//! qua bưu chính: 3 ngày làm việc" instead of the same line three times.

use crate::procedure::ChannelKind;

/// Values with the ways of filing that share them, in order of first appearance.
#[derive(Default)]
pub(super) struct Joined {
    rows: Vec<(Vec<ChannelKind>, String)>,
}

impl Joined {
    /// Adds a value of one way of filing. The same way with another value stays a
    /// row of its own: repeated channels are stages or cases and are never merged.
    pub(super) fn add(&mut self, kind: ChannelKind, value: String) {
        match self.rows.iter_mut().find(|(_, seen)| *seen == value) {
            Some((kinds, _)) => {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            None => self.rows.push((vec![kind], value)),
        }
    }

    /// One line a value.
    pub(super) fn lines(self) -> Vec<String> {
        self.rows
            .into_iter()
            .map(|(kinds, value)| format!("{}: {value}", label(&kinds)))
            .collect()
    }
}

/// The ways of filing in words: the first in full, the others shortened.
pub(super) fn label(kinds: &[ChannelKind]) -> String {
    let mut kinds = kinds.to_vec();
    kinds.sort_by_key(|kind| order(*kind));
    kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            if index == 0 {
                kind.label()
            } else {
                short(*kind)
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn order(kind: ChannelKind) -> u8 {
    match kind {
        ChannelKind::Direct => 0,
        ChannelKind::Online => 1,
        ChannelKind::Postal => 2,
        ChannelKind::Other => 3,
    }
}

/// How a way of filing reads after another one.
pub(super) fn short(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Direct => "trực tiếp",
        ChannelKind::Online => "trực tuyến",
        ChannelKind::Postal => "qua bưu chính",
        ChannelKind::Other => "cách khác",
    }
}
