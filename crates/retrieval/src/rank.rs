//! The last step of ranking: level, scope and province, which words cannot tell.
//!
//! 109 names are shared by 452 records, and land procedures repeat under up to ten
//! provincial codes. The commune and the whole country come first when nothing else
//! decides; the citizen's own province goes before both.

use std::collections::BTreeMap;

use corpus::{Level, Scope};

use crate::manifest::Entry;
use crate::question::Question;
use crate::snapshot::Snapshot;
use crate::types::Query;

/// Shares by which a record's text score is raised or lowered. Small: they settle
/// near-ties and must not lift a wrong procedure over the right one.
const COMMUNE: f32 = 0.04;
const NATIONAL: f32 = 0.05;
const OWN_PROVINCE: f32 = 0.15;
const OTHER_PROVINCE: f32 = -0.10;

/// Above any text score: a code in the question finds itself first.
const NAMED_BY_CODE: f32 = 10_000.0;

/// A record on its way into the result list.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// Catalogue number.
    pub ord: usize,
    /// Score so far.
    pub score: f32,
    /// What was added beyond the text score, by name.
    pub signals: BTreeMap<String, f32>,
}

impl Candidate {
    /// Found by its text.
    pub(crate) fn found(ord: usize, score: f32) -> Self {
        Self {
            ord,
            score,
            signals: BTreeMap::new(),
        }
    }

    /// Named by its code.
    pub(crate) fn named(ord: usize) -> Self {
        Self {
            ord,
            score: NAMED_BY_CODE,
            signals: BTreeMap::from([("code".to_owned(), NAMED_BY_CODE)]),
        }
    }

    fn add(&mut self, signal: &str, share: f32, text: f32) {
        if share != 0.0 {
            self.score += share * text;
            self.signals.insert(signal.to_owned(), share * text);
        }
    }
}

/// Ranks candidates, best first.
pub(crate) fn rank(
    snapshot: &Snapshot,
    _question: &Question,
    query: &Query,
    mut candidates: Vec<Candidate>,
) -> Vec<Candidate> {
    let own = query.province.as_deref().map(province_key);
    for candidate in &mut candidates {
        let entry = &snapshot.catalogue[candidate.ord];
        let text = candidate.score;
        candidate.add("level", level_share(entry), text);
        candidate.add("scope", scope_share(entry, own.as_deref()), text);
    }
    let code = |candidate: &Candidate| &snapshot.catalogue[candidate.ord].code;
    candidates.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| code(a).cmp(code(b)))
    });
    candidates
}

fn level_share(entry: &Entry) -> f32 {
    if entry.level() == Level::Xa {
        COMMUNE
    } else {
        0.0
    }
}

fn scope_share(entry: &Entry, own: Option<&str>) -> f32 {
    match (&entry.scope, own) {
        (Scope::National, _) => NATIONAL,
        (Scope::Province { name: Some(name) }, Some(own)) if province_key(name) == own => {
            OWN_PROVINCE
        }
        (Scope::Province { .. }, Some(_)) => OTHER_PROVINCE,
        (Scope::Province { .. }, None) => 0.0,
    }
}

/// `Tỉnh Đắk Lắk`, `đắk lắk` and `Dak Lak` are one province.
fn province_key(name: &str) -> String {
    let folded = vitext::fold(&vitext::normalize(name));
    let folded = folded.trim();
    let bare = ["tinh ", "thanh pho ", "tp. ", "tp "]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix));
    bare.unwrap_or(folded).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_are_compared_by_their_bare_names() {
        assert_eq!(province_key("Tỉnh Đắk Lắk"), province_key("dak lak"));
        assert_eq!(
            province_key("TP. Hồ Chí Minh"),
            province_key("Thành phố Hồ Chí Minh")
        );
    }
}
