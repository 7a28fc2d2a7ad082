//! What is to be done: the act that tells apart procedures about the same thing.
//!
//! "Sổ đỏ mất thì làm lại ở đâu" and the name "Đăng ký, cấp Giấy chứng nhận lần đầu"
//! share many words and mean two procedures. A citizen says the act in other words than
//! the office ("mất", "rách" for "cấp lại"), and a name without an act in it is the
//! plain case. The phrases are data: `corpus/lexicon/acts.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::analysis::{Unit, units};
use crate::phrases::{PhraseTable, rows};

/// Shares by which a record's text score is raised or lowered for the acts in its name.
/// Fitted on the 300 development questions with a right procedure: listwise logistic
/// regression on the score and these three, each as a ratio to the score's own weight.
/// When they were added the right procedure came first for 96.3 % of our own questions
/// instead of 93.6, and for 64.9 % of the national ones instead of 61.3 (`search_hit_1`
/// of `motcua eval --no-model`); the phrases were written with those questions at hand.
const AGREES: f32 = 0.17;
const EXTRA: f32 = -0.12;
const MISSING: f32 = -0.07;

/// Stands in the place of an act for phrases that say none and look as if they did.
const NONE: &str = "-";

/// The acts that a question asks for, as the data file names them.
pub fn acts_asked(question: &str) -> Vec<String> {
    Acts::of_question(&units(question)).names()
}

/// The acts that a procedure's name says.
pub fn acts_named(name: &str) -> Vec<String> {
    Acts::of_name(name).names()
}

/// A set of acts, one bit each in the order of the data file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Acts(u32);

impl Acts {
    /// The acts that a procedure's name says, in the office's words.
    pub(crate) fn of_name(name: &str) -> Self {
        Self::union(&LISTS.office, &units(name))
    }

    /// The acts that a question asks for, in the citizen's words.
    pub(crate) fn of_question(words: &[Unit]) -> Self {
        Self::union(&LISTS.citizen, words)
    }

    fn union(table: &PhraseTable<Self>, words: &[Unit]) -> Self {
        let found = table.matches(words).into_iter();
        Self(found.fold(0, |all, (_, acts)| all | acts.0))
    }

    /// These acts, or if there are none those of `other`.
    pub(crate) fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.0 == 0 { other() } else { self }
    }

    /// The acts as the data file names them.
    pub(crate) fn names(self) -> Vec<String> {
        let names = LISTS.names.iter().enumerate();
        let own = names.filter(|(number, _)| self.0 >> number & 1 == 1);
        own.map(|(_, name)| (*name).to_owned()).collect()
    }

    fn count(self) -> f32 {
        self.0.count_ones() as f32
    }

    /// Share of the text score that a name with these acts gains or loses for a
    /// question: with the part of the asked acts that it says, the part that it lacks,
    /// and the part of its own that nobody asked for.
    pub(crate) fn share(self, asked: Self) -> f32 {
        let both = Self(self.0 & asked.0).count();
        let part = |acts: f32, of: Self| acts / of.count().max(1.0);
        let lacking = part(asked.count() - both, asked);
        let unasked = part(self.count() - both, self);
        AGREES * part(both, asked) + MISSING * lacking + EXTRA * unasked
    }
}

struct Lists {
    /// Of the bits, lowest first.
    names: Vec<&'static str>,
    office: PhraseTable<Acts>,
    citizen: PhraseTable<Acts>,
}

static LISTS: LazyLock<Lists> =
    LazyLock::new(|| read(include_str!("../../../corpus/lexicon/acts.tsv")));

fn read(list: &'static str) -> Lists {
    let mut names: Vec<&'static str> = Vec::new();
    // A phrase may stand under several acts; the table keeps one entry for it.
    let mut phrases: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for [act, whose, list] in rows(list) {
        if act == NONE {
            phrases.extend(list.split('|').map(|phrase| ((whose, phrase), 0)));
            continue;
        }
        let number = names.iter().position(|name| *name == act);
        let number = number.unwrap_or_else(|| {
            names.push(act);
            names.len() - 1
        });
        for phrase in list.split('|') {
            *phrases.entry((whose, phrase)).or_default() |= 1 << number;
        }
    }
    let table = |of: &str| {
        let mut table = PhraseTable::default();
        for ((whose, phrase), acts) in &phrases {
            if *whose == of {
                table.insert(phrase, Acts(*acts));
            }
        }
        table
    };
    Lists {
        office: table("office"),
        citizen: table("citizen"),
        names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(question: &str) -> Acts {
        Acts::of_question(&units(question))
    }

    #[test]
    fn the_list_is_whole() {
        let rows: Vec<_> = rows(include_str!("../../../corpus/lexicon/acts.tsv")).collect();
        assert!(rows.len() > 20);
        for [act, whose, phrases] in rows.iter().filter(|row| row[0] != NONE) {
            assert!(matches!(*whose, "office" | "citizen"), "{act}: {whose}");
            assert!(!phrases.is_empty(), "{act}");
            let sides = rows.iter().filter(|row| row[0] == *act).count();
            assert_eq!(sides, 2, "{act}: one row for each side");
        }
        assert!(rows.len() / 2 <= 32, "an act is a bit of 32");
    }

    #[test]
    fn a_lost_paper_wants_the_procedure_that_gives_it_again() {
        let again = Acts::of_name("Cấp lại Giấy chứng nhận do bị mất");
        let first = Acts::of_name("Cấp Giấy chứng nhận lần đầu");
        let extended = Acts::of_name("Gia hạn Giấy chứng nhận");
        let lost = asked("sổ bị mất thì làm sao");
        assert!(again.share(lost) > first.share(lost));
        assert!(first.share(lost) > extended.share(lost));
        let plain = asked("xin giấy chứng nhận");
        assert!(first.share(plain) > again.share(plain));
    }

    #[test]
    fn what_lasts_long_or_costs_is_not_lost() {
        for question in ["mất bao nhiêu ngày", "có mất phí không", "mất mấy hôm"] {
            assert_eq!(asked(question), Acts::default(), "{question}");
        }
        assert_eq!(acts_asked("mất thẻ thì xin mất bao lâu"), ["reissue"]);
    }

    #[test]
    fn the_longest_phrase_counts() {
        assert_eq!(
            Acts::of_name("Thay đổi nội dung"),
            Acts::of_name("Sửa đổi nội dung")
        );
        assert_ne!(Acts::of_name("Thay đổi nội dung"), Acts::of_name("Đổi thẻ"));
    }
}
