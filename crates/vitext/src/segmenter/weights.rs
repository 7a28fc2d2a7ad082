//! The model's weights: a hash table from features to small integers, read in place.
//!
//! Layout of `data/segmenter.bin`, little endian: 8 bytes [`MAGIC`] with the version, 8
//! bytes of the lexicon's fingerprint, then [`SLOTS`] slots of 2 bytes each. A slot is a
//! check byte of the feature's hash (0 means an empty slot) and a signed weight; a feature
//! stands in the first slot from `hash % SLOTS` on (cyclic) whose check byte agrees, before
//! any empty one.

use std::borrow::Cow;

/// First bytes of the file.
pub const MAGIC: [u8; 8] = *b"vnseg\0\0\x01";
/// Slots of the table: a power of two.
pub const SLOTS: usize = 1 << 17;
const HEADER: usize = 16;
const LENGTH: usize = HEADER + SLOTS * 2;
/// Share of the slots that may be taken: longer runs of taken slots are slow to search.
const FULL: usize = SLOTS / 10 * 6;

/// The weights that ship.
const SHIPPED: &[u8; LENGTH] = include_bytes!("../../data/segmenter.bin");

// A file of another layout does not compile.
const _: () = {
    let mut at = 0;
    while at < MAGIC.len() {
        assert!(
            SHIPPED[at] == MAGIC[at],
            "data/segmenter.bin has another version"
        );
        at += 1;
    }
};

/// A table of weights.
#[derive(Debug, Clone)]
pub struct Weights {
    slots: Cow<'static, [[u8; 2]]>,
}

impl Weights {
    /// The weights that ship with the crate.
    pub const fn shipped() -> Self {
        let (slots, _) = SHIPPED.split_at(HEADER).1.as_chunks();
        Self {
            slots: Cow::Borrowed(slots),
        }
    }

    /// Keeps the largest weights, scaled to one byte.
    pub fn pack(weights: &[(u32, f32)]) -> Self {
        let mut sorted = weights.to_vec();
        sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        sorted.truncate(FULL);
        // The largest few weights are cut off, so that the many small ones keep their steps.
        let top = sorted.get(sorted.len() / 500).map_or(1.0, |w| w.1.abs());
        let mut table = vec![[0_u8; 2]; SLOTS];
        for (feature, weight) in sorted {
            let quantised = (weight / top * 127.0).round().clamp(-127.0, 127.0) as i8;
            if quantised != 0 {
                insert(&mut table, feature, quantised);
            }
        }
        Self {
            slots: Cow::Owned(table),
        }
    }

    /// The file's bytes.
    pub fn to_bytes(&self, lexicon: u64) -> Vec<u8> {
        let header = MAGIC.into_iter().chain(lexicon.to_le_bytes());
        header.chain(self.slots.iter().flatten().copied()).collect()
    }

    /// The fingerprint of the lexicon that the shipped weights were trained with.
    pub fn shipped_lexicon() -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&SHIPPED[8..HEADER]);
        u64::from_le_bytes(bytes)
    }

    /// The weight of a feature, 0 if it has none.
    #[inline]
    pub(super) fn get(&self, feature: u32) -> i32 {
        let check = check(feature);
        let mut at = feature as usize & (SLOTS - 1);
        loop {
            let [found, weight] = self.slots[at];
            if found == check {
                return i32::from(weight.cast_signed());
            }
            if found == 0 {
                return 0;
            }
            at = (at + 1) & (SLOTS - 1);
        }
    }

    /// How many features have a weight.
    pub fn count(&self) -> usize {
        self.slots.iter().filter(|slot| slot[0] != 0).count()
    }
}

fn insert(table: &mut [[u8; 2]], feature: u32, weight: i8) {
    let mut at = feature as usize & (SLOTS - 1);
    while table[at][0] != 0 {
        // A feature with the same check byte on the way would be found first: the
        // smaller weight (this one) is left out.
        if table[at][0] == check(feature) {
            return;
        }
        at = (at + 1) & (SLOTS - 1);
    }
    table[at] = [check(feature), weight.cast_unsigned()];
}

#[inline]
fn check(feature: u32) -> u8 {
    ((feature >> 24) as u8).max(1)
}
