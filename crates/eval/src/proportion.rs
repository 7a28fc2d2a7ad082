//! A share of yes and no with an interval that is honest at 0 and at 100 %.

use serde::Serialize;

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// Yes.
    pub count: usize,
    /// All.
    pub n: usize,
    /// The share, 0 to 1; 0 of none.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_964;

impl Proportion {
    /// With the score interval of Wilson (1927): a bootstrap of no successes has no width.
    pub fn of(count: usize, n: usize) -> Self {
        if n == 0 {
            return Self {
                count,
                n,
                share: 0.0,
                low: 0.0,
                high: 1.0,
            };
        }
        let (share, size) = (count as f64 / n as f64, n as f64);
        let z2 = Z * Z;
        let middle = share + z2 / (2.0 * size);
        let half = Z * (share * (1.0 - share) / size + z2 / (4.0 * size * size)).sqrt();
        let scale = 1.0 + z2 / size;
        Self {
            count,
            n,
            share,
            low: ((middle - half) / scale).max(0.0),
            high: ((middle + half) / scale).min(1.0),
        }
    }

    /// As a person reads it: `96.3 % [91.0–98.6] of 109`.
    pub fn text(&self) -> String {
        let [share, low, high] = [self.share, self.low, self.high].map(|value| value * 100.0);
        format!("{share:.1} % [{low:.1}–{high:.1}] of {}", self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_many_may_still_be_some() {
        let none = Proportion::of(0, 100);
        assert!(none.low.abs() < 1e-9);
        // The textbook value for 0 of 100: z² / (n + z²).
        assert!((none.high - 0.036_99).abs() < 1e-4, "{none:?}");
        let half = Proportion::of(50, 100);
        assert!((half.low - 0.403_8).abs() < 1e-3 && (half.high - 0.596_2).abs() < 1e-3);
        assert!((Proportion::of(0, 0).high - 1.0).abs() < 1e-9);
    }
}
