//! The procedure in one glance: name, code, field, level, who handles it.

use super::filing::level_only;
use super::{Facts, paragraphs, present};
use crate::format;
use crate::known::Known;
use crate::procedure::{Procedure, Related, Relation, Scope};
use crate::provenance::Status;
use crate::section::Section;

pub(super) fn overview(procedure: &Procedure) -> Facts {
    let mut lines = vec![
        format!("Tên thủ tục: {}", procedure.name),
        format!("Mã thủ tục: {}", procedure.code),
    ];
    lines.extend(joined("Lĩnh vực", &procedure.fields));
    lines.push(levels(procedure));
    match joined("Cơ quan thực hiện", &procedure.agencies.executing) {
        Some(line) => lines.push(line),
        None => lines.extend(level_only(procedure)),
    }
    lines.extend(scope(&procedure.scope));
    if let Known::Present(decision) = &procedure.decision {
        let mut line = format!("Quyết định công bố: {}", decision.number);
        if let Some(date) = &decision.date {
            line = format!("{line} ngày {}", format::date(date));
        }
        if let Some(issuer) = &decision.issuer {
            line = format!("{line} của {issuer}");
        }
        lines.push(line);
    }
    lines.extend(kind(procedure));
    lines.extend(joined("Từ khóa", &procedure.keywords));
    if let Known::Present(description) = &procedure.description {
        lines.extend(paragraphs(description));
    }
    lines.extend(procedure.related.iter().map(related));
    lines.extend(status(&procedure.status));
    present(Section::Overview, lines)
}

fn joined(label: &str, list: &Known<Vec<String>>) -> Option<String> {
    let list = list.value().filter(|list| !list.is_empty())?;
    Some(format!("{label}: {}", list.join("; ")))
}

fn levels(procedure: &Procedure) -> String {
    let words: Vec<&str> = procedure.levels.iter().map(|level| level.label()).collect();
    if words.is_empty() {
        "Cấp thực hiện: nguồn không ghi".to_owned()
    } else {
        format!("Cấp thực hiện: {}", words.join(", "))
    }
}

fn scope(scope: &Scope) -> Option<String> {
    match scope {
        Scope::National => None,
        Scope::Province { name: Some(name) } => Some(format!("Áp dụng riêng cho: {name}")),
        Scope::Province { name: None } => {
            Some("Thủ tục do một địa phương công bố; nguồn không ghi rõ địa phương nào.".to_owned())
        }
    }
}

/// The kind in the source's words. Its technical codes (`LOCAL_REGULATION`) are for
/// programs, not for citizens: they stay in the record.
fn kind(procedure: &Procedure) -> Option<String> {
    let kind = procedure.kind.value()?;
    let is_code = kind.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    (!is_code).then(|| format!("Loại thủ tục: {kind}"))
}

fn related(related: &Related) -> String {
    let how = match related.relation {
        Relation::Prerequisite => "Cần làm trước",
        Relation::Next => "Thường làm tiếp",
        Relation::PartOf => "Nằm trong nhóm thủ tục",
        Relation::SameNameOtherLevel => "Cùng tên, cấp khác",
    };
    format!("{how}: {}", related.code)
}

fn status(status: &Status) -> Option<String> {
    match status {
        Status::Active => None,
        Status::ReplacedBy { code } => Some(format!("Đã được thay bằng thủ tục {code}.")),
        Status::WithdrawnSeen { date } => Some(format!(
            "Không còn thấy trong danh mục từ ngày {}.",
            format::date(date)
        )),
    }
}
