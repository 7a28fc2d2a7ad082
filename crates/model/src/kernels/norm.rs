//! Root-mean-square normalisation.

use super::LANES;
use super::strips::Strips;

/// Writes `x / sqrt(mean(x²) + epsilon) * weight` of one row. Sums in sixteen lanes, then
/// over the lanes, so in one order everywhere.
#[inline(always)]
pub fn rms_norm(x: &Strips, row: usize, weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let mut squares = [0.0f32; LANES];
    for strip in x.row(row) {
        for (sum, x) in squares.iter_mut().zip(strip) {
            *sum = x.mul_add(*x, *sum);
        }
    }
    let mean = squares.iter().sum::<f32>() / x.width() as f32;
    let scale = 1.0 / (mean + epsilon).sqrt();
    let out = out.chunks_mut(LANES).zip(weight.chunks(LANES));
    for (strip, (out, weight)) in x.row(row).zip(out) {
        for ((out, x), weight) in out.iter_mut().zip(strip).zip(weight) {
            *out = x * scale * weight;
        }
    }
}
