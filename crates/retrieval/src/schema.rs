//! The index schema: which texts of a record are searched and what each is worth.

use tantivy::TantivyError;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

use crate::tokenizer::{Form, Syllables};

/// A searched text of a record.
pub(crate) struct TextField {
    /// Name, also the signal that `--explain` prints.
    pub name: &'static str,
    /// Weight of the accented form; 0 where only the folded one is indexed.
    pub marked: f32,
    /// Weight of the folded form beside the accented one.
    pub folded_beside: f32,
    /// Weight of the folded form by itself.
    pub folded: f32,
}

/// The searched texts. The body holds the whole record, so that a question spread
/// over title and papers meets in one field; the others add what a match in that
/// place is worth beyond it. Folded evidence beside accented counts half (measured on
/// statutes: better than either alone). The small texts have the folded form alone:
/// their accented twins cost a third of the query and change no rank.
///
/// What is known by name only has no body: its few words would count for more than the
/// same words in a whole record, and make these look long. `named` stands for it.
pub(crate) const TEXTS: [TextField; 6] = [
    TextField {
        name: "body",
        marked: 1.0,
        folded_beside: 0.5,
        folded: 1.0,
    },
    TextField {
        name: "title",
        marked: 0.4,
        folded_beside: 0.2,
        folded: 0.4,
    },
    TextField {
        name: "aliases",
        marked: 0.0,
        folded_beside: 0.6,
        folded: 0.4,
    },
    TextField {
        name: "topic",
        marked: 0.0,
        folded_beside: 0.15,
        folded: 0.1,
    },
    TextField {
        name: "documents",
        marked: 0.0,
        folded_beside: 0.15,
        folded: 0.1,
    },
    TextField {
        name: "named",
        marked: 1.0,
        folded_beside: 0.5,
        folded: 1.0,
    },
];

/// Places in [`TEXTS`] of the texts that only some entries have: whole records have a
/// body and papers, what is known by name only has `named`.
pub(crate) const BODY: usize = 0;
pub(crate) const DOCUMENTS: usize = 4;
pub(crate) const NAMED: usize = 5;

impl TextField {
    /// Weight of one form in a question typed with or without diacritics. The gate:
    /// without a mark in the question the accented texts say nothing, and summing
    /// them in costs four points.
    pub(crate) fn weight(&self, form: Form, question_is_marked: bool) -> f32 {
        match (form, question_is_marked) {
            (Form::Marked, true) => self.marked,
            (Form::Marked, false) => 0.0,
            (Form::Folded, true) => self.folded_beside,
            (Form::Folded, false) => self.folded,
        }
    }
}

/// Fields of the index.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    /// Number of the record in the catalogue.
    pub ord: Field,
    /// Procedure code, raw.
    pub code: Field,
    /// Title and aliases as folded phrases, raw: what a question says outright.
    pub phrase: Field,
    /// The record's JSON.
    pub record: Field,
    /// Its passages' JSON: cutting them anew costs more than reading them.
    pub passages: Field,
    /// The whole record, folded: where document frequencies are taken.
    pub folded_body: Field,
    /// The searched texts by form.
    pub texts: Vec<SearchedText>,
}

/// One text of [`TEXTS`] in one form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SearchedText {
    /// Its place in [`TEXTS`].
    pub text: usize,
    pub form: Form,
    pub field: Field,
}

impl Fields {
    /// Finds the fields in a schema that was read back.
    pub(crate) fn of(schema: &Schema) -> Result<Self, TantivyError> {
        let mut texts = Vec::new();
        for (text, form) in twins() {
            let field = schema.get_field(&field_name(&TEXTS[text], form))?;
            texts.push(SearchedText { text, form, field });
        }
        Ok(Self {
            ord: schema.get_field("ord")?,
            code: schema.get_field("code")?,
            phrase: schema.get_field("phrase")?,
            record: schema.get_field("record")?,
            passages: schema.get_field("passages")?,
            folded_body: schema.get_field(&field_name(&TEXTS[BODY], Form::Folded))?,
            texts,
        })
    }
}

/// Every text of [`TEXTS`] by number in each form that is indexed.
fn twins() -> impl Iterator<Item = (usize, Form)> {
    let forms = [Form::Marked, Form::Folded];
    (0..TEXTS.len())
        .flat_map(move |text| forms.map(|form| (text, form)))
        .filter(|(text, form)| *form == Form::Folded || TEXTS[*text].marked > 0.0)
}

/// The schema that [`Fields`] describes.
pub(crate) fn schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_u64_field("ord", FAST | INDEXED);
    builder.add_text_field("code", STRING);
    builder.add_text_field("phrase", STRING);
    // Text and not bytes: tantivy 0.27 reads stored bytes one by one, a seventh of the
    // time of a search over the national records.
    builder.add_text_field("record", STORED);
    builder.add_text_field("passages", STORED);
    for (text, form) in twins() {
        // Bigrams carry the order of words, so positions would be paid for twice.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(form.tokenizer_name())
            .set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        builder.add_text_field(&field_name(&TEXTS[text], form), options);
    }
    builder.build()
}

/// The tokenizers that the schema names.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for form in [Form::Marked, Form::Folded] {
        manager.register(form.tokenizer_name(), Syllables { form, pairs: true });
    }
    manager
}

fn field_name(text: &TextField, form: Form) -> String {
    match form {
        Form::Marked => text.name.to_owned(),
        Form::Folded => format!("{}_folded", text.name),
    }
}
