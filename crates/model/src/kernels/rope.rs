//! Rotary positions.

use super::isa::vectorised;
use super::{Isa, LANES};

/// Cosines and sines of every position, `size / 2` of each.
pub struct Rope {
    half: usize,
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl Rope {
    /// Tables for `positions` positions of heads of `size`, a multiple of 32.
    pub fn new(size: usize, base: f64, positions: usize) -> Self {
        let half = size / 2;
        let angle = |at: usize| {
            let (position, pair) = (at / half, at % half);
            position as f64 / base.powf(2.0 * pair as f64 / size as f64)
        };
        let table = |f: fn(f64) -> f64| {
            let values = (0..positions * half).map(|at| f(angle(at)) as f32);
            values.collect()
        };
        Self {
            half,
            cos: table(f64::cos),
            sin: table(f64::sin),
        }
    }

    /// Rotates heads of every row in place; the first row stands at position `start`.
    /// `heads` is the strips of one or more heads, of `rows` rows. The halves of a head are
    /// rotated against each other (the NeoX order, as in Qwen).
    pub fn rotate(&self, isa: Isa, heads: &mut [f32], rows: usize, start: usize) {
        let (from, to) = (start * self.half, (start + rows) * self.half);
        let (cos, sin) = (&self.cos[from..to], &self.sin[from..to]);
        for head in heads.chunks_exact_mut(rows * self.half * 2) {
            rotate(isa, head, rows, cos, sin);
        }
    }
}

vectorised! {
    /// Rotates one head of `rows` rows, each by its own angles.
    pub fn rotate(head: &mut [f32], rows: usize, cos: &[f32], sin: &[f32]) {
        let (low, high) = head.split_at_mut(head.len() / 2);
        let low = low.as_chunks_mut::<LANES>().0;
        let high = high.as_chunks_mut::<LANES>().0;
        let cos = cos.as_chunks::<LANES>().0;
        let sin = sin.as_chunks::<LANES>().0;
        let strips = low.len() / rows;
        for strip in 0..strips {
            for row in 0..rows {
                let (at, angle) = (strip * rows + row, row * strips + strip);
                let (a, b, cos, sin) = (low[at], high[at], cos[angle], sin[angle]);
                let (mut x, mut y) = (a, b);
                for lane in 0..LANES {
                    x[lane] = a[lane].mul_add(cos[lane], -(b[lane] * sin[lane]));
                    y[lane] = b[lane].mul_add(cos[lane], a[lane] * sin[lane]);
                }
                (low[at], high[at]) = (x, y);
            }
        }
    }
}
