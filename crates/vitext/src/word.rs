//! Words for display and export: syllables, numbers, codes and punctuation, which
//! together cover everything that is not white space.
//!
//! Search does not use these: segmented words measured below syllable bigrams.

use crate::syllable::{Token, syllables};

/// Cuts a text into words and punctuation marks; a run of one mark (`...`) is one word.
pub fn words(text: &str) -> Vec<Token<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    for token in syllables(text) {
        push_marks(text, at, token.start, &mut words);
        words.push(token);
        at = token.end;
    }
    push_marks(text, at, text.len(), &mut words);
    words
}

fn push_marks<'a>(text: &'a str, start: usize, end: usize, words: &mut Vec<Token<'a>>) {
    let mut run: Option<(usize, char)> = None;
    for (offset, c) in text[start..end].char_indices() {
        let at = start + offset;
        if let Some((from, mark)) = run
            && mark != c
        {
            words.push(Token::of(text, from, at));
            run = None;
        }
        if !c.is_whitespace() && run.is_none() {
            run = Some((at, c));
        }
    }
    if let Some((from, _)) = run {
        words.push(Token::of(text, from, end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_cover_the_line() {
        let line = "Đăng ký kết hôn ở Hà Nội, phí 20.000 đồng...";
        let cut: Vec<&str> = words(line).into_iter().map(|w| w.text).collect();
        let want = [
            "Đăng", "ký", "kết", "hôn", "ở", "Hà", "Nội", ",", "phí", "20.000", "đồng", "...",
        ];
        assert_eq!(cut, want);
    }

    #[test]
    fn marks_that_differ_are_words_of_their_own() {
        let cut: Vec<&str> = words("(\"??!").into_iter().map(|w| w.text).collect();
        assert_eq!(cut, ["(", "\"", "??", "!"]);
        assert!(words(" \t\n").is_empty());
    }

    proptest! {
        #[test]
        fn words_cover_every_visible_character(text in any::<String>()) {
            let joined: String = words(&text).iter().map(|w| w.text).collect();
            let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(joined, bare);
            for word in words(&text) {
                prop_assert_eq!(&text[word.start..word.end], word.text);
            }
        }
    }
}
