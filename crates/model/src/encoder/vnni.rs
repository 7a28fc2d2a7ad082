//! Products with Q4_0 weights in eight-bit integers, on processors with AVX-512 VNNI.
//!
//! An instruction multiplies 4 columns of 16 rows with 4 numbers of a token. The weights are
//! the file's, to the bit; a token's numbers are rounded to one byte each, by blocks of 32
//! like the weights, and that is all that is lost. One thread: what it leaves is less than
//! what handing parts to another would cost.

#![allow(
    clippy::needless_range_loop,
    reason = "what goes through the standard library's closures stays calls here"
)]

use std::arch::x86_64::{
    __m128i, __m512, __m512i, _mm512_abs_ps, _mm512_cvtepi32_epi8, _mm512_cvtepi32_ps,
    _mm512_cvtps_epi32, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_max_ps, _mm512_mul_ps,
    _mm512_reduce_add_epi32, _mm512_reduce_max_ps, _mm512_set1_epi32, _mm512_set1_ps,
};
use std::mem::transmute;

/// Numbers that share a scale, in Q4_0 and here.
const BLOCK: usize = 32;

/// Bytes of a block in Q4_0: a scale in half precision, then two weights a byte.
const BYTES: usize = 2 + BLOCK / 2;

/// What Q4_0 adds to a weight to keep it without a sign.
const OFFSET: i32 = 8;

/// Rows that one instruction works on.
const LANES: usize = 16;

/// Tokens that are worked on at a time at least; what is missing is made up of zeros.
const FEWEST: usize = 4;

/// One block of each of 16 rows.
struct Tile {
    /// Four columns of the rows each, a byte a weight.
    weights: [__m512i; BLOCK / 4],
    scales: __m512,
}

/// One block of a token.
#[derive(Clone, Copy)]
struct Numbers {
    /// Four signed bytes each.
    steps: [i32; BLOCK / 4],
    scale: f32,
    /// What takes [`OFFSET`] out of the products again.
    correction: i32,
}

/// A linear map.
pub struct Product {
    /// 16 rows after 16 rows, block after block.
    tiles: Vec<Tile>,
    /// By 16 rows.
    bias: Vec<__m512>,
    /// Blocks in a row.
    blocks: usize,
}

impl Product {
    /// Lays out the bytes of a Q4_0 matrix of `columns` columns with a number to add to each
    /// row; `None` where this processor cannot run it or the sizes do not fit.
    pub fn new(matrix: &[u8], columns: usize, bias: &[f32]) -> Option<Self> {
        let able = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni");
        let blocks = columns / BLOCK;
        let fits = columns.is_multiple_of(BLOCK) && bias.len().is_multiple_of(LANES) && blocks > 0;
        if !able || !fits || matrix.len() != bias.len() * blocks * BYTES {
            return None;
        }
        let strips = matrix.chunks_exact(LANES * blocks * BYTES);
        let tile = |strip, block| tile(strip, block, blocks);
        Some(Self {
            tiles: strips
                .flat_map(|strip| (0..blocks).map(move |block| tile(strip, block)))
                .collect(),
            bias: bias.as_chunks().0.iter().map(lanes).collect(),
            blocks,
        })
    }

