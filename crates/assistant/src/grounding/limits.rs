//! What keeps a clause from a statement that holds all its words: the statement is made under a
//! condition, leaves a choice, makes an exception, is of another paper, or of others who do it.

use vitext::spans::SpanKind;

use super::actors::{self, Deed};
use super::check::Refusal;
use super::claim::{Claim, Miss};
use super::details::is_copy;
use super::evidence::Topic;
use super::reading::Value;
use super::units::Unit;

impl Claim<'_> {
    /// A count is of the same thing, a choice or an exception stays one, a result is no paper
    /// handed in.
    pub(super) fn limited(&self, unit: &Unit) -> Result<(), Miss> {
        let line = &self.evidence.lines[unit.line];
        if self
            .role
            .is_some_and(|role| line.role.is_some_and(|own| own != role))
        {
            return Err((0, Refusal::Condition("kết_quả".to_owned())));
        }
        if line.topic == Topic::Text && self.counts_other(unit) {
            return Err((0, Refusal::Condition("của".to_owned())));
        }
        if self.sweep.both && self.is_choice(unit) {
            return Err((0, Refusal::Condition("hoặc".to_owned())));
        }
        let said = |word: &str| self.said.contains(word);
        if self.sweep.concedes && unit.turns.iter().any(|turn| turn.excepts(&said)) {
            return Err((0, Refusal::Polarity("Except".to_owned())));
        }
        self.cased(unit)
    }

    /// "Xe ngoại giao: 03 bản" says nothing of the copies that others get: true where a count is all
    /// that the clause has of a statement.
    fn counts_other(&self, unit: &Unit) -> bool {
        let counted = |value: &Value| {
            let of = value.unit.as_ref().filter(|of| !is_copy(of));
            of.filter(|_| value.kind == SpanKind::Number).cloned()
        };
        let Some(of) = self.values.iter().find_map(counted) else {
            return false;
        };
        let names = &self.evidence.name_words;
        let own = |word: &&String| {
            **word != of && !names.contains(*word) && !self.evidence.gate.is_generic(word)
        };
        let mut plain = unit.plain.iter().filter(own).peekable();
        plain.peek().is_some() && !plain.any(|word| self.said.contains(word))
    }

    /// What the record says under a condition is not said of every case, nor of another.
    fn cased(&self, unit: &Unit) -> Result<(), Miss> {
        let names = &self.evidence.name_words;
        let own = || unit.conditions.iter().filter(|word| !names.contains(*word));
        let held = own().filter(|word| self.said.contains(*word)).count();
        if self.sweep.universal && held * 2 < own().count() {
            return Err((0, Refusal::Condition("mọi".to_owned())));
        }
        // The case is said in the procedure's name alone, and the statement is of another.
        let strange = |word: &&String| !unit.words.contains(*word);
        if own().count() > 0 && held == 0 && self.case.iter().any(|word| strange(&word)) {
            return Err((0, Refusal::Condition("khi".to_owned())));
        }
        Ok(())
    }

    /// "A hoặc B" of the record, of which the clause says something on both sides.
    fn is_choice(&self, unit: &Unit) -> bool {
        let said = |words: &Vec<String>| {
            let own = |word: &&String| !self.evidence.name_words.contains(*word);
            words
                .iter()
                .filter(own)
                .any(|word| self.said.contains(word))
        };
        let mut choices = unit.choices.iter();
        choices.any(|[one, other]| said(one) && said(other))
    }

    /// Where another statement says just these words and no more, its number of copies counts:
    /// "giấy ra viện (bản sao: 1)" is not "giấy ra viện có ghi … (bản sao: 1)".
    pub(super) fn nearest(&self, unit: &Unit) -> Result<(), Refusal> {
        let counts = |value: &&Value| value.unit.as_ref().is_some_and(|own| is_copy(own));
        let Some(value) = self.values.iter().find(counts) else {
            return Ok(());
        };
        let tight = |other: &Unit| {
            let words = || other.plain.iter();
            words().count() > 1
                && words().all(|word| self.said.contains(word))
                && self.words.iter().all(|word| other.words.contains(word))
        };
        let counted = |other: &&Unit| other.values.iter().any(|own| counts(&own));
        let mut others = self.evidence.units.iter().filter(counted);
        let gives = |other: &Unit| other.values.iter().any(|own| own.is(value));
        if !tight(unit) && others.any(|other| tight(other) && !gives(other)) {
            return Err(Refusal::Condition(value.text.clone()));
        }
        Ok(())
    }

    /// Nobody does what the record says that others do.
    pub(super) fn doers(&self) -> Result<(), Refusal> {
        let lines = self.evidence.lines.iter();
        let recorded: Vec<&Deed> = lines.flat_map(|line| &line.deeds).collect();
        match actors::swapped(&self.deeds, &recorded) {
            Some(name) => Err(Refusal::Name(name.words.join(" "))),
            None => Ok(()),
        }
    }
}
