//! Search over a collection of documents that others judged: several configurations of
//! our analyzers, each question typed in several ways.
//!
//! Nothing is tuned here. The configurations are steps from plain BM25 over syllables to
//! the weights of the procedure index, so that the table says what each step is worth on
//! text that we have never seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use retrieval::documents::{Documents, Ranking, Text, Weights};
use serde::{Deserialize, Serialize};

use crate::collection::{Collection, Judged};
use crate::error::EvalError;
use crate::metrics::{Estimate, estimate, graded_ndcg_at, paired, recall_at, reciprocal_rank};
use crate::runner::DEPTH;
use crate::variant::Variant;

/// The configuration that the others are held against: the product's.
pub const REFERENCE: &str = "gated";

/// Metric keys with what they mean; higher is better in all.
const METRICS: [(&str, &str); 3] = [
    ("ndcg_10", "nDCG@10"),
    ("recall_10", "recall@10"),
    ("mrr", "mean reciprocal rank within the first 10"),
];

/// A way to rank, with its name in reports.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// One word.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its weights.
    pub ranking: Ranking,
}

/// From plain syllables to the product's weights.
pub fn configurations() -> Vec<Configuration> {
    let configuration = |name, meaning, ranking| Configuration {
        name,
        meaning,
        ranking,
    };
    let alone = |text: Text| -> Weights { vec![(text, 1.0)] };
    vec![
        configuration(
            "syllables",
            "syllables as written",
            Ranking::ungated(alone(Text::Syllables)),
        ),
        configuration(
            "pairs",
            "and pairs of syllables",
            Ranking::ungated(alone(Text::Body)),
        ),
        configuration(
            "folded",
            "the same without diacritics",
            Ranking::ungated(alone(Text::BodyFolded)),
        ),
        configuration(
            "ungated",
            "the product's weights for marked questions, for all",
            Ranking::ungated(Ranking::of_procedures().marked),
        ),
        configuration(
            REFERENCE,
            "the product's weights, folded alone where a question has no mark",
            Ranking::of_procedures(),
        ),
    ]
}

/// A figure and what it is held against, in pairs over the questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its value.
    pub value: Estimate,
    /// This configuration − the reference, questions typed alike; absent in the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_reference: Option<Estimate>,
    /// This variant − the question as written, same configuration; absent there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_written: Option<Estimate>,
}

/// The figures of one configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfConfiguration {
    /// Its name.
    pub configuration: String,
    /// What it is.
    pub meaning: String,
    /// Variant to metric to figure.
    pub variants: BTreeMap<Variant, BTreeMap<String, Figure>>,
}

/// One question in the reference configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its id in the collection.
    pub id: String,
    /// How it was typed.
    pub variant: Variant,
    /// As it was typed.
    pub text: String,
    /// The documents found, best first.
    pub ranked: Vec<String>,
    /// Metric to value.
    pub scores: BTreeMap<String, f64>,
}

/// The report over one collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionReport {
    /// Version of this shape.
    pub format: u32,
    /// Name of the collection.
    pub collection: String,
    /// Documents searched.
    pub documents: usize,
    /// Questions asked.
    pub questions: usize,
    /// The configuration that the others are held against.
    pub reference: String,
    /// Every configuration.
    pub configurations: Vec<OfConfiguration>,
    /// Every question and variant in the reference configuration.
    pub outcomes: Vec<Ranked>,
}

/// Outcomes by variant, in the order of the questions.
type Run = BTreeMap<Variant, Vec<Ranked>>;

/// Asks every question of a collection in every variant and in each configuration;
/// without [`REFERENCE`] among them nothing is held against it.
pub fn ranked(
    collection: &Collection,
    documents: &Documents,
    configurations: Vec<Configuration>,
    progress: &mut dyn FnMut(usize),
) -> Result<CollectionReport, EvalError> {
    let mut runs: Vec<(Configuration, Run)> = Vec::new();
    for configuration in configurations {
        let run = run(collection, documents, &configuration.ranking)?;
        runs.push((configuration, run));
        progress(runs.len());
    }
    let reference = runs.iter().find(|(found, _)| found.name == REFERENCE);
    let reference = reference.map(|(_, run)| run.clone()).unwrap_or_default();
    Ok(CollectionReport {
        format: crate::report::FORMAT,
        collection: collection.name.clone(),
        documents: documents.len(),
        questions: collection.questions.len(),
        reference: REFERENCE.to_owned(),
        configurations: runs
            .iter()
            .map(|(configuration, run)| figures(configuration, run, &reference))
            .collect(),
        outcomes: reference.into_values().flatten().collect(),
    })
}