    /// `(tokens, columns)` → `(tokens, rows)`.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let tokens = x.len() / (self.blocks * BLOCK);
        let rows = self.bias.len() * LANES;
        let mut y = vec![0.0; tokens.next_multiple_of(FEWEST) * rows];
        // SAFETY: `new` gives nothing on a processor without these instructions.
        #[allow(
            unsafe_code,
            reason = "calling what is compiled for one kind of processor"
        )]
        unsafe {
            self.run(x, &mut y);
        }
        y.truncate(tokens * rows);
        y
    }

    // No closures from here on: the compiler would call them, one number at a time, because
    // they have more instructions than the standard library's functions that they go to.
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn run(&self, x: &[f32], y: &mut [f32]) {
        let mut numbers = Vec::with_capacity(x.len() / BLOCK);
        for block in x.as_chunks::<BLOCK>().0 {
            numbers.push(Numbers::of(block));
        }
        let zeros = Numbers {
            steps: [0; BLOCK / 4],
            scale: 0.0,
            correction: 0,
        };
        while numbers.len() % (FEWEST * self.blocks) != 0 {
            numbers.push(zeros);
        }
        let rows = self.bias.len() * LANES;
        let strips = self.tiles.chunks_exact(self.blocks).zip(&self.bias);
        for (strip, (tiles, bias)) in strips.enumerate() {
            let mut place = strip * LANES;
            let mut left = &numbers[..];
            while !left.is_empty() {
                // Eight tokens fill the registers.
                let done = match left.len() / self.blocks {
                    8.. => self.tokens::<8>(tiles, *bias, left, &mut y[place..]),
                    _ => self.tokens::<FEWEST>(tiles, *bias, left, &mut y[place..]),
                };
                left = &left[done * self.blocks..];
                place += done * rows;
            }
        }
    }

    /// Products of the first `N` tokens with 16 rows; `N`.
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn tokens<const N: usize>(
        &self,
        tiles: &[Tile],
        bias: __m512,
        numbers: &[Numbers],
        y: &mut [f32],
    ) -> usize {
        let mut sums = [bias; N];
        for (block, tile) in tiles.iter().enumerate() {
            let mut here = [&numbers[block]; N];
            let mut whole = [_mm512_set1_epi32(0); N];
            for t in 0..N {
                here[t] = &numbers[t * self.blocks + block];
                whole[t] = _mm512_set1_epi32(here[t].correction);
            }
            for (step, weights) in tile.weights.iter().enumerate() {
                for t in 0..N {
                    let four = _mm512_set1_epi32(here[t].steps[step]);
                    whole[t] = _mm512_dpbusd_epi32(whole[t], *weights, four);
                }
            }
            for t in 0..N {
                let scales = _mm512_mul_ps(tile.scales, _mm512_set1_ps(here[t].scale));
                sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[t]), scales, sums[t]);
            }
        }
        let rows = self.bias.len() * LANES;
        for (t, sum) in sums.into_iter().enumerate() {
            y[t * rows..][..LANES].copy_from_slice(&numbers_of(sum));
        }
        N
    }
}

impl Numbers {
    /// Rounds a block to bytes.
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn of(values: &[f32; BLOCK]) -> Self {
        let halves = values.as_chunks().0;
        let halves = [lanes(&halves[0]), lanes(&halves[1])];
        let most = _mm512_max_ps(_mm512_abs_ps(halves[0]), _mm512_abs_ps(halves[1]));
        let largest = _mm512_reduce_max_ps(most).max(f32::MIN_POSITIVE);
        let inverse = _mm512_set1_ps(127.0 / largest);
        let (mut steps, mut sum) = ([0; BLOCK / 4], 0);
        for (half, steps) in halves.iter().zip(steps.as_chunks_mut().0) {
            let whole = _mm512_cvtps_epi32(_mm512_mul_ps(*half, inverse));
            sum += _mm512_reduce_add_epi32(whole);
            *steps = fours_of(_mm512_cvtepi32_epi8(whole));
        }
        Self {
            steps,
            scale: largest / 127.0,
            correction: -OFFSET * sum,
        }
    }
}

/// One block of the 16 rows of a strip.
fn tile(strip: &[u8], block: usize, blocks: usize) -> Tile {
    let packed = |row: usize| &strip[(row * blocks + block) * BYTES..][..BYTES];
    let weight = |row: usize, column: usize| {
        let byte = packed(row)[2 + column % (BLOCK / 2)];
        if column < BLOCK / 2 {
            byte & 15
        } else {
            byte >> 4
        }
    };
    let scale = |row: usize| half(u16::from_le_bytes([packed(row)[0], packed(row)[1]]));
    Tile {
        weights: std::array::from_fn(|step| {
            bytes(std::array::from_fn(|at| weight(at / 4, step * 4 + at % 4)))
        }),
        scales: lanes(&std::array::from_fn(scale)),
    }
}

