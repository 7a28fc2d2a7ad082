//! The second stage of ranking: the first candidates again, with what only their records
//! tell.
//!
//! The first stage sums text scores over every record, and a record that says much wins over
//! the one that citizens mean: "xin tạm ngừng thì làm sao" found first how members of a stock
//! exchange suspend trading. Here a few more shares of the best score are added to the first
//! candidates, linear in what is written below, so that each stands beside the others in
//! `--explain` and all of them together are the score.
//!
//! Fitted by `tools/fit-ranking.py` on 540 development questions (national, both dialogue
//! sets, our own), asked of the 5,649 national records with vectors and without, earlier turns
//! as context. Right first: 79.7 % before; 85.0 in ten folds drawn five times (difference 5.3
//! [3.1, 7.5]); 84.5 where the fit saw the other suites alone (4.8 [2.4, 7.2]). Left out, since
//! folds were no better with them: the share of all words that the record or its names hold,
//! pairs of the whole record, the name's length and its unsaid words, level commune, the number
//! of copies, the acts and the body's score once more.

use corpus::{Level, Procedure};

use crate::confidence::USUAL_COSINE;
use crate::passage::Place;

/// How many candidates are ordered again; more where more hits are asked for. With 15 one of
/// 540 questions more was right, with 30 no other, and each is a record to read.
pub(crate) const POOL: usize = 10;

/// What the second stage looks at, and the share of the best score that one unit of it adds.
/// Behind each what is right first in folds without it, in % (85.0 with all).
pub(crate) const WEIGHTS: [(&str, f32); 6] = [
    // Share of the words of the name, or of one alias, that the question says: 84.0.
    ("said", 0.35),
    // Share of the question's pairs of syllables that name and aliases hold: 84.1.
    ("pairs_in_names", 0.22),
    // 1 where no person can ask for it, only bodies and firms: 84.1.
    ("bodies_only", -0.23),
    // ln(1 + aliases): we wrote them for what is asked for often: 84.2.
    ("alias_count", 0.265),
    // 1 where only a ministry does it: 84.8.
    ("ministry", -0.11),
    // Cosine of the name from [`USUAL_COSINE`], 0 without an embedder: 85.0, and 84.3 instead
    // of 84.5 where the fit saw other suites.
    ("cosine", 2.9),
];

/// Aliases that count: from here on a procedure is known to citizens, and more of them say
/// nothing of two such. Without a bound 84.5 and 83.9 % were right instead of 85.1 and 84.4
/// (folds, other authors), and over our own records, which all have many, one question less.
const MANY_ALIASES: usize = 5;

/// Subjects who are persons, by a part of what the national records call them.
const PERSONS: [&str; 3] = ["công dân", "người", "cá nhân"];

/// What is known of one candidate, in the order of [`WEIGHTS`].
pub(crate) struct Features([f32; WEIGHTS.len()]);

impl Features {
    pub(crate) fn of(
        procedure: &Procedure,
        place: &Place,
        level: Level,
        cosine: Option<f32>,
    ) -> Self {
        let flag = |set: bool| f32::from(u8::from(set));
        Self([
            place.said,
            place.pairs_in_names,
            flag(bodies_only(procedure.subjects.iter())),
            (procedure.aliases.len().min(MANY_ALIASES) as f32).ln_1p(),
            flag(level == Level::Bo),
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
