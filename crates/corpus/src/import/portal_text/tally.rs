//! Counts over a source, to compare with what is known about it: an import whose
//! counts are off has misread something.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::blocks::{Blocks, Label, is_silent};
use super::channels::{self, Raw};
use crate::known::{Known, State};
use crate::procedure::{CaseKind, Procedure, Scope};
use crate::values;

/// A name with how often it occurs.
type Counts = BTreeMap<String, usize>;

/// Counts over every record read, the quarantined ones included.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// Records counted.
    pub records: usize,
    /// By field: how many records are present, silent, not fetched.
    pub fields: BTreeMap<&'static str, Counts>,
    /// By level; `unknown` where the source names none.
    pub levels: Counts,
    /// By the source's kind.
    pub kinds: Counts,
    /// By the first digit of the code.
    pub code_first_digit: Counts,
    /// How many different fields (lĩnh vực) there are.
    pub distinct_fields: usize,
    /// National, provincial, and provincial with a name.
    pub scope: Counts,
    /// Ways of filing: lines, records with each, records that repeat one.
    pub channels: Counts,
    /// Lines of duration by unit, and the silent ones.
    pub durations: Counts,
    /// Lines of fees by what they say.
    pub fees: Counts,
    /// Papers, headings, items.
    pub documents: Counts,
    /// Lines of legal basis, and how their number is written.
    pub legal_basis: Counts,
    /// What the importer noticed.
    pub flags: Counts,
    /// Records whose description repeats the requirements to the letter.
    pub description_repeats: usize,
    #[serde(skip)]
    seen_fields: BTreeSet<String>,
}

impl Tally {
    /// Counts one record together with the text it was read from.
    pub(super) fn add(&mut self, procedure: &Procedure, blocks: &Blocks<'_>) {
        self.records += 1;
        self.record(procedure);
        self.papers(procedure);
        self.laws(procedure);
        let raws = channels::raws(blocks.lines(Label::Channels));
        self.filing(procedure, &raws);
        let requirements = blocks.paragraphs(Label::Requirements);
        let same = blocks.paragraphs(Label::Description) == requirements;
        self.description_repeats += usize::from(same);
    }

    fn record(&mut self, procedure: &Procedure) {
        for (name, state) in states(procedure) {
            let state = match state {
                State::Present => "present",
                State::Silent => "silent",
                State::NotFetched => "not_fetched",
            };
            bump(self.fields.entry(name).or_default(), state);
        }
        bump(&mut self.levels, procedure.level().as_str());
        let kind = procedure.kind.value().map_or("silent", String::as_str);
        bump(&mut self.kinds, kind);
        bump(
            &mut self.code_first_digit,
            procedure.code.get(..1).unwrap_or("?"),
        );
        self.seen_fields.insert(procedure.field().to_owned());
        self.distinct_fields = self.seen_fields.len();
        match &procedure.scope {
            Scope::National => bump(&mut self.scope, "national"),
            Scope::Province { name } => {
                bump(&mut self.scope, "province");
                if name.is_some() {
                    bump(&mut self.scope, "province_named");
                }
            }
        }
        for flag in &procedure.flags {
            bump(&mut self.flags, flag);
        }
    }

    fn filing(&mut self, procedure: &Procedure, raws: &[Raw]) {
        let kinds: BTreeSet<&str> = raws.iter().map(|raw| raw.kind.as_str()).collect();
        if kinds.len() < raws.len() {
            bump(&mut self.channels, "records_repeating_one");
        }
        for kind in kinds {
            bump(
                &mut self.channels,
                &format!("records_{}", kind.to_lowercase()),
            );
        }
        let mut only_zero = !raws.is_empty();
        for (raw, channel) in raws.iter().zip(&procedure.channels) {
            bump(&mut self.channels, "lines");
            let duration = raw.duration.join(" ");
            bump(&mut self.durations, duration_class(&duration));
            if raw.note.is_empty() && is_bare_other(&duration) {
                bump(&mut self.durations, "other_bare_without_note");
            }
            if channel.durations == Known::Silent {
                bump(&mut self.durations, "read_as_silent");
            }
            let fee = raw.fee.join(" ");
            for class in fee_classes(&fee) {
                bump(&mut self.fees, class);
            }
            only_zero &= fee == "0 VNĐ ()";
        }
        if only_zero {
            bump(&mut self.fees, "records_with_only_zero");
        }
    }

