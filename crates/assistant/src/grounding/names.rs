//! Names: agencies, people and papers, told by the word that they begin with. The word
//! behind it has to stand behind it in the record too: "người sử dụng lao động" is not
//! "người lao động", though all its words are there.

use std::collections::HashSet;
use std::ops::Range;

use super::evidence::{CHANNELS, Line};
use super::reading::{Class, Gap, Token};
use super::rules::Gate;

/// Roles of agencies, as they are read.
pub(super) const ROLES: [&str; 5] = [
    "cơ_quan_thực_hiện",
    "cơ_quan_có_thẩm_quyền",
    "cơ_quan_phối_hợp",
    "địa_chỉ_tiếp_nhận",
    "cơ_quan_được_ủy_quyền",
];

/// A name in a text: its words without the connecting ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) words: Vec<String>,
    /// Where it stands among the words of its text.
    pub(super) place: Range<usize>,
}

/// How far behind its head a name goes.
#[derive(Debug, Clone, Copy)]
struct Reach {
    /// Capitals and levels of government belong to it.
    agency: bool,
    /// Other words that do.
    free: usize,
    /// Words of every procedure count among them: "giấy khai sinh".
    generic: bool,
}

/// Levels of government, which belong to the name before them.
pub(super) const LEVELS: [&str; 8] = [
    "cấp",
    "xã",
    "tỉnh",
    "huyện",
    "phường",
    "quận",
    "trung",
    "thành",
];

/// The agencies that a text names.
pub(super) fn agencies(gate: &Gate, tokens: &[Token]) -> Vec<Name> {
    let heads = (0..tokens.len()).filter_map(|at| Some((at, head(gate, &tokens[at..])?)));
    heads
        .map(|(at, length)| {
            let words: Vec<&str> = tokens[at..at + length]
                .iter()
                .map(|t| t.word.as_str())
                .collect();
            let free = usize::from(gate.offices.contains(&words.join("_")));
            name(
                gate,
                tokens,
                at,
                length,
                Reach {
                    agency: true,
                    free,
                    generic: false,
                },
            )
        })
        .collect()
}

/// The people and papers that a text names.
pub(super) fn others(gate: &Gate, tokens: &[Token]) -> Vec<Name> {
    let level = |at: usize| {
        tokens
            .get(at + 1)
            .is_some_and(|t| LEVELS.contains(&t.word.as_str()))
    };
    let is_head = |at: &usize| {
        gate.people.contains(&tokens[*at].word)
            || gate.papers.contains(&tokens[*at].word)
            || tokens[*at].word == "cấp" && level(*at)
    };
    let heads = (0..tokens.len()).filter(is_head);
    let reach = |at: usize| Reach {
        agency: false,
        free: 1,
        generic: gate.papers.contains(&tokens[at].word),
    };
    heads
        .map(|at| name(gate, tokens, at, 1, reach(at)))
        .collect()
}

/// Words of the agency head that begins here: the longest in the list.
fn head(gate: &Gate, tokens: &[Token]) -> Option<usize> {
    let fits = |length: &usize| {
        let words: Vec<&str> = tokens[..*length].iter().map(|t| t.word.as_str()).collect();
        let head = words.join("_");
        let whole = tokens[1..*length]
            .iter()
            .all(|token| token.gap == Gap::None);
        // "Sở" is an agency, "sở hữu" is not.
        let sure = head.contains('_') || tokens[0].upper;
        whole && sure && (gate.agencies.contains(&head) || gate.offices.contains(&head))
    };
    (1..=tokens.len().min(5)).rev().find(fits)
}

/// The name from its head to where it can be told to end: written with capitals, or a
/// level of government; otherwise as many words behind the head as are `free`.
fn name(gate: &Gate, tokens: &[Token], at: usize, length: usize, reach: Reach) -> Name {
    let mut words: Vec<String> = Vec::new();
    let mut end = at;
    for (place, token) in tokens[at..].iter().enumerate() {
        let other = || place >= length && head(gate, &tokens[at + place..]).is_some();
        let joined = token.gap == Gap::None || token.gap == Gap::Comma && token.upper && !other();
        let ends = token.value.is_some() || matches!(token.class, Class::Mark(_));
        let done = place >= length && follows(gate, token);
        if place > 0 && !joined || ends || done {
            break;
        }
        if place < length {
            words.push(token.word.clone());
            end = at + place + 1;
            continue;
        }
        if token.class == Class::Function {
            if token.word == "của" || token.word == "và" {
                continue;
            }
            break;
        }
        let inner = words.len() > length && is_inner(&tokens[at + place - 1], token);
        let level = LEVELS.contains(&token.word.as_str());
        let sure = reach.agency && (token.upper || level || inner);
        let paper = reach.generic && token.is_said();
        let named = (token.is_content() || paper) && !CHANNELS.contains(&token.word.as_str());
        if !sure && (words.len() >= length + reach.free || !named && token.word != "bị") {
            break;
        }
        words.push(token.word.clone());
        end = at + place + 1;
    }
    Name {
        words,
        place: at..end,
    }
}

