//! A life event as it is answered: the numbered list, and a card, a source and a button for
//! each step.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::journeys::{Journey, Step};
use corpus::{Level, Procedure, Section};
use retrieval::Snapshot;
use serde::Deserialize;

use crate::answer::{Card, Choice, Citation, ProcedureRef, Route};
use crate::card::Sheet;
use crate::conversation::TurnMemory;

/// Fixed words around the list (`data/journeys.toml`).
#[derive(Debug, Deserialize)]
pub(crate) struct Texts {
    after: String,
    bundled: String,
    once: String,
    further: String,
    also: String,
    aspects: String,
}

/// A step that the index knows.
#[derive(Debug, Clone)]
pub struct KnownStep {
    /// The step.
    pub step: &'static Step,
    /// The best of its procedures that the index has, in full if it has one in full.
    pub procedure: Arc<Procedure>,
}

/// What stands beside the steps.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The procedure that does several of them in one dossier.
    pub(crate) bundle: Option<Arc<Procedure>>,
    /// One that the message as a whole speaks of.
    pub(crate) also: Option<Arc<Procedure>>,
}

/// A life event as it is answered.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) text: String,
    pub(crate) cards: Vec<Card>,
    pub(crate) procedures: Vec<ProcedureRef>,
    pub(crate) citations: Vec<Citation>,
    pub(crate) choices: Vec<Choice>,
    /// What the conversation keeps of it.
    pub(crate) memory: TurnMemory,
}

/// The steps of a life event that an index knows, in order; no procedure stands twice.
pub fn known(journey: &'static Journey, snapshot: &Snapshot) -> Vec<KnownStep> {
    let mut seen = HashSet::new();
    let steps = journey.steps.iter().filter_map(|step| {
        let procedure = best(snapshot, &step.codes)?;
        Some(KnownStep { step, procedure })
    });
    steps
        .filter(|known| seen.insert(known.procedure.code.clone()))
        .collect()
}

/// The procedure that does several of these steps in one dossier, when the index knows it.
pub fn bundle(steps: &[KnownStep], snapshot: &Snapshot) -> Option<Arc<Procedure>> {
    let code = steps.iter().find_map(|s| s.step.bundled_in.as_deref())?;
    let inside = |known: &&KnownStep| known.step.bundled_in.as_deref() == Some(code);
    (steps.iter().filter(inside).count() > 1).then_some(())?;
    snapshot.procedure(code)
}

fn best(snapshot: &Snapshot, codes: &[String]) -> Option<Arc<Procedure>> {
    let known: Vec<_> = codes
        .iter()
        .filter_map(|code| snapshot.procedure(code))
        .collect();
    let in_full = known.iter().find(|record| !record.is_named_only());
    in_full.or(known.first()).cloned()
}

impl Listing {
    /// Everything that is shown of a life event, with the sections asked for of each step.
    pub(crate) fn new(
        words: &Texts,
        journey: &Journey,
        steps: &[KnownStep],
        beside: Beside,
        aspects: Vec<Section>,
    ) -> Self {
        let text = text(words, journey, steps, &beside, &aspects);
        let sheets: Vec<Sheet> = steps
            .iter()
            .map(|known| Arc::clone(&known.procedure))
            .chain(beside.bundle.clone())
            .chain(beside.also.clone())
            .map(|procedure| sheet(procedure, &aspects))
            .collect();
        let mut choices: Vec<Choice> = steps.iter().map(choice).collect();
        let others = beside.bundle.into_iter().chain(beside.also);
        choices.extend(others.map(|procedure| Choice {
            label: procedure.name.clone(),
            send: procedure.code.clone(),
        }));
        let procedures: Vec<ProcedureRef> = sheets.iter().map(Sheet::reference).collect();
        Self {
            text,
            cards: sheets.iter().map(Sheet::card).collect(),
            citations: citations(&sheets),
            choices,
            memory: TurnMemory {
                route: Route::Journey,
                codes: procedures.iter().map(|p| p.code.clone()).collect(),
                aspects,
                topic: journey.title.to_lowercase(),
                circumstances: Vec::new(),
                journey: Some(journey.id.clone()),
            },
            procedures,
        }
    }
}

