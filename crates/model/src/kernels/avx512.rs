//! Products of a stripe of weights with up to [`MOST`] rows, with AVX-512 VNNI: one lane a
//! row of weights, one instruction for four columns of sixteen rows.
//!
//! The order of the float additions is that of [`super::avx2`] and of the reference in the
//! tests, whatever the number of rows.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m256i, __m512, __m512i, _MM_HINT_T0, _mm_load_si128, _mm_prefetch,
    _mm256_load_si256, _mm512_add_ps, _mm512_and_si512, _mm512_cvtepi8_epi32, _mm512_cvtepi32_ps,
    _mm512_cvtepu8_epi16, _mm512_cvtepu8_epi32, _mm512_cvtph_ps, _mm512_dpbusd_epi32,
    _mm512_dpwssd_epi32, _mm512_fmadd_ps, _mm512_fnmadd_ps, _mm512_load_si512, _mm512_loadu_ps,
    _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_setzero_si512, _mm512_slli_epi16, _mm512_srli_epi16, _mm512_storeu_ps,
    _mm512_ternarylogic_epi32,
};

use super::input::Quants;
use super::pack::{Line, q4k, q6k};
use super::{BLOCK, LANES};

/// Rows of activations at once: eight accumulators, eight sums and the weights fit the
/// 32 registers.
pub const MOST: usize = 8;

/// How many lines ahead weights are asked for: the hardware's own prefetching stops at
/// the end of each 4 KB page.
const AHEAD: usize = 48;

/// Adds the product of a Q4_K stripe with `N` rows to `out`.
///
/// # Safety
/// The processor has AVX-512 F, BW, VL and VNNI; `stripe` holds `blocks` tiles, each of
/// `rows` points to `blocks` blocks.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub unsafe fn q4k<const N: usize>(
    stripe: &[Line],
    rows: [*const Quants; N],
    blocks: usize,
    out: &mut [[f32; LANES]; N],
) {
    let low = _mm512_set1_epi8(0x0F);
    let mut total = [_mm512_setzero_ps(); N];
    for block in 0..blocks {
        // SAFETY: all reads are inside this tile and these blocks, by the caller's promise;
        // prefetching an address is harmless whatever it is.
        unsafe {
            let tile = stripe.as_ptr().add(block * q4k::LINES);
            let inputs = behind(rows, block);
            let scales = tile.add(q4k::SCALES).cast::<__m128i>();
            let halves = tile.add(q4k::HALVES).cast::<__m256i>();
            let scale = _mm512_cvtph_ps(_mm256_load_si256(halves));
            let mut part = [_mm512_setzero_ps(); N];
            for group in 0..8 {
                let factor = _mm512_cvtepu8_epi32(_mm_load_si128(scales.add(group)));
                let factor = _mm512_mul_ps(_mm512_cvtepi32_ps(factor), scale);
                let mut sum = [_mm512_setzero_si512(); N];
                for line in group * 4..group * 4 + 4 {
                    let at = tile.add(line);
                    _mm_prefetch(at.wrapping_add(AHEAD).cast(), _MM_HINT_T0);
                    let both = _mm512_load_si512(at.cast());
                    let high = _mm512_and_si512(_mm512_srli_epi16(both, 4), low);
                    let both = _mm512_and_si512(both, low);
                    for n in 0..N {
                        sum[n] = _mm512_dpbusd_epi32(sum[n], both, four(inputs[n], line * 2));
                        sum[n] = _mm512_dpbusd_epi32(sum[n], high, four(inputs[n], line * 2 + 1));
                    }
                }
                for n in 0..N {
                    part[n] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[n]), factor, part[n]);
                }
            }
            let minima = tile.add(q4k::MINIMA).cast::<__m256i>();
            let scale = _mm512_cvtph_ps(_mm256_load_si256(halves.add(1)));
            for n in 0..N {
                let mut sum = _mm512_setzero_si512();
                for pair in 0..4 {
                    let minimum = _mm512_cvtepu8_epi16(_mm256_load_si256(minima.add(pair)));
                    let sums = _mm512_set1_epi32((*inputs[n]).two_sums(pair));
                    sum = _mm512_dpwssd_epi32(sum, minimum, sums);
                }
                part[n] = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(sum), scale, part[n]);
                total[n] = _mm512_fmadd_ps(_mm512_set1_ps((*inputs[n]).scale), part[n], total[n]);
            }
        }
    }
    add(out, &total);
}

