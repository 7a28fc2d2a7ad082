//! Phrases from data files, matched word by word against a question.
//!
//! Phrases are written with marks. In a question typed without marks they match by
//! their folded form; in one typed with marks an unmarked word is itself, so that
//! `phi nông nghiệp` is not read as `phí`. [`loose`] phrases of several words match
//! by their folded form however the question was typed: right for "mấy ngày", typed
//! half with marks; wrong for fixed answers, where "chung chi" is no "chứng chỉ".

use std::collections::HashSet;
use std::ops::Range;

/// Below this share of marked words a text counts as typed without marks.
/// An estimate, not a measurement: most syllables of running Vietnamese carry a mark,
/// while codes and abbreviations carry none.
const PLAIN_SHARE: f32 = 0.2;

/// A question cut into words, each with its marked and its folded form.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: Vec<Word>,
    plain: bool,
}

#[derive(Debug, Clone)]
struct Word {
    /// As typed, in lower case.
    written: String,
    /// As compared: one spelling for `ký` and `kí`.
    marked: String,
    folded: String,
}

impl Word {
    fn new(written: &str) -> Self {
        let marked = vitext::final_i(written);
        Self {
            folded: vitext::fold(&marked),
            written: written.to_owned(),
            marked,
        }
    }
}

impl Words {
    /// Cuts a text into words.
    pub fn read(text: &str) -> Self {
        let lower = vitext::normalize(text).to_lowercase();
        let words: Vec<Word> = vitext::syllables(&lower)
            .into_iter()
            .map(|token| Word::new(token.text))
            .collect();
        let marked = words
            .iter()
            .filter(|word| word.marked != word.folded)
            .count();
        let plain = (marked as f32) < PLAIN_SHARE * words.len() as f32;
        Self { words, plain }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// True when there is no word.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// True when typed without Vietnamese marks.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The words at these places, joined by spaces.
    pub fn join(&self, keep: impl Fn(usize) -> bool) -> String {
        let kept = self
            .words
            .iter()
            .enumerate()
            .filter(|(place, _)| keep(*place));
        kept.map(|(_, word)| word.written.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The words as they are compared without marks: folded, one spelling for `ký`
    /// and `kí`.
    pub fn folded(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.folded.as_str())
    }

    fn matches(&self, place: usize, item: &Word, loose: bool) -> bool {
        let word = &self.words[place];
        word.marked == item.marked || ((loose || self.plain) && word.folded == item.folded)
    }
}

/// A sequence of words with gaps.
#[derive(Debug, Clone)]
pub struct Phrase {
    items: Vec<Option<Word>>,
    /// Its words protect each other: folded forms may match.
    loose: bool,
}

/// The most words that a `*` stands for.
const GAP: usize = 3;

impl Phrase {
    /// As [`Phrase::parse`], for typing with some marks missing.
    pub fn loose(text: &str) -> Self {
        let mut phrase = Self::parse(text);
        phrase.loose = phrase.items.iter().flatten().count() > 1;
        phrase
    }

    /// The same phrase, whose marks must agree where the text has any.
    #[must_use]
    pub fn strictly(&self) -> Self {
        let items = self.items.clone();
        Self {
            items,
            loose: false,
        }
    }

    /// Reads a phrase; `*` stands for up to three words.
    pub fn parse(text: &str) -> Self {
        let lower = vitext::normalize(text).to_lowercase();
        let item = |word: &str| (word != "*").then(|| Word::new(word));
        Self {
            items: lower.split_whitespace().map(item).collect(),
            loose: false,
        }
    }

    /// The first match at or after `from`.
    pub fn find(&self, words: &Words, from: usize) -> Option<Range<usize>> {
        (from..words.len()).find_map(|start| {
            self.match_at(words, start, &self.items)
                .map(|end| start..end)
        })
    }

    /// False when its first word is not among those of a text, folded: most of a thousand phrases
    /// need no closer look.
    pub fn may_stand(&self, present: &HashSet<&str>) -> bool {
        let first = self.items.first().and_then(Option::as_ref);
        first.is_none_or(|word| present.contains(word.folded.as_str()))
    }

    /// The words of a match that the phrase itself names, without those of its gaps.
    pub fn named(&self, found: Range<usize>) -> [Range<usize>; 2] {
        let literal = |item: &&Option<Word>| item.is_some();
        let head = self.items.iter().take_while(literal).count();
        let tail = self.items.iter().rev().take_while(literal).count();
        [
            found.start..(found.start + head).min(found.end),
            found.end.saturating_sub(tail).max(found.start)..found.end,
        ]
    }

    /// Every match, leftmost first, not overlapping.
    pub fn find_all(&self, words: &Words) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(range) = self.find(words, from) {
            from = range.end.max(range.start + 1);
            found.push(range);
        }
        found
    }

    /// True when the phrase is the whole text.
    pub fn is_whole(&self, words: &Words) -> bool {
        self.match_at(words, 0, &self.items) == Some(words.len())
    }

    /// Where a match ends that begins at this place.
    pub fn end_at(&self, words: &Words, from: usize) -> Option<usize> {
        self.match_at(words, from, &self.items)
    }

    /// True when the text ends with the phrase.
    pub fn is_end(&self, words: &Words) -> bool {
        words
            .len()
            .checked_sub(self.items.len())
            .is_some_and(|start| self.match_at(words, start, &self.items) == Some(words.len()))
    }

    fn match_at(&self, words: &Words, at: usize, items: &[Option<Word>]) -> Option<usize> {
        let Some((first, rest)) = items.split_first() else {
            return Some(at);
        };
        match first {
            Some(item) if at < words.len() && words.matches(at, item, self.loose) => {
                self.match_at(words, at + 1, rest)
            }
            Some(_) => None,
            None => (0..=GAP).find_map(|skip| {
                (at + skip <= words.len())
                    .then(|| self.match_at(words, at + skip, rest))
                    .flatten()
            }),
        }
    }
}

/// Reads a list of loose phrases.
pub fn loose(texts: &[String]) -> Vec<Phrase> {
    texts.iter().map(|text| Phrase::loose(text)).collect()
}

/// Every way to read a text with choices: `(a|b) c` is "a c" and "b c", `(a|b)? c` also "c".
pub fn expand(text: &str) -> Vec<String> {
    let Some((head, rest)) = text.split_once('(') else {
        return vec![text.to_owned()];
    };
    let Some((choices, tail)) = rest.split_once(')') else {
        return vec![text.to_owned()];
    };
    let (tail, may_lack) = tail
        .strip_prefix('?')
        .map_or((tail, None), |tail| (tail, Some("")));
    let tails = expand(tail);
    let each = choices.split('|').chain(may_lack);
    each.flat_map(|choice| {
        tails
            .iter()
            .map(move |tail| format!("{head}{choice}{tail}"))
    })
    .collect()
}

/// Reads a list of phrases.
pub fn phrases(texts: &[String]) -> Vec<Phrase> {
    texts.iter().map(|text| Phrase::parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        Phrase::parse(phrase).find(&Words::read(text), 0).is_some()
    }

    #[test]
    fn unmarked_questions_match_marked_phrases() {
        assert!(found("lệ phí", "le phi dang ky ket hon"));
        assert!(found("lệ phí", "Lệ phí đăng ký kết hôn?"));
    }

    #[test]
    fn an_unmarked_word_in_a_marked_question_is_itself() {
        assert!(!found("phí", "thuế đất phi nông nghiệp nộp ở đâu"));
    }

    #[test]
    fn both_spellings_of_a_final_i_match() {
        assert!(found("đăng ký", "đăng kí kết hôn"));
        assert!(found("đăng ký", "dang ki ket hon"));
    }

    #[test]
    fn a_gap_holds_up_to_three_words() {
        assert!(found("đọc * otp", "họ bảo đọc cái mã số otp"));
        assert!(found("đọc * otp", "đọc otp"));
        assert!(!found("đọc * otp", "đọc một hai ba bốn otp"));
    }

    #[test]
    fn a_match_tells_its_own_words_from_those_of_the_gap() {
        let words = Words::read("có phải khám sức khỏe không");
        let phrase = Phrase::parse("có phải * không");
        let found = phrase.find(&words, 0).unwrap();
        assert_eq!(phrase.named(found), [0..2, 5..6]);
        let whole = Phrase::parse("khám sức khỏe");
        let found = whole.find(&words, 0).unwrap();
        assert_eq!(whole.named(found), [2..5, 2..5]);
    }

    #[test]
    fn choices_are_written_out() {
        assert_eq!(expand("a (b|c d) e"), ["a b e", "a c d e"]);
        assert_eq!(expand("(a|b)? c"), ["a c", "b c", " c"]);
        assert_eq!(expand("(a|b) (c|d)").len(), 4);
    }

    #[test]
    fn start_end_and_whole() {
        let words = Words::read("còn lệ phí thì sao");
        assert_eq!(Phrase::parse("còn").end_at(&words, 0), Some(1));
        assert!(Phrase::parse("thì sao").is_end(&words));
        assert!(!Phrase::parse("còn").is_whole(&words));
        assert!(Phrase::parse("xin chào").is_whole(&Words::read("Xin chào!")));
    }
}
