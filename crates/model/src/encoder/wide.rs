//! What stands between an encoder's products, on rows of numbers in F32, compiled for
//! AVX-512 too and chosen when it runs. candle's own pieces hand rows to a pool of threads
//! whose waking a short question waits for longer than it works, and read how many cores there
//! are from a file for each product: beside other work a third of a question's time.

#![allow(
    clippy::needless_range_loop,
    clippy::inline_always,
    reason = "zipped iterators stay calls in what is compiled for AVX-512: a third of the time"
)]

use super::gelu;

/// Numbers that are summed side by side: a sum in order would be one number at a time.
const LANES: usize = 16;

/// `pub fn name(…)` that runs `plain` in the widest vectors of this processor.
macro_rules! widest {
    ($(#[$doc:meta])* $name:ident is $plain:path: ($($argument:ident: $kind:ty),*)) => {
        $(#[$doc])*
        pub fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx512f") {
                #[target_feature(enable = "avx512f")]
                fn wide($($argument: $kind),*) {
                    $plain($($argument),*);
                }
                // SAFETY: this processor has what it was compiled for.
                #[allow(unsafe_code, reason = "calling what is compiled for one kind of processor")]
                unsafe {
                    wide($($argument),*);
                }
                return;
            }
            $plain($($argument),*);
        }
    };
}

widest!(
    /// Replaces each number by its activation, [`gelu::each`].
    activate is gelu::each: (values: &mut [f32])
);

widest!(
    /// Adds `other` to `x`, then gives each row of as many numbers as `weight` has a mean of 0
    /// and a variance of 1, times `weight`, plus `bias`.
    add_and_normalise is sum_norm: (x: &mut [f32], other: &[f32], norm: &Norm)
);

widest!(
    /// Attention of all tokens to all: `mixed` gets, for each head, the values weighed by the
    /// softmax of the queries' products with the keys. All are `(tokens, size)`.
    attend is attention: (inputs: &Inputs<'_>, mixed: &mut [f32])
);

/// A normalisation with a mean and a bias.
pub struct Norm {
    /// What each normalised number is multiplied with.
    pub weight: Vec<f32>,
    /// What is then added.
    pub bias: Vec<f32>,
    /// Added to the variance.
    pub epsilon: f32,
}

/// What attention works on, each `(tokens, size)`.
pub struct Inputs<'a> {
    pub queries: &'a [f32],
    pub keys: &'a [f32],
    pub values: &'a [f32],
    pub size: usize,
    pub heads: usize,
}

#[inline(always)]
fn sum_norm(x: &mut [f32], other: &[f32], norm: &Norm) {
    let size = norm.weight.len();
    for (at, row) in x.chunks_exact_mut(size).enumerate() {
        let other = &other[at * size..][..size];
        for i in 0..size {
            row[i] += other[i];
        }
        let mean = sum(row) / size as f32;
        for value in &mut *row {
            *value -= mean;
        }
        let variance = products(row) / size as f32;
        let inverse = 1.0 / (variance + norm.epsilon).sqrt();
        let (weight, bias) = (&norm.weight[..size], &norm.bias[..size]);
        for i in 0..size {
            row[i] = row[i] * inverse * weight[i] + bias[i];
        }
    }
}

#[inline(always)]
fn attention(inputs: &Inputs<'_>, mixed: &mut [f32]) {
    let Inputs { size, heads, .. } = *inputs;
    let (tokens, width) = (mixed.len() / size, size / heads);
    let scale = 1.0 / (width as f32).sqrt();
    let mut keys = vec![[0.0; LANES]; tokens.div_ceil(LANES) * width];
    let mut values = vec![[0.0; LANES]; width.div_ceil(LANES) * tokens];
    let mut shares = vec![0.0; tokens];
    for head in 0..heads {
        for token in 0..tokens {
            let from = token * size + head * width;
            for at in 0..width {
                let key = &mut keys[token / LANES * width + at];
                key[token % LANES] = inputs.keys[from + at] * scale;
                values[at / LANES * tokens + token][at % LANES] = inputs.values[from + at];
            }
        }
        for token in 0..tokens {
            let from = token * size + head * width;
            combine(&inputs.queries[from..from + width], &keys, &mut shares);
            softmax(&mut shares);
            combine(&shares, &values, &mut mixed[from..from + width]);
        }
    }
}

/// The sum of rows, each times its weight. The rows come in columns of 16 numbers, one column
/// after the other.
#[inline(always)]
fn combine(weights: &[f32], columns: &[[f32; LANES]], sums: &mut [f32]) {
    for (at, sums) in sums.chunks_mut(LANES).enumerate() {
        let column = &columns[at * weights.len()..][..weights.len()];
        let mut sum = [0.0; LANES];
        for row in 0..weights.len() {
            for lane in 0..LANES {
                sum[lane] += weights[row] * column[row][lane];
            }
        }
        sums.copy_from_slice(&sum[..sums.len()]);
    }
}

