//! The products of [`super::avx512`] with AVX2: the same tiles, eight rows of weights at a
//! time, the same order of additions, so the same result to the bit.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m256, __m256i, _mm_load_si128, _mm_loadl_epi64, _mm256_add_epi32, _mm256_add_ps,
    _mm256_and_si256, _mm256_cvtepi8_epi32, _mm256_cvtepi32_ps, _mm256_cvtepu8_epi16,
    _mm256_cvtepu8_epi32, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_load_si256,
    _mm256_loadu_ps, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_mul_ps, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_setzero_si256, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_storeu_ps,
};

use super::input::Quants;
use super::pack::{Line, q4k, q6k};
use super::{BLOCK, LANES};

/// Rows of activations at once: there are 16 registers.
pub const MOST: usize = 4;

/// Adds the product of a Q4_K stripe with `N` rows to `out`.
///
/// # Safety
/// The processor has AVX2, FMA and F16C; `stripe` holds `blocks` tiles, each of `rows`
/// points to `blocks` blocks.
#[target_feature(enable = "avx2,fma,f16c")]
pub unsafe fn q4k<const N: usize>(
    stripe: &[Line],
    rows: [*const Quants; N],
    blocks: usize,
    out: &mut [[f32; LANES]; N],
) {
    let low = _mm256_set1_epi8(0x0F);
    for half in 0..2 {
        let mut total = [_mm256_setzero_ps(); N];
        for block in 0..blocks {
            // SAFETY: all reads are inside this tile and these blocks, by the caller's promise.
            unsafe {
                let tile = stripe.as_ptr().add(block * q4k::LINES);
                let inputs = behind(rows, block);
                let scales = tile.add(q4k::SCALES).cast::<u8>().add(half * 8);
                let halves = tile.add(q4k::HALVES).cast::<__m128i>().add(half);
                let scale = _mm256_cvtph_ps(_mm_load_si128(halves));
                let mut part = [_mm256_setzero_ps(); N];
                for group in 0..8 {
                    let factor = _mm_loadl_epi64(scales.add(group * LANES).cast());
                    let factor = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(factor));
                    let factor = _mm256_mul_ps(factor, scale);
                    let mut sum = [_mm256_setzero_si256(); N];
                    for line in group * 4..group * 4 + 4 {
                        let both = half_line(tile.add(line), half);
                        let high = _mm256_and_si256(_mm256_srli_epi16(both, 4), low);
                        let both = _mm256_and_si256(both, low);
                        for n in 0..N {
                            sum[n] = dot(sum[n], both, four(inputs[n], line * 2));
                            sum[n] = dot(sum[n], high, four(inputs[n], line * 2 + 1));
                        }
                    }
                    for n in 0..N {
                        part[n] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum[n]), factor, part[n]);
                    }
                }
                let minima = tile.add(q4k::MINIMA).cast::<__m128i>().add(half);
                let scale = _mm256_cvtph_ps(_mm_load_si128(halves.add(2)));
                for n in 0..N {
                    let mut sum = _mm256_setzero_si256();
                    for pair in 0..4 {
                        let minimum = _mm256_cvtepu8_epi16(_mm_load_si128(minima.add(pair * 2)));
                        let sums = _mm256_set1_epi32((*inputs[n]).two_sums(pair));
                        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(minimum, sums));
                    }
                    part[n] = _mm256_fnmadd_ps(_mm256_cvtepi32_ps(sum), scale, part[n]);
                    let scale = _mm256_set1_ps((*inputs[n]).scale);
                    total[n] = _mm256_fmadd_ps(scale, part[n], total[n]);
                }
            }
        }
        add(out, &total, half);
    }
}

