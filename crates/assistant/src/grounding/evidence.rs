//! What a sentence is checked against: the lines of the record that were cited.

use std::collections::HashSet;

use corpus::ChannelKind;
use serde::Deserialize;
use vitext::spans::{self, SpanKind};

use crate::phrase::{Phrase, Words, phrases};

/// Why a sentence was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A number, amount, period, date or code that the evidence does not hold.
    Claim(String),
    /// The value stands in the record under another way of filing.
    Channel(String),
    /// A word that changes the claim and is not in the evidence.
    Loaded(String),
    /// A capitalised name that is not in the evidence.
    Name(String),
    /// Too few of its words are in the evidence.
    Unsupported,
}

/// The gate's rules, from `data/grounding.toml`.
#[derive(Debug)]
pub struct Gate {
    loaded: Vec<(String, Phrase)>,
    glue: HashSet<String>,
    content_share: f32,
}

#[derive(Deserialize)]
struct File {
    loaded: Vec<String>,
    glue: Vec<String>,
    content_share: f32,
}

/// Lines of the record, read for checking.
#[derive(Debug)]
pub struct Evidence<'g> {
    gate: &'g Gate,
    lines: Vec<Line>,
    words: HashSet<String>,
    text: Words,
}

#[derive(Debug)]
struct Line {
    claims: HashSet<Claim>,
    channels: HashSet<ChannelKind>,
}

/// A value with its kind; dates and numbers compare with their own kind only.
type Claim = (SpanKind, String);

impl Gate {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(data).map_err(|error| format!("grounding.toml: {error}"))?;
        let loaded = file
            .loaded
            .iter()
            .cloned()
            .zip(phrases(&file.loaded))
            .collect();
        Ok(Self {
            loaded,
            glue: file.glue.into_iter().collect(),
            content_share: file.content_share,
        })
    }

    /// Reads the lines that a text will be checked against. The first is the
    /// procedure's name.
    pub fn evidence<'l>(&self, lines: impl IntoIterator<Item = &'l str>) -> Evidence<'_> {
        let lines: Vec<String> = lines.into_iter().map(vitext::normalize).collect();
        let read = |line: &String| Line {
            claims: claims(line),
            channels: channels(line),
        };
        let text = lines.join(" \n ");
        Evidence {
            gate: self,
            lines: lines.iter().map(read).collect(),
            words: lower_words(&text).into_iter().collect(),
            text: Words::read(&text),
        }
    }
}

impl Evidence<'_> {
    /// Checks one sentence.
    pub fn check(&self, sentence: &str) -> Result<(), Refusal> {
        let sentence = vitext::normalize(sentence);
        self.check_claims(&sentence)?;
        self.check_loaded(&sentence)?;
        self.check_words(&sentence)
    }

    /// True when the text states one of the values that `line` states.
    pub fn shares_claim(text: &str, line: &str) -> bool {
        let text = claims(&vitext::normalize(text));
        claims(&vitext::normalize(line))
            .iter()
            .any(|claim| text.contains(claim))
    }

    /// True when the line states a value that can be checked.
    pub fn has_claim(line: &str) -> bool {
        !claims(&vitext::normalize(line)).is_empty()
    }

    /// Every value of every clause must stand in a line; a clause that names a way of
    /// filing (or follows one that does) needs a line that does not name another.
    fn check_claims(&self, sentence: &str) -> Result<(), Refusal> {
        let mut named = HashSet::new();
        for clause in clauses(sentence) {
            let here = channels(clause);
            if !here.is_empty() {
                named = here;
            }
            for claim in claims(clause) {
                let lines: Vec<&Line> = self
                    .lines
                    .iter()
                    .filter(|line| line.claims.contains(&claim))
                    .collect();
                if lines.is_empty() {
                    return Err(Refusal::Claim(claim.1));
                }
                let fits = |line: &&Line| {
                    named.is_empty()
                        || line.channels.is_empty()
                        || !named.is_disjoint(&line.channels)
                };
                if named.is_empty() && self.differs_by_channel(&claim, &lines) {
                    return Err(Refusal::Channel(claim.1));
                }
                if !lines.iter().any(fits) {
                    return Err(Refusal::Channel(claim.1));
                }
            }
        }
        Ok(())
    }

    /// True when a value holds for some ways of filing only and another one has its
    /// own: "lệ phí là 7.000 đồng" is half a truth where filing in person costs 15.000.
    fn differs_by_channel(&self, claim: &Claim, lines: &[&Line]) -> bool {
        let bound = lines.iter().all(|line| !line.channels.is_empty());
        let rival = |line: &Line| {
            !line.channels.is_empty()
                && !line.claims.contains(claim)
                && lines
                    .iter()
                    .all(|own| own.channels.is_disjoint(&line.channels))
                && line.claims.iter().any(|(kind, _)| *kind == claim.0)
        };
        bound && self.lines.iter().any(rival)
    }

    fn check_loaded(&self, sentence: &str) -> Result<(), Refusal> {
        let words = Words::read(sentence);
        let missing = self.gate.loaded.iter().find(|(_, phrase)| {
            phrase.find(&words, 0).is_some() && phrase.find(&self.text, 0).is_none()
        });
        missing.map_or(Ok(()), |(text, _)| Err(Refusal::Loaded(text.clone())))
    }

    fn check_words(&self, sentence: &str) -> Result<(), Refusal> {
        let mut content = 0_usize;
        let mut held = 0_usize;
        for (place, token) in vitext::syllables(sentence).into_iter().enumerate() {
            let word = token.text.to_lowercase();
            let known = self.words.contains(&word);
            let name = place > 0 && token.text.chars().next().is_some_and(char::is_uppercase);
            if name && !known && !self.gate.glue.contains(&word) {
                return Err(Refusal::Name(token.text.to_owned()));
            }
            if !self.gate.glue.contains(&word) {
                content += 1;
                held += usize::from(known);
            }
        }
        let enough = held as f32 >= self.gate.content_share * content as f32;
        if enough {
            Ok(())
        } else {
            Err(Refusal::Unsupported)
        }
    }
}

