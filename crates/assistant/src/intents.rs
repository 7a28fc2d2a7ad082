//! Messages that are not questions about a procedure: danger, fraud, bribery, small
//! talk, other subjects. Fixed words answer them (`data/safety.toml`, `data/intents.toml`).

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::answer::Route;
use crate::phrase::{Phrase, Words, expand, phrases};

/// The sets of a row stand within so many words of its first one: in a long story an officer
/// at its start and money at its end are two things.
const WITHIN: usize = 12;

/// A message that fixed words answer.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Name in the data file, for metrics.
    pub name: String,
    /// How it is answered.
    pub route: Route,
    /// The words; empty means the general out-of-scope line.
    pub reply: String,
    whole: bool,
    any: Vec<Phrase>,
    /// Rows of sets: of each set a phrase, near the first one's.
    together: Vec<Vec<Vec<Phrase>>>,
    unless: Vec<Phrase>,
}

/// Fixed words that are no intent's own.
#[derive(Debug, Clone, Deserialize)]
pub struct Replies {
    /// Not ours to answer.
    pub out_of_scope: String,
    /// No procedure fits.
    pub not_found: String,
    /// Only the procedure's name is known; `{name}`, `{level}` and `{code}` are filled in.
    pub named_only: String,
    /// Likewise, when it is only the nearest one found.
    pub named_only_near: String,
    /// Where to read on, when the source gives a page.
    pub see_page: String,
    /// Where to ask, when it gives none.
    pub ask_office: String,
    /// Asking back.
    pub clarify: String,
    /// The message held personal identifiers.
    pub personal_data: String,
    /// The question names a district office.
    pub district: String,
    /// The record is one province's version.
    pub other_province: String,
    /// Other copies of the procedure say something else about what was asked.
    pub versions: String,
    /// Questions to try.
    pub examples: Vec<String>,
}

/// The compiled data file.
#[derive(Debug)]
pub struct Intents {
    list: Vec<Intent>,
    administrative: Vec<Phrase>,
    district: Vec<Phrase>,
    /// Fixed words that are no intent's own.
    pub replies: Replies,
}

#[derive(Deserialize)]
struct File {
    intent: Vec<IntentData>,
    replies: Replies,
    administrative: AnyData,
    district: AnyData,
}

#[derive(Deserialize)]
struct SafetyFile {
    lists: BTreeMap<String, Vec<String>>,
    intent: Vec<IntentData>,
}

#[derive(Deserialize)]
struct AnyData {
    any: Vec<String>,
}

#[derive(Deserialize)]
struct IntentData {
    name: String,
    route: Route,
    #[serde(default)]
    whole: bool,
    any: Vec<String>,
    #[serde(default)]
    together: Vec<Vec<Vec<String>>>,
    #[serde(default)]
    unless: Vec<String>,
    reply: String,
}

impl IntentData {
    /// Writes out the choices of its phrases and the lists that they name.
    fn written_out(mut self, lists: &BTreeMap<String, Vec<String>>) -> Self {
        let write_out = |list: &mut Vec<String>| {
            let named = |text: String| match text.strip_prefix('@') {
                Some(name) => lists.get(name).cloned().unwrap_or_default(),
                None => vec![text],
            };
            let texts = std::mem::take(list).into_iter().flat_map(named);
            *list = texts.flat_map(|text| expand(&text)).collect();
        };
        write_out(&mut self.any);
        write_out(&mut self.unless);
        self.together.iter_mut().flatten().for_each(write_out);
        self
    }

    fn compile(self) -> Intent {
        let row = |row: &Vec<Vec<String>>| row.iter().map(|set| phrases(set)).collect();
        Intent {
            any: phrases(&self.any),
            together: self.together.iter().map(row).collect(),
            unless: phrases(&self.unless),
            name: self.name,
            route: self.route,
            whole: self.whole,
            reply: self.reply,
        }
    }
}

impl Intents {
    /// Compiles the data files: dangers first.
    pub fn parse(safety: &str, data: &str) -> Result<Self, String> {
        let bad = |file: &str, error: toml::de::Error| format!("{file}: {error}");
        let safety: SafetyFile = toml::from_str(safety).map_err(|e| bad("safety.toml", e))?;
        let file: File = toml::from_str(data).map_err(|e| bad("intents.toml", e))?;
        let dangers = safety.intent.into_iter();
        let dangers = dangers.map(|data| data.written_out(&safety.lists));
        Ok(Self {
            list: dangers
                .chain(file.intent)
                .map(IntentData::compile)
                .collect(),
            administrative: phrases(&file.administrative.any),
            district: phrases(&file.district.any),
            replies: file.replies,
        })
    }

    /// The first intent that matches, dangers first. `restored` gives a text typed without
    /// marks with them: folded, "giấy" and "giày" or "mượn" and "muốn" are one word, so that
    /// rows of single words are looked for in what it says.
    pub fn find(&self, text: &str, restored: impl FnOnce() -> Option<String>) -> Option<&Intent> {
        let words = Words::read(text);
        let read = if words.is_plain() {
            restored().map(|text| Words::read(&text))
        } else {
            Some(words.clone())
        };
        let present: HashSet<&str> = words.folded().collect();
        let present = (&words, &present);
        self.list
            .iter()
            .find(|intent| intent.matches(present, read.as_ref()))
    }

