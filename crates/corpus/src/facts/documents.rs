//! Papers by case, and the forms among them. Counts of zero are never printed:
//! an item with 0 originals and 0 copies is a remark, not "0 bản".

use super::{Facts, absent, one_line, present};
use crate::known::{Known, State};
use crate::procedure::{Case, CaseKind, Document, Form, Procedure};
use crate::section::Section;
use crate::values;

pub(super) fn documents(procedure: &Procedure) -> Facts {
    match &procedure.cases {
        Known::Present(cases) => {
            let lines = cases
                .iter()
                .flat_map(|case| case_heading(case).into_iter().chain(case_lines(case)));
            present(Section::Documents, lines.collect())
        }
        Known::Silent => absent(Section::Documents, State::Silent),
        Known::NotFetched => absent(Section::Documents, State::NotFetched),
    }
}

/// The line above the papers of a case, `None` for the single unnamed list.
pub(crate) fn case_heading(case: &Case) -> Option<String> {
    let name = case.name.as_deref()?;
    let name = values::strip_bullets(name)
        .trim()
        .trim_end_matches(':')
        .trim();
    if name.is_empty() {
        return None;
    }
    Some(match case.kind {
        CaseKind::Case if name.to_lowercase().starts_with("trường hợp") => format!("{name}:"),
        CaseKind::Case => format!("Trường hợp: {name}"),
        CaseKind::Group | CaseKind::Note => format!("{name}:"),
    })
}

/// The papers of one case, a line each.
pub(crate) fn case_lines(case: &Case) -> Vec<String> {
    case.documents
        .iter()
        .map(|document| line(document, case.kind))
        .collect()
}

fn line(document: &Document, kind: CaseKind) -> String {
    let name = one_line(&document.name);
    let name = name.as_str();
    if document.is_note {
        let already = name.trim_start_matches('*').trim_start().to_lowercase();
        return if kind == CaseKind::Note || already.starts_with("lưu ý") {
            name.to_owned()
        } else {
            format!("Lưu ý: {name}")
        };
    }
    let mut details = Vec::new();
    for (what, count) in [
        ("bản chính", document.originals),
        ("bản sao", document.copies),
    ] {
        if let Some(count) = count.filter(|count| *count > 0) {
            details.push(format!("{what}: {count}"));
        }
    }
    if let Known::Present(form) = &document.form
        && !name.contains(&form.name)
    {
        details.push(form.name.clone());
    }
    details.extend(document.note.clone());
    if details.is_empty() {
        return name.to_owned();
    }
    let name = name.trim_end_matches(['.', ';', ',', ' ']);
    format!("{name} ({})", details.join("; "))
}

/// Forms that the record carries, else the papers whose names mention one.
pub(super) fn forms(procedure: &Procedure) -> Facts {
    let papers = || procedure.cases.iter().flat_map(|case| &case.documents);
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for document in papers() {
        if let Known::Present(form) = &document.form {
            add(form_line(form, document));
        }
    }
    for document in papers() {
        if !document.form.is_present() && !document.is_note && values::names_a_form(&document.name)
        {
            add(format!("Nêu trong giấy tờ: {}", document.name.trim()));
        }
    }
    if !lines.is_empty() {
        return present(Section::Form, lines);
    }
    let fetched = papers().any(|document| !document.form.is_not_fetched());
    if fetched || procedure.cases == Known::Silent {
        absent(Section::Form, State::Silent)
    } else {
        absent(Section::Form, State::NotFetched)
    }
}

fn form_line(form: &Form, document: &Document) -> String {
    let mut line = if document.name.contains(&form.name) {
        document.name.trim().to_owned()
    } else {
        format!("{} ({})", form.name, document.name.trim())
    };
    if let Some(url) = &form.url {
        line.push_str(" — tải tại ");
        line.push_str(url);
    }
    line
}
