//! The second stage of ranking: the first candidates again, with what only their records
//! tell.
//!
//! The first stage sums text scores over every record, and a long record about something
//! rare ("hành nghề chứng khoán") wins by body words over the procedure that citizens mean.
//! Here a few more shares of the best score are added to the first candidates, linear in
//! what is written below, so that each stands beside the others in `--explain` and all of
//! them together are the score. `tools/fit-ranking.py` fits the weights.

use corpus::Level;

use crate::confidence::USUAL_COSINE;
use crate::manifest::Entry;
use crate::passage::{Place, Prepared};

/// How many candidates are read and ordered again; more where more hits are asked for.
pub(crate) const POOL: usize = 15;

/// What the second stage looks at, and the share of the best score that one unit of it adds.
pub(crate) const WEIGHTS: [(&str, f32); 13] = [
    // The largest share of the name's or one alias's words that the question says.
    ("said", 0.22),
    // Share of the question's pairs of syllables that the record has.
    ("pairs", 0.55),
    // Share of its words and pairs that the record has, by rarity.
    ("coverage", -0.30),
    // The same two by the name and the aliases alone.
    ("in_names", 0.24),
    ("pairs_in_names", 0.30),
    // 1 where no person, only bodies and firms can ask for it.
    ("bodies_only", -0.20),
    // ln(1 + other copies): what is published again and again is asked for often.
    ("copies", 0.09),
    // ln(1 + aliases): we wrote most for what is asked for often.
    ("alias_count", 0.07),
    // ln of the name's number of words.
    ("length", -0.05),
    // ln(1 + rarity of the name's words that the question does not say).
    ("unsaid", -0.02),
    // 1 where a commune does it.
    ("commune", 0.03),
    // 1 where a ministry does it.
    ("ministry", -0.05),
    // Cosine of the name, from [`USUAL_COSINE`]; 0 without an embedder.
    ("cosine", 3.0),
];

/// Subjects who are persons, by a part of what the national records call them.
const PERSONS: [&str; 3] = ["công dân", "người", "cá nhân"];

/// What is known of one candidate, in the order of [`WEIGHTS`].
pub(crate) struct Features([f32; WEIGHTS.len()]);

impl Features {
    pub(crate) fn of(
        record: &Prepared,
        place: &Place,
        entry: &Entry,
        copies: usize,
        cosine: Option<f32>,
    ) -> Self {
        let flag = |set: bool| f32::from(u8::from(set));
        let aliases = record.procedure.aliases.len() as f32;
        Self([
            place.said,
            place.pairs,
            place.coverage,
            place.named,
            place.named_pairs,
            flag(bodies_only(record.procedure.subjects.iter())),
            (copies as f32).ln_1p(),
            aliases.ln_1p(),
            (record.length().max(1) as f32).ln(),
            place.unsaid.max(0.0).ln_1p(),
            flag(entry.level() == Level::Xa),
            flag(entry.level() == Level::Bo),
            cosine.map_or(0.0, |cosine| cosine - USUAL_COSINE),
        ])
    }

    /// Share of the best score that they add together.
    pub(crate) fn share(&self) -> f32 {
        let pairs = WEIGHTS.iter().zip(self.0);
        pairs.map(|((_, weight), value)| weight * value).sum()
    }

    /// What each adds to a score when the best is `best`; what adds nothing is left out.
    pub(crate) fn signals(&self, best: f32) -> impl Iterator<Item = (String, f32)> {
        let pairs = WEIGHTS.iter().zip(self.0);
        let added = pairs.map(move |((name, weight), value)| (*name, best * weight * value));
        let some = added.filter(|(_, share)| *share != 0.0);
        some.map(|(name, share)| (name.to_owned(), share))
    }
}

/// Whether the record names who can ask for it, and no person is among them.
fn bodies_only<'a>(subjects: impl Iterator<Item = &'a String>) -> bool {
    let mut subjects = subjects.map(|subject| subject.to_lowercase()).peekable();
    let person = |subject: &String| PERSONS.iter().any(|word| subject.contains(word));
    subjects.peek().is_some() && !subjects.any(|subject| person(&subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_only_is_said_by_the_record() {
        let of = |subjects: &[&str]| {
            let subjects: Vec<String> = subjects.iter().map(|s| (*s).to_owned()).collect();
            bodies_only(subjects.iter())
        };
        assert!(of(&["Doanh nghiệp", "Hợp tác xã"]));
        assert!(!of(&["Doanh nghiệp", "Công dân Việt Nam"]));
        assert!(!of(&["Người nước ngoài"]));
        assert!(!of(&[]), "a record that does not say is not held to it");
    }

    #[test]
    fn the_shares_are_the_signals() {
        let features = Features([0.5; WEIGHTS.len()]);
        let signals: Vec<(String, f32)> = features.signals(40.0).collect();
        let sum: f32 = signals.iter().map(|(_, share)| share).sum();
        assert!((sum - 40.0 * features.share()).abs() < 1e-3);
        let firsts = crate::schema::TEXTS.map(|text| text.name);
        let clash = signals.iter().find(|(name, _)| firsts.contains(&&**name));
        assert_eq!(clash, None, "a signal of the first stage has this name");
    }
}
