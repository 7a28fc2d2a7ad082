//! Messages that are not questions about a procedure: danger, fraud, bribery, small
//! talk, other subjects. Fixed words answer them (`data/intents.toml`).

use serde::Deserialize;

use crate::answer::Route;
use crate::phrase::{Phrase, Words, phrases};

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
    unless: Vec<String>,
    reply: String,
}

impl Intents {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("intents.toml: {error}"))?;
        let intent = |data: IntentData| Intent {
            any: phrases(&data.any),
            unless: phrases(&data.unless),
            name: data.name,
            route: data.route,
            whole: data.whole,
            reply: data.reply,
        };
        Ok(Self {
            list: file.intent.into_iter().map(intent).collect(),
            administrative: phrases(&file.administrative.any),
            district: phrases(&file.district.any),
            replies: file.replies,
        })
    }

    /// The first intent that matches, dangers first.
    pub fn find(&self, text: &str) -> Option<&Intent> {
        let words = Words::read(text);
        self.list.iter().find(|intent| intent.matches(&words))
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
    fn matches(&self, words: &Words) -> bool {
        let hit = |phrase: &Phrase| {
            if self.whole {
                phrase.is_whole(words)
            } else {
                phrase.find(words, 0).is_some()
            }
        };
        self.any.iter().any(hit) && !self.unless.iter().any(|p| p.find(words, 0).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(text: &str) -> Option<(Route, String)> {
        let intents = Intents::parse(include_str!("../data/intents.toml")).unwrap();
        intents
            .find(text)
            .map(|intent| (intent.route, intent.name.clone()))
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
