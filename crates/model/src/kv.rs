//! The attention state of the tokens read so far, which can be cut back and copied out in
//! pages.
//!
//! Cutting back is what makes two things cheap: the next prompt keeps the tokens it shares
//! with the last one (the system prompt), and a wrong draft is undone without reading the
//! prompt again. Pages are what `prefixes.rs` keeps of other prompts.

use crate::kernels::LANES;
use crate::kernels::attention::Head;
use crate::kernels::strips::Strips;

/// Room is added in steps of this many tokens; each step copies what is there once.
const STEP: usize = 256;

/// Tokens of a page: the positions of one tile of keys.
pub const PAGE: usize = LANES;

type Line = [f32; LANES];

/// Keys and values of one layer in the order of [`Head`], the first [`LayerCache::len`]
/// positions in use.
#[derive(Debug)]
pub struct LayerCache {
    heads: usize,
    size: usize,
    room: usize,
    keys: Vec<Line>,
    values: Vec<Line>,
    len: usize,
}

impl LayerCache {
    /// An empty cache of `heads` key heads of `size`, a multiple of 16.
    pub fn new(heads: usize, size: usize) -> Self {
        let mut cache = Self {
            heads,
            size,
            room: 0,
            keys: Vec::new(),
            values: Vec::new(),
            len: 0,
        };
        cache.make_room(STEP);
        cache
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

    /// Lines of one head's keys, and of its values.
    fn head_lines(&self) -> usize {
        self.room * self.size / LANES
    }

    /// Adds rows of keys and values: the strips of `projected` from `first` on are those of
    /// the key heads, then those of the value heads.
    pub fn append(&mut self, projected: &Strips, first: usize) {
        let rows = projected.rows();
        self.make_room(self.len + rows);
        let (strips, lines) = (self.size / LANES, self.head_lines());
        let all = projected.data().as_chunks::<LANES>().0;
        for (at, strip) in all.chunks_exact(rows.max(1)).skip(first).enumerate() {
            let (head, part) = (at / strips, at % strips);
            for (position, line) in (self.len..).zip(strip) {
                if head < self.heads {
                    let tile = head * lines + position / LANES * self.size + part * LANES;
                    for (key, value) in self.keys[tile..tile + LANES].iter_mut().zip(line) {
                        key[position % LANES] = *value;
                    }
                } else if head < 2 * self.heads {
                    let head = head - self.heads;
                    self.values[head * lines + position * strips + part] = *line;
                }
            }
        }
        self.len += rows;
    }

    /// What attention reads of one key head.
    pub fn head(&self, head: usize) -> Head<'_> {
        let lines = self.head_lines();
        Head {
            keys: &self.keys[head * lines..(head + 1) * lines],
            values: &self.values[head * lines..(head + 1) * lines],
        }
    }

    fn make_room(&mut self, needed: usize) {
        if needed <= self.room {
            return;
        }
        let old = self.head_lines();
        self.room = needed.next_multiple_of(STEP);
        let new = self.head_lines();
        for lines in [&mut self.keys, &mut self.values] {
            let mut larger = vec![[0.0; LANES]; self.heads * new];
            for head in 0..self.heads {
                if let Some(held) = lines.get(head * old..(head + 1) * old) {
                    larger[head * new..head * new + old].copy_from_slice(held);
                }
            }
            *lines = larger;
        }
    }

    /// Copies out the page of tokens `16 at` to `16 at + 15`.
    pub fn save_page(&self, at: usize, page: &mut Vec<f32>) {
        let (lines, from) = (self.head_lines(), at * self.size);
        for head in 0..self.heads {
            for held in [&self.keys, &self.values] {
                let from = head * lines + from;
                page.extend_from_slice(held[from..from + self.size].as_flattened());
            }
        }
    }

    /// Puts a page behind the `16 at` tokens held; returns the rest of `page`.
    pub fn load_page<'a>(&mut self, at: usize, page: &'a [f32]) -> &'a [f32] {
        self.make_room((at + 1) * PAGE);
        let (lines, from) = (self.head_lines(), at * self.size);
        let mut rest = page.as_chunks::<LANES>().0;
        for head in 0..self.heads {
            for held in [&mut self.keys, &mut self.values] {
                let from = head * lines + from;
                let (mine, after) = rest.split_at(self.size);
                held[from..from + self.size].copy_from_slice(mine);
                rest = after;
            }
        }
        self.len = (at + 1) * PAGE;
        rest.as_flattened()
    }
}

/// How many leading tokens two sequences share.
pub fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
