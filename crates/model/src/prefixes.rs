//! The states of prompts read before, so that a second question on a record, or on a
//! popular one, starts at once.
//!
//! A state is kept in pages of 16 tokens. A page is found by its tokens and by the page
//! before it, so prompts that begin alike share their pages, and what follows a page that
//! was dropped is never found again. The pages used longest ago are dropped first.

use std::collections::HashMap;

use crate::kv::{PAGE, State};

/// Most bytes of pages: 204 pages, 3,264 tokens of the default model (57 KB a token), some
/// ten to thirty records behind one system prompt.
const ROOM: usize = 192 << 20;

/// A page's tokens and the number of the page before it, 0 for the first.
type Key = (u64, [u32; PAGE]);

struct Page {
    number: u64,
    used: u64,
    lines: Vec<f32>,
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

    /// Keeps the whole pages of `tokens`, which `state` holds.
    pub fn save(&mut self, tokens: &[u32], state: &State) {
        self.moments += 1;
        let mut before = 0;
        for (at, tokens) in tokens.as_chunks::<PAGE>().0.iter().enumerate() {
            let key = (before, *tokens);
            if let Some(page) = self.pages.get_mut(&key) {
                page.used = self.moments;
                before = page.number;
                continue;
            }
            let Some(lines) = state.save_page(at) else {
                return;
            };
            if !self.make_room(lines.len() * size_of::<f32>()) {
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
                    lines,
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
            self.bytes -= page.lines.len() * size_of::<f32>();
        }
        self.bytes += bytes;
        true
    }

    /// Puts kept pages of `tokens` behind the first `held`, which `state` holds already.
    /// Returns how many tokens it holds then.
    pub fn load(&mut self, tokens: &[u32], held: usize, state: &mut State) -> usize {
        self.moments += 1;
        let (mut before, mut count) = (0, held);
        for (at, tokens) in tokens.as_chunks::<PAGE>().0.iter().enumerate() {
            let Some(page) = self.pages.get_mut(&(before, *tokens)) else {
                break;
            };
            page.used = self.moments;
            before = page.number;
            if (at + 1) * PAGE > held {
                state.truncate(at * PAGE);
                state.load_page(&page.lines);
                count = (at + 1) * PAGE;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::LANES;
    use crate::kernels::strips::Strips;

    /// The state of a decoder of one layer that remembers the tokens themselves.
    fn state_of(tokens: &[u32]) -> State {
        let mut rows = Strips::zeros(tokens.len(), 2 * LANES);
        for (row, &token) in tokens.iter().enumerate() {
            rows.set_row(row, &[token as f32; 2 * LANES]);
        }
        let mut state = State::new(1, 1, LANES);
        state.layer(0).append(&rows, 0, 0..tokens.len());
        state.grow(tokens.len());
        state
    }

    /// A prompt: the same 20 tokens, then `count` of another number.
    fn prompt(other: u32, count: usize) -> Vec<u32> {
        (0..20).chain(std::iter::repeat_n(other, count)).collect()
    }

    fn read(prefixes: &mut Prefixes, tokens: &[u32]) {
        prefixes.save(tokens, &state_of(tokens));
    }

    fn found(prefixes: &mut Prefixes, tokens: &[u32], held: usize) -> usize {
        let mut state = state_of(&tokens[..held]);
        let count = prefixes.load(tokens, held, &mut state);
        let expected = state_of(&tokens[..count]);
        assert_eq!(state.len(), count);
        for at in 0..count / PAGE {
            assert_eq!(state.save_page(at), expected.save_page(at), "{at}");
        }
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
        let page = PAGE * 2 * LANES * size_of::<f32>();
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
