//! Weights in the form that the products read: tiles of 16 rows × 256 columns, made once
//! while the file is read, so that no second copy is ever held.
//!
//! A tile is a row of 64-byte lines. In a line of quants, bytes `4 r` to `4 r + 3` belong to
//! row `r`: what one instruction multiplies with four activations. Tiles of the same rows
//! follow each other, so a thread reads one stream.

use super::{BLOCK, LANES};

/// 64 bytes, one register and one cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [u8; 64]);

const EMPTY: Line = Line([0; 64]);

/// Lines that hold the low four bits: line `j` has column `8 j + b` in the low half of byte
/// `b` and column `8 j + 4 + b` in the high half.
pub const NIBBLES: usize = BLOCK / 8;

/// Where a part of a Q4_K tile begins, in lines.
pub mod q4k {
    /// Scales of the eight groups of 32 columns, a byte a row.
    pub const SCALES: usize = super::NIBBLES;
    /// Minima, a byte a row, two groups beside each other.
    pub const MINIMA: usize = SCALES + 2;
    /// Block scales of the rows, then the scales of the minima, as half floats.
    pub const HALVES: usize = MINIMA + 2;
    /// Lines of a tile: 2368 bytes, the file's form has 2304.
    pub const LINES: usize = HALVES + 1;
}

/// Where a part of a Q6_K tile begins, in lines.
pub mod q6k {
    /// The high two bits: line `h` has column `16 h + 4 t + b` in bits `2 t` of byte `b`.
    pub const HIGH: usize = super::NIBBLES;
    /// Scales of the sixteen groups of 16 columns, a signed byte a row.
    pub const SCALES: usize = HIGH + super::BLOCK / 16;
    /// Block scales of the rows as half floats; the other half of the line is unused.
    pub const HALVES: usize = SCALES + 4;
    /// Lines of a tile: 3392 bytes, the file's form has 3360.
    pub const LINES: usize = HALVES + 1;
}

/// Formats with products of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Four bits, scale and minimum a group of 32.
    Q4K,
    /// Six bits, scale a group of 16.
    Q6K,
}

impl Format {
    /// Bytes of a block of 256 weights in the file.
    pub fn block_bytes(self) -> usize {
        match self {
            Self::Q4K => 144,
            Self::Q6K => 210,
        }
    }

    /// Lines of a tile.
    pub fn tile_lines(self) -> usize {
        match self {
            Self::Q4K => q4k::LINES,
            Self::Q6K => q6k::LINES,
        }
    }

    /// Makes a tile of one block of each row; rows that are missing count as zeros.
    fn tile(self, blocks: &[&[u8]], tile: &mut [Line]) {
        tile.fill(EMPTY);
        for (row, block) in blocks.iter().enumerate() {
            match self {
                Self::Q4K => tile_q4k(row, block, tile),
                Self::Q6K => tile_q6k(row, block, tile),
            }
        }
    }
}

/// A packed matrix.
#[derive(Debug)]
pub struct Packed {
    format: Format,
    rows: usize,
    columns: usize,
    lines: Vec<Line>,
}

impl Packed {
    /// Room for a matrix whose `columns` are whole blocks; none otherwise.
    pub fn new(format: Format, rows: usize, columns: usize) -> Option<Self> {
        if columns == 0 || !columns.is_multiple_of(BLOCK) {
            return None;
        }
        let tiles = rows.div_ceil(LANES) * (columns / BLOCK);
        Some(Self {
            format,
            rows,
            columns,
            lines: vec![EMPTY; tiles * format.tile_lines()],
        })
    }

    /// Format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Rows, the length of a product.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns, the length of an input.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Lines of one stripe: all tiles of the same 16 rows.
    pub fn stripe_lines(&self) -> usize {
        self.columns / BLOCK * self.format.tile_lines()
    }

    /// Bytes of one row in the file.
    pub fn row_bytes(&self) -> usize {
        self.columns / BLOCK * self.format.block_bytes()
    }

    /// The tiles of rows `16 at` to `16 at + 15`.
    pub fn stripe(&self, at: usize) -> &[Line] {
        let lines = self.stripe_lines();
        &self.lines[at * lines..(at + 1) * lines]
    }

    /// The stripes from number `first` on, to be written with [`Packed::pack_stripe`].
    pub fn stripes_mut(&mut self, first: usize) -> &mut [Line] {
        let lines = self.stripe_lines();
        &mut self.lines[first * lines..]
    }

