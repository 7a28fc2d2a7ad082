//! What the model sees of a gap between two units.

use super::lexicon::{self, FAMILY, LONGEST, Lexicon};
use super::scan::{Shape, Unit};

/// A unit with what the lexicon says about it.
#[derive(Debug, Clone, Copy, Default)]
struct Note {
    /// See `Lexicon::syllable`.
    syllable: u16,
    /// Bit n: a word of n + 2 units starts here.
    starts: u8,
    /// Bit n: a word of n + 2 units ends here.
    ends: u8,
    /// Sources of the word made of this unit and the next one, and of this and the next two.
    two: u8,
    three: u8,
    /// The same word of two with what the treebank says of it.
    pair: u8,
    /// Longest word over the gap after this unit, and how many of its units stand before it.
    cover: u8,
    before: u8,
    /// Longest match from the left and from the right joins the gap after this unit.
    forward: bool,
    backward: bool,
    /// Length of the run of capitalised units that this one is in, and its place there.
    run: u8,
    place: u8,
    /// The run starts with a family name.
    family: bool,
}

/// Units of a text with notes: everything from which features are made.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
}

impl Notes {
    /// Looks all units up; what was noted before is dropped.
    pub fn take(&mut self, units: &mut [Unit], lexicon: &Lexicon) {
        lower_headings(units);
        self.notes.clear();
        self.notes.resize(units.len(), Note::default());
        for at in 0..units.len() {
            self.look_up(units, at, lexicon);
        }
        self.match_forward();
        self.match_backward();
        self.runs(units);
    }

    fn look_up(&mut self, units: &[Unit], at: usize, lexicon: &Lexicon) {
        let notes = &mut self.notes;
        if !units[at].is_word() {
            return;
        }
        notes[at].syllable = lexicon.syllable(units[at].key);
        if !lexicon::begins_words(notes[at].syllable) {
            return;
        }
        lexicon.words_at(&units[at..], |length, entry| {
            if length == 2 {
                notes[at].pair = entry.all();
            }
            if entry.contested() {
                return;
            }
            match length {
                2 => notes[at].two = entry.sources(),
                3 => notes[at].three = entry.sources(),
                _ => {}
            }
            notes[at].starts |= 1 << (length - 2);
            notes[at + length - 1].ends |= 1 << (length - 2);
            for gap in 0..length - 1 {
                let note = &mut notes[at + gap];
                if usize::from(note.cover) < length {
                    note.cover = length as u8;
                    note.before = gap as u8 + 1;
                }
            }
        });
    }

    /// Longest match from the left.
    fn match_forward(&mut self) {
        let mut at = 0;
        while at < self.notes.len() {
            let length = longest(self.notes[at].starts);
            for note in &mut self.notes[at..at + length - 1] {
                note.forward = true;
            }
            at += length;
        }
    }

    fn match_backward(&mut self) {
        let mut end = self.notes.len();
        while end > 0 {
            let length = longest(self.notes[end - 1].ends);
            for note in &mut self.notes[end - length..end - 1] {
                note.backward = true;
            }
            end -= length;
        }
    }

    fn runs(&mut self, units: &[Unit]) {
        let mut start = 0;
        while start < units.len() {
            let same = |unit: &Unit| is_capital(unit.shape);
            let length = units[start..].iter().take_while(|u| same(u)).count();
            let family = self.notes[start].syllable & FAMILY != 0;
            for (place, note) in self.notes[start..start + length].iter_mut().enumerate() {
                note.run = length.min(6) as u8;
                note.place = place.min(5) as u8;
                note.family = family;
            }
            start += length.max(1);
        }
    }

    /// True when longest match from the left joins the gap after unit `gap`.
    pub fn longest_match(&self, gap: usize) -> bool {
        self.notes[gap].forward
    }
}

/// Length of the longest word of a mask of [`Note::starts`], one if there is none.
fn longest(mask: u8) -> usize {
    const _: () = assert!(
        LONGEST <= 9,
        "a mask has eight bits, the first for two units"
    );
    match mask {
        0 => 1,
        mask => 9 - mask.leading_zeros() as usize,
    }
}

fn is_capital(shape: Shape) -> bool {
    matches!(shape, Shape::Capital | Shape::Initial | Shape::Caps)
}

/// A heading in capitals says nothing by them.
fn lower_headings(units: &mut [Unit]) {
    let caps = units.iter().filter(|u| u.shape == Shape::Caps).count();
    let other = |unit: &Unit| matches!(unit.shape, Shape::Lower | Shape::Capital);
    if caps < 3 || units.iter().filter(|u| other(u)).count() * 4 > caps {
        return;
    }
    for unit in units {
        if is_capital(unit.shape) {
            unit.shape = Shape::Lower;
        }
    }
}

