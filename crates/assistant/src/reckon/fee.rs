//! Copies and pages times the fee of one.

use corpus::{ChannelKind, Fee, Procedure, format, values};
use regex::{Captures, Regex};
use serde::Deserialize;

use super::{Numbers, Phrases, compile};

/// How questions and records are read.
#[derive(Debug, Deserialize)]
pub(super) struct Data {
    units: Vec<Vec<String>>,
    each: String,
    several: String,
    falling: String,
    pages_each: String,
    pages: String,
    copies_counted: String,
    certified: String,
    no_copies: String,
    copies: String,
}

/// The compiled rules.
#[derive(Debug)]
pub(super) struct Fees {
    units: Vec<Vec<String>>,
    each: Regex,
    several: Regex,
    falling: Regex,
    pages_each: Regex,
    pages: Regex,
    copies_counted: Regex,
    certified: Regex,
    no_copies: Regex,
    copies: Regex,
    /// A number before each unit's words, the longest word first.
    counted: Vec<Regex>,
    numbers: Numbers,
    words: Phrases,
}

/// What a record takes for one thing, in đồng.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rate {
    amount: u64,
    of: Of,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    /// The source names no unit.
    Unstated,
    /// One of these: the unit's row and its word in the record.
    Each(usize, String),
    /// A page.
    Page,
    /// A page, less from a later one on, and at most so much a copy.
    Falling { from: u64, then: u64, most: u64 },
}

impl Fees {
    pub(super) fn new(data: &Data, numbers: Numbers, words: Phrases) -> Result<Self, String> {
        let longest_first = |words: &[String]| {
            let mut words = words.to_vec();
            words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
            words.join("|")
        };
        let all = longest_first(&data.units.concat());
        let number = numbers.pattern();
        let counted = data.units.iter().map(|row| {
            let words = longest_first(row);
            compile(&format!(r"\b(?P<count>{number}) (?:{words})\b"))
        });
        let numbered = |pattern: &str| compile(&pattern.replace("{number}", &number));
        Ok(Self {
            each: compile(&data.each.replace("{units}", &all))?,
            several: compile(&data.several)?,
            falling: compile(&data.falling)?,
            pages_each: numbered(&data.pages_each)?,
            pages: numbered(&data.pages)?,
            copies_counted: numbered(&data.copies_counted)?,
            certified: compile(&data.certified)?,
            no_copies: compile(&data.no_copies)?,
            copies: compile(&data.copies)?,
            counted: counted.collect::<Result<_, _>>()?,
            units: data.units.clone(),
            numbers,
            words,
        })
    }

    /// The working in words, and the amount that it rests on as the record's line has it.
    pub(super) fn work(
        &self,
        procedure: &Procedure,
        channel: Option<ChannelKind>,
        question: &str,
    ) -> Option<(String, String)> {
        let rate = self.rate(procedure, channel)?;
        let amount = format::vnd(rate.amount);
        let said = match &rate.of {
            Of::Unstated => {
                let name = procedure.name.to_lowercase();
                let copies = self.count(question, 0).filter(|n| *n > 1)?;
                self.copies.is_match(&name).then_some(())?;
                let working = times(rate.amount, copies, &self.units[0][0]);
                let words = self.words.unstated.replace("{amount}", &amount);
                words.replace("{working}", &working)
            }
            Of::Each(row, unit) => {
                let count = self.count(question, *row).filter(|n| *n > 1)?;
                let working = times(rate.amount, count, unit);
                self.words.each.replace("{working}", &working)
            }
            Of::Page | Of::Falling { .. } => self.of_pages(&rate, question)?,
        };
        Some((said, amount))
    }

