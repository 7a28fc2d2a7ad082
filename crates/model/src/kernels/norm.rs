//! Root-mean-square normalisation.

use super::LANES;
use super::isa::vectorised;
use super::strips::Strips;

vectorised! {
    /// Writes `x / sqrt(mean(x²) + epsilon) * weight` of one row. Sums in sixteen lanes, then
    /// over the lanes, so in one order everywhere.
    pub fn rms_norm(x: &Strips, row: usize, weight: &[f32], epsilon: f32, out: &mut [f32]) {
        let strips = x.data().as_chunks::<LANES>().0;
        let mut squares = [0.0f32; LANES];
        for at in (row..strips.len()).step_by(x.rows()) {
            for lane in 0..LANES {
                squares[lane] = strips[at][lane].mul_add(strips[at][lane], squares[lane]);
            }
        }
        let mut sum = 0.0;
        for square in squares {
            sum += square;
        }
        let scale = 1.0 / (sum / x.width() as f32 + epsilon).sqrt();
        let out = out.as_chunks_mut::<LANES>().0;
        let weight = weight.as_chunks::<LANES>().0;
        for at in 0..out.len().min(weight.len()) {
            let strip = &strips[at * x.rows() + row];
            for lane in 0..LANES {
                out[at][lane] = strip[lane] * scale * weight[at][lane];
            }
        }
    }
}
