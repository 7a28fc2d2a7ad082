//! Questions in English. They are put into the records' words by a list of terms, answered by
//! the same search and the same records, and framed in short English sentences around the
//! record's own Vietnamese. Rules and frame are data (`data/english.toml`).

use std::collections::{BTreeMap, HashSet};

use corpus::{ChannelKind, Facts, State};
use serde::Deserialize;

use crate::card::{Sheet, lines_for};
use crate::compose;

/// Most lines of one section in the text; the card carries all.
const LINES: usize = 3;

/// The compiled rules.
#[derive(Debug)]
pub struct English {
    detect: Detect,
    /// English words and what they are called in Vietnamese, longest first.
    terms: Vec<(Vec<String>, String)>,
    /// English words and the Vietnamese question for the same aspect.
    aspects: Vec<(Vec<String>, String)>,
    /// The sentences around the facts.
    pub frame: Frame,
    levels: BTreeMap<String, String>,
    sections: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Detect {
    least: usize,
    share: f32,
    words: HashSet<String>,
}

/// Fixed sentences; `{name}` and `{level}` are filled in.
#[derive(Debug, Clone, Deserialize)]
pub struct Frame {
    /// Which procedure the answer is about.
    pub lead: String,
    /// Likewise, when it is only the nearest one found.
    pub nearest: String,
    /// That facts are quoted in Vietnamese.
    pub closing: String,
    /// A list that only the card shows.
    pub in_card: String,
    /// The source is silent.
    pub silent: String,
    /// Our data lack the section.
    pub not_fetched: String,
    /// Where to ask when the source states nothing that was asked for.
    pub ask_office: String,
    /// Asking back.
    pub clarify: String,
    /// Nothing in the corpus fits.
    pub not_found: String,
    /// Not ours to answer.
    pub out_of_scope: String,
    /// Before a sentence about the asker's case.
    pub case: String,
}

#[derive(Deserialize)]
struct File {
    detect: Detect,
    aspect: Vec<AspectData>,
    terms: BTreeMap<String, String>,
    frame: Frame,
    levels: BTreeMap<String, String>,
    sections: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct AspectData {
    vietnamese: String,
    english: Vec<String>,
}

impl English {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("english.toml: {error}"))?;
        let terms = file.terms.iter().map(|(en, vi)| (words(en), vi.clone()));
        let aspects = file.aspect.iter().flat_map(|aspect| {
            let said = aspect.english.iter();
            said.map(|en| (words(en), aspect.vietnamese.clone()))
        });
        Ok(Self {
            terms: longest_first(terms.collect()),
            aspects: longest_first(aspects.collect()),
            detect: file.detect,
            frame: file.frame,
            levels: file.levels,
            sections: file.sections,
        })
    }

    /// True for a question in English.
    pub fn is_english(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return false;
        }
        let words = words(text);
        let known = words
            .iter()
            .filter(|word| self.detect.words.contains(*word));
        let known = known.count();
        known >= self.detect.least && known as f32 >= self.detect.share * words.len() as f32
    }

    /// The question in the records' words: its terms in their order, then what it asks for.
    /// Empty when no word of it is known; a follow-up ("How long does it take?") has no terms.
    pub fn vietnamese(&self, text: &str) -> String {
        let words = words(text);
        let mut parts = translate(&words, &self.terms);
        parts.extend(translate(&words, &self.aspects));
        // Numbers of forms and laws are the same in both languages.
        parts.extend(
            words
                .into_iter()
                .filter(|w| w.chars().any(|c| c.is_ascii_digit())),
        );
        let mut seen = HashSet::new();
        parts.retain(|part| seen.insert(part.clone()));
        parts.join(" ")
    }

    /// The facts of one procedure in the record's words, framed in English.
    pub fn text(&self, sheet: &Sheet, channel: Option<ChannelKind>, sure: bool) -> String {
        let lead = if sure {
            &self.frame.lead
        } else {
            &self.frame.nearest
        };
        let level = self.levels.get(sheet.procedure.level().as_str());
        let lead = lead
            .replace("{name}", &sheet.procedure.name)
            .replace("{level}", level.map_or("", String::as_str));
        if !sure {
            return lead;
        }
        let mut parts = vec![lead];
        let points = sheet.points.iter();
        parts.extend(points.map(|point| format!("{}: “{}”", self.frame.case, point.sentence)));
        parts.extend(sheet.facts.iter().map(|facts| self.section(facts, channel)));
        if sheet.is_silent() {
            parts.push(self.frame.ask_office.clone());
        } else {
            parts.push(self.frame.closing.clone());
        }
        parts.join("\n")
    }

    fn section(&self, facts: &Facts, channel: Option<ChannelKind>) -> String {
        let label = self.sections.get(facts.section.as_str());
        let label = label.map_or_else(|| facts.section.as_str(), String::as_str);
        let said = match facts.state {
            State::Silent => self.frame.silent.clone(),
            State::NotFetched => self.frame.not_fetched.clone(),
            State::Present if compose::is_list(facts.section) => self.frame.in_card.clone(),
            State::Present => {
                let lines = lines_for(facts, channel);
                let shown: Vec<&str> = lines.into_iter().take(LINES).collect();
                shown.join("; ")
            }
        };
        format!("{label}: {said}")
    }
}

/// Lower-case words; an apostrophe stays inside its word.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '/' || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn longest_first(mut list: Vec<(Vec<String>, String)>) -> Vec<(Vec<String>, String)> {
    list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    list
}

/// What the known phrases mean, in the order of the text; each word is in one phrase at most.
fn translate(words: &[String], phrases: &[(Vec<String>, String)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let phrase = phrases
            .iter()
            .find(|(phrase, _)| words[at..].starts_with(phrase));
        match phrase {
            Some((phrase, meaning)) => {
                found.push(meaning.clone());
                at += phrase.len();
            }
            None => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> English {
        English::parse(include_str!("../data/english.toml")).unwrap()
    }

    #[test]
    fn english_is_told_from_unmarked_vietnamese() {
        for text in [
            "How do I register a birth as a foreigner?",
            "Which form do I fill in to extend my temporary stay?",
            "what is the fee for a passport",
        ] {
            assert!(english().is_english(text), "{text}");
        }
        for text in [
            "lam giay khai sinh cho con can gi",
            "dang ky tam tru o dau, mat may ngay",
            "toi muon lam ho chieu online",
            "doi bang lai xe het bao nhieu tien",
            "cho hoi thu tuc cap lai the can cuoc",
        ] {
            assert!(!english().is_english(text), "{text}");
        }
    }

    #[test]
    fn a_question_is_put_into_the_records_words() {
        let vietnamese = english().vietnamese("How much is consular legalization of my degree?");
        assert_eq!(
            vietnamese,
            "hợp pháp hóa lãnh sự văn bằng lệ phí bao nhiêu tiền"
        );
        assert_eq!(english().vietnamese("Who won the match yesterday?"), "");
    }
}