    /// A question without how many copies and pages there are; none where it counts none.
    pub(super) fn without_counts(&self, question: &str) -> Option<String> {
        let text = question.to_lowercase();
        let in_pages = self.pages.is_match(&text);
        if !in_pages && !self.copies_counted.is_match(&text) {
            return None;
        }
        let unsaid = self.certified.is_match(&text) && !self.no_copies.is_match(&text);
        let copies = if in_pages && unsaid { " bản sao" } else { "" };
        let text = self.pages_each.replace_all(&text, "");
        let text = self.pages.replace_all(&text, "");
        let text = self
            .copies_counted
            .replace_all(&text, |found: &Captures<'_>| {
                let kept = found.name("next").or_else(|| found.name("copies"));
                kept.map_or("", |kept| kept.as_str()).to_owned()
            });
        // "chứng thực bản sao": the thing stands behind the act.
        let text = self
            .certified
            .replace(&text, |act: &Captures<'_>| format!("{}{copies}", &act[0]));
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn of_pages(&self, rate: &Rate, question: &str) -> Option<String> {
        let each = self.pages_each.captures(question);
        let found = each.or_else(|| self.pages.captures(question))?;
        let pages = self.numbers.read(&found["pages"])?;
        let rest = question.replace(&found[0], " ");
        if pages == 0 || self.pages.is_match(&rest) {
            return None;
        }
        let copies = self.count(&rest, 0).unwrap_or(1);
        if pages * copies < 2 {
            return None;
        }
        let (mut steps, one, words) = if let Of::Falling { from, then, most } = rate.of {
            let (steps, one) = self.falling(rate.amount, pages, (from, then, most));
            (steps, one, &self.words.falling)
        } else {
            let steps = vec![times(rate.amount, pages, "trang")];
            (steps, rate.amount * pages, &self.words.pages)
        };
        if copies > 1 {
            steps.push(times(one, copies, &self.units[0][0]));
        }
        Some(words.replace("{working}", &steps.join("; ")))
    }

    /// The steps for one copy and what it costs.
    fn falling(
        &self,
        amount: u64,
        pages: u64,
        (from, then, most): (u64, u64, u64),
    ) -> (Vec<String>, u64) {
        let first = pages.min(from - 1);
        let later = pages - first;
        let mut steps = Vec::new();
        if later > 0 {
            steps.push(format!(
                "{pages} trang = {first} trang đầu + {later} trang sau"
            ));
        }
        steps.push(times(amount, first, "trang"));
        let mut one = amount * first;
        if later > 0 {
            steps.push(times(then, later, "trang"));
            let sum = one + then * later;
            steps.push(format!(
                "{} + {} = {}",
                format::vnd(one),
                format::vnd(then * later),
                format::vnd(sum)
            ));
            one = sum;
        }
        if one > most {
            one = most;
            steps.push(self.words.most.replace("{amount}", &format::vnd(most)));
        }
        (steps, one)
    }

    /// The one number that stands before words of a row; none when there are two.
    fn count(&self, question: &str, row: usize) -> Option<u64> {
        let mut found = self.counted[row].captures_iter(question);
        let count = self.numbers.read(&found.next()?["count"])?;
        found.next().is_none().then_some(count)
    }

    /// What all fees of the ways to file (or of the one asked for) have in common.
    fn rate(&self, procedure: &Procedure, channel: Option<ChannelKind>) -> Option<Rate> {
        let channels = procedure.channels.value()?;
        let chosen = |kind: ChannelKind| channel.is_none_or(|asked| asked == kind);
        let any = channels
            .iter()
            .any(|c| chosen(c.kind) && c.fees.is_present());
        let channels = channels.iter().filter(|c| !any || chosen(c.kind));
        let mut fees = channels
            .flat_map(|channel| channel.fees.iter())
            .filter(|fee| !is_abroad(fee));
        let rate = self.read(fees.next()?)?;
        fees.all(|fee| self.read(fee).as_ref() == Some(&rate))
            .then_some(rate)
    }

    fn read(&self, fee: &Fee) -> Option<Rate> {
        let amount = fee.amount_vnd.filter(|vnd| *vnd >= values::SUSPECT_BELOW)?;
        let note = fee
            .note
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        let of = if note.is_empty() {
            Of::Unstated
        } else if let Some(of) = self.falling_of(&note) {
            of
        } else {
            let found = self.each.captures(&note)?;
            let rest = found.name("rest").map_or("", |rest| rest.as_str());
            if self.several.is_match(rest) {
                return None;
            }
            self.each_of(&found["unit"])?
        };
        Some(Rate { amount, of })
    }

    fn each_of(&self, unit: &str) -> Option<Of> {
        if unit == "trang" {
            return Some(Of::Page);
        }
        let has = |row: &Vec<String>| row.iter().any(|word| word == unit);
        let row = self.units.iter().position(has)?;
        Some(Of::Each(row, unit.to_owned()))
    }

    fn falling_of(&self, note: &str) -> Option<Of> {
        let found = self.falling.captures(note)?;
        let amount = |name: &str| found[name].replace('.', "").parse().ok();
        Some(Of::Falling {
            from: self.numbers.read(&found["from"])?,
            then: amount("then")?,
            most: amount("most")?,
        })
    }
}

/// A fee in another currency, for people abroad, or an amount that the source lost its
/// thousands of: shown beside, never counted with.
fn is_abroad(fee: &Fee) -> bool {
    let in_dollars = fee.raw.contains("USD") || values::suspect_amount(&fee.raw).is_some();
    fee.amount_vnd.is_none() && in_dollars
}

/// `8.000 đồng × 3 bản = 24.000 đồng`.
fn times(amount: u64, count: u64, unit: &str) -> String {
    let (one, all) = (format::vnd(amount), format::vnd(amount * count));
    format!("{one} × {count} {unit} = {all}")
}
