//! From a record to what is indexed of it.

use corpus::{Passage, Procedure, Section, passages};
use tantivy::TantivyDocument;

use crate::analysis::units;
use crate::schema::{BODY, Fields, NAMED};

/// The tantivy document of a record: `ord` is its number in the catalogue, `json`
/// the text that [`crate::Snapshot::procedure`] gives back.
pub(crate) fn document(
    fields: &Fields,
    ord: u64,
    procedure: &Procedure,
    json: &str,
) -> Result<TantivyDocument, serde_json::Error> {
    let passages = passages(procedure);
    let mut doc = TantivyDocument::default();
    doc.add_u64(fields.ord, ord);
    doc.add_text(fields.code, &procedure.code);
    for name in std::iter::once(&procedure.name).chain(&procedure.aliases) {
        doc.add_text(fields.phrase, phrase(name));
    }
    doc.add_text(fields.record, json);
    let parts: Vec<(Section, &str)> = passages.iter().map(|p| (p.section, &*p.text)).collect();
    doc.add_text(fields.passages, serde_json::to_string(&parts)?);
    let texts = texts(procedure, &passages);
    let other = if procedure.is_named_only() {
        BODY
    } else {
        NAMED
    };
    for searched in fields.texts.iter().filter(|s| s.text != other) {
        doc.add_text(searched.field, &texts[searched.text]);
    }
    Ok(doc)
}

/// A name as one folded phrase: `Đăng ký thường trú` → `dang ki thuong tru`. Abbreviations
/// are written out, as they are in every question.
pub(crate) fn phrase(name: &str) -> String {
    let units = units(&vitext::expand_capitals(name));
    let words: Vec<&str> = units.iter().map(|u| &*u.folded).collect();
    words.join(" ")
}

/// The searched texts in the order of [`crate::schema::TEXTS`].
fn texts(procedure: &Procedure, passages: &[Passage]) -> [String; 6] {
    let name = vitext::expand_capitals(&procedure.name);
    let aliases = lines(procedure.aliases.iter().chain(&procedure.keywords));
    let aliases = vitext::expand_capitals(&aliases);
    let agencies = &procedure.agencies;
    let topic = lines(
        procedure
            .fields
            .iter()
            .chain(&procedure.results)
            .chain(&procedure.subjects)
            .chain(&agencies.executing)
            .chain(&agencies.competent),
    );
    let papers = procedure.cases.iter().flat_map(|case| {
        let names = case.documents.iter().map(|document| &document.name);
        case.name.iter().chain(names)
    });
    let documents = lines(papers);
    let mut body = format!("{name}\n{aliases}");
    for passage in passages {
        body.push('\n');
        body.push_str(&passage.text);
    }
    let named = body.clone();
    [body, name, aliases, topic, documents, named]
}

fn lines<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    texts.join("\n")
}
