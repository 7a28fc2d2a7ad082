//! Where to file and in which ways.

use super::joined::{label, short};
use super::{Facts, absent, one_line, present};
use crate::known::{Known, State};
use crate::procedure::{Channel, ChannelKind, Procedure};
use crate::section::{Level, Section};

pub(super) fn places(procedure: &Procedure) -> Facts {
    let agencies = &procedure.agencies;
    let rows = [
        ("Cơ quan thực hiện", &agencies.executing),
        ("Cơ quan có thẩm quyền", &agencies.competent),
        ("Địa chỉ tiếp nhận", &procedure.receiving_addresses),
        ("Cơ quan được ủy quyền", &agencies.delegated),
        ("Cơ quan phối hợp", &agencies.coordinating),
    ];
    let mut lines: Vec<String> = rows
        .iter()
        .flat_map(|(role, names)| {
            names
                .iter()
                .map(move |name| format!("{role}: {}", one_line(name)))
        })
        .collect();
    if agencies.executing.iter().next().is_some() {
        return present(Section::Where, lines);
    }
    let missing = level_only(procedure);
    if lines.is_empty() {
        let fetched = rows.iter().any(|(_, names)| !names.is_not_fetched());
        let state = if fetched {
            State::Silent
        } else {
            State::NotFetched
        };
        let mut facts = absent(Section::Where, state);
        if let (State::Silent, Some(line)) = (state, missing) {
            facts.lines = vec![line];
        }
        return facts;
    }
    lines.extend(missing);
    present(Section::Where, lines)
}

/// What the level still tells when the source names no executing agency. A source that
/// was never asked for it is not silent on it.
pub(super) fn level_only(procedure: &Procedure) -> Option<String> {
    if procedure.agencies.executing.is_not_fetched() {
        return None;
    }
    match procedure.level() {
        Level::Unknown => None,
        level => Some(format!(
            "Nguồn không ghi cơ quan thực hiện; thủ tục thuộc {}.",
            level.label()
        )),
    }
}

pub(super) fn ways(procedure: &Procedure) -> Facts {
    let mut lines = Vec::new();
    if let Known::Present(channels) = &procedure.channels {
        lines.extend(listed(channels));
        for channel in channels {
            if let Some(note) = &channel.note {
                let line = format!("{}: {}", channel.kind.label(), one_line(note));
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
    }
    match &procedure.online {
        Known::Present(online) => {
            lines.extend(level_words(&online.level).map(str::to_owned));
            lines.extend(
                online
                    .url
                    .as_ref()
                    .map(|url| format!("Nộp trực tuyến tại: {url}")),
            );
        }
        Known::NotFetched if has_online(procedure) => {
            lines.push("Chưa có trong dữ liệu: đường dẫn nộp trực tuyến.".to_owned());
        }
        Known::Silent | Known::NotFetched => {}
    }
    if lines.is_empty() && procedure.channels.is_not_fetched() {
        return absent(Section::Online, State::NotFetched);
    }
    present(Section::Online, lines)
}

fn has_online(procedure: &Procedure) -> bool {
    procedure
        .channels
        .iter()
        .any(|channel| channel.kind == ChannelKind::Online)
}

/// Which ways the source lists, and that online is not among them: a citizen asks
/// exactly that.
fn listed(channels: &[Channel]) -> Vec<String> {
    let mut kinds: Vec<ChannelKind> = Vec::new();
    for channel in channels {
        if !kinds.contains(&channel.kind) {
            kinds.push(channel.kind);
        }
    }
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!(
        "Các cách nộp nguồn ghi: {}.",
        label(&kinds).to_lowercase()
    )];
    if !kinds.contains(&ChannelKind::Online) {
        let online = short(ChannelKind::Online);
        lines.push(format!("Nguồn không ghi cách nộp {online}."));
    }
    lines
}

fn level_words(level: &str) -> Option<&'static str> {
    match level {
        "toan_trinh" => Some("Mức độ trực tuyến: toàn trình."),
        "mot_phan" => Some("Mức độ trực tuyến: một phần."),
        "none" => Some("Mức độ trực tuyến: nguồn ghi không cung cấp trực tuyến."),
        _ => None,
    }
}
