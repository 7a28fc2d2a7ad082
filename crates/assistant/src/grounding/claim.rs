//! What a clause claims, held against one statement of the record and what may stand
//! beside it.

use std::collections::HashSet;

use vitext::spans::SpanKind;

use super::actors::{self, Deed};
use super::check::Refusal;
use super::conditions::{self, Mismatch};
use super::details::{
    ACTS, COPIES, Copy, Role, Sweep, case, copies, files_within, forced, per, role,
};
use super::evidence::{CHANNELS, Evidence, Topic, said};
use super::names::{self, Name};
use super::polarity::{self, Turn, turns};
use super::reading::{Bound, Class, Gap, Token, Value};
use super::units::{Unit, is_rival};

/// What a clause claims.
pub(super) struct Claim<'e> {
    pub(super) evidence: &'e Evidence<'e>,
    pub(super) words: Vec<String>,
    pub(super) said: HashSet<String>,
    pub(super) earlier: &'e HashSet<String>,
    pub(super) values: Vec<Value>,
    pub(super) turns: Vec<Turn>,
    pub(super) agencies: Vec<Name>,
    pub(super) deeds: Vec<Deed>,
    pub(super) names: Vec<Name>,
    pub(super) anchors: Vec<(&'static str, String)>,
    pub(super) copies: Vec<Copy>,
    /// "Bắt buộc", with what it demands.
    pub(super) forced: Vec<Turn>,
    /// Amounts with what they are paid for: "50.000 đồng mỗi trang".
    pub(super) per: Vec<(String, String)>,
    /// The words for when or for whom, before "thì".
    pub(super) case: Vec<String>,
    pub(super) sweep: Sweep,
    /// "Kết quả là …", "nộp …": what a paper is.
    pub(super) role: Option<Role>,
    /// "Nộp hồ sơ trong 7 ngày": the citizen's time, not the office's.
    pub(super) files_within: bool,
}

/// How many words a unit lacks, and what is wrong with it.
pub(super) type Miss = (usize, Refusal);

