//! Figures and their spread: hit@k, reciprocal rank, nDCG, bootstrap intervals.
//!
//! `gold` is a set of *acceptable* procedures (every variant of a name), not of
//! relevant ones that should all be listed, so the ideal ranking holds `min_gold`
//! of them: with eleven provincial variants one good first hit is already perfect.

use std::collections::{BTreeMap, HashSet};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// Resamples of every bootstrap. 2,000 put the error of an interval's end far
/// below the width of the intervals that a hundred questions give.
pub const RESAMPLES: usize = 2_000;

/// Seed of every bootstrap: the same answers give the same report, byte for byte.
pub const SEED: u64 = 20_260_701;

/// Zero-based ranks of the first `min_gold` different gold codes.
fn ranks(ranked: &[String], gold: &[String], min_gold: usize) -> Vec<usize> {
    let gold: HashSet<_> = gold.iter().collect();
    let mut seen = HashSet::new();
    ranked
        .iter()
        .enumerate()
        .filter(|(_, code)| gold.contains(code) && seen.insert(*code))
        .map(|(rank, _)| rank)
        .take(min_gold.max(1))
        .collect()
}

/// 1 when the first `k` hold as many gold codes as are asked for (or as `k` can hold).
pub fn hit_at(ranked: &[String], gold: &[String], min_gold: usize, k: usize) -> f64 {
    let found = ranks(ranked, gold, min_gold)
        .iter()
        .filter(|rank| **rank < k)
        .count();
    f64::from(u8::from(found >= min_gold.max(1).min(k)))
}

/// 1 / rank of the first gold code, 0 without one.
pub fn reciprocal_rank(ranked: &[String], gold: &[String]) -> f64 {
    ranks(ranked, gold, 1)
        .first()
        .map_or(0.0, |rank| 1.0 / (*rank as f64 + 1.0))
}

/// Discounted gain of the first `min_gold` gold codes within `k`, over the best possible.
pub fn ndcg_at(ranked: &[String], gold: &[String], min_gold: usize, k: usize) -> f64 {
    let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let gained: f64 = ranks(ranked, gold, min_gold)
        .into_iter()
        .filter(|rank| *rank < k)
        .map(discount)
        .sum();
    let ideal: f64 = (0..min_gold.max(1).min(k)).map(discount).sum();
    gained / ideal
}

/// Discounted gain of the first `k` over the best possible, with graded judgements: the
/// gain is the grade itself, as `trec_eval` and BEIR have it. 0 without a relevant document.
pub fn graded_ndcg_at(ranked: &[String], grades: &BTreeMap<String, f64>, k: usize) -> f64 {
    let gain = |grades: &mut dyn Iterator<Item = f64>| -> f64 {
        let discounted = |(rank, grade): (usize, f64)| grade / (rank as f64 + 2.0).log2();
        grades.take(k).enumerate().map(discounted).sum()
    };
    let grade = |id: &String| grades.get(id).copied().unwrap_or(0.0);
    let mut ideal: Vec<f64> = grades.values().copied().collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best = gain(&mut ideal.into_iter());
    if best > 0.0 {
        gain(&mut ranked.iter().map(grade)) / best
    } else {
        0.0
    }
}

/// Share of the gold documents that are among the first `k`; 0 without any.
pub fn recall_at(ranked: &[String], gold: &[String], k: usize) -> f64 {
    let first: HashSet<_> = ranked.iter().take(k).collect();
    let found = gold.iter().filter(|id| first.contains(id)).count();
    found as f64 / gold.len().max(1) as f64
}

/// A figure, mostly a mean, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure.
    pub mean: f64,
    /// 2.5th percentile of the resampled figures.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
    /// Questions it rests on.
    pub n: usize,
}

