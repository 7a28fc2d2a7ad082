//! The second stage of ranking: the first candidates again, with what only their records
//! tell.
//!
//! The first stage sums text scores over every record, and a long record about something
//! rare ("hành nghề chứng khoán") wins by body words over the procedure that citizens mean.
//! Here a few more shares of the best score are added to the first candidates, linear in
//! what is written below, so that each stands beside the others in `--explain` and all of
//! them together are the score. `tools/fit-ranking.py` fits the weights.

use corpus::Level;

use crate::manifest::Entry;
use crate::passage::{Place, Prepared};

/// How many candidates are read and ordered again; more where more hits are asked for.
pub(crate) const POOL: usize = 15;

/// What the second stage looks at, and the share of the best score that one unit of it adds.
pub(crate) const WEIGHTS: [(&str, f32); 12] = [
    // The largest share of the name's or one alias's words that the question says.
    ("said", 0.22),
    // Share of the question's pairs of syllables that the record has.
    ("pairs", 0.55),
    // Share of its words and pairs that the record has, by rarity.
    ("coverage", -0.30),
    // The same two by the name and the aliases alone.
    ("named", 0.24),
    ("named_pairs", 0.30),
    // 1 where no person, only bodies and firms can ask for it.
    ("bodies_only", -0.20),
    // ln(1 + other copies): what is published again and again is asked for often.
    ("copies", 0.09),
    // ln(1 + aliases): we wrote most for what is asked for often.
    ("aliases_known", 0.07),
    // ln of the name's number of words.
    ("length", -0.05),
    // ln(1 + rarity of the name's words that the question does not say).
    ("unsaid", -0.02),
    // 1 where a commune does it.
    ("commune", 0.03),
    // 1 where a ministry does it.
    ("ministry", -0.05),
];

/// Subjects who are persons, by a part of what the national records call them.
const PERSONS: [&str; 3] = ["công dân", "người", "cá nhân"];

/// What is known of one candidate, in the order of [`WEIGHTS`].
pub(crate) struct Features([f32; WEIGHTS.len()]);

impl Features {
    pub(crate) fn of(record: &Prepared, place: &Place, entry: &Entry, copies: usize) -> Self {
        let flag = |set: bool| f32::from(u8::from(set));
        let aliases = record.procedure.aliases.len() as f32;
        Self([
            place.said,
            place.pairs,
            place.coverage,
            place.named,
            place.named_pairs,
            flag(bodies_only(record)),
            (copies as f32).ln_1p(),
            aliases.ln_1p(),
            (record.length().max(1) as f32).ln(),
            place.unsaid.max(0.0).ln_1p(),
            flag(entry.level() == Level::Xa),
            flag(entry.level() == Level::Bo),
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
fn bodies_only(record: &Prepared) -> bool {
    let subjects: Vec<String> = record
        .procedure
        .subjects
        .iter()
        .map(|s| s.to_lowercase())
        .collect();
    let person = |subject: &String| PERSONS.iter().any(|word| subject.contains(word));
    !subjects.is_empty() && !subjects.iter().any(person)
}
