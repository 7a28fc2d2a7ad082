//! Causal attention of one query head over the state of the tokens read.

use super::isa::vectorised;
use super::lanes::{exp, larger};
use super::{Isa, LANES};

/// Rows that share what is read of the keys and values.
const ROWS: usize = 4;

/// Strips of values summed at a time: with four rows, sixteen sums.
const STRIPS: usize = 4;

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
pub fn attend(
    isa: Isa,
    head: Head<'_>,
    (queries, rows): (&[[f32; LANES]], usize),
    start: usize,
    scratch: &mut Vec<f32>,
    out: &mut [[f32; LANES]],
) {
    let mut row = 0;
    while row + ROWS <= rows {
        four_rows(isa, head, queries, (row, rows), start, scratch, out);
        row += ROWS;
    }
    while row < rows {
        one_row(isa, head, queries, (row, rows), start, scratch, out);
        row += 1;
    }
}

vectorised! {
    /// Four rows from the first number of the pair on.
    pub fn four_rows(
        head: Head<'_>,
        queries: &[[f32; LANES]],
        rows: (usize, usize),
        start: usize,
        scratch: &mut Vec<f32>,
        out: &mut [[f32; LANES]],
    ) {
        some_rows::<ROWS>(head, queries, rows, start, scratch, out);
    }
}

vectorised! {
    /// The row that the first number of the pair names.
    pub fn one_row(
        head: Head<'_>,
        queries: &[[f32; LANES]],
        rows: (usize, usize),
        start: usize,
        scratch: &mut Vec<f32>,
        out: &mut [[f32; LANES]],
    ) {
        some_rows::<1>(head, queries, rows, start, scratch, out);
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
    for n in 0..N {
        let mine = &mut scores[n * tiles..(n + 1) * tiles];
        softmax(mine.as_flattened_mut(), start + row + n + 1);
    }
    let values = &head.values[..(start + row + N) * strips];
    let whole = strips - strips % STRIPS;
    for first in (0..whole).step_by(STRIPS) {
        mix::<N, STRIPS>(values, scores, (first, strips), (row, rows), out);
    }
    for first in whole..strips {
        mix::<N, 1>(values, scores, (first, strips), (row, rows), out);
    }
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
    for tile in 0..tiles {
        let keys = &keys[tile * size..(tile + 1) * size];
        let mut sums = [[0.0f32; LANES]; N];
        for at in 0..size {
            let key = keys[at];
            for n in 0..N {
                let query = queries[n * size + at];
                for lane in 0..LANES {
                    sums[n][lane] = query.mul_add(key[lane], sums[n][lane]);
                }
            }
        }
        for n in 0..N {
            for lane in 0..LANES {
                scores[n * tiles + tile][lane] = sums[n][lane] * scale;
            }
        }
    }
}

/// Softmax over the first `seen` scores; the others, which a row must not see, become 0.
#[inline(always)]
fn softmax(scores: &mut [f32], seen: usize) {
    scores[seen..].fill(f32::NEG_INFINITY);
    let strips = scores.as_chunks_mut::<LANES>().0;
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for strip in strips.iter() {
        lanes = larger(lanes, *strip);
    }
    let mut most = f32::NEG_INFINITY;
    for lane in lanes {
        most = most.max(lane);
    }
    let mut sums = [0.0f32; LANES];
    for strip in strips.iter_mut() {
        let mut values = *strip;
        for lane in 0..LANES {
            values[lane] = exp(values[lane] - most);
            sums[lane] += values[lane];
        }
        *strip = values;
    }
    let mut sum = 0.0;
    for lane in sums {
        sum += lane;
    }
    let inverse = 1.0 / sum;
    for strip in strips.iter_mut() {
        for lane in 0..LANES {
            strip[lane] *= inverse;
        }
    }
}

/// Sums values by their scores, for `S` strips of the head from `first` on.
#[inline(always)]
fn mix<const N: usize, const S: usize>(
    values: &[[f32; LANES]],
    scores: &[[f32; LANES]],
    (first, strips): (usize, usize),
    (row, rows): (usize, usize),
    out: &mut [[f32; LANES]],
) {
    let scores = scores.as_flattened();
    let width = scores.len() / N;
    let mut sums = [[[0.0f32; LANES]; S]; N];
    for (position, value) in values.chunks_exact(strips).enumerate() {
        let value = &value[first..first + S];
        for n in 0..N {
            let share = scores[n * width + position];
            for strip in 0..S {
                for lane in 0..LANES {
                    let sum = &mut sums[n][strip][lane];
                    *sum = share.mul_add(value[strip][lane], *sum);
                }
            }
        }
    }
    for n in 0..N {
        for strip in 0..S {
            out[(first + strip) * rows + row + n] = sums[n][strip];
        }
    }
}
