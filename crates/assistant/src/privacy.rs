//! Personal identifiers: found and masked before anything is stored, logged or
//! handed to the model. Patterns and context words live in `data/privacy.toml`.

use std::ops::Range;

use regex::Regex;
use serde::Deserialize;

/// What stands in the place of an identifier.
const MASK: &str = "[đã che]";

/// How far before an identifier a context word may stand, in characters.
const NEAR: usize = 40;

/// A text without personal identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text with every identifier replaced.
    pub text: String,
    /// Kinds found, such as `cccd`, in the order of their first place.
    pub kinds: Vec<String>,
}

/// The compiled patterns.
#[derive(Debug)]
pub struct Privacy {
    kinds: Vec<Kind>,
    guard: Regex,
}

#[derive(Debug)]
struct Kind {
    name: String,
    pattern: Regex,
    near: Vec<String>,
    keep: Option<Regex>,
}

#[derive(Deserialize)]
struct File {
    kind: Vec<KindData>,
}

#[derive(Deserialize)]
struct KindData {
    name: String,
    pattern: String,
    #[serde(default)]
    near: Vec<String>,
    keep: Option<String>,
}

/// Procedure codes and law numbers, which look like identifiers and are none.
const GUARD: &str = r"\b[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[GH]\d{2})?(?:\.\d{2})?\b|\b\d{1,5}(?:\.\d{1,2})?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9]{1,7}";

impl Privacy {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("privacy.toml: {error}"))?;
        let compile = |name: &str, pattern: &str| {
            Regex::new(pattern).map_err(|error| format!("privacy.toml: {name}: {error}"))
        };
        let kinds = file.kind.into_iter().map(|kind| {
            Ok(Kind {
                pattern: compile(&kind.name, &kind.pattern)?,
                keep: kind
                    .keep
                    .as_deref()
                    .map(|keep| compile(&kind.name, keep))
                    .transpose()?,
                near: kind.near,
                name: kind.name,
            })
        });
        Ok(Self {
            kinds: kinds.collect::<Result<_, String>>()?,
            guard: compile("guard", GUARD)?,
        })
    }

    /// Masks every identifier of a text. Idempotent.
    pub fn mask(&self, text: &str) -> Masked {
        let clean = vitext::clean(text);
        let guarded: Vec<Range<usize>> = self
            .guard
            .find_iter(&clean)
            .map(|found| found.range())
            .collect();
        let mut hits: Vec<(Range<usize>, &str)> = Vec::new();
        for kind in &self.kinds {
            for found in kind.pattern.find_iter(&clean) {
                let taken = |range: &Range<usize>| overlaps(range, &found.range());
                if guarded.iter().any(taken) || hits.iter().any(|(range, _)| taken(range)) {
                    continue;
                }
                if kind.applies(&clean, found.start(), found.as_str()) {
                    hits.push((found.range(), &kind.name));
                }
            }
        }
        hits.sort_by_key(|(range, _)| range.start);
        replace(&clean, &hits)
    }
}

impl Kind {
    fn applies(&self, text: &str, start: usize, found: &str) -> bool {
        if self.keep.as_ref().is_some_and(|keep| keep.is_match(found)) {
            return false;
        }
        if self.near.is_empty() {
            return true;
        }
        let skip = text[..start].chars().count().saturating_sub(NEAR);
        let before: String = text[..start].chars().skip(skip).collect();
        let before = vitext::fold(&before);
        self.near.iter().any(|word| before.contains(word.as_str()))
    }
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn replace(text: &str, hits: &[(Range<usize>, &str)]) -> Masked {
    let mut masked = String::with_capacity(text.len());
    let mut kinds: Vec<String> = Vec::new();
    let mut from = 0;
    for (range, kind) in hits {
        masked.push_str(&text[from..range.start]);
        masked.push_str(MASK);
        from = range.end;
        if !kinds.iter().any(|known| known == kind) {
            kinds.push((*kind).to_owned());
        }
    }
    masked.push_str(&text[from..]);
    Masked {
        text: masked,
        kinds,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use proptest::prelude::*;

    use super::*;
    use crate::rules::Rules;

    fn privacy() -> &'static Privacy {
        static RULES: LazyLock<Arc<Rules>> = LazyLock::new(Rules::embedded);
        &RULES.privacy
    }

    #[test]
    fn identifiers_are_masked() {
        for (text, kind) in [
            ("CCCD tôi 079 0900 12345 tra giúp", "cccd"),
            ("số 079090012345", "cccd"),
            ("sđt 0912.345.678", "phone"),
            ("gọi +84 912 345 678", "phone"),
            ("mail a.b@gmail.com", "email"),
            ("số cmnd 123456789", "cmnd"),
            ("stk 19001234567 ngân hàng", "account"),
            ("mã otp là 482913", "otp"),
            ("Hồ sơ H57.132-260804-0583 của tôi", "dossier"),
        ] {
            let masked = privacy().mask(text);
            assert_eq!(masked.kinds, [kind], "{text} → {}", masked.text);
        }
    }

    #[test]
    fn law_numbers_codes_and_fees_stay() {
        for text in [
            "Nghị định 154/2024/NĐ-CP, thủ tục 1.004222 và 2.000815.000.00.00.H55",
            "lệ phí 20.000 đồng, 1.000.000 đồng, năm 2026, 30 ngày",
            "liên hệ motcua@tayninh.gov.vn",
        ] {
            let masked = privacy().mask(text);
            assert_eq!(masked.text, text);
            assert!(masked.kinds.is_empty());
        }
    }

    proptest! {
        #[test]
        fn masking_twice_is_masking_once(text in "\\PC{0,60}") {
            let once = privacy().mask(&text);
            prop_assert_eq!(&privacy().mask(&once.text).text, &once.text);
        }
    }
}
