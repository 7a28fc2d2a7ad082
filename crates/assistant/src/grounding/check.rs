//! The check of a sentence, top to bottom: read, cut into clauses, and find for each clause
//! the statement of the record that says all of it.

use std::collections::HashSet;
use std::ops::Range;

use super::choice;
use super::claim::Claim;
use super::clauses;
use super::duty;
use super::evidence::{Evidence, said};
use super::order;
use super::premise;
use super::reading::{Gap, Token, Value, read};

/// Why a sentence was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A number, amount, period, date or code that the evidence does not hold, or holds
    /// under another bound ("ít nhất" for "tối đa").
    Claim(String),
    /// The value belongs to another case, person or way of filing, or to one of several
    /// and the sentence does not say which.
    Condition(String),
    /// A word that turns the claim round, where the record does not turn it, or the other
    /// way about.
    Polarity(String),
    /// An agency, person or paper that the evidence does not name so.
    Name(String),
    /// A word that the supporting statement does not hold.
    Unsupported(String),
}

/// The lines that support a sentence: places in the evidence, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Support {
    /// Places of the lines; the procedure's name, which is 0, states nothing and is left out.
    pub lines: Vec<usize>,
}

impl Evidence<'_> {
    /// Checks one sentence.
    pub fn check(&self, sentence: &str) -> Result<Support, Refusal> {
        let mut tokens = self.without_name(read(self.gate, sentence));
        let named = self.pass_over_names(&mut tokens);
        let mut lines = HashSet::new();
        let mut earlier = HashSet::new();
        for stretch in clauses::clauses(self.gate, &tokens) {
            let ends = stretch.first().zip(stretch.last());
            let whole = ends.map_or(0..0, |(first, last)| first.start..last.end);
            if let Some(line) = self.verbatim(&tokens[whole]) {
                lines.insert(line);
                continue;
            }
            for clause in stretch {
                lines.extend(self.clause(&tokens, clause.clone(), &earlier)?);
                earlier.extend(condition(&tokens[clause]));
            }
        }
        let mut lines: Vec<usize> = lines.into_iter().filter(|line| *line > 0).collect();
        lines.sort_unstable();
        self.as_a_whole(&tokens, &lines)?;
        let says = |token: &Token| token.is_said() || token.value.is_some();
        // What is left beside the citizen's name for it has to be of the record.
        if tokens.iter().any(says) && !(named && lines.is_empty()) {
            Ok(Support { lines })
        } else {
            Err(Refusal::Unsupported(String::new()))
        }
    }

    /// What no clause shows alone, over the lines that support the sentence.
    fn as_a_whole(&self, tokens: &[Token], lines: &[usize]) -> Result<(), Refusal> {
        let condition = |word: &str| Err(Refusal::Condition(word.to_owned()));
        if order::reversed(self, tokens, lines) {
            return condition("rồi");
        }
        if choice::taken(self, tokens, lines) {
            return condition("hoặc");
        }
        if premise::left_out(self, tokens, lines) {
            return condition("thì");
        }
        match duty::swapped(self, tokens, lines) {
            Some(mark) => Err(Refusal::Polarity(format!("{mark:?}"))),
            None => Ok(()),
        }
    }

    /// A clause as a whole, or else each member of its list.
    fn clause(
        &self,
        tokens: &[Token],
        range: Range<usize>,
        earlier: &HashSet<String>,
    ) -> Result<Vec<usize>, Refusal> {
        let whole = self.support(&tokens[range.clone()], earlier);
        let members = clauses::members(self.gate, tokens, range);
        if whole.is_ok() || members.is_empty() {
            return whole;
        }
        let mut lines = Vec::new();
        let mut earlier = earlier.clone();
        for member in members {
            let own = &tokens[member];
            // The whole clause's refusal says more than that of a scrap of it.
            let found = self.support(own, &earlier);
            lines.extend(found.or_else(|_| whole.clone())?);
            earlier.extend(condition(own));
        }
        Ok(lines)
    }

    /// Finds the statement that holds a clause; of the refusals the one nearest to passing.
    fn support(&self, tokens: &[Token], earlier: &HashSet<String>) -> Result<Vec<usize>, Refusal> {
        let claim = Claim::read(self, tokens, earlier);
        if claim.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(line) = self.verbatim(tokens) {
            return Ok(vec![line]);
        }
        let known = |value: &&Value| {
            let mut values = self.units.iter().flat_map(|unit| &unit.values);
            !values.any(|own| own.is(value))
        };
        if let Some(value) = claim.values.iter().find(known) {
            return Err(Refusal::Claim(value.text.clone()));
        }
        let mut nearest: Option<(usize, Refusal)> = None;
        for unit in &self.units {
            match claim.held_by(unit) {
                Ok(lines) => return Ok(lines),
                Err((missing, refusal)) => {
                    if nearest.as_ref().is_none_or(|(least, _)| missing < *least) {
                        nearest = Some((missing, refusal));
                    }
                }
            }
        }
        Err(nearest.map_or(Refusal::Unsupported(String::new()), |(_, refusal)| refusal))
    }

    /// The line that has these words as a whole statement of its own.
    fn verbatim(&self, tokens: &[Token]) -> Option<usize> {
        if tokens.is_empty() {
            return None;
        }
        let same = |own: &Token, other: &Token| own.word == other.word && own.value == other.value;
        let place = |line: &[Token]| {
            (0..line.len().saturating_sub(tokens.len() - 1)).any(|at| {
                let end = at + tokens.len();
                line[at].gap == Gap::Hard
                    && line.get(end).is_none_or(|next| next.gap == Gap::Hard)
                    && line[at..end]
                        .iter()
                        .zip(tokens)
                        .all(|(own, other)| same(own, other))
            })
        };
        self.lines.iter().position(|line| place(&line.tokens))
    }

    /// The sentence without the procedure's name where it is said in full: a name states
    /// nothing.
    fn without_name(&self, tokens: Vec<Token>) -> Vec<Token> {
        let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
        let Some(name) = self.lines.first().map(|line| &line.tokens) else {
            return tokens;
        };
        let name: Vec<&str> = name.iter().map(|token| token.word.as_str()).collect();
        let found = words
            .windows(name.len().max(1))
            .position(|window| window == name);
        match found.filter(|_| name.len() > 2) {
            Some(at) => {
                let keep = |(place, _): &(usize, Token)| !(at..at + name.len()).contains(place);
                tokens
                    .into_iter()
                    .enumerate()
                    .filter(keep)
                    .map(|(_, token)| token)
                    .collect()
            }
            None => tokens,
        }
    }
}

/// The words of a clause that the next one may leave out: all before its first value.
fn condition(tokens: &[Token]) -> Vec<String> {
    let end = tokens.iter().position(|token| token.value.is_some());
    said(&tokens[..end.unwrap_or(tokens.len())])
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
