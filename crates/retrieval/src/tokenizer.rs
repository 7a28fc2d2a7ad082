//! The tantivy tokenizer over [`crate::analysis`]: syllable unigrams and bigrams,
//! accented or folded.
//!
//! Bigrams stand for words: on the national questions they lift BM25 from 35 to 48
//! hits in ten, where segmented words lift nothing.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis::{Unit, parts, units};

/// Which form of a syllable becomes a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Marked,
    Folded,
}

impl Form {
    /// The unit in this form.
    pub(crate) fn of(self, unit: &Unit) -> &str {
        match self {
            Self::Marked => &unit.marked,
            Self::Folded => &unit.folded,
        }
    }

    /// Name under which the tokenizer is registered.
    pub(crate) fn tokenizer_name(self) -> &'static str {
        match self {
            Self::Marked => "vi_marked",
            Self::Folded => "vi_folded",
        }
    }
}

/// Term of a bigram.
pub(crate) fn bigram(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

/// Tokenizer of one form.
#[derive(Debug, Clone)]
pub(crate) struct Syllables {
    pub form: Form,
    /// Whether two neighbours are a term too.
    pub pairs: bool,
}

impl Tokenizer for Syllables {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream {
            form: self.form,
            pairs: self.pairs,
            units: units(text),
            at: 0,
            pending: Vec::new(),
            token: Token::default(),
        }
    }
}

/// Terms of one text. Positions count units; offsets are not kept, since nothing
/// is highlighted from the index.
pub(crate) struct Stream {
    form: Form,
    pairs: bool,
    units: Vec<Unit>,
    at: usize,
    /// Further terms at the position of the last unit.
    pending: Vec<String>,
    token: Token,
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        if let Some(term) = self.pending.pop() {
            self.token.text = term;
            return true;
        }
        let Some(unit) = self.units.get(self.at) else {
            return false;
        };
        let text = self.form.of(unit);
        self.pending.extend(parts(text).map(str::to_owned));
        let joins = self.pairs && unit.joins_next;
        if let Some(next) = self.units.get(self.at + 1).filter(|_| joins) {
            self.pending.push(bigram(text, self.form.of(next)));
        }
        self.token.text.clear();
        self.token.text.push_str(text);
        self.token.position = self.at;
        self.at += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(form: Form, text: &str) -> Vec<String> {
        terms_of(Syllables { form, pairs: true }, text)
    }

    fn terms_of(mut tokenizer: Syllables, text: &str) -> Vec<String> {
        let mut stream = tokenizer.token_stream(text);
        let mut terms = Vec::new();
        stream.process(&mut |token| terms.push(token.text.clone()));
        terms
    }

    #[test]
    fn unigrams_and_bigrams_in_both_forms() {
        assert_eq!(
            terms(Form::Marked, "Kết hôn, lệ phí"),
            ["kết", "kết hôn", "hôn", "hôn lệ", "lệ", "lệ phí", "phí"]
        );
        assert_eq!(terms(Form::Folded, "Kết hôn"), ["ket", "ket hon", "hon"]);
        let single = Syllables {
            form: Form::Marked,
            pairs: false,
        };
        assert_eq!(terms_of(single, "Kết hôn"), ["kết", "hôn"]);
    }

    #[test]
    fn a_code_is_whole_and_in_parts() {
        let mut found = terms(Form::Folded, "1.004222");
        found.sort();
        assert_eq!(found, ["004222", "1", "1.004222"]);
    }
}
