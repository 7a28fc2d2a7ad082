//! A citizen takes back what was understood: "không, ý tôi là cấp lại cơ".

use regex::Regex;
use serde::Deserialize;

/// The compiled rules.
#[derive(Debug)]
pub struct Corrections {
    patterns: Vec<Regex>,
    without: Vec<Regex>,
}

#[derive(Deserialize)]
struct File {
    correction: Data,
}

#[derive(Deserialize)]
struct Data {
    patterns: Vec<String>,
    without: Vec<String>,
}

impl Corrections {
    /// Compiles the `correction` table of a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("aspects.toml: {error}"))?;
        let compile = |list: &[String]| {
            let regexes = list
                .iter()
                .map(|pattern| Regex::new(&format!("(?i){pattern}")));
            let regexes: Result<Vec<Regex>, _> = regexes.collect();
            regexes.map_err(|error| format!("aspects.toml: correction: {error}"))
        };
        Ok(Self {
            patterns: compile(&file.correction.patterns)?,
            without: compile(&file.correction.without)?,
        })
    }

    /// What is meant, where a message takes something back; in standard words.
    pub fn meant(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let rest = self.patterns.iter().find_map(|pattern| {
            let meant = pattern.captures(text)?.name("meant")?;
            Some(meant.as_str().to_owned())
        })?;
        let drop = |text: String, pattern: &Regex| pattern.replace_all(&text, "").into_owned();
        let meant = self.without.iter().fold(rest, drop);
        Some(meant.trim().to_owned()).filter(|meant| !meant.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> Option<String> {
        Corrections::parse(include_str!("../data/aspects.toml"))
            .unwrap()
            .meant(text)
    }

    #[test]
    fn what_is_meant_is_left() {
        for (text, rest) in [
            ("không, ý tôi là đi báo mất hộ chiếu", "đi báo mất hộ chiếu"),
            (
                "Không phải, ý em là hộ kinh doanh chứ không phải công ty, nghỉ mấy ngày",
                "hộ kinh doanh, nghỉ mấy ngày",
            ),
            (
                "À không, sổ vẫn còn, chỉ ghi sai tên",
                "sổ vẫn còn, chỉ ghi sai tên",
            ),
            ("không phải cấp mới mà là cấp lại thẻ", "cấp lại thẻ"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(rest), "{text}");
        }
    }

    #[test]
    fn a_question_that_denies_something_is_no_correction() {
        for text in [
            "Không có giấy chứng sinh thì sao?",
            "không phải nộp bản sao à",
            "Đăng ký kết hôn cần gì?",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
