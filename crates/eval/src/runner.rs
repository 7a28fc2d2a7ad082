//! Runs the questions of a suite and scores what comes back.
//!
//! Two things are measured apart. *Search*: the ranking of `Snapshot::search` for
//! the citizen's words alone (all turns joined, since a follow-up means nothing by
//! itself). *The answer*: what the assistant offers, says and shows. A weak answer
//! over a good ranking is a different fault from a weak ranking.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assistant::{
    Answer, Assistant, Citation, Conversation, Generator, Request, Sampling, WrittenBy,
};
use jiff::civil::{Date, date};
use retrieval::{Query, Snapshot};
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::grounding::{self, Grounding};
use crate::judge::{Verdict, judge};
use crate::metrics::{hit_at, ndcg_at, reciprocal_rank};
use crate::pattern::Pattern;
use crate::report::BY_MODEL;
use crate::suite::{Expected, Item, Split, Suite};
use crate::worked::Asked;

/// How deep a ranking is kept and scored.
pub const DEPTH: usize = 10;

/// The longest that a turn waits for the model (the product's own limit).
const MODEL_LIMIT: Duration = Duration::from_secs(20);

/// The day on which every question is asked (a Monday), so that "nộp hôm nay thì ngày nào có"
/// has the same answer in every run.
pub const TODAY: Date = date(2026, 12, 7);

/// What to run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only suites of this half.
    pub split: Option<Split>,
    /// At most this many questions of each suite.
    pub limit: Option<usize>,
    /// Search alone: no assistant, no answers.
    pub retrieval_only: bool,
}

/// One question, what came back and how it scored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// The suite's name.
    pub suite: String,
    /// Dev or test.
    pub split: Split,
    /// The question's id.
    pub id: String,
    /// How it is put.
    pub kind: String,
    /// Field from the notes, `-` without one.
    pub field: String,
    /// What is asked for.
    pub aspect: String,
    /// What the citizen said.
    pub turns: Vec<String>,
    /// Acceptable procedures.
    pub gold: Vec<String>,
    /// The route expected.
    pub expected: Expected,
    /// Patterns that the answer must hold, as written.
    #[serde(default)]
    pub must_include: Vec<String>,
    /// Patterns that its text must not hold.
    #[serde(default)]
    pub must_not: Vec<String>,
    /// For people.
    pub notes: String,
    /// Codes by search alone, best first.
    pub search: Vec<String>,
    /// The answer, absent in retrieval-only runs.
    pub answer: Option<Shown>,
    /// What the judge found, absent likewise.
    pub verdict: Option<Verdict>,
    /// Numbers held against the cited records.
    pub grounding: Option<Grounding>,
    /// Metric name to value, only those that apply; higher is better in all.
    pub scores: BTreeMap<String, f64>,
    /// Milliseconds by stage.
    pub ms: BTreeMap<String, f64>,
}

impl Outcome {
    /// `suite/id`: the same question in another run.
    pub fn key(&self) -> String {
        format!("{}/{}", self.suite, self.id)
    }
}

/// A source of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    /// Its number in the text.
    pub id: u32,
    /// The procedure.
    pub code: String,
    /// The record's words.
    pub quote: String,
}

/// What a reader of the report needs of an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The route taken.
    pub route: String,
    /// The text.
    pub text: String,
    /// Codes answered from or offered, best first.
    pub procedures: Vec<String>,
    /// Card lines, one a line, headed by section.
    pub cards: Vec<String>,
    /// What it cites.
    #[serde(default)]
    pub citations: Vec<Cited>,
    /// Whose words.
    pub written_by: WrittenBy,
    /// A model was there and its words were wanted.
    pub asked_model: bool,
}