/// Values of a text. Percentages and bare numbers count too: a digit is a claim.
fn claims(text: &str) -> HashSet<Claim> {
    spans::find(text)
        .into_iter()
        .map(|span| (span.kind, span.value))
        .collect()
}

/// Ways of filing that a text names.
fn channels(text: &str) -> HashSet<ChannelKind> {
    let folded = vitext::fold(text);
    let named = [
        (
            ChannelKind::Online,
            &["truc tuyen", "online", "qua mang"][..],
        ),
        (ChannelKind::Direct, &["truc tiep", "tai quay"]),
        (ChannelKind::Postal, &["buu chinh", "buu dien"]),
    ];
    let holds = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    named
        .into_iter()
        .filter(|(_, words)| holds(words))
        .map(|(kind, _)| kind)
        .collect()
}

/// Parts of a sentence that may speak of different ways of filing.
fn clauses(sentence: &str) -> impl Iterator<Item = &str> {
    sentence
        .split([';', '\n'])
        .flat_map(|part| part.split(", "))
        .flat_map(|part| part.split(" và "))
        .flat_map(|part| part.split(" còn "))
        .flat_map(|part| part.split(" hoặc "))
}

fn lower_words(text: &str) -> Vec<String> {
    vitext::syllables(text)
        .into_iter()
        .map(|token| token.text.to_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 5] = [
        "Đăng ký thường trú",
        "Nộp trực tuyến: 10.000 đồng (thu mỗi lần đăng ký)",
        "Nộp trực tiếp: 20.000 đồng",
        "Nộp trực tiếp, trực tuyến: 7 ngày làm việc",
        "Công an cấp xã",
    ];

    fn check(sentence: &str) -> Result<(), Refusal> {
        let gate = Gate::parse(include_str!("../../data/grounding.toml")).unwrap();
        gate.evidence(LINES).check(sentence)
    }

    #[test]
    fn true_sentences_pass() {
        for sentence in [
            "Đăng ký thường trú nộp trực tuyến hết 10.000 đồng, giải quyết trong 7 ngày làm việc.",
            "Nộp trực tiếp thì lệ phí là 20.000 đồng và thời hạn là 7 ngày làm việc.",
            "Bạn nộp hồ sơ tại Công an cấp xã.",
        ] {
            assert_eq!(check(sentence), Ok(()), "{sentence}");
        }
    }

    #[test]
    fn wrong_values_are_refused() {
        assert!(matches!(
            check("Lệ phí là 15.000 đồng."),
            Err(Refusal::Claim(_))
        ));
        assert!(matches!(
            check("Thời hạn là 7 ngày."),
            Err(Refusal::Claim(_))
        ));
        assert!(matches!(
            check("Thời hạn 10 ngày làm việc."),
            Err(Refusal::Claim(_))
        ));
        assert!(matches!(
            check("Theo Thông tư 75/2022/TT-BTC."),
            Err(Refusal::Claim(_))
        ));
    }

    #[test]
    fn a_fee_of_another_channel_is_refused() {
        assert!(matches!(
            check("Nộp trực tuyến hết 20.000 đồng."),
            Err(Refusal::Channel(_))
        ));
        let swapped = "Nộp trực tuyến 20.000 đồng, nộp trực tiếp 10.000 đồng.";
        assert!(matches!(check(swapped), Err(Refusal::Channel(_))));
    }

    #[test]
    fn a_value_of_one_channel_needs_that_channel_named() {
        assert!(matches!(
            check("Lệ phí là 10.000 đồng."),
            Err(Refusal::Channel(_))
        ));
        assert_eq!(check("Thời hạn giải quyết là 7 ngày làm việc."), Ok(()));
    }

    /// "Đăng ký kết hôn … có tốn lệ phí": the model's words for a record that leaves the
    /// fee to the province (development suite).
    #[test]
    fn that_something_costs_money_needs_the_record() {
        assert!(check("Đăng ký thường trú có tốn lệ phí.").is_err());
        assert!(check("Đăng ký thường trú không tốn lệ phí.").is_err());
    }

    #[test]
    fn loaded_words_and_names_need_the_record() {
        assert!(matches!(
            check("Bạn được miễn lệ phí."),
            Err(Refusal::Loaded(_))
        ));
        assert!(matches!(
            check("Thời hạn tối đa 7 ngày làm việc."),
            Err(Refusal::Loaded(_))
        ));
        assert!(matches!(
            check("Bạn nộp tại Sở Tư pháp."),
            Err(Refusal::Name(_))
        ));
        assert_eq!(
            check("Mang sổ hộ khẩu bản gốc đi photo."),
            Err(Refusal::Unsupported)
        );
    }
}
