//! Comma-joined lists of names, and the law behind a procedure.
//!
//! Names hold commas themselves, inside brackets (`Tổ chức (không bao gồm doanh
//! nghiệp, HTX)`) and outside (`Sở Văn hóa, Thể thao và Du lịch`): a comma separates
//! only outside brackets and before a word that begins a name (data/name-heads.tsv).

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{is_silent, squeeze};
use crate::procedure::LegalBasis;
use crate::values;

const HEADS: &str = include_str!("../../../data/name-heads.tsv");

/// Which list a name stands in.
#[derive(Clone, Copy)]
pub(super) enum Names {
    Agencies,
    Results,
    Subjects,
}

impl Names {
    fn heads(self) -> &'static [&'static str] {
        static HEADS: LazyLock<[Vec<&'static str>; 3]> =
            LazyLock::new(|| [heads("agency"), heads("result"), heads("subject")]);
        &HEADS[self as usize]
    }
}

fn heads(kind: &str) -> Vec<&'static str> {
    HEADS
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(of, _)| *of == kind)
        .map(|(_, head)| head.trim())
        .collect()
}

/// Splits a comma-joined value into names.
pub(super) fn names(value: &str, list: Names) -> Vec<String> {
    let mut names = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, c) in value.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && begins_name(&value[at + 1..], list) => {
                names.push(value[start..at].trim().to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    names.push(value[start..].trim().to_owned());
    names.retain(|name| !name.is_empty());
    names
}

fn begins_name(rest: &str, list: Names) -> bool {
    let rest = rest.trim_start();
    list.heads().iter().any(|head| {
        rest.strip_prefix(head)
            .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    })
}

/// What a document number looks like: `154/2024/NĐ-CP`, `72/2025/QH15`; lower case
/// and `TT_BCA` occur.
const NUMBER: &str =
    r"\d{1,5}(?:\.\d{1,2})?[a-z]?/(?:\d{4}/)?\p{L}[\p{L}0-9]+(?: ?[-_–.] ?\p{L}[\p{L}0-9]*)*";

static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| values::pattern(&format!("^{NUMBER}$")));

static WITH_KIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(&format!(
        "(?i)^(?:luật|bộ luật|pháp lệnh|nghị định|nghị quyết|thông tư|thông tư liên tịch|quyết định|chỉ thị|văn bản hợp nhất)? *(?:số:?)? *({NUMBER})$"
    ))
});

/// `  * title (number)`: the last bracket is the number only where it looks like
/// one; else the whole line is the title.
pub(super) fn legal_basis(lines: &[&str]) -> Vec<LegalBasis> {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        if let Some(item) = line.strip_prefix("  * ") {
            items.push(squeeze(item));
        } else if !is_silent(line) {
            let text = squeeze(line);
            match items.last_mut() {
                Some(item) => *item = format!("{item} {text}"),
                None => items.push(text),
            }
        }
    }
    items
        .iter()
        .filter(|item| !item.is_empty())
        .map(|item| law(item))
        .collect()
}

fn law(item: &str) -> LegalBasis {
    if let Some((title, inner)) = last_bracket(item) {
        if WHOLE.as_ref().is_some_and(|whole| whole.is_match(inner)) {
            return LegalBasis {
                number: Some(inner.to_owned()),
                title: title.to_owned(),
            };
        }
        let number = WITH_KIND.as_ref().and_then(|kind| kind.captures(inner));
        if let Some(number) = number {
            return LegalBasis {
                number: Some(number[1].to_owned()),
                title: item.to_owned(),
            };
        }
    }
    LegalBasis {
        number: None,
        title: item.to_owned(),
    }
}

/// The text before the last bracket of a line and what stands in it.
fn last_bracket(item: &str) -> Option<(&str, &str)> {
    let item = item.trim_end_matches(['.', ';', ' ']);
    let end = item.len().checked_sub(1).filter(|_| item.ends_with(')'))?;
    let mut depth = 0;
    for (at, c) in item.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => {
                depth -= 1;
                if depth == 0 {
                    return Some((item[..at].trim(), item[at + 1..end].trim()));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile_and_heads_are_there() {
        assert!(WHOLE.is_some() && WITH_KIND.is_some());
        for list in [Names::Agencies, Names::Results, Names::Subjects] {
            assert!(list.heads().len() > 5);
        }
    }

    #[test]
    fn commas_inside_names_stay() {
        assert_eq!(
            names(
                "Sở Văn hóa, Thể thao và Du lịch, Ủy ban nhân dân cấp xã",
                Names::Agencies
            ),
            ["Sở Văn hóa, Thể thao và Du lịch", "Ủy ban nhân dân cấp xã"]
        );
        assert_eq!(
            names(
                "Tổ chức (không bao gồm doanh nghiệp, HTX), Doanh nghiệp",
                Names::Subjects
            ),
            ["Tổ chức (không bao gồm doanh nghiệp, HTX)", "Doanh nghiệp"]
        );
        assert_eq!(
            names("Cán bộ, công chức, viên chức", Names::Subjects).len(),
            1
        );
        assert_eq!(
            names(
                "Thông báo kết quả, hủy bỏ thủ tục, Phiếu từ chối",
                Names::Results
            ),
            ["Thông báo kết quả, hủy bỏ thủ tục", "Phiếu từ chối"]
        );
        // An opened bracket that is never closed keeps the rest together.
        assert_eq!(names("Sở A (phòng B, Sở C", Names::Agencies).len(), 1);
    }

    #[test]
    fn numbers_of_laws() {
        let of = |line: &str| law(line);
        let plain = of("Nghị định về cư trú (154/2024/NĐ-CP).");
        assert_eq!(plain.number.as_deref(), Some("154/2024/NĐ-CP"));
        assert_eq!(plain.title, "Nghị định về cư trú");
        for (line, number) in [
            ("Luật nuôi mèo (72/2025/QH15)", Some("72/2025/QH15")),
            ("Thông tư (56/2021/TT_BCA)", Some("56/2021/TT_BCA")),
            (
                "Thông tư nuôi mèo (Thông tư số 03/2023/TT-BTP)",
                Some("03/2023/TT-BTP"),
            ),
            ("Luật Thú y 2015", None),
            ("Luật Thú y (Luật Thú y 2015)", None),
            ("Quyết định ngày (01/7/2025)", None),
            (
                "Nghị quyết cắt giảm (66.7/2025/NQ-CP)",
                Some("66.7/2025/NQ-CP"),
            ),
        ] {
            assert_eq!(of(line).number.as_deref(), number, "{line}");
        }
        let titled = of("Thông tư nuôi mèo (Thông tư số 03/2023/TT-BTP)");
        assert!(titled.title.ends_with("TT-BTP)"), "the raw line stays");
    }
}