impl Shown {
    /// What is kept of an answer.
    pub fn new(answer: &Answer, asked_model: bool) -> Self {
        let cards = answer.cards.iter().flat_map(|card| {
            let head = format!("{} {}", card.code, card.name);
            let sections = card
                .sections
                .iter()
                .map(|section| format!("{}: {}", section.label, section.lines.join(" · ")));
            std::iter::once(head).chain(sections)
        });
        Self {
            route: answer.route.as_str().to_owned(),
            text: answer.text.clone(),
            procedures: answer.procedures.iter().map(|p| p.code.clone()).collect(),
            cards: cards.collect(),
            citations: answer.citations.iter().map(cited).collect(),
            written_by: answer.written_by,
            asked_model,
        }
    }
}

fn cited(citation: &Citation) -> Cited {
    Cited {
        id: citation.id,
        code: citation.code.clone(),
        quote: citation.quote.clone(),
    }
}

/// Runs questions against one generation of the index.
pub struct Runner<'a> {
    snapshot: &'a Arc<Snapshot>,
    assistant: Assistant,
    generator: Option<&'a mut dyn Generator>,
    options: Options,
}

impl<'a> Runner<'a> {
    /// Without a generator the record's words answer.
    pub fn new(
        snapshot: &'a Arc<Snapshot>,
        assistant: &Assistant,
        generator: Option<&'a mut dyn Generator>,
        options: Options,
    ) -> Self {
        Self {
            snapshot,
            assistant: assistant.clone().on(TODAY),
            generator,
            options,
        }
    }

    /// The questions that the options select, with their suite.
    pub fn selected<'s>(&self, suites: &'s [Suite]) -> Vec<(&'s Suite, &'s Item)> {
        suites
            .iter()
            .filter(|suite| self.options.split.is_none_or(|split| suite.split == split))
            .flat_map(|suite| {
                let limit = self.options.limit.unwrap_or(usize::MAX);
                suite
                    .items
                    .iter()
                    .take(limit)
                    .map(move |item| (suite, item))
            })
            .collect()
    }

    /// Runs everything selected; `progress` hears how many are done.
    pub fn run(
        &mut self,
        suites: &[Suite],
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<Outcome>, EvalError> {
        let selected = self.selected(suites);
        let mut outcomes = Vec::with_capacity(selected.len());
        for (suite, item) in selected {
            outcomes.push(self.one(suite, item)?);
            progress(outcomes.len());
        }
        Ok(outcomes)
    }

    fn one(&mut self, suite: &Suite, item: &Item) -> Result<Outcome, EvalError> {
        let started = Instant::now();
        let search = self.search(item)?;
        let mut ms = BTreeMap::from([("search".to_owned(), milliseconds(started))]);
        let answered = (!self.options.retrieval_only).then(|| self.answer(item));
        let (answer, asked_model) = answered.unzip();
        let asked_model = asked_model.unwrap_or_default();
        let asked = asked(item);
        let verdict = answer.as_ref().map(|answer| judge(item, answer));
        let grounding = answer.as_ref().and_then(|answer| {
            grounding::check(answer, &asked, |code| self.snapshot.procedure(code))
        });
        if let Some(answer) = &answer {
            ms.extend(stages(answer));
        }
        let shown = answer
            .as_ref()
            .map(|answer| Shown::new(answer, asked_model));
        Ok(Outcome {
            suite: suite.name.clone(),
            split: suite.split,
            id: item.id.clone(),
            kind: item.kind.clone(),
            field: item.field().to_owned(),
            aspect: item.aspect.as_str().to_owned(),
            turns: item.turns.clone(),
            gold: item.gold_codes.clone(),
            expected: item.route,
            must_include: sources(&item.must_include),
            must_not: sources(&item.must_not),
            notes: item.notes.clone(),
            scores: scores(
                item,
                &search,
                shown.as_ref(),
                verdict.as_ref(),
                grounding.as_ref(),
            ),
            search,
            answer: shown,
            verdict,
            grounding,
            ms,
        })
    }

    fn search(&self, item: &Item) -> Result<Vec<String>, EvalError> {
        let query = Query {
            limit: DEPTH,
            ..Query::new(item.turns.join(" "))
        };
        let hits = self.snapshot.search(&query)?;
        Ok(hits.iter().map(|hit| hit.procedure.code.clone()).collect())
    }

    /// Plays the turns; only the last is written by the model, since a conversation
    /// remembers procedures and aspects, not words. Also tells whether the model was asked.
    fn answer(&mut self, item: &Item) -> (Answer, bool) {
        let mut conversation = Conversation::new();
        let (last, earlier) = item
            .turns
            .split_last()
            .map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
        for turn in earlier {
            let draft = self.prepare(&conversation, turn);
            conversation = draft.conversation().clone();
        }
        let draft = self.prepare(&conversation, last);
        let sampling = Sampling {
            deadline: Some(Instant::now() + MODEL_LIMIT),
            ..Sampling::default()
        };
        let generator = match &mut self.generator {
            Some(generator) if draft.wants_model() => Some(&mut **generator as &mut dyn Generator),
            _ => None,
        };
        let asked = generator.is_some();
        (draft.write(generator, &sampling, &mut |_| {}), asked)
    }

    fn prepare(&self, conversation: &Conversation, message: &str) -> assistant::Draft {
        let request = Request {
            message: message.to_owned(),
            ..Request::default()
        };
        self.assistant
            .prepare(self.snapshot, conversation, &request)
    }
}

