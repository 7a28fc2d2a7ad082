//! Other copies of the procedure answered from: other provinces', other levels'.
//!
//! They are offered only where they would answer the question in other words. Most copies
//! state the same facts, and a choice that changes nothing is a question too many.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{Level, Procedure, Scope, Section};
use retrieval::{Snapshot, Variant, same_province};

use crate::card::Sheet;
use crate::decide::Found;

/// How many copies are compared: their records are read for it.
const COMPARED: usize = 12;

/// How many are offered.
const OFFERED: usize = 4;

/// Copies that say something else about what was asked, best first. Whose province is known
/// is offered the country's and the own province's, of other levels; whose is not, those
/// of every province that is named.
pub(crate) fn that_differ(
    snapshot: &Snapshot,
    top: &Found,
    aspects: &[Section],
    province: Option<&str>,
) -> Vec<Arc<Procedure>> {
    if top.procedure.is_named_only() {
        return Vec::new();
    }
    let mut places = HashSet::from([place(&top.procedure)]);
    let here = lines(&top.procedure, aspects);
    let variants = top.variants.iter().filter(|v| concerns(v, province));
    let records = variants
        .take(COMPARED)
        .filter_map(|variant| snapshot.procedure(&variant.code));
    records
        .filter(|record| lines(record, aspects) != here)
        .filter(|record| places.insert(place(record)))
        .take(OFFERED)
        .collect()
}

/// What the button of a copy says: whose it is and of which level.
pub(crate) fn label(procedure: &Procedure) -> String {
    let whose = match &procedure.scope {
        Scope::Province { name: Some(name) } => name.as_str(),
        Scope::National | Scope::Province { name: None } => "Cả nước",
    };
    format!("{whose} ({})", procedure.level().label())
}

/// A province that the record does not name cannot be chosen by anybody.
fn concerns(variant: &Variant, province: Option<&str>) -> bool {
    let named = variant.scope == "national" || variant.province.is_some();
    let own = match (&variant.province, province) {
        (Some(theirs), Some(own)) => same_province(theirs, own),
        (None, _) | (_, None) => true,
    };
    named && own && !variant.named_only
}

fn place(procedure: &Procedure) -> (Option<String>, Level) {
    let province = match &procedure.scope {
        Scope::Province { name } => name.clone(),
        Scope::National => None,
    };
    (province, procedure.level())
}

fn lines(procedure: &Arc<Procedure>, aspects: &[Section]) -> Vec<String> {
    let sheet = Sheet::new(Arc::clone(procedure), 0.0, aspects);
    sheet
        .facts
        .into_iter()
        .flat_map(|facts| facts.lines)
        .collect()
}