fn run(
    collection: &Collection,
    documents: &Documents,
    ranking: &Ranking,
) -> Result<Run, EvalError> {
    let mut run = Run::new();
    for variant in Variant::ALL {
        let mut outcomes = Vec::with_capacity(collection.questions.len());
        for question in &collection.questions {
            let text = variant.of(&question.text);
            let found = documents.search(&text, ranking, DEPTH)?;
            let ranked: Vec<String> = found.iter().map(|(id, _)| (*id).to_owned()).collect();
            outcomes.push(Ranked {
                id: question.id.clone(),
                variant,
                text,
                scores: scores(question, &ranked),
                ranked,
            });
        }
        run.insert(variant, outcomes);
    }
    Ok(run)
}

fn scores(question: &Judged, ranked: &[String]) -> BTreeMap<String, f64> {
    let gold: Vec<String> = question.grades.keys().cloned().collect();
    let values = [
        graded_ndcg_at(ranked, &question.grades, DEPTH),
        recall_at(ranked, &gold, DEPTH),
        reciprocal_rank(ranked, &gold),
    ];
    let named = METRICS.iter().map(|(name, _)| (*name).to_owned());
    named.zip(values).collect()
}

fn figures(configuration: &Configuration, run: &Run, reference: &Run) -> OfConfiguration {
    let of_variant = |variant: &Variant| {
        let figure = |(metric, _): &(&str, &str)| {
            let values = column(run, *variant, metric);
            let against = |other: &Run, typed: Variant| {
                let pairs = column(other, typed, metric).into_iter().zip(values.clone());
                paired(&pairs.collect::<Vec<_>>())
            };
            let figure = Figure {
                value: estimate(&values)?,
                against_reference: against(reference, *variant)
                    .filter(|_| configuration.name != REFERENCE),
                against_written: against(run, Variant::AsWritten)
                    .filter(|_| *variant != Variant::AsWritten),
            };
            Some(((*metric).to_owned(), figure))
        };
        (*variant, METRICS.iter().filter_map(figure).collect())
    };
    OfConfiguration {
        configuration: configuration.name.to_owned(),
        meaning: configuration.meaning.to_owned(),
        variants: Variant::ALL.iter().map(of_variant).collect(),
    }
}

fn column(run: &Run, variant: Variant, metric: &str) -> Vec<f64> {
    let outcomes = run.get(&variant).into_iter().flatten();
    let values = outcomes.filter_map(|outcome| outcome.scores.get(metric).copied());
    values.collect()
}

impl CollectionReport {
    /// The figures as a person reads them in a terminal.
    pub fn table(&self) -> String {
        let mut out = format!(
            "{}: {} documents, {} questions, each typed in {} ways\n",
            self.collection,
            self.documents,
            self.questions,
            Variant::ALL.len()
        );
        for (metric, meaning) in METRICS {
            self.block(&mut out, meaning, |_, found| {
                Some(found.get(metric)?.value.percent(1))
            });
        }
        let head = format!("nDCG@10 − that of `{}`", self.reference);
        self.block(&mut out, &head, |_, found| {
            Some(found.get("ndcg_10")?.against_reference?.points(1))
        });
        self.block(&mut out, "nDCG@10 − as written", |_, found| {
            Some(found.get("ndcg_10")?.against_written?.points(1))
        });
        out.push('\n');
        for of in &self.configurations {
            let _ = writeln!(out, "{:16} {}", of.configuration, of.meaning);
        }
        out
    }

    /// One table: a row a configuration, a column a variant; rows without a figure are
    /// left out.
    fn block(
        &self,
        out: &mut String,
        head: &str,
        cell: impl Fn(Variant, &BTreeMap<String, Figure>) -> Option<String>,
    ) {
        let _ = write!(out, "\n{head}\n{:16}", "");
        for variant in Variant::ALL {
            let _ = write!(out, " {:>22}", variant.as_str());
        }
        out.push('\n');
        for of in &self.configurations {
            let found = |variant: &Variant| cell(*variant, of.variants.get(variant)?);
            let cells: Vec<Option<String>> = Variant::ALL.iter().map(found).collect();
            if cells.iter().all(Option::is_none) {
                continue;
            }
            let _ = write!(out, "{:16}", of.configuration);
            for cell in cells {
                let _ = write!(out, " {:>22}", cell.unwrap_or_default());
            }
            out.push('\n');
        }
    }
}
