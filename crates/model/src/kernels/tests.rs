//! Every set of instructions against plain loops over candle's own quantisation.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use proptest::prelude::*;

use super::attention::attend;
use super::input::Input;
use super::pack::{Format, Packed};
use super::pool::Pool;
use super::product::{Matrix, products};
use super::rope::Rope;
use super::strips::Strips;
use super::{BLOCK, Isa, LANES, Machine};
use crate::kv::{LayerCache, PAGE};

fn machines() -> Vec<Machine> {
    let isas = [Isa::avx512(), Isa::avx2()];
    let machines: Vec<Machine> = isas
        .into_iter()
        .flatten()
        .map(|isa| Machine {
            pool: Pool::new(2),
            isa,
        })
        .collect();
    if machines.is_empty() {
        eprintln!("skipped: no products of our own on this processor");
    }
    machines
}

/// Numbers of a fixed sequence, a few of them large, as activations are.
fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(99);
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    (0..count)
        .map(|at| next() * if at % 97 == 0 { 20.0 } else { 1.0 })
        .collect()
}

fn weights(format: Format, rows: usize, columns: usize, seed: u64) -> QTensor {
    let dtype = match format {
        Format::Q4K => GgmlDType::Q4K,
        Format::Q6K => GgmlDType::Q6K,
    };
    let values = numbers(seed, rows * columns);
    let values = Tensor::from_vec(values, (rows, columns), &Device::Cpu).unwrap();
    QTensor::quantize(&values, dtype).unwrap()
}

fn packed(format: Format, tensor: &QTensor, rows: usize, columns: usize) -> Packed {
    let mut packed = Packed::new(format, rows, columns).unwrap();
    let (row_bytes, lines) = (packed.row_bytes(), packed.stripe_lines());
    let bytes = tensor.data().unwrap();
    for (at, rows) in bytes.chunks(LANES * row_bytes).enumerate() {
        let stripe = &mut packed.stripes_mut(at)[..lines];
        Packed::pack_stripe(format, row_bytes, rows, stripe);
    }
    packed
}

fn input(machine: &mut Machine, values: &[f32], rows: usize) -> Input {
    let columns = values.len() / rows;
    let mut input = Input::default();
    input.fill(machine, (rows, columns), |row, out| {
        out.copy_from_slice(&values[row * columns..(row + 1) * columns]);
    });
    input
}

