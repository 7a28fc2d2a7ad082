//! Cuts a stream of text into whole sentences as they complete.

/// Abbreviations after which a full stop ends nothing.
const ABBREVIATIONS: [&str; 8] = ["tp", "tt", "q", "p", "ts", "ths", "mr", "số"];

/// Collects pieces and gives back sentences.
#[derive(Debug, Default)]
pub struct Sentences {
    rest: String,
}

impl Sentences {
    /// Adds a piece; returns the sentences that it completes, each with its stop.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.rest.push_str(piece);
        let mut complete = Vec::new();
        while let Some(end) = boundary(&self.rest) {
            let tail = self.rest.split_off(end);
            let sentence = std::mem::replace(&mut self.rest, tail);
            keep(&mut complete, &sentence);
        }
        complete
    }

    /// The unfinished rest. Half a sentence may claim half a fact: callers drop it
    /// unless the model ended its turn.
    pub fn finish(self) -> Option<String> {
        let mut last = Vec::new();
        keep(&mut last, &self.rest);
        last.pop()
    }
}

fn keep(list: &mut Vec<String>, sentence: &str) {
    let sentence = sentence.trim();
    if sentence.chars().any(char::is_alphanumeric) {
        list.push(sentence.to_owned());
    }
}

/// Byte offset after the first sentence end: a line break, or `.`, `!`, `?` or `…`
/// followed by white space and not part of a number or an abbreviation. The white
/// space must have arrived, because `20.` may go on as `20.000`.
fn boundary(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\n' {
            return Some(at + 1);
        }
        let next_is_space = chars.peek().is_some_and(|(_, next)| next.is_whitespace());
        if next_is_space && (matches!(c, '!' | '?' | '…') || (c == '.' && ends_here(&text[..at])))
        {
            return Some(at + c.len_utf8());
        }
    }
    None
}

fn ends_here(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    let word = word.to_lowercase();
    // "1. Tờ khai": a list number, not a sentence.
    let list_number =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) && before.trim() == word;
    !list_number && !ABBREVIATIONS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(pieces: &[&str]) -> (Vec<String>, Option<String>) {
        let mut sentences = Sentences::default();
        let complete = pieces
            .iter()
            .flat_map(|piece| sentences.push(piece))
            .collect();
        (complete, sentences.finish())
    }

    #[test]
    fn numbers_are_not_cut() {
        let (complete, rest) = split(&["Lệ phí 10", ".", "000 đồng", ". Thời hạn", " 7 ngày"]);
        assert_eq!(complete, ["Lệ phí 10.000 đồng."]);
        assert_eq!(rest.as_deref(), Some("Thời hạn 7 ngày"));
    }

    #[test]
    fn abbreviations_and_list_numbers_go_on() {
        let (complete, rest) = split(&["Nộp tại TP. Huế nhé. 1. Tờ khai\nhết"]);
        assert_eq!(complete, ["Nộp tại TP. Huế nhé.", "1. Tờ khai"]);
        assert_eq!(rest.as_deref(), Some("hết"));
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-zà-ỹ0-9 .!?\n]{0,80}", cut in 0usize..80) {
            let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
            let (complete, rest) = split(&[&text[..cut], &text[cut..]]);
            let back: String = complete.into_iter().chain(rest).collect::<Vec<_>>().join(" ");
            let words = |t: &str| t.split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&back), words(&text));
        }
    }
}
