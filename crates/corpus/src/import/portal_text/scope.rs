//! Whose procedure it is: the layout has no province, so it is taken from a decision
//! of a provincial People's Committee and the names beside it.

use std::sync::LazyLock;

use regex::Regex;

use crate::procedure::{LegalBasis, Scope};
use crate::provinces::table;
use crate::values;

/// A province after the word that says it is one, tone marks in one place.
static MENTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut names: Vec<String> = table()
        .map(|(name, _)| regex::escape(&plain(name)))
        .collect();
    // The longest first, so that no name hides behind its own beginning.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    values::pattern(&format!(
        r"(?:tỉnh|thành phố|tp\.?) ({})(?:[^\p{{L}}]|$)",
        names.join("|")
    ))
});

/// What names may come from, in the order in which they are believed.
pub(super) struct Evidence<'a> {
    pub(super) decision: Option<&'a str>,
    pub(super) agencies: Vec<&'a str>,
    pub(super) name: &'a str,
    pub(super) laws: &'a [LegalBasis],
}

/// National, or the version of one province; without a name where the sources
/// disagree or do not tell.
pub(super) fn scope(evidence: &Evidence<'_>) -> Scope {
    let decision = evidence.decision.unwrap_or_default();
    if !decision.to_uppercase().contains("UBND") {
        return Scope::National;
    }
    let titles = evidence.laws.iter().map(|law| law.title.as_str());
    let local = titles.filter(|title| is_local(title)).collect();
    let name = [
        evidence.agencies.clone(),
        vec![decision, evidence.name],
        local,
    ]
    .iter()
    .find_map(|texts| only_province(texts));
    Scope::Province { name }
}

/// Titles of laws name provinces for other reasons too (a court, a border gate).
fn is_local(title: &str) -> bool {
    let title = plain(title);
    ["ủy ban nhân dân", "ubnd", "hội đồng nhân dân", "hđnd"]
        .iter()
        .any(|body| title.contains(&plain(body)))
}

/// The one province that the texts name, under its present name.
fn only_province(texts: &[&str]) -> Option<String> {
    let mention = MENTION.as_ref()?;
    let mut found: Option<&'static str> = None;
    for text in texts {
        for parts in mention.captures_iter(&plain(text)) {
            let (_, present) = table().find(|(name, _)| plain(name) == parts[1])?;
            if found.is_some_and(|name| name != present) {
                return None;
            }
            found = Some(present);
        }
    }
    found.map(str::to_owned)
}

fn plain(text: &str) -> String {
    vitext::normalize(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(decision: &str, agencies: &[&str], laws: &[&str]) -> Scope {
        let laws: Vec<LegalBasis> = laws
            .iter()
            .map(|title| LegalBasis {
                number: None,
                title: (*title).to_owned(),
            })
            .collect();
        scope(&Evidence {
            decision: Some(decision),
            agencies: agencies.to_vec(),
            name: "Nuôi mèo",
            laws: &laws,
        })
    }

    fn named(name: &str) -> Scope {
        Scope::Province {
            name: Some(name.to_owned()),
        }
    }

    #[test]
    fn the_table_has_34_present_provinces() {
        let mut present: Vec<_> = table().map(|(_, present)| present).collect();
        present.sort_unstable();
        present.dedup();
        assert_eq!(present.len(), 34);
        assert_eq!(table().count(), 65);
        assert!(MENTION.is_some());
    }

    #[test]
    fn names_come_from_agencies_then_laws() {
        assert_eq!(
            of("12/QĐ-BCA", &["Sở X - Tỉnh Đắk Lắk"], &[]),
            Scope::National
        );
        assert_eq!(
            of("12/QĐ-UBND", &["Sở X - Tỉnh Đắk Lắk"], &[]),
            named("Đắk Lắk")
        );
        assert_eq!(
            of("12/QĐ-UBND", &["Sở X - Tỉnh Bạc Liêu"], &[]),
            named("Cà Mau")
        );
        let law = "Nghị quyết của HĐND tỉnh Thanh Hoá";
        assert_eq!(of("12/QĐ-UBND", &["Sở X"], &[law]), named("Thanh Hóa"));
        let court = "Quyết định của Tòa án tỉnh Gia Lai";
        assert_eq!(
            of("12/QĐ-UBND", &[], &[court]),
            Scope::Province { name: None }
        );
    }

    #[test]
    fn two_provinces_are_none() {
        let two = ["Sở X - Tỉnh Gia Lai", "Sở Y - Tỉnh Huế"];
        assert_eq!(of("12/QĐ-UBND", &two, &[]), Scope::Province { name: None });
    }
}