impl Estimate {
    /// A share as a person reads it: `92.7 [88.1–96.4]`.
    pub fn percent(&self, decimals: usize) -> String {
        let [mean, low, high] = [self.mean, self.low, self.high].map(|value| value * 100.0);
        format!("{mean:.decimals$} [{low:.decimals$}–{high:.decimals$}]")
    }

    /// A difference of shares in points: `-2.6 [-5.0, -0.8]`.
    pub fn points(&self, decimals: usize) -> String {
        let [mean, low, high] = [self.mean, self.low, self.high].map(|value| value * 100.0);
        format!("{mean:+.decimals$} [{low:+.decimals$}, {high:+.decimals$}]")
    }
}

/// Mean and percentile-bootstrap interval; `None` without values.
pub fn estimate(values: &[f64]) -> Option<Estimate> {
    bootstrap(values.len(), |chosen| {
        chosen.iter().map(|at| values[*at]).sum::<f64>() / chosen.len() as f64
    })
}

/// Any figure over `n` questions and its percentile-bootstrap interval; `figure` gets the
/// numbers of the questions to compute it over, some of them repeatedly. `None` of none.
pub fn bootstrap(n: usize, figure: impl Fn(&[usize]) -> f64) -> Option<Estimate> {
    let mut chosen: Vec<usize> = (0..n).collect();
    let of_all = (n > 0).then(|| figure(&chosen))?;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut resampled: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            chosen.fill_with(|| rng.random_range(0..n));
            figure(&chosen)
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    Some(Estimate {
        mean: of_all,
        low: percentile(&resampled, 2.5),
        high: percentile(&resampled, 97.5),
        n,
    })
}

/// Mean of now − before over the same questions, with its interval: questions are
/// resampled in pairs, so what is hard for both versions cancels out.
pub fn paired(before_now: &[(f64, f64)]) -> Option<Estimate> {
    let differences: Vec<f64> = before_now.iter().map(|(a, b)| b - a).collect();
    estimate(&differences)
}

/// Arithmetic mean, 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        0.0
    } else {
        values.iter().sum::<f64>() / values.len() as f64
    }
}