/// Adds the product of a Q6_K stripe with `N` rows to `out`.
///
/// # Safety
/// As for [`q4k`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub unsafe fn q6k<const N: usize>(
    stripe: &[Line],
    rows: [*const Quants; N],
    blocks: usize,
    out: &mut [[f32; LANES]; N],
) {
    let mut total = [_mm512_setzero_ps(); N];
    for block in 0..blocks {
        // SAFETY: as in `q4k`.
        unsafe {
            let tile = stripe.as_ptr().add(block * q6k::LINES);
            let inputs = behind(rows, block);
            let scales = tile.add(q6k::SCALES).cast::<__m128i>();
            let scale = tile.add(q6k::HALVES).cast::<__m256i>();
            let scale = _mm512_cvtph_ps(_mm256_load_si256(scale));
            let mut part = [_mm512_setzero_ps(); N];
            for group in 0..16 {
                let factor = _mm512_cvtepi8_epi32(_mm_load_si128(scales.add(group)));
                let factor = _mm512_mul_ps(_mm512_cvtepi32_ps(factor), scale);
                let mut sum = [_mm512_setzero_si512(); N];
                for n in 0..N {
                    sum[n] = _mm512_set1_epi32((*inputs[n]).offsets[group]);
                }
                let weights = six_bits(tile, group);
                for (at, &weights) in weights.iter().enumerate() {
                    for n in 0..N {
                        let four = four(inputs[n], group * 4 + at);
                        sum[n] = _mm512_dpbusd_epi32(sum[n], weights, four);
                    }
                }
                for n in 0..N {
                    part[n] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[n]), factor, part[n]);
                }
            }
            for n in 0..N {
                total[n] = _mm512_fmadd_ps(_mm512_set1_ps((*inputs[n]).scale), part[n], total[n]);
            }
        }
    }
    add(out, &total);
}

/// The sixteen columns of a Q6_K group, four in each register.
///
/// # Safety
/// `tile` points to a whole tile.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
unsafe fn six_bits(tile: *const Line, group: usize) -> [__m512i; 4] {
    // `a | b & c`
    const MERGE: i32 = 0xF8;
    let (low, top) = (_mm512_set1_epi8(0x0F), _mm512_set1_epi8(0x30));
    // SAFETY: within the tile.
    let (first, second, high) = unsafe {
        let at = tile.add(group * 2);
        let high = tile.add(q6k::HIGH + group);
        _mm_prefetch(at.wrapping_add(AHEAD).cast(), _MM_HINT_T0);
        _mm_prefetch(at.wrapping_add(AHEAD + 1).cast(), _MM_HINT_T0);
        _mm_prefetch(high.wrapping_add(AHEAD).cast(), _MM_HINT_T0);
        (
            _mm512_load_si512(at.cast()),
            _mm512_load_si512(at.add(1).cast()),
            _mm512_load_si512(high.cast()),
        )
    };
    let shifted = |x| _mm512_and_si512(_mm512_srli_epi16(x, 4), low);
    let merge = |nibbles, high| _mm512_ternarylogic_epi32(nibbles, high, top, MERGE);
    [
        merge(_mm512_and_si512(first, low), _mm512_slli_epi16(high, 4)),
        merge(shifted(first), _mm512_slli_epi16(high, 2)),
        merge(_mm512_and_si512(second, low), high),
        merge(shifted(second), _mm512_srli_epi16(high, 2)),
    ]
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
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
unsafe fn four(input: *const Quants, at: usize) -> __m512i {
    debug_assert!(at < BLOCK / 4);
    // SAFETY: within the 256 quants, which a block begins with, aligned.
    let four = unsafe { input.cast::<i32>().add(at).read() };
    _mm512_set1_epi32(four)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
fn add<const N: usize>(out: &mut [[f32; LANES]; N], total: &[__m512; N]) {
    for (out, &total) in out.iter_mut().zip(total) {
        // SAFETY: `out` has 16 numbers.
        unsafe {
            let before = _mm512_loadu_ps(out.as_ptr());
            _mm512_storeu_ps(out.as_mut_ptr(), _mm512_add_ps(before, total));
        }
    }
}
