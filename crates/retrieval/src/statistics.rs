//! How common a term is, over an index of which a part is known by name only.
//!
//! Names and whole records are two populations. Counted together, a word that stands in
//! every record ("nộp", "lệ phí") looks rare beside thousands of names that lack it, and
//! decides; and a whole record looks a hundred times too long beside them. So a text is
//! counted among the records that can have it, and of a term's two shares, among whole
//! records and among names, the larger is how common it is. Without named-only entries
//! these are the engine's own figures.

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Result, Term};

use crate::schema::{BODY, DOCUMENTS, NAMED};
use crate::snapshot::Snapshot;

impl Bm25StatisticsProvider for Snapshot {
    fn total_num_tokens(&self, field: Field) -> Result<u64> {
        let tokens = self.searcher.total_num_tokens(field)?;
        Ok(scaled(tokens, self.holders(field), self.len()))
    }

    fn total_num_docs(&self) -> Result<u64> {
        Ok(self.len() as u64)
    }

    fn doc_freq(&self, term: &Term) -> Result<u64> {
        let mut frequency = self.frequency_among_holders(term)?;
        if let Some(field) = self.counterpart(term.field()) {
            let value = term.value();
            let twin = Term::from_field_text(field, value.as_str().unwrap_or_default());
            frequency = frequency.max(self.frequency_among_holders(&twin)?);
        }
        Ok(frequency)
    }
}

impl Snapshot {
    /// In how many entries a term would stand if it were as common in all of them as in
    /// those that can have it.
    fn frequency_among_holders(&self, term: &Term) -> Result<u64> {
        let frequency = self.searcher.doc_freq(term)?;
        Ok(scaled(frequency, self.holders(term.field()), self.len()))
    }

    /// How many entries can have a text in this field.
    fn holders(&self, field: Field) -> usize {
        match self.text_of(field) {
            Some(BODY | DOCUMENTS) => self.in_full(),
            Some(NAMED) => self.len() - self.in_full(),
            _ => self.len(),
        }
    }

    /// The whole records' field for the names' field of the same form, and the other way
    /// round; none in an index of one population.
    fn counterpart(&self, field: Field) -> Option<Field> {
        if self.in_full() == self.len() {
            return None;
        }
        let texts = &self.fields.texts;
        let this = texts.iter().find(|text| text.field == field)?;
        let other = match this.text {
            BODY => NAMED,
            NAMED => BODY,
            _ => return None,
        };
        let twin =
            |text: &&crate::schema::SearchedText| text.text == other && text.form == this.form;
        texts.iter().find(twin).map(|text| text.field)
    }

    fn text_of(&self, field: Field) -> Option<usize> {
        let mut texts = self.fields.texts.iter();
        texts.find(|text| text.field == field).map(|text| text.text)
    }
}

/// `count` among `part` entries as a count among `all`.
fn scaled(count: u64, part: usize, all: usize) -> u64 {
    if part == all || part == 0 {
        return count;
    }
    let share = count as f64 / part as f64;
    (share * all as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_among_a_part_is_a_share_of_all() {
        assert_eq!(scaled(3, 10, 10), 3);
        assert_eq!(scaled(3, 10, 1_000), 300);
        assert_eq!(scaled(10, 10, 1_000), 1_000);
        assert_eq!(scaled(3, 990, 1_000), 3);
        assert_eq!(scaled(3, 0, 1_000), 3);
    }
}
