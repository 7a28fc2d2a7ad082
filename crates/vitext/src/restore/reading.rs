//! A text as the language model sees it: syllables in lower case, numbers as one symbol,
//! breaks between sentences. Training and restoring read with the same eyes.

use crate::syllable::{Token, syllables};
use crate::{clean, normalize};

/// Letters of the longest Vietnamese syllable (`nghiêng`) and of the longest short form
/// worth a place in the vocabulary (`ttpvhcc`).
const LONGEST: usize = 7;

/// One symbol of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol<'a> {
    /// A run of letters, in normal form and lower case.
    Word {
        /// Where it stands.
        token: Token<'a>,
        /// Its normal form in lower case.
        form: String,
    },
    /// Something with a digit in it, or a run of letters longer than any syllable.
    Other,
    /// The end of a sentence, clause or line.
    Break,
}

/// The symbols of a text, in order; one break at most between two others.
pub(crate) fn symbols(text: &str) -> Vec<Symbol<'_>> {
    let mut symbols = Vec::with_capacity(text.len() / 4);
    let mut at = 0;
    for token in syllables(text) {
        if breaks(&text[at..token.start]) && !symbols.is_empty() {
            symbols.push(Symbol::Break);
        }
        at = token.end;
        symbols.push(symbol(token));
    }
    symbols
}

fn symbol(token: Token<'_>) -> Symbol<'_> {
    let form = if token.text.is_ascii() {
        token.text.to_ascii_lowercase()
    } else {
        normalize(token.text).to_lowercase()
    };
    if form.chars().count() > LONGEST || !form.chars().all(char::is_alphabetic) {
        Symbol::Other
    } else {
        Symbol::Word { token, form }
    }
}

/// Whether what stands between two tokens parts them. A comma does not: citizens leave
/// it out, and the words on both sides still tell about each other.
fn breaks(gap: &str) -> bool {
    gap.contains(|c: char| !matches!(c, ' ' | ',' | '/' | '-' | '"' | '\'') && !invisible(c))
}

fn invisible(c: char) -> bool {
    let mut buffer = [0; 4];
    matches!(&*clean(c.encode_utf8(&mut buffer)), "" | " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let show = |symbol: Symbol<'_>| match symbol {
            Symbol::Word { form, .. } => form,
            Symbol::Other => "#".to_owned(),
            Symbol::Break => "|".to_owned(),
        };
        symbols(text)
            .into_iter()
            .map(show)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn words_numbers_and_breaks() {
        assert_eq!(
            shown("Lệ phí 20.000 đồng, nộp ở đâu? CCCD/Hộ chiếu\u{a0}mới (theo mẫu)."),
            "lệ phí # đồng nộp ở đâu | cccd hộ chiếu mới | theo mẫu"
        );
        assert_eq!(shown("Zalo, Facebook"), "zalo #");
        assert_eq!(shown(" ?"), "");
    }

    #[test]
    fn decomposed_text_reads_alike() {
        assert_eq!(shown("Hoa\u{300} bi\u{300}nh"), "hòa bình");
    }
}