    /// Packs up to 16 rows as they lie in the file.
    pub fn pack_stripe(format: Format, row_bytes: usize, rows: &[u8], stripe: &mut [Line]) {
        let rows: Vec<&[u8]> = rows.chunks_exact(row_bytes).collect();
        let mut blocks = Vec::with_capacity(LANES);
        for (at, tile) in stripe.chunks_exact_mut(format.tile_lines()).enumerate() {
            let bytes = format.block_bytes();
            blocks.clear();
            blocks.extend(rows.iter().map(|row| &row[at * bytes..(at + 1) * bytes]));
            format.tile(&blocks, tile);
        }
    }
}

/// Four bytes, one for each of four columns.
fn four(bytes: &[u8], at: usize) -> u32 {
    let four = bytes[at..at + 4].first_chunk();
    four.map_or(0, |four| u32::from_le_bytes(*four))
}

/// Writes the four columns of a row into a line.
fn put(line: &mut Line, row: usize, four: u32) {
    line.0[row * 4..row * 4 + 4].copy_from_slice(&four.to_le_bytes());
}

/// The low four bits of each byte after a shift.
fn nibbles(four: u32, shift: usize) -> u32 {
    (four >> shift) & 0x0F0F_0F0F
}

/// The layout of the file (GGUF, Q4_K): scale and minimum scale, twelve bytes of 6-bit
/// scales and minima, then 64 columns in each 32 bytes, the first 32 in the low halves.
fn tile_q4k(row: usize, block: &[u8], tile: &mut [Line]) {
    let (scales, quants) = (&block[4..16], &block[16..]);
    for group in 0..8 {
        let (scale, minimum) = scale_and_minimum(scales, group);
        tile[q4k::SCALES + group / 4].0[group % 4 * LANES + row] = scale;
        tile[q4k::MINIMA + group / 4].0[group % 4 / 2 * 32 + row * 2 + group % 2] = minimum;
        let shift = group % 2 * 4;
        for part in 0..4 {
            let at = group / 2 * 32 + part * 8;
            let low = nibbles(four(quants, at), shift);
            let high = nibbles(four(quants, at + 4), shift);
            put(&mut tile[group * 4 + part], row, low | high << 4);
        }
    }
    let halves = &mut tile[q4k::HALVES].0;
    halves[row * 2..row * 2 + 2].copy_from_slice(&block[..2]);
    halves[32 + row * 2..34 + row * 2].copy_from_slice(&block[2..4]);
}

/// The 6-bit scale and minimum of a group: the first four pairs lie in the low bits, the
/// others are split over the rest.
fn scale_and_minimum(scales: &[u8], group: usize) -> (u8, u8) {
    if group < 4 {
        (scales[group] & 63, scales[group + 4] & 63)
    } else {
        let (both, high) = (scales[group + 4], group - 4);
        (
            (both & 0x0F) | (scales[high] >> 6 << 4),
            (both >> 4) | (scales[group] >> 6 << 4),
        )
    }
}

/// The layout of the file (GGUF, Q6_K): low four bits, high two bits, sixteen scales, block
/// scale; each half of 128 columns in four runs of 32.
fn tile_q6k(row: usize, block: &[u8], tile: &mut [Line]) {
    let (low, rest) = block.split_at(128);
    let (high, rest) = rest.split_at(64);
    for group in 0..BLOCK / 16 {
        let (half, run, at) = (group / 8, group % 8 / 2, group % 2 * 16);
        let low = |part: usize| {
            let from = half * 64 + run % 2 * 32 + at + part * 4;
            nibbles(four(low, from), run / 2 * 4)
        };
        put(&mut tile[group * 2], row, low(0) | low(1) << 4);
        put(&mut tile[group * 2 + 1], row, low(2) | low(3) << 4);
        let top = (0..4).fold(0, |top, part| {
            let bits = four(high, half * 32 + at + part * 4) >> (run * 2) & 0x0303_0303;
            top | bits << (part * 2)
        });
        put(&mut tile[q6k::HIGH + group], row, top);
    }
    for (group, &scale) in rest[..16].iter().enumerate() {
        tile[q6k::SCALES + group / 4].0[group % 4 * LANES + row] = scale;
    }
    tile[q6k::HALVES].0[row * 2..row * 2 + 2].copy_from_slice(&rest[16..18]);
}