/// A number in half precision. What is below its normal range comes out right too;
/// infinities, which no scale is, do not.
fn half(bits: u16) -> f32 {
    let magnitude = f32::from_bits(u32::from(bits & 0x7fff) << 13) * 2.0_f32.powi(112);
    if bits & 0x8000 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

#[inline]
fn lanes(values: &[f32; LANES]) -> __m512 {
    // SAFETY: as many bytes, and any of them are a vector.
    #[allow(unsafe_code, reason = "loading and storing go by pointers otherwise")]
    unsafe {
        transmute(*values)
    }
}

fn bytes(values: [u8; 4 * LANES]) -> __m512i {
    // SAFETY: as many bytes, and any of them are a vector.
    #[allow(unsafe_code, reason = "loading and storing go by pointers otherwise")]
    unsafe {
        transmute(values)
    }
}

#[inline]
fn fours_of(vector: __m128i) -> [i32; 4] {
    // SAFETY: as many bytes, and any of them are numbers.
    #[allow(unsafe_code, reason = "loading and storing go by pointers otherwise")]
    unsafe {
        transmute(vector)
    }
}

#[inline]
fn numbers_of(vector: __m512) -> [f32; LANES] {
    // SAFETY: as many bytes, and any of them are numbers.
    #[allow(unsafe_code, reason = "loading and storing go by pointers otherwise")]
    unsafe {
        transmute(vector)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::quantized::{GgmlDType, QTensor};
    use candle_core::{Device, Result, Tensor};

    use super::*;

    fn noise(count: usize, salt: usize) -> Vec<f32> {
        let number = |i: usize| ((i * 7919 + salt * 104_729) % 4001) as f32 / 2000.0 - 1.0;
        (0..count).map(number).collect()
    }

    /// The exact product with the same rounded weights.
    fn product(tokens: usize, rows: usize, columns: usize) -> Result<Option<(Vec<f32>, Vec<f32>)>> {
        let weight = Tensor::from_vec(noise(rows * columns, 1), (rows, columns), &Device::Cpu)?;
        let weight = QTensor::quantize(&weight, GgmlDType::Q4_0)?;
        let (bias, x) = (noise(rows, 2), noise(tokens * columns, 3));
        let Some(ours) = Product::new(&weight.data()?, columns, &bias) else {
            return Ok(None);
        };
        let ours = ours.forward(&x);
        let x = Tensor::from_vec(x, (tokens, columns), &Device::Cpu)?;
        let exact = x.matmul(&weight.dequantize(&Device::Cpu)?.t()?)?;
        let exact = exact.broadcast_add(&Tensor::from_vec(bias, rows, &Device::Cpu)?)?;
        Ok(Some((ours, exact.flatten_all()?.to_vec1()?)))
    }

    #[test]
    fn it_is_what_candle_computes_but_for_the_rounding() -> Result<()> {
        for (tokens, rows, columns) in [(1, 16, 32), (4, 32, 96), (8, 16, 64), (13, 48, 384)] {
            let Some((ours, exact)) = product(tokens, rows, columns)? else {
                eprintln!("skipped: this processor has no AVX-512 VNNI");
                return Ok(());
            };
            assert_eq!(ours.len(), exact.len());
            // Half a step of a 127th for each column, were all to err the same way.
            let most = columns as f32 * 0.5 / 127.0;
            let apart = ours.iter().zip(&exact).map(|(a, b)| (a - b).abs());
            let apart = apart.fold(0.0, f32::max);
            assert!(apart < most / 4.0, "{tokens}, {rows}, {columns}: {apart}");
        }
        Ok(())
    }

    #[test]
    fn sizes_that_do_not_fit_are_left_to_others() {
        assert!(Product::new(&[0; 18 * 16], 32, &[0.0; 15]).is_none());
        assert!(Product::new(&[0; 18 * 16], 31, &[0.0; 16]).is_none());
        assert!(Product::new(&[0; 18 * 15], 32, &[0.0; 16]).is_none());
        assert!(Product::new(&[], 0, &[]).is_none());
    }

    #[test]
    fn half_precision_is_read() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x2800, 0.03125),
            (0x0001, 5.960_464_5e-8),
            (0, 0.0),
        ] {
            assert!((half(bits) - value).abs() < 1e-12, "{bits:x}");
        }
    }
}