#[inline(always)]
fn softmax(values: &mut [f32]) {
    let mut most = f32::MIN;
    for value in &*values {
        most = most.max(*value);
    }
    for value in &mut *values {
        *value = exp(*value - most);
    }
    let inverse = 1.0 / sum(values);
    for value in values {
        *value *= inverse;
    }
}

/// 1.5 · 2²³: a small number added to it is rounded to a whole one.
const ROUNDING: f32 = 12_582_912.0;

/// `eˣ` of a number that is not above 0, at most a hundred thousandth of it away: 2 to the whole part of
/// `x log₂ e` times the Taylor series of what is left, which is at most ln 2 / 2. The
/// library's is called for one number at a time.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Below this the result is no normal number, and as good as 0.
    let x = x.max(-87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let rest = x - (shifted - ROUNDING) * std::f32::consts::LN_2;
    let mut series = 1.0;
    for power in [6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        series = series * rest / power + 1.0;
    }
    let whole = shifted.to_bits().wrapping_sub(ROUNDING.to_bits());
    series * f32::from_bits(whole.wrapping_add(127) << 23)
}

#[inline(always)]
fn sum(values: &[f32]) -> f32 {
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in whole {
        for lane in 0..LANES {
            sums[lane] += chunk[lane];
        }
    }
    total(&sums) + total(rest)
}

/// Sum of the squares.
#[inline(always)]
fn products(values: &[f32]) -> f32 {
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in whole {
        for lane in 0..LANES {
            sums[lane] += chunk[lane] * chunk[lane];
        }
    }
    for lane in 0..rest.len() {
        sums[lane] += rest[lane] * rest[lane];
    }
    total(&sums)
}

#[inline(always)]
fn total(values: &[f32]) -> f32 {
    let mut total = 0.0;
    for value in values {
        total += value;
    }
    total
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Result, Tensor};
    use candle_nn::ops::{layer_norm, softmax_last_dim};

    use super::*;

    const SIZE: usize = 40;
    const HEADS: usize = 2;

    /// Numbers between -2 and 2 that look like noise.
    fn noise(count: usize, salt: usize) -> Vec<f32> {
        let number = |i: usize| ((i * 7919 + salt * 104_729) % 4001) as f32 / 1000.0 - 2.0;
        (0..count).map(number).collect()
    }

    fn matrix(values: &[f32]) -> Result<Tensor> {
        Tensor::from_slice(values, (values.len() / SIZE, SIZE), &Device::Cpu)
    }

    fn most_apart(ours: &[f32], exact: &Tensor) -> Result<f32> {
        let exact = exact.flatten_all()?.to_vec1::<f32>()?;
        assert_eq!(ours.len(), exact.len());
        let apart = ours.iter().zip(&exact).map(|(a, b)| (a - b).abs());
        Ok(apart.fold(0.0, f32::max))
    }

    #[test]
    fn attention_is_what_candle_computes() -> Result<()> {
        for tokens in [1, 15, 16, 33] {
            let [q, k, v] = [1, 2, 3].map(|salt| noise(tokens * SIZE, salt));
            let inputs = Inputs {
                queries: &q,
                keys: &k,
                values: &v,
                size: SIZE,
                heads: HEADS,
            };
            let per_head = |x: &[f32]| {
                let x = matrix(x)?.reshape((tokens, HEADS, SIZE / HEADS))?;
                x.transpose(0, 1)?.contiguous()
            };
            let scores = per_head(&q)?.matmul(&per_head(&k)?.t()?)?;
            let scores = (scores / ((SIZE / HEADS) as f64).sqrt())?;
            let exact = softmax_last_dim(&scores)?.matmul(&per_head(&v)?)?;
            let exact = exact.transpose(0, 1)?;
            let mut mixed = vec![0.0; tokens * SIZE];
            attend(&inputs, &mut mixed);
            assert!(most_apart(&mixed, &exact)? < 1e-5, "{tokens}");
            attention(&inputs, &mut mixed);
            assert!(most_apart(&mixed, &exact)? < 1e-5, "{tokens}, narrow");
        }
        Ok(())
    }

    #[test]
    fn a_norm_is_what_candle_computes() -> Result<()> {
        let (mut x, other) = (noise(3 * SIZE, 4), noise(3 * SIZE, 5));
        let norm = Norm {
            weight: noise(SIZE, 6),
            bias: noise(SIZE, 7),
            epsilon: 1e-12,
        };
        let [weight, bias] =
            [&norm.weight, &norm.bias].map(|v| Tensor::from_slice(v, SIZE, &Device::Cpu));
        let added = (matrix(&x)? + matrix(&other)?)?;
        let exact = layer_norm(&added, &weight?, &bias?, norm.epsilon)?;
        add_and_normalise(&mut x, &other, &norm);
        assert!(most_apart(&x, &exact)? < 1e-4);
        Ok(())
    }

    #[test]
    fn powers_of_e_are_close() {
        for step in 0..8_000_u16 {
            let x = -f32::from(step) / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
        }
        assert!(exp(-1e30) < 1e-30);
    }
}