/// Adds the product of a Q6_K stripe with `N` rows to `out`.
///
/// # Safety
/// As for [`q4k`].
#[target_feature(enable = "avx2,fma,f16c")]
pub unsafe fn q6k<const N: usize>(
    stripe: &[Line],
    rows: [*const Quants; N],
    blocks: usize,
    out: &mut [[f32; LANES]; N],
) {
    for half in 0..2 {
        let mut total = [_mm256_setzero_ps(); N];
        for block in 0..blocks {
            // SAFETY: as in `q4k`.
            unsafe {
                let tile = stripe.as_ptr().add(block * q6k::LINES);
                let inputs = behind(rows, block);
                let scales = tile.add(q6k::SCALES).cast::<u8>().add(half * 8);
                let scale = tile.add(q6k::HALVES).cast::<__m128i>().add(half);
                let scale = _mm256_cvtph_ps(_mm_load_si128(scale));
                let mut part = [_mm256_setzero_ps(); N];
                for group in 0..16 {
                    let factor = _mm_loadl_epi64(scales.add(group * LANES).cast());
                    let factor = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(factor));
                    let factor = _mm256_mul_ps(factor, scale);
                    let mut sum = [_mm256_setzero_si256(); N];
                    for n in 0..N {
                        sum[n] = _mm256_set1_epi32((*inputs[n]).offsets[group]);
                    }
                    let weights = six_bits(tile, group, half);
                    for (at, &weights) in weights.iter().enumerate() {
                        for n in 0..N {
                            sum[n] = dot(sum[n], weights, four(inputs[n], group * 4 + at));
                        }
                    }
                    for n in 0..N {
                        part[n] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum[n]), factor, part[n]);
                    }
                }
                for n in 0..N {
                    let scale = _mm256_set1_ps((*inputs[n]).scale);
                    total[n] = _mm256_fmadd_ps(scale, part[n], total[n]);
                }
            }
        }
        add(out, &total, half);
    }
}

/// The sixteen columns of a Q6_K group for eight rows, four in each register.
///
/// # Safety
/// `tile` points to a whole tile.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn six_bits(tile: *const Line, group: usize, half: usize) -> [__m256i; 4] {
    let (low, top) = (_mm256_set1_epi8(0x0F), _mm256_set1_epi8(0x30));
    // SAFETY: within the tile.
    let (first, second, high) = unsafe {
        (
            half_line(tile.add(group * 2), half),
            half_line(tile.add(group * 2 + 1), half),
            half_line(tile.add(q6k::HIGH + group), half),
        )
    };
    let shifted = |x| _mm256_and_si256(_mm256_srli_epi16(x, 4), low);
    let merge = |nibbles, high| _mm256_or_si256(nibbles, _mm256_and_si256(high, top));
    [
        merge(_mm256_and_si256(first, low), _mm256_slli_epi16(high, 4)),
        merge(shifted(first), _mm256_slli_epi16(high, 2)),
        merge(_mm256_and_si256(second, low), high),
        merge(shifted(second), _mm256_srli_epi16(high, 2)),
    ]
}

/// Rows 0 to 7 or 8 to 15 of a line.
///
/// # Safety
/// `line` points to a line, `half` is 0 or 1.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn half_line(line: *const Line, half: usize) -> __m256i {
    // SAFETY: a line has two halves and is aligned.
    unsafe { _mm256_load_si256(line.cast::<__m256i>().add(half)) }
}

/// Adds four products to each lane. Weights are at most 63, so that two products fit 16
/// bits (63 · 127 · 2 = 16,002).
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn dot(sum: __m256i, weights: __m256i, quants: __m256i) -> __m256i {
    let pairs = _mm256_maddubs_epi16(weights, quants);
    _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
}

/// The rows' blocks number `block`. A loop: `map` was left as a call.
///
/// # Safety
/// Each row has more than `block` blocks.
#[inline]
unsafe fn behind<const N: usize>(rows: [*const Quants; N], block: usize) -> [*const Quants; N] {
    let mut blocks = rows;
    for row in &mut blocks {
        // SAFETY: within the row.
        *row = unsafe { row.add(block) };
    }
    blocks
}

/// Four quants of a row in every lane.
///
/// # Safety
/// `input` points to a block, and `at` is below 64.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn four(input: *const Quants, at: usize) -> __m256i {
    debug_assert!(at < BLOCK / 4);
    // SAFETY: within the 256 quants, which a block begins with, aligned.
    let four = unsafe { input.cast::<i32>().add(at).read() };
    _mm256_set1_epi32(four)
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn add<const N: usize>(out: &mut [[f32; LANES]; N], total: &[__m256; N], half: usize) {
    for (out, &total) in out.iter_mut().zip(total) {
        let out = &mut out.as_chunks_mut::<8>().0[half];
        // SAFETY: `out` has 8 numbers.
        unsafe {
            let before = _mm256_loadu_ps(out.as_ptr());
            _mm256_storeu_ps(out.as_mut_ptr(), _mm256_add_ps(before, total));
        }
    }
}
