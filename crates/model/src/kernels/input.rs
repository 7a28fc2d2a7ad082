//! What a matrix is multiplied with: rows of activations, as numbers and as 8-bit quants.

use super::isa::vectorised;
use super::lanes::{absolute, larger, nearest};
use super::strips::Strips;
use super::{BLOCK, LANES, Machine};

/// 256 activations of one row as quants: `value ≈ scale * quant`.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct Quants {
    /// -127 to 127.
    pub quants: [i8; BLOCK],
    /// For Q6_K, whose weights are stored 32 too high: -32 times the sum of each 16 quants.
    pub offsets: [i32; BLOCK / 16],
    /// For the minima of Q4_K: the sum of each 32 quants.
    pub sums: [i16; BLOCK / 32],
    /// What a quant of 1 stands for.
    pub scale: f32,
}

const EMPTY: Quants = Quants {
    quants: [0; BLOCK],
    offsets: [0; BLOCK / 16],
    sums: [0; BLOCK / 32],
    scale: 0.0,
};

impl Quants {
    /// Two sums beside each other, as one number.
    #[inline(always)]
    pub fn two_sums(&self, pair: usize) -> i32 {
        let low = i32::from(self.sums[pair * 2].cast_unsigned());
        i32::from(self.sums[pair * 2 + 1]) << 16 | low
    }
}

vectorised! {
    /// Quantises each 256 numbers by the largest of them.
    pub fn quantise(values: &[f32], quants: &mut [Quants]) {
        for (at, out) in quants.iter_mut().enumerate() {
            let values = values[at * BLOCK..(at + 1) * BLOCK].as_chunks::<LANES>().0;
            let mut lanes = [0.0f32; LANES];
            for strip in values {
                lanes = larger(lanes, absolute(strip));
            }
            let mut most = 0.0f32;
            for lane in lanes {
                most = most.max(lane);
            }
            let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
            out.scale = most / 127.0;
            let bytes = out.quants.as_chunks_mut::<LANES>().0;
            let mut pair = 0;
            for (group, strip) in values.iter().enumerate() {
                let (mut quants, mut sum) = ([0i32; LANES], 0);
                for lane in 0..LANES {
                    quants[lane] = nearest(strip[lane] * inverse);
                }
                for lane in 0..LANES {
                    sum += quants[lane];
                    bytes[group][lane] = quants[lane] as i8;
                }
                out.offsets[group] = sum * -32;
                pair = if group % 2 == 0 { sum } else { pair + sum };
                out.sums[group / 2] = pair as i16;
            }
        }
    }
}

/// Rows of activations.
#[derive(Debug, Default)]
pub struct Input {
    rows: usize,
    columns: usize,
    values: Vec<f32>,
    quants: Vec<Quants>,
}

impl Input {
    /// Takes `rows` rows that `write` fills one by one, and quantises them where whole
    /// blocks fit.
    pub fn fill(
        &mut self,
        machine: &mut Machine,
        (rows, columns): (usize, usize),
        write: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        (self.rows, self.columns) = (rows, columns);
        let blocks = if columns.is_multiple_of(BLOCK) {
            columns / BLOCK
        } else {
            0
        };
        self.values.resize(rows * columns, 0.0);
        self.quants.resize(rows * blocks, EMPTY);
        let isa = machine.isa;
        machine.pool.chunks_of_two(
            (&mut self.values, columns),
            (&mut self.quants, blocks),
            |row, values, quants| {
                write(row, values);
                quantise(isa, values, quants);
            },
        );
    }

    /// Takes the rows of `strips`.
    pub fn take(&mut self, machine: &mut Machine, strips: &Strips) {
        let shape = (strips.rows(), strips.width());
        self.fill(machine, shape, |row, out| {
            for (strip, out) in strips.row(row).zip(out.chunks_mut(LANES)) {
                out.copy_from_slice(&strip[..out.len()]);
            }
        });
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The numbers, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The quants, row after row; empty when blocks do not fit.
    pub fn quants(&self) -> &[Quants] {
        &self.quants
    }
}
