//! Chooses the next token from its scores: the best one, or one drawn at a temperature.
//! candle's `LogitsProcessor` does the same but lives in `candle-transformers`, a large
//! crate that nothing else here needs.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::kernels::strips::Strips;

/// Temperatures below this are greedy: dividing by less overflows.
const COLDEST: f64 = 1e-3;

/// A way of choosing tokens.
pub struct Sampler {
    temperature: Option<f64>,
    random: StdRng,
}

impl Sampler {
    /// Greedy at temperature 0; the same seed gives the same choices.
    pub fn new(temperature: f64, seed: u64) -> Self {
        Self {
            temperature: (temperature >= COLDEST).then_some(temperature),
            random: StdRng::seed_from_u64(seed),
        }
    }

    /// True when the best token is always taken.
    pub fn is_greedy(&self) -> bool {
        self.temperature.is_none()
    }

    /// Chooses a token by the first row of scores. Scores that are not numbers are never
    /// chosen.
    pub fn choose(&mut self, scores: &Strips) -> u32 {
        let best = scores.argmax(0);
        let Some(temperature) = self.temperature else {
            return best as u32;
        };
        let scores = scores.to_row(0);
        let top = f64::from(scores.get(best).copied().unwrap_or_default());
        let weight = |score: f32| {
            let weight = ((f64::from(score) - top) / temperature).exp();
            if weight.is_finite() { weight } else { 0.0 }
        };
        let total: f64 = scores.iter().map(|&score| weight(score)).sum();
        let mut left = self.random.random::<f64>() * total;
        for (token, &score) in scores.iter().enumerate() {
            left -= weight(score);
            if left < 0.0 {
                return token as u32;
            }
        }
        best as u32
    }
}
