//! The attention state of the tokens read so far, which can be cut back.
//!
//! candle's own caches only grow or reset. Cutting back is what makes two things cheap:
//! the next prompt keeps the tokens it shares with the last one (the system prompt), and
//! a wrong draft is undone without reading the prompt again.

use candle_core::{DType, Device, Result, Tensor};

/// Room is added in steps of this many tokens; each step copies what is there once.
const STEP: usize = 256;

/// Keys and values of one layer, each `(kv heads, room, head size)`, the first
/// [`LayerCache::len`] rows in use.
#[derive(Debug)]
pub struct LayerCache {
    keys: Tensor,
    values: Tensor,
    len: usize,
}

impl LayerCache {
    /// An empty cache.
    pub fn new(kv_heads: usize, head_size: usize) -> Result<Self> {
        let empty = || Tensor::zeros((kv_heads, STEP, head_size), DType::F32, &Device::Cpu);
        Ok(Self {
            keys: empty()?,
            values: empty()?,
            len: 0,
        })
    }

    /// True when no token is held.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Tokens held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Forgets all but the first `len` tokens.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Adds `(kv heads, new tokens, head size)` and returns all keys and values as views
    /// `(kv heads, tokens, head size)`.
    pub fn append(&mut self, keys: &Tensor, values: &Tensor) -> Result<(Tensor, Tensor)> {
        let new = keys.dim(1)?;
        self.make_room(self.len + new)?;
        self.keys.slice_set(&keys.contiguous()?, 1, self.len)?;
        self.values.slice_set(&values.contiguous()?, 1, self.len)?;
        self.len += new;
        let keys = self.keys.narrow(1, 0, self.len)?;
        let values = self.values.narrow(1, 0, self.len)?;
        Ok((keys, values))
    }

    fn make_room(&mut self, needed: usize) -> Result<()> {
        let (kv_heads, room, head_size) = self.keys.dims3()?;
        if needed <= room {
            return Ok(());
        }
        let room = needed.next_multiple_of(STEP);
        for tensor in [&mut self.keys, &mut self.values] {
            let larger = Tensor::zeros((kv_heads, room, head_size), DType::F32, &Device::Cpu)?;
            if self.len > 0 {
                larger.slice_set(&tensor.narrow(1, 0, self.len)?.contiguous()?, 1, 0)?;
            }
            *tensor = larger;
        }
        Ok(())
    }
}

/// How many leading tokens two sequences share.
pub fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
