//! Small functions over numbers, written so that vector code can be made of them: no
//! branch, no call.

use super::LANES;
use super::isa::vectorised;

/// Adding and taking away 1.5 · 2²³ rounds to the nearest whole number.
const ROUND: f32 = 12_582_912.0;

/// The nearest whole number to `x` (ties to even), for |x| below 2²².
#[inline(always)]
pub fn nearest(x: f32) -> i32 {
    (x + ROUND)
        .to_bits()
        .wrapping_sub(ROUND.to_bits())
        .cast_signed()
}

/// The larger of each two numbers. Not `max`, whose rule for NaN keeps scalar code.
#[inline(always)]
pub fn larger(a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
    let mut larger = a;
    for lane in 0..LANES {
        larger[lane] = if b[lane] > a[lane] { b[lane] } else { a[lane] };
    }
    larger
}

/// The numbers without their signs.
#[inline(always)]
pub fn absolute(x: &[f32; LANES]) -> [f32; LANES] {
    let mut absolute = *x;
    for lane in 0..LANES {
        absolute[lane] = x[lane].abs();
    }
    absolute
}

/// `e^x`, at most 3e-7 of it away; 0 below -87.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // x = n ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, so that r is exact enough.
    let x = x.clamp(-87.5, 88.0);
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = n.mul_add(-0.693_145_75, x);
    let r = n.mul_add(-1.428_606_8e-6, r);
    // Taylor's series to the sixth power: the next term is below 2e-7 there.
    let mut sum = 1.0 / 720.0;
    for factor in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = r.mul_add(sum, factor);
    }
    let power = f32::from_bits(((nearest(n) + 127) << 23).cast_unsigned());
    if x < -87.0 { 0.0 } else { sum * power }
}

/// `x / (1 + e^-x)`, the activation of Qwen and Llama.
#[inline(always)]
pub fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

vectorised! {
    /// `silu(gate) * up`, number by number.
    pub fn silu_times(gate: &[f32; LANES], up: &[f32; LANES], out: &mut [f32; LANES]) {
        for lane in 0..LANES {
            out[lane] = silu(gate[lane]) * up[lane];
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exp_is_exp(x in -86.9f32..87.5) {
            let exact = f64::from(x).exp();
            prop_assert!((f64::from(exp(x)) / exact - 1.0).abs() < 3e-7, "{x}");
        }

        #[test]
        fn nearest_is_round_ties_even(x in -4e6f32..4e6) {
            prop_assert_eq!(nearest(x), x.round_ties_even() as i32);
        }
    }

    #[test]
    #[allow(clippy::float_cmp)] // exact by construction
    fn the_ends() {
        assert!(exp(f32::NEG_INFINITY) == 0.0);
        assert!(exp(0.0) == 1.0);
        assert!(exp(200.0).is_finite());
        assert!(silu(-1000.0).abs() < 1e-30);
        assert!(silu(1000.0) == 1000.0);
    }
}
