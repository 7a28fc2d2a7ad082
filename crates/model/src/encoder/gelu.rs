//! The activation of BERT, `x (1 + erf(x / √2)) / 2`, in a form that the compiler turns into
//! vector instructions. candle's calls `erff` for each number, which took a quarter of the
//! time of a question.

#![allow(
    clippy::inline_always,
    reason = "it is compiled for AVX-512 where it is called"
)]

/// Beyond this an F32 `erf` is 1, but for 4e-7.
const MOST: f32 = 3.6;

/// `erf(x) / x` over `2x² / MOST² - 1`, lowest power first: `tools/fit-gelu.py`.
const COEFFICIENTS: [f32; 13] = [
    0.392_712,
    -0.195_488_75,
    0.143_820_63,
    -0.113_849_43,
    0.089_683_78,
    -0.067_535_65,
    0.048_902_35,
    -0.034_412_812,
    0.019_951_921,
    -0.008_245_171,
    0.005_827_51,
    -0.005_767_232,
    0.002_178_65,
];

/// Replaces each number by its activation; at most 1e-6 away from the exact one.
#[inline(always)]
pub fn each(values: &mut [f32]) {
    for value in values {
        *value = gelu(*value);
    }
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-MOST, MOST);
    let t = x * x * (2.0 / (MOST * MOST)) - 1.0;
    let mut ratio = 0.0;
    for coefficient in COEFFICIENTS.iter().rev() {
        ratio = ratio * t + coefficient;
    }
    (x * ratio).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::each;

    #[test]
    fn it_is_what_candle_computes() -> candle_core::Result<()> {
        let x = Tensor::arange_step(-9f32, 9., 0.001, &Device::Cpu)?;
        let exact = x.gelu_erf()?;
        let mut ours = x.to_vec1::<f32>()?;
        each(&mut ours);
        let ours = Tensor::from_vec(ours, x.shape(), &Device::Cpu)?;
        let off = (ours - exact)?.abs()?.max_all()?.to_scalar::<f32>()?;
        assert!(off < 2e-6, "{off}");
        Ok(())
    }
}
