//! What may have been meant by a mistyped word, one stroke away from it.

/// What the strokes cost that go wrong, in nats. The order is that of everyday experience
/// (a doubled letter and two letters changed about happen to everyone, a far key is rare);
/// the sizes were set by hand.
const DOUBLED: f32 = 0.5;
const CHANGED_ABOUT: f32 = 1.0;
const NEIGHBOUR: f32 = 2.0;
const LEFT_OUT: f32 = 3.0;
const TOO_MUCH: f32 = 3.0;
const OTHER: f32 = 5.0;
/// Two syllables without a space between.
pub(super) const SPACE: f32 = 1.0;
/// The first letter is seldom wrong.
const FIRST: f32 = 1.5;

/// Up to this a stroke is likely enough without a neighbour that speaks for the word.
pub(super) const LIKELY: f32 = 1.0;

/// Rows of the keyboard that Vietnamese is typed on.
const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A word that may have been meant.
pub(super) struct Meant {
    /// In lower case; letters that stay keep their marks.
    pub word: String,
    /// What the stroke costs.
    pub cost: f32,
}

/// Every word that one stroke less, more or beside, or two strokes in the other order, would
/// have written.
pub(super) fn one_stroke_away(word: &str) -> Vec<Meant> {
    let letters: Vec<char> = word.chars().collect();
    let mut all = Vec::with_capacity(letters.len() * 54);
    for at in 0..=letters.len() {
        let first = if at == 0 { FIRST } else { 0.0 };
        let mut add = |cost: f32, edit: &dyn Fn(&mut Vec<char>)| {
            let mut edited = letters.clone();
            edit(&mut edited);
            all.push(Meant {
                word: edited.into_iter().collect(),
                cost: cost + first,
            });
        };
        if at + 1 < letters.len() {
            add(CHANGED_ABOUT, &|letters| letters.swap(at, at + 1));
        }
        if at < letters.len() {
            let doubled = at > 0 && letters[at] == letters[at - 1];
            let cost = if doubled { DOUBLED } else { TOO_MUCH };
            add(cost, &|letters| {
                letters.remove(at);
            });
        }
        for letter in 'a'..='z' {
            add(LEFT_OUT, &|letters| letters.insert(at, letter));
            if at < letters.len() {
                let cost = if beside(letters[at], letter) {
                    NEIGHBOUR
                } else {
                    OTHER
                };
                add(cost, &|letters| letters[at] = letter);
            }
        }
    }
    all
}

/// Whether two letters lie side by side on the keyboard.
fn beside(struck: char, meant: char) -> bool {
    let place = |key: char| {
        let rows = KEYS.iter().enumerate();
        rows.into_iter()
            .find_map(|(row, keys)| Some((row, keys.find(key)?)))
    };
    let struck = crate::fold_char(struck).and_then(place);
    struck
        .zip(place(meant))
        .is_some_and(|(a, b)| a.0.abs_diff(b.0) + a.1.abs_diff(b.1) == 1)
}