    fn papers(&mut self, procedure: &Procedure) {
        let counts = &mut self.documents;
        if procedure.cases.iter().all(|case| case.name.is_none()) {
            bump(counts, "records_without_heading");
        }
        for case in &procedure.cases {
            if case.name.is_some() {
                bump(
                    counts,
                    match case.kind {
                        CaseKind::Case => "headings_case",
                        CaseKind::Group => "headings_group",
                        CaseKind::Note => "headings_note",
                    },
                );
            }
            for document in &case.documents {
                bump(counts, "items");
                if (document.originals, document.copies) == (Some(0), Some(0)) {
                    bump(counts, "items_counted_zero");
                }
                if document.is_note {
                    bump(counts, "items_read_as_notes");
                }
                if document.name.chars().count() > 300 {
                    bump(counts, "items_over_300_characters");
                }
            }
        }
    }

    fn laws(&mut self, procedure: &Procedure) {
        for law in &procedure.legal_basis {
            bump(&mut self.legal_basis, "lines");
            if law.number.is_some() {
                bump(&mut self.legal_basis, "with_number");
            }
        }
    }
}

fn bump(counts: &mut Counts, key: &str) {
    *counts.entry(key.to_owned()).or_default() += 1;
}

fn states(procedure: &Procedure) -> [(&'static str, State); 20] {
    let p = procedure;
    let channels = || p.channels.iter();
    let any = |present: bool| {
        if present {
            State::Present
        } else {
            State::Silent
        }
    };
    [
        ("decision", p.decision.state()),
        ("kind", p.kind.state()),
        ("fields", p.fields.state()),
        ("levels", any(!p.levels.is_empty())),
        ("subjects", p.subjects.state()),
        ("steps", p.steps.state()),
        ("channels", p.channels.state()),
        (
            "durations",
            any(channels().any(|c| c.durations.is_present())),
        ),
        ("fees", any(channels().any(|c| c.fees.is_present()))),
        ("cases", p.cases.state()),
        ("executing", p.agencies.executing.state()),
        ("competent", p.agencies.competent.state()),
        ("delegated", p.agencies.delegated.state()),
        ("coordinating", p.agencies.coordinating.state()),
        ("receiving_addresses", p.receiving_addresses.state()),
        ("results", p.results.state()),
        ("legal_basis", p.legal_basis.state()),
        ("requirements", p.requirements.state()),
        ("keywords", p.keywords.state()),
        ("online", p.online.state()),
    ]
}

fn duration_class(raw: &str) -> &'static str {
    let last = raw.rsplit(' ').next().unwrap_or_default();
    match last {
        "WORKING_DAY" => "working_day",
        "ngày" => "day",
        "HOUR" => "hour",
        "MONTH" => "month",
        "YEAR" => "year",
        "OTHER" => "other",
        "" => "blank",
        _ => "unread",
    }
}

/// `1 OTHER` or ` OTHER`: a number or nothing before the unit that is none.
fn is_bare_other(raw: &str) -> bool {
    raw.strip_suffix("OTHER")
        .is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit()))
}

/// What a line of fees says, by how it begins; several fees and amounts under a
/// thousand are counted besides.
fn fee_classes(raw: &str) -> Vec<&'static str> {
    let mut classes = vec!["lines"];
    if raw.contains('|') {
        classes.push("several");
    }
    if raw.is_empty() {
        classes.push("blank");
    } else if is_silent(raw) {
        classes.push("silent");
    } else if raw.chars().all(|c| c == '|' || c == ' ') {
        classes.push("only_separators");
    } else if raw == "0 VNĐ ()" {
        classes.push("zero");
    } else {
        classes.push(match values::recorded_amount(raw) {
            Some(0) => "zero_with_text",
            Some(_) => "amount",
            None => "free_text",
        });
    }
    if values::suspect_amount(raw).is_some() {
        classes.push("below_1000");
    }
    classes
}
