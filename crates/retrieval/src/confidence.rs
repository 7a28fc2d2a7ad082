//! How sure a hit is the right procedure, comparable between questions.
//!
//! A score is not: it grows with the length and the rarity of the question. Coverage
//! alone is not either: on the national development questions it told right from wrong
//! hardly better than a coin (area under the curve 0.58). Pairs, said, lead and the cosine
//! of [`Evidence`] together reach 0.87 there and 0.94 on our own records (without the
//! cosine 0.86 and 0.93); coverage beside them added nothing.
//!
//! What they are worth depends on how much the corpus holds. In a hundred records a
//! word that the first hit lacks mostly means that the procedure is not there at all;
//! in five thousand every word is somewhere, and the lead over the next record tells
//! more. So there are two fits, and between the sizes they were made at the logits are
//! mixed by the logarithm of the size.

use serde::Serialize;

/// What is known of a hit besides its score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// Share of the question's informative words that the record holds, 0 to 1,
    /// weighted by rarity.
    pub coverage: f32,
    /// Share of the question's informative pairs of syllables that the record holds,
    /// 0 to 1: in Vietnamese most words are such pairs, and a syllable alone is found
    /// in nearly every record.
    pub pairs: f32,
    /// Share of the words of the name, or of one alias, that the question says, 0 to 1,
    /// weighted by rarity.
    pub said: f32,
    /// How far the best hit of another name is behind, as a share of this score, before
    /// the second stage; negative when it is ahead.
    pub lead: f32,
    /// Cosine of its name and the question; none without an embedder.
    pub cosine: Option<f32>,
    /// Among how many records it was found.
    pub records: usize,
}

/// Weights of pairs, said, lead and the cosine, and the constant, by
/// `tools/fit-confidence.py`.
struct Fit {
    records: f32,
    weights: [f32; 4],
    constant: f32,
}

/// A cosine counts by how far it is from this; one that is missing weighs nothing.
pub(crate) const USUAL_COSINE: f32 = 0.87;

/// Over our own 115 records: 261 questions of one turn, asked with vectors and without.
/// Our development questions, and the national ones, whose procedure is among the 115 or
/// is not (107). Ten folds: from 0.4 on, 254 of 279 right first hits and 56 of 243 wrong
/// ones. Half of these first hits are wrong, and so it is where a province serves a part:
/// 107 of 184 national development questions mean a procedure that is not among the 115.
const SMALL: Fit = Fit {
    records: 115.0,
    weights: [5.22, 3.33, 1.94, 37.31],
    constant: -5.73,
};

/// Over the 5,649 national records: 184 development questions of the same kinds, asked
/// with vectors of the names and without. From 0.4 on, 261 of 274 right first hits and 57
/// of 94 wrong ones (ten folds).
const LARGE: Fit = Fit {
    records: 5_649.0,
    weights: [2.21, 3.82, 6.81, 28.26],
    constant: -4.00,
};

impl Fit {
    fn logit(&self, evidence: &Evidence) -> f32 {
        let nearness = evidence.cosine.map_or(0.0, |cosine| cosine - USUAL_COSINE);
        let values = [evidence.pairs, evidence.said, evidence.lead, nearness];
        let pairs = self.weights.iter().zip(values);
        self.constant + pairs.map(|(weight, value)| weight * value).sum::<f32>()
    }
}

impl Evidence {
    /// Probability that the hit is the right procedure, 0 to 1.
    pub fn confidence(&self) -> f32 {
        let size = (self.records.max(1) as f32 / SMALL.records).ln();
        let large = (size / (LARGE.records / SMALL.records).ln()).clamp(0.0, 1.0);
        let logit = (1.0 - large) * SMALL.logit(self) + large * LARGE.logit(self);
        1.0 / (1.0 + (-logit).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(records: usize, pairs: f32, said: f32, lead: f32) -> Evidence {
        Evidence {
            coverage: pairs,
            pairs,
            said,
            lead,
            cosine: None,
            records,
        }
    }

    #[test]
    fn more_evidence_is_more_confidence() {
        for records in [1, 115, 1_000, 5_649, 50_000] {
            let weak = evidence(records, 0.1, 0.1, 0.01).confidence();
            let strong = evidence(records, 0.9, 1.0, 0.4).confidence();
            assert!(weak < 0.4 && strong > 0.9, "{records}: {weak} {strong}");
        }
    }

    #[test]
    fn missing_words_tell_more_in_a_small_corpus() {
        let lacking = |records| evidence(records, 0.2, 0.3, 0.3).confidence();
        assert!(lacking(115) < lacking(1_000) && lacking(1_000) < lacking(5_649));
    }
}