impl<'e> Claim<'e> {
    pub(super) fn read(
        evidence: &'e Evidence<'e>,
        tokens: &[Token],
        earlier: &'e HashSet<String>,
    ) -> Self {
        let words = tokens.iter().enumerate();
        let words = words.filter(|(at, token)| {
            let content = token.is_content() && !orders(tokens, *at);
            content || dates(&tokens[..*at], token)
        });
        let words = words.map(|(_, token)| token.word.clone()).collect();
        let values = tokens.iter().filter_map(|token| token.value.clone());
        let values: Vec<Value> = values.collect();
        let said = said(tokens)
            .into_iter()
            .chain(values.iter().map(Value::word))
            .collect();
        Self {
            evidence,
            words,
            said,
            earlier,
            values,
            turns: turns(tokens),
            agencies: names::agencies(evidence.gate, tokens),
            deeds: actors::said(evidence.gate, tokens),
            names: names::others(evidence.gate, tokens),
            anchors: names::anchors(tokens, 1),
            copies: copies(tokens),
            forced: forced(tokens),
            per: per(tokens),
            case: case(tokens),
            sweep: Sweep::read(tokens),
            role: role(tokens),
            files_within: files_within(tokens),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let free = |turn: &Turn| turn.is_free();
        self.words.is_empty() && self.values.is_empty() && self.turns.iter().all(free)
    }

    /// Checks the clause against one statement and what may stand beside it: rows of the
    /// table of fees and periods, agencies.
    pub(super) fn held_by(&self, unit: &Unit) -> Result<Vec<usize>, Miss> {
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
        let rows = |unit: &&Unit| self.evidence.lines[unit.line].topic == Topic::Channel;
        let filed = |unit: &&Unit| unit.own.contains("nộp") || unit.own.contains("gửi");
        if self.files_within && units.iter().any(|unit| rows(unit) && !filed(unit)) {
            return Err((0, Refusal::Condition("nộp".to_owned())));
        }
        self.limited(unit)?;
        self.channels(&units)
            .and_then(|()| self.names(&units))
            .and_then(|()| self.doers())
            .and_then(|()| self.fastened(&units))
            .and_then(|()| self.nearest(unit))
            .map_err(|refusal| (0, refusal))?;
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
        let content =
            |word: &&String| !names.contains(*word) && !self.evidence.gate.is_generic(word);
        let said = |unit: &&Unit| {
            unit.own
                .iter()
                .any(|word| self.said.contains(word) && content(&word))
        };
        units.iter().any(said) || units[0].own.iter().filter(content).count() == 0
    }

    /// Each value in the unit, or in a row of the table when the unit gives none of its kind.
    fn values(&self, unit: &Unit, beside: &mut Vec<&'e Unit>) -> Result<(), Refusal> {
        for value in &self.values {
            let per = |(amount, _): &&(String, String)| *amount == value.text;
            let per = self.per.iter().find(per).map(|(_, word)| word);
            let gives = |unit: &Unit| {
                unit.values
                    .iter()
                    .any(|own| fits(value, own) && counts(value, own, unit))
                    && per.is_none_or(|word| unit.words.contains(word))
            };
            if gives(unit) {
                self.condition(unit, value)?;
                continue;
            }
            if unit.values.iter().any(|own| own.kind == value.kind) {
                return Err(Refusal::Claim(value.text.clone()));
            }
            let rows = self.evidence.units.iter().filter(|row| {
                self.evidence.lines[row.line].topic == Topic::Channel
                    && !row.has_parts
                    && gives(row)
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
                name.stands_in(&line.pairs)
                    && name
                        .words
                        .iter()
                        .all(|word| unit.words.contains(word) || line.topic == Topic::Agency)
            };
            let free = |other: &&Unit| match self.evidence.lines[other.line].topic {
                Topic::Agency => !other.words.contains("cơ_quan_phối_hợp"),
                _ => other.line == unit.line && !unit.has_agency,
            };
            let named = || {
                self.evidence
                    .lines
                    .first()
                    .is_some_and(|line| name.stands_in(&line.pairs))
            };
            // "Giấy phép tổ chức liên hoan phim" names no organisation.
            let deed = self.evidence.gate.offices.contains(&name.words[0]);
            if holds(unit) || (deed || !unit.has_agency) && named() {
                continue;
            }
            match self
                .evidence
                .units
                .iter()
                .filter(free)
                .find(|other| holds(other))
            {
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
                || self.evidence.name_words.contains(word) && !self.is_other_act(unit, word)
                || (own || self.values.is_empty()) && self.is_channel_of_record(unit, word)
                || word == "bắt_buộc" && self.is_demanded(unit)
                || self.is_subject(unit, word)
                || self.is_applicant(unit, word)
        };
        self.words.iter().filter(|word| !held(word)).collect()
    }

    /// A word of what the line is about, said before its first value: "khiếu nại lần đầu … 30
    /// ngày; vụ việc phức tạp … 45 ngày". Only for a value, whose case is checked.
    fn is_subject(&self, unit: &Unit, word: &String) -> bool {
        let valued =
            |value: &Value| is_rival(value.kind) && unit.values.iter().any(|v| v.is(value));
        let opening = &self.evidence.lines[unit.line].opening;
        opening.contains(word) && self.values.iter().any(valued)
    }

    /// Who applies, where the statement leaves it out and another line says it.
    fn is_applicant(&self, unit: &Unit, word: &String) -> bool {
        let applicants = &self.evidence.gate.applicants;
        let mut units = self.evidence.units.iter();
        applicants.contains(word)
            && !unit.own.iter().any(|own| applicants.contains(own))
            && units.any(|other| other.words.contains(word))
    }

    /// A way of filing that the record knows, in a clause whose support names none.
    fn is_channel_of_record(&self, unit: &Unit, word: &String) -> bool {
        CHANNELS.contains(&word.as_str())
            && unit.channels().next().is_none()
            && self
                .evidence
                .units
                .iter()
                .any(|unit| unit.words.contains(word))
    }

    /// A clause that names a way of filing needs units that do not stand under another.
    fn channels(&self, units: &[&Unit]) -> Result<(), Refusal> {
        let named: Vec<&str> = CHANNELS
            .into_iter()
            .filter(|word| self.said.contains(*word))
            .collect();
        let fits = |unit: &&Unit| {
            unit.channels().next().is_none() || named.iter().all(|word| unit.words.contains(*word))
        };
        match units.iter().find(|unit| !fits(unit)) {
            Some(_) => Err(Refusal::Condition(named.join(" "))),
            None => Ok(()),
        }
    }

    /// A name of several acts ("Đổi, cấp lại …") does not lend one to a statement of another.
    fn is_other_act(&self, unit: &Unit, word: &str) -> bool {
        let other = |act: &&str| unit.own.contains(*act) && !self.said.contains(*act);
        ACTS.contains(&word) && ACTS.iter().any(other)
    }

    /// "Bắt buộc nộp …" for "phải nộp …".
    fn is_demanded(&self, unit: &Unit) -> bool {
        let demands = || unit.turns.iter().filter(|turn| turn.is_demand());
        let mut forced = self.forced.iter();
        forced.any(|turn| demands().any(|own| turn.shares(own)))
    }

    /// Places, beginnings and copies stand by the same words as in the record.
    fn fastened(&self, units: &[&Unit]) -> Result<(), Refusal> {
        let lines = || units.iter().map(|unit| &self.evidence.lines[unit.line]);
        let recorded: Vec<_> = lines().flat_map(|line| line.anchors.clone()).collect();
        if let Some(word) = names::moved(&self.anchors, &recorded) {
            return Err(Refusal::Name(word.to_owned()));
        }
        let both = |unit: &&Unit| COPIES.iter().all(|word| unit.words.contains(*word));
        let says_both = COPIES.iter().all(|word| self.said.contains(*word));
        if says_both || !units.iter().any(both) {
            return Ok(());
        }
        let beside = |copy: &&Copy| {
            let word = &copy.word;
            let pair = |one: &String, two: &String| {
                lines().any(|line| line.pairs.contains(&(one.clone(), two.clone())))
            };
            let before = copy.before.as_ref();
            let behind = copy.behind.as_ref();
            before.is_none() && behind.is_none()
                || before.is_some_and(|other| pair(other, word))
                || behind.is_some_and(|other| pair(word, other))
        };
        match self.copies.iter().find(|copy| !beside(copy)) {
            Some(copy) => Err(Refusal::Name(copy.word.clone())),
            None => Ok(()),
        }
    }

    /// People and papers: the word behind the head stands behind it in the record.
    fn names(&self, units: &[&Unit]) -> Result<(), Refusal> {
        let lines = || units.iter().map(|unit| &self.evidence.lines[unit.line]);
        let headed = |name: &Name| units.iter().any(|unit| unit.own.contains(&name.words[0]));
        let wrong = self.names.iter().find(|name| {
            let whole = lines().chain(self.evidence.lines.first());
            headed(name) && !whole.into_iter().any(|line| name.stands_near(line))
        });
        match wrong {
            Some(name) => Err(Refusal::Name(name.words.join(" "))),
            None => Ok(()),
        }
    }
}

/// "Kể từ ngày nhận đủ hồ sơ": what a period is counted from has to be the record's, in the
/// words of every procedure too.
fn dates(before: &[Token], token: &Token) -> bool {
    let near = before.iter().rev().take(3);
    let mut near = near.take_while(|token| token.gap == Gap::None || token.word == "từ");
    token.class == Class::Generic && token.word != "ngày" && near.any(|t| t.word == "từ")
}

/// "02 bản chứng nhận thu hồi (01 bản trả chủ xe)": where a statement counts the same thing twice,
/// what is counted has to go on alike.
fn counts(said: &Value, recorded: &Value, unit: &Unit) -> bool {
    let rival = |own: &Value| own.unit == said.unit && own.text != said.text;
    said.kind != SpanKind::Number
        || said.unit.is_none()
        || said.of.is_none()
        || said.of == recorded.of
        || !unit.values.iter().any(rival)
}

/// "Soát trước, chuyển sau": no time, an order, which is checked by itself.
fn orders(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).filter(|next| next.gap == Gap::None);
    let time =
        |next: &Token| next.value.is_some() || matches!(next.word.as_str(), "khi" | "ngày" | "lúc");
    matches!(tokens[at].word.as_str(), "trước" | "sau") && !next.is_some_and(time)
}

fn fits(said: &Value, recorded: &Value) -> bool {
    said.is(recorded) && Bound::allows(said.bound, recorded.bound)
}
