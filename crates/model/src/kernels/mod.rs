//! What a decoder computes, over plain `f32` slices: products with quantised weights,
//! attention, norms, rotary positions.
//!
//! candle's kernels are not used for the formats of the default model (Q4_K, Q6_K): they
//! keep two copies of the weights, wait for each other busily some 200 times a token and
//! round one row and several rows differently. Here weights are packed once, in place of
//! the file's form ([`pack`]), a pass waits five times a layer ([`pool`]), and **a row's
//! result does not depend on how many rows are computed with it, nor on the processor**:
//! integer sums are exact and every float is added in one fixed order. So drafts, chunks
//! and reused prefixes cannot change a greedy answer.
//!
//! Other formats and processors without AVX2 go through candle's products ([`product`]).
//!
//! Activations lie in strips of [`LANES`] columns ([`strips`]), as the products make them.

// Only what is inlined is compiled with a set of instructions (see `isa`), and plain loops
// over the lanes are what becomes one instruction: with iterators some calls remained.
#![allow(clippy::inline_always, clippy::needless_range_loop)]

pub mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod input;
mod isa;
pub mod lanes;
pub mod norm;
pub mod pack;
pub mod pool;
pub mod product;
pub mod rope;
pub mod strips;

#[cfg(test)]
mod tests;

pub use isa::Isa;

/// Rows of a tile of weights, columns of a strip of activations: one AVX-512 register.
pub const LANES: usize = 16;

/// Weights of one row that share a scale (a super-block of the K formats).
pub const BLOCK: usize = 256;

/// Where a pass is computed.
pub struct Machine {
    /// Threads.
    pub pool: pool::Pool,
    /// Instructions.
    pub isa: Isa,
}

impl Machine {
    /// As many threads as [`threads`] says, and the best instructions there are.
    pub fn detect() -> Self {
        Self {
            pool: pool::Pool::new(threads()),
            isa: Isa::best(),
        }
    }
}

/// More threads than this are not taken without being asked for: a pass is bound by what
/// memory delivers long before, and cards and search want cores too.
const FEW: usize = 8;

/// Threads of a model: `CANDLE_NUM_THREADS`, else `RAYON_NUM_THREADS`, else the cores, at
/// most eight of them.
pub fn threads() -> usize {
    let named = std::env::var("CANDLE_NUM_THREADS").ok();
    let named = named.and_then(|count| count.parse().ok());
    named
        .filter(|&count: &usize| count > 0)
        .unwrap_or_else(|| candle_core::utils::get_num_threads().min(FEW))
}
