//! The states of prompts read before, so that a second question on a record, or on a
//! popular one, starts at once.
//!
//! A state is kept in pages of 16 tokens. A page is found by its tokens and by the page
//! before it, so prompts that begin alike share their pages, and what follows a page that
//! was dropped is never found again. The pages used longest ago are dropped first.

use std::collections::HashMap;

use crate::arch::Architecture;
use crate::kv::PAGE;

/// Most bytes of pages: 204 pages, 3,264 tokens of the default model (57 KB a token), some
/// ten to thirty records behind one system prompt.
const ROOM: usize = 192 << 20;

/// A page's tokens and the number of the page before it, 0 for the first.
type Key = (u64, [u32; PAGE]);

struct Page {
    number: u64,
    used: u64,
    state: Vec<f32>,
}

/// The pages kept.
pub struct Prefixes {
    pages: HashMap<Key, Page>,
    room: usize,
    bytes: usize,
    /// The last page number given, and the last moment of use.
    numbers: u64,
    moments: u64,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self::new(ROOM)
    }
}

impl Prefixes {
    fn new(room: usize) -> Self {
        Self {
            pages: HashMap::new(),
            room,
            bytes: 0,
            numbers: 0,
            moments: 0,
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::new(self.room);
    }

    /// Keeps the whole pages of `tokens`, which `decoder` has just read.
    pub fn save(&mut self, tokens: &[u32], decoder: &dyn Architecture) {
        self.moments += 1;
        let mut before = 0;
        for (at, tokens) in tokens.as_chunks::<PAGE>().0.iter().enumerate() {
            let key = (before, *tokens);
            if let Some(page) = self.pages.get_mut(&key) {
                page.used = self.moments;
                before = page.number;
                continue;
            }
            let Some(state) = decoder.save_page(at) else {
                return;
            };
            if !self.make_room(state.len() * size_of::<f32>()) {
                return;
            }
            self.numbers += 1;
            before = self.numbers;
            let (number, used) = (self.numbers, self.moments);
            self.pages.insert(
                key,
                Page {
                    number,
                    used,
                    state,
                },
            );
        }
    }

    /// Drops pages until `bytes` more fit; false when that would take one of this moment.
    fn make_room(&mut self, bytes: usize) -> bool {
        while self.bytes + bytes > self.room {
            // Of the pages used together, the last ones: what follows a dropped page is lost.
            let oldest = self
                .pages
                .iter()
                .filter(|(_, page)| page.used < self.moments)
                .min_by_key(|(_, page)| (page.used, u64::MAX - page.number))
                .map(|(key, _)| *key);
            let Some(page) = oldest.and_then(|key| self.pages.remove(&key)) else {
                return false;
            };
            self.bytes -= page.state.len() * size_of::<f32>();
        }
        self.bytes += bytes;
        true
    }

    /// Puts kept pages of `tokens` behind the first `held`, which `decoder` holds already.
    /// Returns how many tokens it holds then.
    pub fn load(&mut self, tokens: &[u32], held: usize, decoder: &mut dyn Architecture) -> usize {
        self.moments += 1;
        let (mut before, mut count) = (0, held);
        for (at, tokens) in tokens.as_chunks::<PAGE>().0.iter().enumerate() {
            let Some(page) = self.pages.get_mut(&(before, *tokens)) else {
                break;
            };
            page.used = self.moments;
            before = page.number;
            if (at + 1) * PAGE > held {
                decoder.truncate(at * PAGE);
                decoder.load_page(&page.state);
                count = (at + 1) * PAGE;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Result;

    use super::*;
    use crate::arch::Logits;
    use crate::kernels::strips::Strips;

    /// Remembers the tokens themselves, as a state of one number each.
    #[derive(Default)]
    struct Parrot(Vec<f32>);

    impl Architecture for Parrot {
        fn forward(&mut self, tokens: &[u32], _: Logits) -> Result<Strips> {
            self.0.extend(tokens.iter().map(|&token| token as f32));
            Ok(Strips::default())
        }

        fn truncate(&mut self, len: usize) {
            self.0.truncate(len);
        }

        fn len(&self) -> usize {
            self.0.len()
        }

        fn context(&self) -> usize {
            1000
        }

        fn vocabulary(&self) -> usize {
            1
        }

        fn save_page(&self, at: usize) -> Option<Vec<f32>> {
            self.0
                .as_chunks::<PAGE>()
                .0
                .get(at)
                .map(|page| page.to_vec())
        }

        fn load_page(&mut self, page: &[f32]) {
            self.0.extend(page);
        }
    }

    /// A prompt: the same 20 tokens, then `count` of another number.
    fn prompt(other: u32, count: usize) -> Vec<u32> {
        (0..20).chain(std::iter::repeat_n(other, count)).collect()
    }

    fn read(prefixes: &mut Prefixes, tokens: &[u32]) {
        let mut parrot = Parrot::default();
        parrot.forward(tokens, Logits::None).unwrap();
        prefixes.save(tokens, &parrot);
    }

    fn found(prefixes: &mut Prefixes, tokens: &[u32], held: usize) -> usize {
        let mut parrot = Parrot::default();
        parrot.forward(&tokens[..held], Logits::None).unwrap();
        let count = prefixes.load(tokens, held, &mut parrot);
        let expected: Vec<f32> = tokens[..count].iter().map(|&t| t as f32).collect();
        assert_eq!(parrot.0, expected, "the state is that of the tokens");
        count
    }

    #[test]
    fn whole_pages_come_back_behind_what_is_held() {
        let mut prefixes = Prefixes::default();
        read(&mut prefixes, &prompt(7, 40));
        read(&mut prefixes, &prompt(8, 40));
        assert_eq!(found(&mut prefixes, &prompt(7, 60), 0), 48);
        assert_eq!(found(&mut prefixes, &prompt(8, 60), 20), 48);
        assert_eq!(found(&mut prefixes, &prompt(9, 60), 0), 16);
        assert_eq!(
            found(&mut prefixes, &prompt(9, 60), 19),
            19,
            "nothing is lost"
        );
        assert_eq!(prefixes.pages.len(), 1 + 2 + 2, "the first page is shared");
        prefixes.clear();
        assert_eq!(found(&mut prefixes, &prompt(7, 60), 0), 0);
    }

    #[test]
    fn the_bound_holds_and_what_was_used_last_stays() {
        let page = PAGE * size_of::<f32>();
        let mut prefixes = Prefixes::new(5 * page);
        read(&mut prefixes, &prompt(1, 28));
        read(&mut prefixes, &prompt(2, 28));
        assert_eq!(found(&mut prefixes, &prompt(1, 28), 0), 48);
        read(&mut prefixes, &prompt(3, 28));
        assert!(prefixes.bytes <= 5 * page && prefixes.pages.len() == 5);
        assert_eq!(found(&mut prefixes, &prompt(1, 28), 0), 48);
        assert_eq!(found(&mut prefixes, &prompt(3, 28), 0), 48);
        assert_eq!(
            found(&mut prefixes, &prompt(2, 28), 0),
            16,
            "the oldest went"
        );
        let long: Vec<u32> = (0..200).collect();
        read(&mut prefixes, &long);
        assert!(
            prefixes.bytes <= 5 * page,
            "one prompt may be too long for it"
        );
        assert_eq!(found(&mut prefixes, &long, 0), 80);
    }
}
