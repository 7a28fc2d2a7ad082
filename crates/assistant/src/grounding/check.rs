//! The check of a sentence, top to bottom: read, cut into clauses, and find for each clause
//! the statement of the record that says all of it.

use std::collections::HashSet;
use std::ops::Range;

use super::clauses;
use super::conditions::{self, Mismatch};
use super::evidence::{CHANNELS, Evidence, Topic, Unit, said};
use super::names::{self, Name};
use super::polarity::{self, Turn, turns};
use super::reading::{Bound, Gap, Token, Value, read};

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
    /// Places of the lines, the procedure's name being 0.
    pub lines: Vec<usize>,
}

impl Evidence<'_> {
    /// Checks one sentence.
    pub fn check(&self, sentence: &str) -> Result<Support, Refusal> {
        let tokens = self.without_name(read(self.gate, sentence));
        let mut lines = HashSet::new();
        let mut earlier = HashSet::new();
        for stretch in clauses::clauses(self.gate, &tokens) {
            for clause in stretch {
                lines.extend(self.clause(&tokens, clause.clone(), &earlier)?);
                earlier.extend(condition(&tokens[clause]));
            }
        }
        let mut lines: Vec<usize> = lines.into_iter().collect();
        lines.sort_unstable();
        if tokens.iter().any(|token| token.is_said() || token.value.is_some()) {
            Ok(Support { lines })
        } else {
            Err(Refusal::Unsupported(String::new()))
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
        let same = |own: &Token, other: &Token| own.word == other.word && own.value == other.value;
        let place = |line: &[Token]| {
            (0..line.len().saturating_sub(tokens.len() - 1)).any(|at| {
                let end = at + tokens.len();
                line[at].gap == Gap::Hard
                    && line.get(end).is_none_or(|next| next.gap == Gap::Hard)
                    && line[at..end].iter().zip(tokens).all(|(own, other)| same(own, other))
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
        let found = words.windows(name.len().max(1)).position(|window| window == name);
        match found.filter(|_| name.len() > 2) {
            Some(at) => {
                let keep = |(place, _): &(usize, Token)| !(at..at + name.len()).contains(place);
                tokens.into_iter().enumerate().filter(keep).map(|(_, token)| token).collect()
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

/// What a clause claims.
struct Claim<'e> {
    evidence: &'e Evidence<'e>,
    words: Vec<String>,
    said: HashSet<String>,
    earlier: &'e HashSet<String>,
    values: Vec<Value>,
    turns: Vec<Turn>,
    agencies: Vec<Name>,
    names: Vec<Name>,
}

/// How many words a unit lacks, and what is wrong with it.
type Miss = (usize, Refusal);

impl<'e> Claim<'e> {
    fn read(evidence: &'e Evidence<'e>, tokens: &[Token], earlier: &'e HashSet<String>) -> Self {
        let content = tokens.iter().enumerate().filter(|(at, token)| {
            let bounds = tokens.get(at + 1).is_some_and(|next| next.value.is_some());
            let behind = matches!(token.bound, Some(Bound::Up | Bound::Down));
            token.is_content() && !(token.bound.is_some() && (bounds || behind))
        });
        let words: Vec<String> = content.map(|(_, token)| token.word.clone()).collect();
        let values: Vec<Value> = tokens.iter().filter_map(|token| token.value.clone()).collect();
        let said = said(tokens).into_iter().chain(values.iter().map(Value::word)).collect();
        Self {
            evidence,
            words,
            said,
            earlier,
            values,
            turns: turns(tokens),
            agencies: names::agencies(evidence.gate, tokens),
            names: names::others(evidence.gate, tokens),
        }
    }

    fn is_empty(&self) -> bool {
        let free = |turn: &Turn| turn.is_free();
        self.words.is_empty() && self.values.is_empty() && self.turns.iter().all(free)
    }

    /// Checks the clause against one statement and what may stand beside it: rows of the
    /// table of fees and periods, agencies.
    fn held_by(&self, unit: &Unit) -> Result<Vec<usize>, Miss> {
        let mut beside: Vec<&Unit> = Vec::new();
        let values = self.values(unit, &mut beside);
        let agencies = self.agencies(unit, &mut beside);
        let missing = self.missing(unit, &beside);
        if let Some(word) = missing.first() {
            let refusal = match values.and(agencies) {
                Err(refusal) => refusal,
                Ok(()) => Refusal::Unsupported((*word).clone()),
            };
            return Err((missing.len(), refusal));
        }
        values.and(agencies).map_err(|refusal| (0, refusal))?;
        let units: Vec<&Unit> = std::iter::once(unit).chain(beside).collect();
        self.channels(&units).and_then(|()| self.names(&units)).map_err(|refusal| (0, refusal))?;
        if !self.touches(&units) {
            return Err((1, Refusal::Unsupported(String::new())));
        }
        let turned: Vec<Turn> = units.iter().flat_map(|unit| unit.turns.clone()).collect();
        let said = |word: &str| self.said.contains(word);
        if let Some(mark) = polarity::differ(&self.turns, &turned, &said) {
            return Err((0, Refusal::Polarity(format!("{mark:?}"))));
        }
        Ok(units.iter().map(|unit| unit.line).collect())
    }

    /// True when the clause repeats something of its own of the first unit, or when there is
    /// nothing but the procedure's name and the mark to repeat: "Miễn lệ phí."
    fn touches(&self, units: &[&Unit]) -> bool {
        let names = &self.evidence.name_words;
        let content = |word: &&String| !names.contains(*word) && !self.evidence.gate.is_generic(word);
        let said = |unit: &&Unit| unit.own.iter().any(|word| self.said.contains(word) && content(&word));
        units.iter().any(said) || units[0].own.iter().filter(content).count() == 0
    }

    /// Each value in the unit, or in a row of the table when the unit gives none of its kind.
    fn values(&self, unit: &Unit, beside: &mut Vec<&'e Unit>) -> Result<(), Refusal> {
        for value in &self.values {
            let gives = |unit: &Unit| unit.values.iter().any(|own| fits(value, own));
            if gives(unit) {
                self.condition(unit, value)?;
                continue;
            }
            if unit.values.iter().any(|own| own.kind == value.kind) {
                return Err(Refusal::Claim(value.text.clone()));
            }
            let rows = self.evidence.units.iter().filter(|row| {
                self.evidence.lines[row.line].topic == Topic::Channel && !row.has_parts && gives(row)
            });
            let mut refusal = Refusal::Claim(value.text.clone());
            let mut found = false;
            for row in rows {
                match self.condition(row, value) {
                    Ok(()) => {
                        beside.push(row);
                        found = true;
                        break;
                    }
                    Err(other) => refusal = other,
                }
            }
            if !found {
                return Err(refusal);
            }
        }
        Ok(())
    }

    fn condition(&self, unit: &Unit, value: &Value) -> Result<(), Refusal> {
        let found = conditions::check(self.evidence, unit, value, &self.said, self.earlier);
        found.map_err(|mismatch| match mismatch {
            Mismatch::Other | Mismatch::Open => Refusal::Condition(value.text.clone()),
        })
    }

    /// Each agency in the unit, in its line when the unit names none, or in a line that
    /// gives an agency.
    fn agencies(&self, unit: &Unit, beside: &mut Vec<&'e Unit>) -> Result<(), Refusal> {
        for name in &self.agencies {
            let holds = |unit: &Unit| {
                let line = &self.evidence.lines[unit.line];
                name.stands_in(&line.pairs) && name.words.iter().all(|word| unit.words.contains(word) || line.topic == Topic::Agency)
            };
            let free = |other: &&Unit| match self.evidence.lines[other.line].topic {
                Topic::Agency => !other.words.contains("cơ_quan_phối_hợp"),
                _ => other.line == unit.line && !unit.has_agency,
            };
            let named = || self.evidence.lines.first().is_some_and(|line| name.stands_in(&line.pairs));
            if holds(unit) || !unit.has_agency && named() {
                continue;
            }
            match self.evidence.units.iter().filter(free).find(|other| holds(other)) {
                Some(other) => beside.push(other),
                None => return Err(Refusal::Name(name.words.join(" "))),
            }
        }
        Ok(())
    }

    /// Content words that neither the units nor the procedure's name hold.
    fn missing(&self, unit: &Unit, beside: &[&Unit]) -> Vec<&String> {
        let own = beside.iter().any(|other| other.line != unit.line);
        let held = |word: &String| {
            unit.words.contains(word)
                || beside.iter().any(|other| other.words.contains(word))
                || self.evidence.name_words.contains(word)
                || (own || self.values.is_empty()) && self.is_channel_of_record(unit, word)
                || word == "mỗi" && unit.values.iter().any(|value| value.text == "1")
        };
        self.words.iter().filter(|word| !held(word)).collect()
    }

    /// A way of filing that the record knows, in a clause whose support names none.
    fn is_channel_of_record(&self, unit: &Unit, word: &String) -> bool {
        CHANNELS.contains(&word.as_str())
            && unit.channels().next().is_none()
            && self.evidence.units.iter().any(|unit| unit.words.contains(word))
    }

    /// A clause that names a way of filing needs units that do not stand under another.
    fn channels(&self, units: &[&Unit]) -> Result<(), Refusal> {
        let named: Vec<&str> = CHANNELS.into_iter().filter(|word| self.said.contains(*word)).collect();
        let fits = |unit: &&Unit| {
            unit.channels().next().is_none() || named.iter().all(|word| unit.words.contains(*word))
        };
        match units.iter().find(|unit| !fits(unit)) {
            Some(_) => Err(Refusal::Condition(named.join(" "))),
            None => Ok(()),
        }
    }

    /// People and papers: the word behind the head stands behind it in the record.
    fn names(&self, units: &[&Unit]) -> Result<(), Refusal> {
        let lines = || units.iter().map(|unit| &self.evidence.lines[unit.line]);
        let headed = |name: &Name| units.iter().any(|unit| unit.own.contains(&name.words[0]));
        let wrong = self.names.iter().find(|name| {
            let whole = lines().chain(self.evidence.lines.first());
            headed(name) && !whole.into_iter().any(|line| name.stands_in(&line.pairs))
        });
        match wrong {
            Some(name) => Err(Refusal::Name(name.words.join(" "))),
            None => Ok(()),
        }
    }
}

fn fits(said: &Value, recorded: &Value) -> bool {
    said.is(recorded) && Bound::allows(said.bound, recorded.bound)
}