/// Products of the quants, weights and inputs as they are meant, in double precision.
fn exact(tensor: &QTensor, input: &Input) -> Vec<Vec<f64>> {
    let weights = tensor
        .dequantize(&Device::Cpu)
        .unwrap()
        .to_vec2::<f32>()
        .unwrap();
    let rows = input.quants().chunks(input.columns() / BLOCK);
    rows.map(|blocks| {
        let value = |column: usize| {
            let block = &blocks[column / BLOCK];
            f64::from(block.scale) * f64::from(block.quants[column % BLOCK])
        };
        let product = |row: &Vec<f32>| {
            let terms = row.iter().enumerate();
            terms.map(|(column, &w)| f64::from(w) * value(column)).sum()
        };
        weights.iter().map(product).collect()
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn products_are_those_of_plain_loops(
        seed in 0u64..1000,
        rows in 1usize..20,
        outputs in 1usize..70,
        blocks in 1usize..4,
        six in any::<bool>(),
    ) {
        let format = if six { Format::Q6K } else { Format::Q4K };
        let columns = blocks * BLOCK;
        let tensor = weights(format, outputs, columns, seed);
        let values = numbers(seed + 1, rows * columns);
        let mut first: Option<Strips> = None;
        for mut machine in machines() {
            let input = input(&mut machine, &values, rows);
            let matrices = [Matrix::Packed(packed(format, &tensor, outputs, columns))];
            let mut out = Strips::zeros(rows, outputs);
            products(&mut machine, &input, &matrices, None, &mut out).unwrap();
            for (row, exact) in exact(&tensor, &input).iter().enumerate() {
                let spread = exact.iter().fold(1e-3f64, |most, x| most.max(x.abs()));
                for (got, exact) in out.to_row(row).iter().zip(exact) {
                    prop_assert!((f64::from(*got) - exact).abs() < 1e-5 * spread.max(10.0));
                }
            }
            let first = first.get_or_insert_with(|| out.clone());
            prop_assert_eq!(first.data(), out.data(), "every set of instructions alike");
        }
    }

    #[test]
    fn a_row_does_not_depend_on_its_neighbours(seed in 0u64..1000, rows in 2usize..20) {
        let columns = 2 * BLOCK;
        let values = numbers(seed, rows * columns);
        for mut machine in machines() {
            let matrices = [Format::Q4K, Format::Q6K].map(|format| {
                let tensor = weights(format, 48, columns, seed);
                Matrix::Packed(packed(format, &tensor, 48, columns))
            });
            let together = input(&mut machine, &values, rows);
            let (bias, mut all) = (numbers(seed, 96), Strips::zeros(rows, 96));
            products(&mut machine, &together, &matrices, Some(&bias), &mut all).unwrap();
            for row in 0..rows {
                let alone = &values[row * columns..(row + 1) * columns];
                let alone = input(&mut machine, alone, 1);
                let mut one = Strips::zeros(1, 96);
                products(&mut machine, &alone, &matrices, Some(&bias), &mut one).unwrap();
                prop_assert_eq!(one.to_row(0), all.to_row(row));
            }
        }
    }

    #[test]
    fn quants_are_within_half_a_step(seed in 0u64..1000) {
        for mut machine in machines() {
            let values = numbers(seed, BLOCK);
            let input = input(&mut machine, &values, 1);
            let block = &input.quants()[0];
            for (quant, value) in block.quants.iter().zip(&values) {
                let off = (f32::from(*quant) * block.scale - value).abs();
                prop_assert!(off <= block.scale * 0.5001);
            }
            let sum: i32 = block.quants.iter().map(|&q| i32::from(q)).sum();
            prop_assert_eq!(block.offsets.iter().sum::<i32>(), -32 * sum);
            prop_assert_eq!(block.sums.iter().map(|&s| i32::from(s)).sum::<i32>(), sum);
        }
    }

    #[test]
    fn attention_is_that_of_plain_loops(seed in 0u64..1000, before in 0usize..300, rows in 1usize..9) {
        let size = 64;
        let keys = numbers(seed, (before + rows) * size);
        let values = numbers(seed + 1, (before + rows) * size);
        let queries = numbers(seed + 2, rows * size);
        let mut cache = LayerCache::new(1, size);
        for range in [0..before, before..before + rows] {
            let mut projected = Strips::zeros(range.len(), 3 * size);
            for (row, at) in range.enumerate() {
                let part = |x: &[f32]| x[at * size..(at + 1) * size].to_vec();
                projected.set_row(row, &[vec![0.0; size], part(&keys), part(&values)].concat());
            }
            cache.append(&projected, size / LANES);
        }
        let mut strips = Strips::zeros(rows, size);
        for row in 0..rows {
            strips.set_row(row, &queries[row * size..(row + 1) * size]);
        }
        let mut out = Strips::zeros(rows, size);
        let isa = Isa::best();
        let lines = strips.data().as_chunks().0;
        let to = out.data_mut().as_chunks_mut().0;
        attend(isa, cache.head(0), (lines, rows), before, &mut Vec::new(), to);
        for row in 0..rows {
            let query = &queries[row * size..(row + 1) * size];
            let expected = plain_attention(query, &keys, &values, before + row + 1);
            for (got, expected) in out.to_row(row).iter().zip(expected) {
                prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{got} {expected}");
            }
        }
    }
}

fn plain_attention(query: &[f32], keys: &[f32], values: &[f32], seen: usize) -> Vec<f64> {
    let size = query.len();
    let dot = |key: &[f32]| -> f64 {
        let terms = query.iter().zip(key);
        terms.map(|(q, k)| f64::from(*q) * f64::from(*k)).sum()
    };
    let scores: Vec<f64> = keys
        .chunks(size)
        .take(seen)
        .map(|key| (dot(key) / (size as f64).sqrt()).exp())
        .collect();
    let total: f64 = scores.iter().sum();
    let mut mixed = vec![0.0; size];
    for (score, value) in scores.iter().zip(values.chunks(size)) {
        for (mixed, value) in mixed.iter_mut().zip(value) {
            *mixed += score / total * f64::from(*value);
        }
    }
    mixed
}

#[test]
fn other_formats_go_through_candle() {
    let mut machine = Machine::detect();
    let values = numbers(3, 32 * 64);
    let values = Tensor::from_vec(values, (32, 64), &Device::Cpu).unwrap();
    let tensor = QTensor::quantize(&values, GgmlDType::Q8_0).unwrap();
    let x = numbers(4, 2 * 64);
    let input = input(&mut machine, &x, 2);
    assert!(input.quants().is_empty());
    let mut out = Strips::zeros(2, 32);
    let weights = tensor
        .dequantize(&Device::Cpu)
        .unwrap()
        .to_vec2::<f32>()
        .unwrap();
    let matrices = [Matrix::candle(tensor).unwrap()];
    products(&mut machine, &input, &matrices, None, &mut out).unwrap();
    for (row, x) in x.chunks(64).enumerate() {
        for (got, weights) in out.to_row(row).iter().zip(&weights) {
            let expected: f32 = x.iter().zip(weights).map(|(x, w)| x * w).sum();
            assert!((got - expected).abs() < 0.02 * 20.0, "{got} {expected}");
        }
    }
}

#[test]
fn a_rotation_keeps_lengths_and_only_differences_of_positions_count() {
    let rope = Rope::new(32, 10_000.0, 100);
    let at = |values: &[f32], position: usize| {
        let mut head = values.to_vec();
        rope.rotate(Isa::best(), &mut head, 1, position);
        head
    };
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (q, k) = (numbers(1, 32), numbers(2, 32));
    assert_eq!(at(&q, 0), q);
    let near = dot(&at(&q, 7), &at(&k, 5));
    let far = dot(&at(&q, 90), &at(&k, 88));
    assert!((near - far).abs() < 1e-3, "{near} {far}");
    assert!((dot(&at(&q, 9), &at(&q, 9)) - dot(&q, &q)).abs() < 1e-3);
}

#[test]
fn pages_come_back_as_they_were() {
    let (size, rows) = (32, 40);
    let mut projected = Strips::zeros(rows, 4 * size);
    for row in 0..rows {
        projected.set_row(row, &numbers(row as u64, 4 * size));
    }
    let mut cache = LayerCache::new(2, size);
    cache.append(&projected, 0);
    let mut pages = Vec::new();
    cache.save_page(0, &mut pages);
    cache.save_page(1, &mut pages);
    let mut other = LayerCache::new(2, size);
    let (first, second) = pages.split_at(pages.len() / 2);
    assert!(other.load_page(0, first).is_empty());
    assert!(other.load_page(1, second).is_empty());
    assert_eq!(other.len(), 2 * PAGE);
    for head in 0..2 {
        let (a, b) = (cache.head(head), other.head(head));
        assert_eq!(a.keys[..2 * size], b.keys[..2 * size]);
        assert_eq!(a.values[..2 * size], b.values[..2 * size]);
    }
}