fn asked(item: &Item) -> Asked {
    Asked {
        question: item.turns.join(" "),
        today: TODAY,
    }
}

fn sources(patterns: &[Pattern]) -> Vec<String> {
    patterns.iter().map(|p| p.as_str().to_owned()).collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn stages(answer: &Answer) -> [(String, f64); 5] {
    let t = &answer.timings_ms;
    [
        ("understand", t.understand),
        ("retrieve", t.retrieve),
        ("first_content", t.first_content),
        ("write", t.write),
        ("total", t.total),
    ]
    .map(|(stage, value)| (stage.to_owned(), value))
}

/// Every metric that applies to this question.
fn scores(
    item: &Item,
    search: &[String],
    shown: Option<&Shown>,
    verdict: Option<&Verdict>,
    grounding: Option<&Grounding>,
) -> BTreeMap<String, f64> {
    let mut out = BTreeMap::new();
    ranking(&mut out, "search_", item, search);
    if let Some(shown) = shown {
        ranking(&mut out, "", item, &shown.procedures);
    }
    let mut put = |name: &str, right: bool| {
        out.insert(name.to_owned(), f64::from(u8::from(right)));
    };
    if let Some(verdict) = verdict {
        put("pass", verdict.pass());
        put("route", verdict.route);
        if !item.must_include.is_empty() {
            put("includes", verdict.missing.is_empty());
        }
        if !item.must_not.is_empty() {
            put("no_violation", verdict.violations.is_empty());
        }
    }
    if let Some(shown) = shown.filter(|shown| shown.asked_model) {
        put(BY_MODEL, shown.written_by == WrittenBy::Model);
    }
    if let Some(grounding) = grounding {
        put("grounded", grounding.unsupported.is_empty());
    }
    out
}

fn ranking(out: &mut BTreeMap<String, f64>, prefix: &str, item: &Item, ranked: &[String]) {
    if item.gold_codes.is_empty() {
        return;
    }
    let (gold, min) = (&item.gold_codes, item.min_gold);
    for (name, value) in [
        ("hit_1", hit_at(ranked, gold, min, 1)),
        ("hit_3", hit_at(ranked, gold, min, 3)),
        ("hit_10", hit_at(ranked, gold, min, DEPTH)),
        ("mrr", reciprocal_rank(ranked, gold)),
        ("ndcg_10", ndcg_at(ranked, gold, min, DEPTH)),
    ] {
        out.insert(format!("{prefix}{name}"), value);
    }
}
