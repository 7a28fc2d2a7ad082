//! An index of plain documents in memory, with the analyzers, the weights and the gate
//! of the procedure index.
//!
//! For collections that others judged: what our reading of Vietnamese is worth shows
//! there without anything of ours in the data. What is particular to procedures
//! (framing words, synonyms, acts, levels) has no place here.

use std::collections::BTreeSet;

use tantivy::query::{BooleanQuery, BoostQuery, Occur, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy::{Index, Searcher, TantivyDocument, Term};

use crate::error::RetrievalError;
use crate::schema::{TEXTS, tokenizers};
use crate::scores::AllScores;
use crate::tokenizer::{Form, Syllables};

/// Buffer of the one indexing thread: 50 MB of text and more are one segment.
const BUFFER_BYTES: usize = 128 << 20;

/// Tokenizer of [`Text::Syllables`], which the procedure index does not have.
const SINGLE: &str = "vi_single";

/// A document as a collection gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unique in its collection.
    pub id: String,
    /// May be empty.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// What of a document is searched, and how it is cut into terms. The body is title and
/// text, as in the procedure index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// The body, single syllables.
    Syllables,
    /// The body, syllables and pairs of them.
    Body,
    /// The same without diacritics.
    BodyFolded,
    /// The title, syllables and pairs.
    Title,
    /// The same without diacritics.
    TitleFolded,
}

impl Text {
    const ALL: [Self; 5] = [
        Self::Syllables,
        Self::Body,
        Self::BodyFolded,
        Self::Title,
        Self::TitleFolded,
    ];

    fn tokenizer(self) -> Syllables {
        let form = match self {
            Self::BodyFolded | Self::TitleFolded => Form::Folded,
            Self::Syllables | Self::Body | Self::Title => Form::Marked,
        };
        let pairs = self != Self::Syllables;
        Syllables { form, pairs }
    }

    fn tokenizer_name(self) -> &'static str {
        match self {
            Self::Syllables => SINGLE,
            other => other.tokenizer().form.tokenizer_name(),
        }
    }

    fn of(self, document: &Document) -> String {
        match self {
            Self::Title | Self::TitleFolded => document.title.clone(),
            _ => format!("{}\n{}", document.title, document.text),
        }
    }
}

/// Texts and what a match in each counts; a text that is not named counts nothing.
pub type Weights = Vec<(Text, f32)>;

/// How documents are ranked: a weighted sum of BM25 scores (k1 1.2, b 0.75).
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// For a question with Vietnamese marks in it.
    pub marked: Weights,
    /// For one without any.
    pub unmarked: Weights,
}

impl Ranking {
    /// One set of weights for every question.
    pub fn ungated(weights: Weights) -> Self {
        Self {
            marked: weights.clone(),
            unmarked: weights,
        }
    }

    /// The weights that the procedure index gives the body and the title of a record.
    pub fn of_procedures() -> Self {
        let weights = |marked| {
            let [body, title, ..] = &TEXTS;
            vec![
                (Text::Body, body.weight(Form::Marked, marked)),
                (Text::BodyFolded, body.weight(Form::Folded, marked)),
                (Text::Title, title.weight(Form::Marked, marked)),
                (Text::TitleFolded, title.weight(Form::Folded, marked)),
            ]
        };
        Self {
            marked: weights(true),
            unmarked: weights(false),
        }
    }
}

/// An index of documents.
pub struct Documents {
    ids: Vec<String>,
    ord: Field,
    texts: Vec<(Text, Field)>,
    searcher: Searcher,
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents")
            .field("documents", &self.ids.len())
            .finish_non_exhaustive()
    }
}