/// True for a word behind a name that is none of it: what is done, "ngân hàng khác", "văn bản
/// trước".
fn follows(gate: &Gate, token: &Token) -> bool {
    gate.deeds.contains(&token.word) || token.word == "khác" || token.class == Class::Bound
}

/// "Giáo dục": the words of an agency's name begin with a capital, their other syllables do not.
fn is_inner(before: &Token, token: &Token) -> bool {
    before.upper && token.class == Class::Content && token.gap == Gap::None
}

/// Where a place, a beginning or an order in time is fastened: the word for it and the first
/// `reach` words behind ("nơi cư trú", "từ ngày nhận", "sau khi nộp").
pub(super) fn anchors(tokens: &[Token], reach: usize) -> Vec<(&'static str, String)> {
    let at = |at: usize| {
        let time = |next: usize| {
            let word = tokens.get(at + next).map(|token| token.word.as_str());
            word.is_some_and(|word| matches!(word, "khi" | "ngày" | "lúc"))
        };
        // "Đặt trụ sở ở đâu thì gửi ở nơi đó".
        if tokens[at].word == "ở_đâu" {
            let before = tokens[..at].iter().rev().take_while(|t| t.value.is_none());
            let word = before.take(3).find(|token| token.is_content())?;
            return Some(vec![("nơi", word.word.clone())]);
        }
        let (head, skip) = match tokens[at].word.as_str() {
            "nơi" => ("nơi", 1),
            "từ" if time(1) => ("từ", 2),
            "trước" if time(1) => ("trước", 2),
            "sau" if time(1) => ("sau", 2),
            _ => return None,
        };
        // "Trường nơi đến", "trường nơi đi".
        let way = |token: &&Token| head == "nơi" && matches!(token.word.as_str(), "đến" | "đi");
        if let Some(way) = tokens.get(at + 1).filter(way) {
            return Some(vec![(head, way.word.clone())]);
        }
        let near = tokens[at + 1..].iter().take_while(|t| t.gap == Gap::None);
        let fits = |token: &&Token| token.is_content() || head != "nơi" && token.is_said();
        let words = near.skip(skip - 1).take(3 + reach).filter(fits).take(reach);
        let words: Vec<_> = words.map(|word| (head, word.word.clone())).collect();
        Some(words)
    };
    (0..tokens.len()).filter_map(at).flatten().collect()
}

/// The anchor of a text that the record fastens elsewhere.
pub(super) fn moved<'a>(
    said: &'a [(&'static str, String)],
    recorded: &[(&'static str, String)],
) -> Option<&'a str> {
    let opposite = |head: &str| {
        if head == "trước" {
            "sau"
        } else {
            "trước"
        }
    };
    let wrong = |(head, word): &&(&'static str, String)| {
        let has = |of: &str| recorded.iter().any(|own| own.0 == of && own.1 == *word);
        let any = recorded.iter().any(|own| own.0 == *head);
        match *head {
            "trước" | "sau" => has(opposite(head)) && !has(head),
            _ => any && !has(head),
        }
    };
    said.iter().find(wrong).map(|anchor| anchor.1.as_str())
}

/// Words of a text that are at most `reach` apart: "chứng chỉ đấu giá" is told of a "chứng chỉ
/// hành nghề đấu giá".
pub(super) fn near(tokens: &[Token], reach: usize) -> HashSet<(String, String)> {
    let said: Vec<&Token> = tokens.iter().filter(|token| token.is_said()).collect();
    let behind = |at: usize| said[at + 1..].iter().take(reach);
    let pairs = |at: usize| behind(at).map(move |other| (at, *other));
    let all = (0..said.len()).flat_map(pairs);
    all.map(|(at, other)| (said[at].word.clone(), other.word.clone()))
        .collect()
}

/// Neighbouring words of a text, the connecting ones left out.
pub(super) fn pairs(tokens: &[Token]) -> HashSet<(String, String)> {
    let said: Vec<&Token> = tokens.iter().filter(|token| token.is_said()).collect();
    let pair = |two: &[&Token]| (two[0].word.clone(), two[1].word.clone());
    said.windows(2).map(pair).collect()
}

impl Name {
    /// True when its words stand close together in a line; a level of government right behind
    /// its "cấp".
    pub(super) fn stands_near(&self, line: &Line) -> bool {
        let level = self.words[0] == LEVELS[0];
        self.stands_in(if level { &line.pairs } else { &line.near })
    }

    /// True when its words stand side by side.
    pub(super) fn stands_in(&self, pairs: &HashSet<(String, String)>) -> bool {
        // "Cấp tỉnh, xã" names two levels.
        let listed = |level: &String| {
            let pair = |other: &&str| pairs.contains(&((*other).to_owned(), level.clone()));
            LEVELS[1..].iter().any(pair)
        };
        if self.words.len() == 2 && self.words[0] == LEVELS[0] && listed(&self.words[1]) {
            return true;
        }
        let mut two = self.words.windows(2);
        two.all(|two| pairs.contains(&(two[0].clone(), two[1].clone())))
    }
}
