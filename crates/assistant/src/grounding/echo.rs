//! What the citizen calls the procedure. "Xin giấy độc thân" is in no line of "Cấp giấy xác nhận
//! tình trạng hôn nhân", and the model says it after the citizen. Such a name is passed over
//! where it only names what is applied for ("lệ phí làm giấy độc thân là …"); it can bring in
//! no fact: no number, agency, person, way of filing, copy or yes and no, and nothing that is
//! handed in ("nộp giấy …", "phải làm giấy …").

use std::collections::HashSet;

use super::details::{ACTS, is_copy};
use super::evidence::{CHANNELS, Evidence};
use super::names;
use super::reading::{Class, Gap, Token, read};
use super::rules::Gate;

/// Of whom something is said is a fact: "trẻ em được miễn lệ phí".
const PEOPLE: [&str; 8] = [
    "người",
    "trẻ",
    "trẻ_em",
    "học_sinh",
    "học_viên",
    "cán_bộ",
    "chủ",
    "bên",
];

/// Longest name passed over, in words.
const LONGEST: usize = 6;

/// Names of what is applied for, as runs of words.
pub(super) fn names(gate: &Gate, text: &str) -> Vec<Vec<String>> {
    let tokens = read(gate, text);
    let agencies = names::agencies(gate, &tokens);
    let of_agency = |at: usize| agencies.iter().any(|name| name.place.contains(&at));
    let mut runs: Vec<Vec<String>> = vec![Vec::new()];
    for (at, token) in tokens.iter().enumerate() {
        let opens = token.gap != Gap::None || gate.naming.contains(&token.word);
        let fits = is_free(gate, token) && !of_agency(at);
        if opens || !fits {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut().filter(|_| fits) {
            run.push(token.word.clone());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A word that states nothing by itself.
fn is_free(gate: &Gate, token: &Token) -> bool {
    let word = token.word.as_str();
    token.class == Class::Content
        && token.value.is_none()
        && token.bound.is_none()
        && !PEOPLE.contains(&word)
        && !gate.deeds.contains(word)
        && !gate.naming.contains(word)
        && !CHANNELS.contains(&word)
        && !ACTS.contains(&word)
        && !is_copy(word)
        && !matches!(
            word,
            "bị_mất" | "bị_hỏng" | "lần_đầu" | "hết_hạn" | "còn_thời_hạn"
        )
}

impl Evidence<'_> {
    /// Adds what the citizen calls the procedure: the question, aliases.
    #[must_use]
    pub fn called<'t>(mut self, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let names = texts.into_iter().flat_map(|text| names(self.gate, text));
        self.called = names.collect();
        self
    }

    /// Empties the words of a sentence that only name the procedure in the citizen's words.
    /// True where there were any.
    pub(super) fn pass_over_names(&self, tokens: &mut [Token]) -> bool {
        let held: HashSet<&String> = self.units.iter().flat_map(|unit| &unit.words).collect();
        let mut passed = false;
        for at in 0..tokens.len() {
            let length = self.named(&tokens[at..]);
            let before = at.checked_sub(1).map(|before| &tokens[before]);
            let demanded = before.is_some_and(|before| {
                matches!(before.class, Class::Mark(_)) || self.gate.hands_in.contains(&before.word)
            });
            let own = &mut tokens[at + 1..at + 1 + length];
            let known =
                |token: &Token| held.contains(&token.word) || self.name_words.contains(&token.word);
            if length == 0 || demanded || own.iter().all(known) {
                continue;
            }
            for token in own {
                token.word.clear();
                token.class = Class::Function;
            }
            passed = true;
        }
        passed
    }

    /// Length of the name behind the naming word that these words begin with.
    fn named(&self, tokens: &[Token]) -> usize {
        if !self.gate.naming.contains(&tokens[0].word) {
            return 0;
        }
        let near = tokens[1..]
            .iter()
            .take_while(|token| token.gap == Gap::None);
        let words: Vec<&String> = near.take(LONGEST).map(|token| &token.word).collect();
        let length = |run: &Vec<String>| {
            let same = run
                .iter()
                .zip(&words)
                .take_while(|(own, word)| own == *word);
            same.count()
        };
        // Half a name is another one: "giấy độc" names nothing.
        let whole = self.called.iter().filter(|run| length(run) == run.len());
        whole.map(Vec::len).max().unwrap_or(0)
    }
}