/// True when the model may join the gap after unit `gap`: in lower case, only what the list
/// has. Fewer than half of the other pairs that a model joined were words (cross-validation),
/// and most gaps are done with here.
pub(super) fn may_join(units: &[Unit], notes: &Notes, gap: usize) -> bool {
    let (left, right) = (&units[gap], &units[gap + 1]);
    let note = &notes.notes[gap];
    let lower = left.shape == Shape::Lower && right.shape == Shape::Lower;
    if lower && note.cover == 0 && note.pair == 0 {
        return false;
    }
    let carries = |unit: &Unit| {
        matches!(
            unit.shape,
            Shape::Number | Shape::Caps | Shape::Initial | Shape::Capital | Shape::Code
        )
    };
    right.spaced
        && match (left.is_word(), right.is_word()) {
            (true, true) => true,
            (true, false) => right.shape == Shape::Joiner && carries(left),
            (false, true) => left.shape == Shape::Joiner && carries(right),
            (false, false) => false,
        }
}

/// Four units around a gap, two before it and two after, with their notes.
pub(super) struct Window {
    keys: [u64; 4],
    shapes: u64,
    notes: [Note; 4],
    /// See [`twin`].
    twin: u64,
}

/// Stands beyond either end of a text, like a full stop.
const EDGE: u64 = 0x0123_4567_89ab_cdef;

impl Window {
    /// What is around the gap after unit `gap`.
    pub fn new(units: &[Unit], notes: &Notes, gap: usize) -> Self {
        let mut window = Self {
            twin: twin(units, gap),
            keys: [EDGE; 4],
            shapes: 0,
            notes: [Note::default(); 4],
        };
        for place in 0..4 {
            let shape = match (gap + place).checked_sub(1).filter(|at| *at < units.len()) {
                Some(at) => {
                    window.keys[place] = units[at].key;
                    window.notes[place] = notes.notes[at];
                    units[at].shape as u64
                }
                None => 15,
            };
            window.shapes |= shape << (4 * place);
        }
        window
    }
}

