//! Papers by bracketed heading, with their counts.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{is_silent, squeeze};
use crate::known::Known;
use crate::procedure::{Case, CaseKind, Document};
use crate::values;

static COUNTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| values::pattern(r"^ {6}Số lượng: Bản chính: (\d+), Bản sao: (\d+) *$"));

/// Names that introduce the list of papers instead of naming a case.
static GROUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(concat!(
        r"(?i)^(?:[a-zđ]\) *|\d+[.)] *)?(?:các )?(?:giấy tờ|thành phần hồ sơ|hồ sơ|thành phần)",
        r"(?: \(?(?:phải|cần|bao gồm|gồm|nộp|xuất trình)\b|:|$)",
        r"|^bao gồm:?$|^\d* ?\(?\w*\)? ?bộ hồ sơ|^số lượng(?: hồ sơ)?:|^xuất trình\b"
    ))
});

/// A paper whose count was lost rather than a remark: a bare name of a paper.
static PAPER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    values::pattern(concat!(
        r"(?i)^(?:[a-zđ]\) *|\(?\d+[.)] *)?(?:đơn (?:đề nghị|xin|đăng ký|yêu cầu)|tờ khai|tờ trình|giấy (?:chứng|đề nghị|tờ|phép|xác nhận|giới thiệu|ủy quyền)",
        r"|bản (?:sao|chính|vẽ|gốc|dịch|kê|cam kết)|văn bản (?:đề nghị|xác nhận|ủy quyền|chấp thuận|yêu cầu)|hợp đồng|danh sách|biên bản|báo cáo|đề án|dự thảo|quyết định|hộ chiếu|phiếu|sơ yếu|lý lịch)"
    ))
});

/// Reads the block; empty where the source says that it has no information.
pub(super) fn cases(lines: &[&str]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in lines {
        if let Some(name) = line.strip_prefix("  [ ") {
            cases.push(case(name));
        } else if let Some(text) = line.strip_prefix("    - ") {
            if cases.is_empty() {
                cases.push(unnamed());
            }
            if let Some(case) = cases.last_mut() {
                case.documents.push(document(text));
            }
        } else if let Some(counts) = counts(line) {
            if let Some(document) = cases.last_mut().and_then(|case| case.documents.last_mut()) {
                set_counts(document, counts);
            }
        } else if !is_silent(line) {
            continue_text(&mut cases, line);
        }
    }
    cases.retain(|case| case.name.is_some() || !case.documents.is_empty());
    cases
}

fn unnamed() -> Case {
    Case {
        name: None,
        kind: CaseKind::default(),
        documents: Vec::new(),
    }
}

fn case(name: &str) -> Case {
    let name = squeeze(name.trim_end().trim_end_matches(']'));
    let name = values::strip_bullets(&name).to_owned();
    Case {
        kind: case_kind(&name),
        name: Some(name).filter(|name| !name.is_empty()),
        documents: Vec::new(),
    }
}

fn case_kind(name: &str) -> CaseKind {
    let lower = name.to_lowercase();
    if lower.starts_with("lưu ý") || lower.starts_with("ghi chú") {
        CaseKind::Note
    } else if GROUP.as_ref().is_some_and(|group| group.is_match(name)) {
        CaseKind::Group
    } else {
        CaseKind::Case
    }
}

/// The bullets go (nesting and order are lost in the source), the text stays. A text
/// of bullets alone is kept as it is: nothing is dropped.
fn document(text: &str) -> Document {
    let text = squeeze(text);
    let stripped = values::strip_bullets(&text);
    // "*Lưu ý" loses its star like any bullet; a bare "-" would lose everything.
    let name = if stripped.is_empty() { &text } else { stripped };
    Document {
        name: name.to_owned(),
        originals: None,
        copies: None,
        form: Known::NotFetched,
        is_note: false,
        note: None,
    }
}

fn counts(line: &str) -> Option<(u32, u32)> {
    let parts = COUNTS.as_ref()?.captures(line)?;
    Some((parts[1].parse().ok()?, parts[2].parse().ok()?))
}

/// 0 and 0 means a remark, except for what is plainly the name of a paper.
fn set_counts(document: &mut Document, (originals, copies): (u32, u32)) {
    document.originals = Some(originals);
    document.copies = Some(copies);
    document.is_note = originals == 0 && copies == 0 && !is_bare_paper(&document.name);
}

fn is_bare_paper(name: &str) -> bool {
    let paper = PAPER.as_ref().is_some_and(|paper| paper.is_match(name));
    paper && !name.trim_end().ends_with(':')
}

/// A line without a mark of its own continues what stands before it.
fn continue_text(cases: &mut Vec<Case>, line: &str) {
    if cases.is_empty() {
        cases.push(unnamed());
    }
    let Some(case) = cases.last_mut() else { return };
    let text = squeeze(line);
    match (case.documents.last_mut(), &mut case.name) {
        (Some(document), _) => {
            document.name.push(' ');
            document.name.push_str(&text);
        }
        (None, Some(name)) => {
            name.push(' ');
            name.push_str(text.trim_end_matches(']').trim_end());
        }
        (None, None) => case.documents.push(document(&text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(COUNTS.is_some() && GROUP.is_some() && PAPER.is_some());
    }

    #[test]
    fn headings_are_cases_groups_or_notes() {
        for (name, kind) in [
            ("Giấy tờ phải nộp:", CaseKind::Group),
            ("Thành phần hồ sơ", CaseKind::Group),
            ("Bao gồm", CaseKind::Group),
            ("01 bộ hồ sơ", CaseKind::Group),
            ("Lưu ý :", CaseKind::Note),
            ("Trường hợp nuôi hai con", CaseKind::Case),
            ("Hồ sơ đề nghị gia hạn", CaseKind::Case),
        ] {
            assert_eq!(case_kind(name), kind, "{name}");
        }
    }

    #[test]
    fn papers_counts_and_notes() {
        let text = [
            "",
            "    - - Tờ khai nuôi mèo",
            "      Số lượng: Bản chính: 0, Bản sao: 0",
            "    - + Người nuôi giữ gìn vệ sinh.",
            "      Số lượng: Bản chính: 0, Bản sao: 0",
            "  [ * Lưu ý: ]",
            "    - Ảnh mèo",
            "      Số lượng: Bản chính: 1, Bản sao: 2",
        ];
        let cases = cases(&text);
        assert_eq!(cases.len(), 2);
        let first = &cases[0].documents;
        assert_eq!(
            (first[0].name.as_str(), first[0].is_note),
            ("Tờ khai nuôi mèo", false)
        );
        assert!(first[1].is_note);
        assert_eq!(
            (cases[1].kind, cases[1].name.as_deref()),
            (CaseKind::Note, Some("Lưu ý:"))
        );
        assert_eq!(cases[1].documents[0].copies, Some(2));
    }

    #[test]
    fn the_silent_line_is_no_paper() {
        assert!(cases(&["", "  Không có thông tin thành phần hồ sơ."]).is_empty());
    }
}
