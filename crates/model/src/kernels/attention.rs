//! Causal attention of one query head over the state of the tokens read.

use super::LANES;
use super::lanes::exp;

/// Rows that share what is read of the keys and values.
const ROWS: usize = 4;

/// Keys and values of one head. Keys lie in tiles of 16 positions, `size` lines of 16 each,
/// so that the scores of 16 positions are one register; values row after row.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// `(positions / 16, size, 16)`.
    pub keys: &'a [[f32; LANES]],
    /// `(positions, size / 16, 16)`.
    pub values: &'a [[f32; LANES]],
}

/// Mixes values for all rows of one query head. `queries` and `out` are the strips of the
/// head, `(size / 16, rows, 16)`; the first row stands at position `start`. `scratch` is
/// any memory.
///
/// Every row is computed alone, in one order: rows only share reads.
#[inline(always)]
pub fn attend(
    head: Head<'_>,
    queries: &[[f32; LANES]],
    start: usize,
    scratch: &mut Vec<f32>,
    (out, rows): (&mut [[f32; LANES]], usize),
) {
    let mut row = 0;
    while row + ROWS <= rows {
        some_rows::<ROWS>(head, queries, (row, rows), start, scratch, out);
        row += ROWS;
    }
    while row < rows {
        some_rows::<1>(head, queries, (row, rows), start, scratch, out);
        row += 1;
    }
}

#[inline(always)]
fn some_rows<const N: usize>(
    head: Head<'_>,
    queries: &[[f32; LANES]],
    (row, rows): (usize, usize),
    start: usize,
    scratch: &mut Vec<f32>,
    out: &mut [[f32; LANES]],
) {
    let strips = queries.len() / rows;
    let size = strips * LANES;
    let seen: [usize; N] = std::array::from_fn(|n| start + row + n + 1);
    let tiles = (start + row + N).div_ceil(LANES);
    // The queries of these rows, one after the other, then the scores of each row.
    scratch.clear();
    scratch.resize((size + tiles * LANES) * N, 0.0);
    let (plain, scores) = scratch.split_at_mut(size * N);
    for n in 0..N {
        let mine = plain[n * size..(n + 1) * size].as_chunks_mut::<LANES>().0;
        for (strip, plain) in mine.iter_mut().enumerate() {
            *plain = queries[strip * rows + row + n];
        }
    }
    let scale = 1.0 / (size as f32).sqrt();
    let scores = scores.as_chunks_mut::<LANES>().0;
    score::<N>(head.keys, plain, scale, tiles, scores);
    for (scores, &seen) in scores.chunks_exact_mut(tiles).zip(&seen) {
        softmax(scores.as_flattened_mut(), seen);
    }
    let values = &head.values[..seen[N - 1] * strips];
    mix::<N>(values, scores, strips, |strip, n, values| {
        out[strip * rows + row + n] = values;
    });
}

/// Scores of all tiles: for each tile the products run over the head's length.
#[inline(always)]
fn score<const N: usize>(
    keys: &[[f32; LANES]],
    queries: &[f32],
    scale: f32,
    tiles: usize,
    scores: &mut [[f32; LANES]],
) {
    let size = queries.len() / N;
    for (tile, keys) in keys.chunks_exact(size).take(tiles).enumerate() {
        let mut sums = [[0.0f32; LANES]; N];
        let mine: [&[f32]; N] = std::array::from_fn(|n| &queries[n * size..(n + 1) * size]);
        for (at, key) in keys.iter().enumerate() {
            for n in 0..N {
                let query = mine[n][at];
                for (sum, key) in sums[n].iter_mut().zip(key) {
                    *sum = query.mul_add(*key, *sum);
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            scores[n * tiles + tile] = sums.map(|sum| sum * scale);
        }
    }
}

/// Softmax over the first `seen` scores; the others, which a row must not see, become 0.
#[inline(always)]
fn softmax(scores: &mut [f32], seen: usize) {
    scores[seen..].fill(f32::NEG_INFINITY);
    let lanes = scores.as_chunks_mut::<LANES>().0;
    let mut most = [f32::NEG_INFINITY; LANES];
    for strip in lanes.iter() {
        for (most, x) in most.iter_mut().zip(strip) {
            *most = most.max(*x);
        }
    }
    let most = most.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let mut sums = [0.0f32; LANES];
    for strip in lanes.iter_mut() {
        for (x, sum) in strip.iter_mut().zip(&mut sums) {
            *x = exp(*x - most);
            *sum += *x;
        }
    }
    let inverse = 1.0 / sums.iter().sum::<f32>();
    for x in lanes.as_flattened_mut() {
        *x *= inverse;
    }
}

/// Sums values by their scores, four strips of the head at a time.
#[inline(always)]
fn mix<const N: usize>(
    values: &[[f32; LANES]],
    scores: &[[f32; LANES]],
    strips: usize,
    mut write: impl FnMut(usize, usize, [f32; LANES]),
) {
    const STRIPS: usize = 4;
    let scores = scores.as_flattened();
    let (width, positions) = (scores.len() / N, values.len() / strips);
    for first in (0..strips).step_by(STRIPS) {
        let count = STRIPS.min(strips - first);
        let mut sums = [[[0.0f32; LANES]; STRIPS]; N];
        for position in 0..positions {
            let from = position * strips + first;
            let value = &values[from..from + count];
            for n in 0..N {
                let share = scores[n * width + position];
                for (sums, value) in sums[n].iter_mut().zip(value) {
                    for (sum, value) in sums.iter_mut().zip(value) {
                        *sum = share.mul_add(*value, *sum);
                    }
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            for (at, sums) in sums.iter().take(count).enumerate() {
                write(first + at, n, *sums);
            }
        }
    }
}