    /// True when a text speaks of paperwork at all.
    pub fn is_administrative(&self, text: &str) -> bool {
        holds(&self.administrative, text)
    }

    /// True when a text names a district office, which no longer exists.
    pub fn names_district(&self, text: &str) -> bool {
        holds(&self.district, text)
    }

    /// The words that answer an intent.
    pub fn reply<'a>(&'a self, intent: &'a Intent) -> &'a str {
        if intent.reply.is_empty() {
            &self.replies.out_of_scope
        } else {
            &intent.reply
        }
    }
}

fn holds(phrases: &[Phrase], text: &str) -> bool {
    let words = Words::read(text);
    phrases
        .iter()
        .any(|phrase| phrase.find(&words, 0).is_some())
}

impl Intent {
    fn matches(&self, (words, present): (&Words, &HashSet<&str>), read: Option<&Words>) -> bool {
        let stands = |phrase: &&Phrase| phrase.may_stand(present);
        let hit = |phrase: &Phrase| {
            if self.whole {
                phrase.is_whole(words)
            } else {
                phrase.find(words, 0).is_some()
            }
        };
        let row = |row: &Vec<Vec<Phrase>>| read.is_some_and(|words| stand_together(row, words));
        (self.any.iter().filter(stands).any(hit) || self.together.iter().any(row))
            && !self
                .unless
                .iter()
                .filter(stands)
                .any(|p| p.find(words, 0).is_some())
    }
}

/// True when each set of a row has a phrase within [`WITHIN`] words of one of the first set's.
fn stand_together(row: &[Vec<Phrase>], words: &Words) -> bool {
    let present: HashSet<&str> = words.folded().collect();
    let places = |set: &Vec<Phrase>| -> Vec<_> {
        let stands = set.iter().filter(|phrase| phrase.may_stand(&present));
        stands.flat_map(|phrase| phrase.find_all(words)).collect()
    };
    let mut sets = Vec::with_capacity(row.len());
    for set in row {
        let found = places(set);
        if found.is_empty() {
            return false;
        }
        sets.push(found);
    }
    let Some((first, others)) = sets.split_first() else {
        return false;
    };
    first.iter().any(|at| {
        // No word counts for two sets.
        let near = |other: &std::ops::Range<usize>| {
            (other.start >= at.end && other.start - at.end <= WITHIN)
                || (at.start >= other.end && at.start - other.end <= WITHIN)
        };
        others.iter().all(|set| set.iter().any(near))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intents() -> Intents {
        let safety = include_str!("../data/safety.toml");
        Intents::parse(safety, include_str!("../data/intents.toml")).unwrap()
    }

    fn route(text: &str) -> Option<(Route, String)> {
        let intents = intents();
        intents
            .find(text, || None)
            .map(|intent| (intent.route, intent.name.clone()))
    }

    #[test]
    fn every_choice_and_list_is_written_out() {
        let file: SafetyFile = toml::from_str(include_str!("../data/safety.toml")).unwrap();
        for data in file.intent {
            let data = data.written_out(&file.lists);
            let rows = data.together.iter().flatten().flatten();
            for text in data.any.iter().chain(&data.unless).chain(rows) {
                let bare = !text.contains(['(', ')', '|', '@', '?']);
                assert!(bare && !text.trim().is_empty(), "{}: {text}", data.name);
            }
            assert!(data.together.iter().flatten().all(|set| !set.is_empty()));
        }
    }

    #[test]
    fn a_row_needs_all_its_sets_near_each_other() {
        let bribe = Some((Route::Safety, "bribery".into()));
        assert_eq!(
            route("gửi anh địa chính ít tiền thì có nhanh hơn không"),
            bribe
        );
        assert_eq!(
            route("gửi hồ sơ cho anh địa chính thì có nhanh hơn không"),
            None
        );
        let intents = intents();
        let restored = || Some("tôi muốn làm hộ chiếu cho con".to_owned());
        assert!(
            intents
                .find("toi muon lam ho chieu cho con", restored)
                .is_none()
        );
    }

    #[test]
    fn danger_comes_first() {
        assert_eq!(
            route("có người gọi bảo đọc mã OTP VNeID"),
            Some((Route::Safety, "fraud".into()))
        );
        assert_eq!(
            route("toi muon chet"),
            Some((Route::Safety, "self_harm".into()))
        );
        assert_eq!(
            route("bồi dưỡng cán bộ bao nhiêu"),
            Some((Route::Safety, "bribery".into()))
        );
    }

    #[test]
    fn other_subjects_and_small_talk() {
        assert_eq!(
            route("Giá vàng hôm nay bao nhiêu?").unwrap().0,
            Route::OutOfScope
        );
        assert_eq!(route("cảm ơn nha").unwrap().0, Route::SmallTalk);
        assert_eq!(route("xin chào").unwrap().0, Route::SmallTalk);
    }

    #[test]
    fn questions_about_procedures_pass() {
        for text in [
            "Lệ phí đăng ký thường trú?",
            "chào bạn, đăng ký kết hôn cần giấy tờ gì",
            "bố tôi mới mất hôm qua cần làm gì",
            "tôi muốn tố cáo người làm giả giấy tờ",
            "xin nghỉ vì con ốm thì hưởng bảo hiểm thế nào",
        ] {
            assert_eq!(route(text), None, "{text}");
        }
    }
}