impl Documents {
    /// Indexes documents; `progress` hears how many are done.
    pub fn build(
        documents: impl IntoIterator<Item = Document>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Self, RetrievalError> {
        let (schema, ord, texts) = schema();
        let tokenizers = tokenizers();
        tokenizers.register(SINGLE, Text::Syllables.tokenizer());
        let index = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .create_in_ram()?;
        let mut writer = index.writer_with_num_threads(1, BUFFER_BYTES)?;
        let mut ids = Vec::new();
        for document in documents {
            let mut doc = TantivyDocument::default();
            doc.add_u64(ord, ids.len() as u64);
            for (text, field) in &texts {
                doc.add_text(*field, text.of(&document));
            }
            writer.add_document(doc)?;
            ids.push(document.id);
            progress(ids.len());
        }
        writer.commit()?;
        Ok(Self {
            ids,
            ord,
            texts,
            searcher: index.reader()?.searcher(),
        })
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True without any document.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids of the best `limit` documents with their scores, best first; equal scores
    /// in the order of the documents. A document without any term of the question is not
    /// among them.
    pub fn search(
        &self,
        question: &str,
        ranking: &Ranking,
        limit: usize,
    ) -> Result<Vec<(&str, f32)>, RetrievalError> {
        let query = BooleanQuery::new(self.clauses(question, ranking));
        let mut found: Vec<(u64, f32)> = Vec::new();
        for (segment, docs) in self.searcher.search(&query, &AllScores)? {
            let reader = self.searcher.segment_reader(segment);
            let ords = reader
                .fast_fields()
                .u64(self.searcher.schema().get_field_name(self.ord))?;
            let with_ord = |(doc, score)| Some((ords.first(doc)?, score));
            found.extend(docs.into_iter().filter_map(with_ord));
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let named = |(ord, score): (u64, f32)| Some((self.ids.get(ord as usize)?.as_str(), score));
        Ok(found.into_iter().filter_map(named).take(limit).collect())
    }

    /// A boosted term query for each term of the question in each text that counts; a
    /// term said twice counts once, as in the procedure index.
    fn clauses(
        &self,
        question: &str,
        ranking: &Ranking,
    ) -> Vec<(Occur, Box<dyn tantivy::query::Query>)> {
        let weights = if vitext::has_marks(question) {
            &ranking.marked
        } else {
            &ranking.unmarked
        };
        let mut clauses: Vec<(Occur, Box<dyn tantivy::query::Query>)> = Vec::new();
        for (text, weight) in weights.iter().filter(|(_, weight)| *weight > 0.0) {
            let Some((_, field)) = self.texts.iter().find(|(known, _)| known == text) else {
                continue;
            };
            for term in terms(*text, question) {
                let term = Term::from_field_text(*field, &term);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                let boosted = BoostQuery::new(Box::new(query), *weight);
                clauses.push((Occur::Should, Box::new(boosted)));
            }
        }
        clauses
    }
}

/// The terms of a question, each once.
fn terms(text: Text, question: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    let mut tokenizer = text.tokenizer();
    tokenizer.token_stream(question).process(&mut |token| {
        terms.insert(token.text.clone());
    });
    terms
}

fn schema() -> (Schema, Field, Vec<(Text, Field)>) {
    let mut builder = Schema::builder();
    let ord = builder.add_u64_field("ord", FAST);
    let texts = Text::ALL.map(|text| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(text.tokenizer_name())
            .set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        (text, builder.add_text_field(&format!("{text:?}"), options))
    });
    (builder.build(), ord, texts.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Documents {
        let document = |(id, title, text): (&str, &str, &str)| Document {
            id: id.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
        };
        let documents = [
            (
                "ket-hon",
                "Đăng ký kết hôn",
                "Hai người cùng có mặt khi ký giấy.",
            ),
            (
                "thuong-tru",
                "Đăng ký thường trú",
                "Nộp hồ sơ tại nơi sinh sống.",
            ),
            (
                "tach-thua",
                "",
                "Thửa đất được tách khi đủ diện tích tối thiểu.",
            ),
        ];
        Documents::build(documents.map(document), &mut |_| ()).unwrap()
    }

    fn found(question: &str, ranking: &Ranking) -> Vec<String> {
        let index = index();
        let hits = index.search(question, ranking, 10).unwrap();
        hits.iter().map(|(id, _)| (*id).to_owned()).collect()
    }

    #[test]
    fn the_gate_reads_unmarked_questions_by_the_folded_form() {
        let ranking = Ranking::of_procedures();
        assert_eq!(found("diện tích tách thửa", &ranking), ["tach-thua"]);
        assert_eq!(found("dien tich tach thua", &ranking), ["tach-thua"]);
        let marked = Ranking::ungated(vec![(Text::Body, 1.0)]);
        assert!(found("dien tich tach thua", &marked).is_empty());
    }

    #[test]
    fn pairs_tell_words_from_their_syllables() {
        let ranking = Ranking::ungated(vec![(Text::Body, 1.0)]);
        assert_eq!(found("thường trú", &ranking), ["thuong-tru"]);
        // "hôn kết" holds both syllables and not the word.
        let index = index();
        let score = |question: &str| index.search(question, &ranking, 1).unwrap()[0].1;
        assert!(score("kết hôn") > score("hôn kết"));
        let single = Ranking::ungated(vec![(Text::Syllables, 1.0)]);
        let single = |question: &str| index.search(question, &single, 1).unwrap()[0].1;
        assert!((single("kết hôn") - single("hôn kết")).abs() < f32::EPSILON);
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        assert!(found("", &Ranking::of_procedures()).is_empty());
        assert!(found("?!", &Ranking::of_procedures()).is_empty());
    }

    #[test]
    fn a_question_in_nfd_is_the_same_question() {
        let ranking = Ranking::of_procedures();
        let (composed, decomposed) = ("kết hôn", "ke\u{302}\u{301}t ho\u{302}n");
        let index = index();
        let scores = |question: &str| index.search(question, &ranking, 10).unwrap();
        assert_eq!(scores(composed), scores(decomposed));
        assert_eq!(scores(composed).len(), 1);
    }
}
