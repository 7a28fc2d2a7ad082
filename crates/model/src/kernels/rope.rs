//! Rotary positions.

use super::LANES;

/// Cosines and sines of every position, `size / 2` of each.
pub struct Rope {
    half: usize,
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl Rope {
    /// Tables for `positions` positions of heads of `size`, which is a multiple of 32.
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

    /// Rotates one head of every row in place; the first row stands at position `start`.
    /// `head` is the strips of that head. The halves of a head are rotated against each
    /// other (the NeoX order, as in Qwen).
    #[inline(always)]
    pub fn rotate(&self, head: &mut [f32], start: usize) {
        let (low, high) = head.split_at_mut(head.len() / 2);
        let low = low.as_chunks_mut::<LANES>().0;
        let high = high.as_chunks_mut::<LANES>().0;
        let rows = low.len() / (self.half / LANES).max(1);
        for (at, (low, high)) in low.iter_mut().zip(high).enumerate() {
            let (strip, row) = (at / rows, at % rows);
            let from = (start + row) * self.half + strip * LANES;
            let cos = &self.cos[from..from + LANES];
            let sin = &self.sin[from..from + LANES];
            for (((a, b), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
                let (x, y) = (*a, *b);
                *a = x.mul_add(*cos, -(y * sin));
                *b = y.mul_add(*cos, x * sin);
            }
        }
    }
}