#[inline]
fn hash(tag: u64, a: u64, b: u64) -> u32 {
    let mixed = (a ^ tag.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let mixed = (mixed ^ (mixed >> 32) ^ b).wrapping_mul(0xa076_1d64_78bd_642f);
    (mixed >> 32) as u32
}

/// Calls `sink` with each feature of joining the gap. A feature is the hash of its number, which
/// names the kind, and of what it saw.
#[inline]
pub(super) fn unary(w: &Window, mut sink: impl FnMut(u32)) {
    let mut put = |tag, a, b| sink(hash(tag, a, b));
    let lexical = w.lexical();
    context(w, &mut put);
    from_list(w, lexical, &mut put);
    from_syllables(w, &mut put);
    from_treebank(w, lexical, &mut put);
    from_names(w, &mut put);
}

fn any(mask: u8) -> u64 {
    u64::from(mask != 0)
}

impl Window {
    /// Longest match from either side joins the gap.
    fn matched(&self) -> u64 {
        u64::from(self.notes[1].forward) | u64::from(self.notes[1].backward) << 1
    }

    /// Whether the pairs before, at and after the gap are words.
    fn pairs(&self) -> u64 {
        let [n0, n1, n2, _] = &self.notes;
        u64::from(n1.two) | any(n0.two) << 4 | any(n2.two) << 5
    }

    /// What the list says of the gap, in one number.
    fn lexical(&self) -> u64 {
        self.pairs() | self.matched() << 6 | u64::from(self.notes[1].cover.min(4)) << 8
    }

    /// Whether the units at the gap are known syllables, and family names.
    fn known(&self) -> u64 {
        let flags = |at: usize| u64::from(self.notes[at].syllable) & 0xc0;
        flags(1) >> 6 | flags(2) >> 4
    }
}

/// Syllables and shapes around the gap.
#[inline]
fn context(w: &Window, put: &mut impl FnMut(u64, u64, u64)) {
    let [k0, k1, k2, k3] = w.keys;
    put(1, k1, 0);
    put(2, k2, 0);
    put(3, k0, 0);
    put(4, k3, 0);
    put(5, k1, k2);
    put(6, k0, k1);
    put(7, k2, k3);

    let shapes = w.shapes;
    put(12, shapes >> 4 & 0xff, 0);
    put(13, shapes & 0xfff, 0);
    put(14, shapes >> 4, 0);
    put(15, shapes, 0);
}

/// What the word list says.
#[inline]
fn from_list(w: &Window, lexical: u64, put: &mut impl FnMut(u64, u64, u64)) {
    let [_, k1, k2, _] = w.keys;
    let [n0, n1, n2, _] = &w.notes;
    let (shapes, pairs, matched) = (w.shapes, w.pairs(), w.matched());
    let cover = u64::from(n1.cover.min(5)) | u64::from(n1.before.min(3)) << 3;
    put(20, lexical, 0);
    put(21, lexical, k1);
    put(22, lexical, k2);
    put(23, lexical, shapes >> 4 & 0xff);
    put(24, pairs | cover << 6, 0);
    put(25, cover, u64::from(n0.two) | u64::from(n2.two) << 4);
    let sides = longest(n1.ends) as u64 | (longest(n2.starts) as u64) << 4;
    put(26, sides, u64::from(n1.two) | matched << 4);
    put(27, u64::from(n0.three) | u64::from(n1.three) << 4, pairs);
}

/// How many words of the list the two syllables begin and end, and whether they are known.
#[inline]
fn from_syllables(w: &Window, put: &mut impl FnMut(u64, u64, u64)) {
    let [n0, n1, n2, n3] = &w.notes;
    let (shapes, pairs) = (w.shapes, w.pairs());
    let (s1, s2) = (u64::from(n1.syllable), u64::from(n2.syllable));
    put(30, s1 & 0x3f, any(n1.two));
    put(31, s2 & 0x3f, any(n1.two));
    put(32, (s1 & 0x3f) | (s2 & 0x3f) << 6, any(n1.two));
    put(33, s1 & 7 | (s2 & 0x38), pairs);
    let known = w.known();
    let wide = u64::from(n0.syllable & 0xc0) | u64::from(n3.syllable & 0xc0) << 2;
    put(34, known, shapes >> 4 & 0xff);
    put(35, known | wide, shapes);
}

/// What the treebank says of the pair and of how its syllables are used.
#[inline]
fn from_treebank(w: &Window, lexical: u64, put: &mut impl FnMut(u64, u64, u64)) {
    let [_, k1, k2, _] = w.keys;
    let [n0, n1, n2, n3] = &w.notes;
    let (s1, s2) = (u64::from(n1.syllable), u64::from(n2.syllable));
    let evidence = u64::from(n1.pair);
    let (a1, a2) = (s1 >> 8 & 7, s2 >> 8 & 7);
    let class = |note: &Note| u64::from(note.syllable >> 11);
    let (c0, c1, c2, c3) = (class(n0), class(n1), class(n2), class(n3));
    let classes = c1 | c2 << 4;
    put(61, classes, evidence);
    put(62, classes, lexical);
    put(63, classes | c0 << 8, any(n1.two));
    put(64, classes | c3 << 8, any(n1.two));
    put(66, classes, a1 | a2 << 3 | any(n1.two) << 6);
    put(67, c1 | any(n1.two) << 4, k2);
    put(68, c2 | any(n1.two) << 4, k1);
    put(41, evidence, a1 | a2 << 3);
    put(42, evidence, k1);
    put(43, evidence, k2);
    put(44, evidence, lexical);
    put(45, a1 | a2 << 3, lexical);
}

/// Runs of capitals, and syllables that are alike.
#[inline]
fn from_names(w: &Window, put: &mut impl FnMut(u64, u64, u64)) {
    let twin = w.twin;
    let k1 = w.keys[1];
    let [n0, n1, n2, _] = &w.notes;
    let (shapes, known) = (w.shapes, w.known());
    let run = u64::from(n1.run) | u64::from(n1.place) << 3 | u64::from(n1.family) << 6;
    put(36, run, u64::from(n2.run != 0));
    put(37, run, any(n1.two) | any(n0.two) << 1 | known << 2);
    put(38, twin & 7, any(n1.two) | (shapes >> 4 & 0xff) << 1);
    put(39, twin & 7, k1);
    // Syllables that echo each other share the register of their tones: `lung linh`, `rầu rĩ`.
    put(47, twin & 15, any(n1.two));
    put(48, twin & !9, 0);
}

/// How alike the two units are: equal, in onset, in rime, in the register of the tone; then
/// both tones.
fn twin(units: &[Unit], gap: usize) -> u64 {
    let (a, b) = (&units[gap], &units[gap + 1]);
    let onset = u64::from(a.onset == b.onset);
    let alike = u64::from(a.key == b.key) | onset << 1 | u64::from(a.rime == b.rime) << 2;
    let register = u64::from(a.tone & 1 == b.tone & 1);
    alike | register << 3 | u64::from(a.tone) << 4 | u64::from(b.tone) << 7
}

/// Calls `sink` with each feature of joining both the gap and the one before.
#[inline]
pub(super) fn pair(w: &Window, mut sink: impl FnMut(u32)) {
    let [k0, k1, k2, _] = w.keys;
    let [n0, n1, n2, _] = &w.notes;
    let mut put = |tag, a, b| sink(hash(tag, a, b));
    let words = u64::from(n0.three)
        | any(n0.two) << 4
        | any(n1.two) << 5
        | u64::from(n1.cover.min(5)) << 6
        | u64::from(n0.cover.min(5)) << 9;
    put(50, 0, 0);
    put(51, w.shapes & 0xfff, 0);
    put(52, words, 0);
    put(53, words, w.shapes & 0xfff);
    put(54, k0, 0);
    put(55, k1, 0);
    put(56, k2, 0);
    let run = u64::from(n1.run) | u64::from(n1.place) << 3 | u64::from(n1.family) << 6;
    put(57, run, u64::from(n2.run != 0));
    put(58, k0 ^ k2.rotate_left(21), u64::from(n0.three));
}
