//! `input × matrixᵀ`, beside a bias or added to what the output holds.

use candle_core::quantized::{QMatMul, QTensor};
use candle_core::{Device, Module, Result, Tensor};

use super::input::{Input, Quants};
use super::pack::{Format, Line, Packed};
use super::strips::Strips;
use super::{Isa, LANES, Machine};
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

/// Chunks a thread gets of one product, about: few enough to cost nothing, enough that a
/// thread that was held up leaves its share to the others.
const CHUNKS: usize = 12;

/// Weights of one linear map.
pub enum Matrix {
    /// In a format with products of our own.
    Packed(Packed),
    /// Anything else that candle reads.
    Candle(QMatMul),
}

impl Matrix {
    /// A matrix that candle multiplies with.
    pub fn candle(tensor: QTensor) -> Result<Self> {
        QMatMul::from_qtensor(tensor).map(Self::Candle)
    }
}

/// Writes `bias` plus the products to `out`, or adds the products without one. The columns
/// of `out` are the rows of all `matrices`, one matrix after the other; only the last may
/// have rows that are no multiple of 16. One job of the pool when all are packed.
pub fn products(
    machine: &mut Machine,
    input: &Input,
    matrices: &[Matrix],
    bias: Option<&[f32]>,
    out: &mut Strips,
) -> Result<()> {
    let packed: Option<Vec<&Packed>> = matrices
        .iter()
        .map(|matrix| match matrix {
            Matrix::Packed(packed) => Some(packed),
            Matrix::Candle(_) => None,
        })
        .collect();
    if let Some(packed) = packed {
        packed_products(machine, input, &packed, bias, out);
        return Ok(());
    }
    if let Some(bias) = bias {
        for row in 0..out.rows() {
            out.set_row(row, bias);
        }
    }
    let mut first = 0;
    for matrix in matrices {
        let (rows, part) = match matrix {
            Matrix::Packed(packed) => {
                let mut part = Strips::zeros(input.rows(), packed.rows());
                packed_products(machine, input, &[packed], None, &mut part);
                let part = (0..input.rows()).flat_map(|at| part.to_row(at)).collect();
                (packed.rows(), part)
            }
            Matrix::Candle(matrix) => {
                let shape = (input.rows(), input.columns());
                let x = Tensor::from_slice(input.values(), shape, &Device::Cpu)?;
                let part = matrix.forward(&x)?;
                (part.dim(1)?, part.flatten_all()?.to_vec1::<f32>()?)
            }
        };
        out.add_rows(first, rows, &part);
        first += rows;
    }
    Ok(())
}

fn packed_products(
    machine: &mut Machine,
    input: &Input,
    matrices: &[&Packed],
    bias: Option<&[f32]>,
    out: &mut Strips,
) {
    let rows = input.rows();
    let stripes: usize = matrices.iter().map(|m| m.rows().div_ceil(LANES)).sum();
    let fits = matrices.iter().all(|m| m.columns() == input.columns());
    assert!(fits && out.data().len() == stripes * rows * LANES);
    let isa = machine.isa;
    let chunk = (stripes / (machine.pool.threads() * CHUNKS)).max(1);
    let strip = rows * LANES;
    machine
        .pool
        .chunks(out.data_mut(), chunk * strip, |at, out| {
            let (mut matrix, mut stripe) = (0, at * chunk);
            for (number, out) in (at * chunk..).zip(out.chunks_exact_mut(strip)) {
                while stripe >= matrices[matrix].rows().div_ceil(LANES) {
                    stripe -= matrices[matrix].rows().div_ceil(LANES);
                    matrix += 1;
                }
                let out = out.as_chunks_mut::<LANES>().0;
                if let Some(bias) = bias {
                    let bias = bias.chunks(LANES).nth(number).unwrap_or_default();
                    for out in out.iter_mut() {
                        out[..bias.len()].copy_from_slice(bias);
                    }
                }
                let weights = matrices[matrix];
                add_stripe(
                    isa,
                    weights.format(),
                    weights.stripe(stripe),
                    input.quants(),
                    out,
                );
                stripe += 1;
            }
        });
}

/// Adds the products of one stripe with all rows.
#[cfg(target_arch = "x86_64")]
fn add_stripe(
    isa: Isa,
    format: Format,
    stripe: &[Line],
    input: &[Quants],
    out: &mut [[f32; LANES]],
) {
    let blocks = stripe.len() / format.tile_lines();
    let most = if isa.is_avx512() {
        avx512::MOST
    } else {
        avx2::MOST
    };
    let rows = input.chunks(blocks * most).zip(out.chunks_mut(most));
    for (input, out) in rows {
        match out.len() {
            1 => some_rows::<1>(isa, format, stripe, input, out),
            2 => some_rows::<2>(isa, format, stripe, input, out),
            3 => some_rows::<3>(isa, format, stripe, input, out),
            4 => some_rows::<4>(isa, format, stripe, input, out),
            5 => some_rows::<5>(isa, format, stripe, input, out),
            6 => some_rows::<6>(isa, format, stripe, input, out),
            7 => some_rows::<7>(isa, format, stripe, input, out),
            _ => some_rows::<8>(isa, format, stripe, input, out),
        }
    }
}

/// No matrix is packed here: [`Isa::has_products`] is false.
#[cfg(not(target_arch = "x86_64"))]
fn add_stripe(_: Isa, _: Format, _: &[Line], _: &[Quants], _: &mut [[f32; LANES]]) {}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn some_rows<const N: usize>(
    isa: Isa,
    format: Format,
    stripe: &[Line],
    input: &[Quants],
    out: &mut [[f32; LANES]],
) {
    let blocks = stripe.len() / format.tile_lines();
    let Some(out) = out.first_chunk_mut::<N>() else {
        return;
    };
    assert_eq!(input.len(), N * blocks);
    let rows: [*const Quants; N] = std::array::from_fn(|n| input[n * blocks..].as_ptr());
    let wide = isa.is_avx512();
    assert!(isa.has_products());
    // SAFETY: the instructions are there, and the lengths were just checked.
    unsafe {
        match (wide, format) {
            (true, Format::Q4K) => avx512::q4k(stripe, rows, blocks, out),
            (true, Format::Q6K) => avx512::q6k(stripe, rows, blocks, out),
            (false, Format::Q4K) => avx2::q4k(stripe, rows, blocks, out),
            (false, Format::Q6K) => avx2::q6k(stripe, rows, blocks, out),
        }
    }
}
