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
    /// Weight in the sum.
    pub weight: f32,
}

/// The searched texts, the weightiest first. The body holds the whole record, so
/// that a question spread over title and papers meets in one field; the others add
/// what a match in that place is worth beyond it. Tuned on the development questions.
pub(crate) const TEXTS: [TextField; 5] = [
    TextField {
        name: "body",
        weight: 1.0,
    },
    TextField {
        name: "title",
        weight: 0.4,
    },
    TextField {
        name: "aliases",
        weight: 0.4,
    },
    TextField {
        name: "topic",
        weight: 0.1,
    },
    TextField {
        name: "documents",
        weight: 0.1,
    },
];

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
    /// Accented texts in the order of [`TEXTS`].
    pub marked: Vec<Field>,
    /// Their folded twins.
    pub folded: Vec<Field>,
}

impl Fields {
    /// The texts in one form.
    pub(crate) fn texts(&self, form: Form) -> &[Field] {
        match form {
            Form::Marked => &self.marked,
            Form::Folded => &self.folded,
        }
    }

    /// The whole record, folded: where document frequencies are taken.
    pub(crate) fn folded_body(&self) -> Field {
        self.folded[0]
    }

    /// Finds the fields in a schema that was read back.
    pub(crate) fn of(schema: &Schema) -> Result<Self, TantivyError> {
        let twins = |form| -> Result<Vec<Field>, TantivyError> {
            let names = TEXTS.iter().map(|text| field_name(text, form));
            names.map(|name| schema.get_field(&name)).collect()
        };
        Ok(Self {
            ord: schema.get_field("ord")?,
            code: schema.get_field("code")?,
            phrase: schema.get_field("phrase")?,
            record: schema.get_field("record")?,
            passages: schema.get_field("passages")?,
            marked: twins(Form::Marked)?,
            folded: twins(Form::Folded)?,
        })
    }
}

/// The schema that [`Fields`] describes.
pub(crate) fn schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_u64_field("ord", FAST | INDEXED);
    builder.add_text_field("code", STRING);
    builder.add_text_field("phrase", STRING);
    builder.add_bytes_field("record", STORED);
    builder.add_bytes_field("passages", STORED);
    for form in [Form::Marked, Form::Folded] {
        // Bigrams carry the order of words, so positions would be paid for twice.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(form.tokenizer_name())
            .set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        for text in &TEXTS {
            builder.add_text_field(&field_name(text, form), options.clone());
        }
    }
    builder.build()
}

/// The tokenizers that the schema names.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for form in [Form::Marked, Form::Folded] {
        manager.register(form.tokenizer_name(), Syllables(form));
    }
    manager
}

fn field_name(text: &TextField, form: Form) -> String {
    match form {
        Form::Marked => text.name.to_owned(),
        Form::Folded => format!("{}_folded", text.name),
    }
}