fn text(
    words: &Texts,
    journey: &Journey,
    steps: &[KnownStep],
    beside: &Beside,
    aspects: &[Section],
) -> String {
    let bundle = beside.bundle.as_deref();
    let mut lines = vec![journey.opening.clone()];
    for (place, known) in steps.iter().enumerate() {
        let star = bundle.is_some_and(|b| known.step.bundled_in.as_ref() == Some(&b.code));
        lines.push(line(words, place + 1, known, steps, star));
    }
    if let Some(bundle) = bundle {
        let mut line = words.bundled.replace("{name}", &bundle.name);
        for paper in steps.iter().filter_map(|known| known.step.once.as_ref()) {
            line = format!("{line} {}", words.once.replace("{paper}", paper));
        }
        lines.push(line);
    }
    if let Some(also) = &beside.also {
        let line = words.also.replace("{name}", &also.name);
        lines.push(line.replace("{level}", also.level().label()));
    }
    if !aspects.is_empty() {
        lines.push(words.aspects.clone());
    }
    lines.push(words.further.clone());
    lines.join("\n")
}

/// "2. Đăng ký khai sinh* (cấp xã): để con có Giấy khai sinh; làm sau “Lấy Giấy chứng sinh”."
fn line(
    words: &Texts,
    number: usize,
    known: &KnownStep,
    steps: &[KnownStep],
    star: bool,
) -> String {
    let step = known.step;
    let mut line = format!("{number}. {}", step.name);
    if star {
        line.push('*');
    }
    let level = known.procedure.level();
    if level != Level::Unknown {
        line = format!("{line} ({})", level.label());
    }
    if let Some(condition) = &step.optional {
        line = format!("{line}, {condition}");
    }
    line = format!("{line}: {}", step.why);
    // The step just before is seen to come before.
    let before = number.checked_sub(2).and_then(|at| steps.get(at));
    let shown = |key: &&String| steps.iter().find(|known| known.step.key == **key);
    let needed = step.after.iter().filter_map(|key| shown(&key));
    let mut needed = needed.filter(|other| before.is_none_or(|b| b.step.key != other.step.key));
    if let Some(other) = needed.next_back() {
        let after = words.after.replace("{step}", &other.step.name);
        line = format!("{line}; {after}");
    }
    format!("{line}.")
}

fn choice(known: &KnownStep) -> Choice {
    Choice {
        label: known.step.name.clone(),
        send: known.procedure.code.clone(),
    }
}

/// The sections asked for; none when none is, because the list is the answer then.
fn sheet(procedure: Arc<Procedure>, aspects: &[Section]) -> Sheet {
    if aspects.is_empty() {
        return Sheet {
            procedure,
            score: 1.0,
            facts: Vec::new(),
            points: Vec::new(),
            worked: Vec::new(),
        };
    }
    if procedure.is_named_only() {
        Sheet::named_only(procedure, 1.0, aspects)
    } else {
        Sheet::new(procedure, 1.0, aspects)
    }
}

/// Every procedure of the list is a source of its name.
fn citations(sheets: &[Sheet]) -> Vec<Citation> {
    let mut all: Vec<Citation> = Vec::new();
    for sheet in sheets {
        let id = u32::try_from(all.len()).unwrap_or(u32::MAX) + 1;
        let mut own = sheet.citations(id);
        if own.is_empty() {
            let provenance = &sheet.procedure.provenance;
            own.push(Citation {
                id,
                code: sheet.procedure.code.clone(),
                section: Section::Overview,
                quote: sheet.procedure.name.clone(),
                url: provenance.source_url.clone(),
                as_of: provenance.as_of.clone(),
            });
        }
        all.extend(own);
    }
    all
}