/// Percentile of sorted values, linear between the two nearest; 0 of nothing.
pub fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let at = (percent / 100.0).clamp(0.0, 1.0) * last as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(list: &str) -> Vec<String> {
        list.split_whitespace().map(str::to_owned).collect()
    }

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-9, "{got} is not {expected}");
    }

    #[test]
    fn one_gold_code_at_rank_two() {
        let (ranked, gold) = (codes("a g b"), codes("g h"));
        close(hit_at(&ranked, &gold, 1, 1), 0.0);
        close(hit_at(&ranked, &gold, 1, 3), 1.0);
        close(reciprocal_rank(&ranked, &gold), 0.5);
        // 1/log2(3) over an ideal of 1/log2(2) = 1.
        close(ndcg_at(&ranked, &gold, 1, 10), 0.630_929_753_571_457_4);
    }

    #[test]
    fn two_gold_codes_are_needed() {
        let (ranked, gold) = (codes("g a b h"), codes("g h i"));
        // One code fits into the first place, so hit@1 asks for one.
        close(hit_at(&ranked, &gold, 2, 1), 1.0);
        close(hit_at(&ranked, &gold, 2, 3), 0.0);
        close(hit_at(&ranked, &gold, 2, 10), 1.0);
        // (1 + 1/log2(5)) / (1 + 1/log2(3)) = 1.430676558 / 1.630929754.
        close(ndcg_at(&ranked, &gold, 2, 10), 0.877_215_315_338_162_6);
    }

    #[test]
    fn a_repeated_code_counts_once_and_absence_is_zero() {
        let (ranked, gold) = (codes("g g a"), codes("g h"));
        close(hit_at(&ranked, &gold, 2, 3), 0.0);
        close(reciprocal_rank(&[], &gold), 0.0);
        close(ndcg_at(&codes("a b"), &gold, 1, 10), 0.0);
    }

    #[test]
    fn grades_are_gains_and_the_ideal_is_sorted() {
        let grades = BTreeMap::from([("a".to_owned(), 1.0), ("b".to_owned(), 2.0)]);
        close(graded_ndcg_at(&codes("b a"), &grades, 10), 1.0);
        // (1/log2(2) + 2/log2(4)) / (2/log2(2) + 1/log2(3)) = 2 / 2.630929754.
        close(
            graded_ndcg_at(&codes("a x b"), &grades, 10),
            0.760_187_533_431_868_5,
        );
        close(graded_ndcg_at(&codes("x a"), &grades, 1), 0.0);
        close(graded_ndcg_at(&codes("a"), &BTreeMap::new(), 10), 0.0);
        close(recall_at(&codes("x a y b"), &codes("a b"), 3), 0.5);
        close(recall_at(&codes("a"), &[], 3), 0.0);
    }

    #[test]
    fn a_figure_that_is_no_mean_has_an_interval_too() {
        // A ratio of sums: 3 of 4, of 2 and of 2 are 6 of 8, whatever is drawn.
        let parts = [(3.0, 4.0), (1.5, 2.0), (1.5, 2.0)];
        let ratio = |chosen: &[usize]| {
            let sum = |part: fn(&(f64, f64)) -> f64| {
                chosen.iter().map(|at| part(&parts[*at])).sum::<f64>()
            };
            sum(|p| p.0) / sum(|p| p.1)
        };
        let found = bootstrap(3, ratio).unwrap();
        close(found.mean, 0.75);
        close(found.low, 0.75);
        assert_eq!(found.percent(1), "75.0 [75.0–75.0]");
        assert_eq!(found.points(0), "+75 [+75, +75]");
        assert!(bootstrap(0, ratio).is_none());
    }

    #[test]
    fn percentiles_interpolate() {
        let sorted = [1.0, 2.0, 3.0, 4.0, 10.0];
        close(percentile(&sorted, 50.0), 3.0);
        close(percentile(&sorted, 95.0), 8.8);
        close(percentile(&sorted, 100.0), 10.0);
        close(percentile(&[], 50.0), 0.0);
    }

    #[test]
    fn the_interval_is_the_binomial_one_and_repeatable() {
        // 60 of 100: the normal interval is 0.6 ± 1.96·√(0.24/100) = [0.504, 0.696].
        let values: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i < 60))).collect();
        let found = estimate(&values).unwrap();
        close(found.mean, 0.6);
        assert!((found.low - 0.504).abs() < 0.02, "{found:?}");
        assert!((found.high - 0.696).abs() < 0.02, "{found:?}");
        assert_eq!(estimate(&values), Some(found));
        assert_eq!(estimate(&[]), None);
    }

    #[test]
    fn pairs_cancel_what_is_hard_for_both() {
        // The same ten questions fail before and now: no difference, no spread.
        let same: Vec<(f64, f64)> = (0..20)
            .map(|i| f64::from(u8::from(i % 2 == 0)))
            .map(|v| (v, v))
            .collect();
        let found = paired(&same).unwrap();
        assert_eq!((found.mean, found.low, found.high), (0.0, 0.0, 0.0));
        // All right before, all wrong now.
        let lost = paired(&[(1.0, 0.0); 5]).unwrap();
        assert_eq!((lost.mean, lost.high), (-1.0, -1.0));
    }

    proptest::proptest! {
        #[test]
        fn figures_stay_within_bounds(ranked in proptest::collection::vec("[a-f]", 0..12), min in 1_usize..4) {
            let gold = codes("a b c d");
            for k in [1, 3, 10] {
                let (hit, gain) = (hit_at(&ranked, &gold, min, k), ndcg_at(&ranked, &gold, min, k));
                proptest::prop_assert!((0.0..=1.0).contains(&hit));
                proptest::prop_assert!((0.0..=1.000_000_1).contains(&gain));
            }
        }
    }
}
