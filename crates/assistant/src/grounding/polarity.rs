//! Marks that turn a claim round, with the words that they turn: "không phải nộp bản giấy"
//! says the opposite of "phải nộp bản giấy" with the same words.
//!
//! A mark of the sentence needs its like over the same words in the record, and a mark of
//! the record over words that the sentence repeats must not be left out.

use super::reading::{Gap, Mark, Token};

/// Words looked at behind a mark, the syllables of content counted one by one: enough for a verb
/// and its object.
const SCOPE: usize = 4;

/// A mark and the words behind it, the connecting ones left out.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) mark: Mark,
    /// The first words behind the mark; content is told apart from words of every procedure.
    scope: Vec<(String, bool)>,
    /// True where the mark limits a number ("chỉ 3 ngày", "chỉ thu 50%") or a condition
    /// ("chỉ … khi").
    of_value: bool,
    /// True where what stands behind says for whom or when ("miễn khi …"), not what.
    of_case: bool,
    /// True where it is asked for ("đề nghị miễn, giảm", "thuộc diện miễn"), not granted.
    asked: bool,
}

/// Words where the reach of a mark ends.
const STOPS: [&str; 8] = [
    "thì",
    "nếu",
    "khi",
    "nhưng",
    "mà",
    "cho",
    "trường_hợp",
    "đối_với",
];

/// The marks of a text.
pub(super) fn turns(tokens: &[Token]) -> Vec<Turn> {
    let mark = |(at, token): (usize, &Token)| match token.class {
        super::reading::Class::Mark(mark) => Some((at, mark)),
        _ => None,
    };
    let marks = tokens.iter().enumerate().filter_map(mark);
    marks
        .map(|(at, mark)| Turn {
            asked: is_asked(&tokens[..=at]),
            ..turn(mark, &tokens[at + 1..])
        })
        .collect()
}

pub(super) fn turn(mark: Mark, behind: &[Token]) -> Turn {
    let mut scope = Vec::new();
    let mut reach = 0;
    let mut of_value = false;
    for (at, token) in behind.iter().enumerate() {
        // "trừ lễ, tết": an exception may be a list.
        let ends = token.gap > Gap::Comma || token.gap == Gap::Comma && mark != Mark::Except;
        if ends && at > 0 || reach >= SCOPE || STOPS.contains(&token.word.as_str()) && at > 0 {
            break;
        }
        if let Some(value) = &token.value {
            of_value |= at < 3;
            reach += 1;
            scope.push((value.word(), true));
        } else if token.is_said() && token.bound.is_none() {
            let content = token.is_content();
            reach += if content {
                1 + token.word.matches('_').count()
            } else {
                1
            };
            scope.push((token.word.clone(), content));
        }
    }
    let when = |token: &Token| matches!(token.word.as_str(), "khi" | "nếu");
    of_value |= mark == Mark::Only && behind.iter().any(when);
    let case = |token: &Token| STOPS.contains(&token.word.as_str());
    Turn {
        mark,
        scope,
        of_value,
        of_case: mark == Mark::Exempt && behind.first().is_some_and(case),
        asked: false,
    }
}

/// True for "đề nghị miễn, giảm": the exemption that `tokens` end with is asked for.
fn is_asked(tokens: &[Token]) -> bool {
    const ASKS: [&str; 5] = ["nghị", "xét", "xin", "diện", "chế_độ"];
    let exempt = |token: &Token| token.class == super::reading::Class::Mark(Mark::Exempt);
    let between = |token: &Token| exempt(token) || matches!(token.word.as_str(), "và" | "hoặc");
    let before = tokens.iter().rev().find(|token| !between(token));
    tokens.last().is_some_and(exempt)
        && before.is_some_and(|token| ASKS.contains(&token.word.as_str()))
}

impl Turn {
    /// True for a mark that a polite phrase may hold: alone it claims nothing.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.mark, Mark::Must | Mark::May) || self.mark == Mark::Only && self.of_value
    }

    /// True for "phải".
    pub(super) fn is_demand(&self) -> bool {
        self.mark == Mark::Must
    }

    /// True for a mark that turns nothing into its opposite.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.mark, Mark::Must | Mark::May)
    }

    /// True when the marks turn the same words the same way.
    fn answers(&self, recorded: &Self, said: &dyn Fn(&str) -> bool) -> bool {
        if !alike(self.mark, recorded.mark) {
            return false;
        }
        if recorded.mark == Mark::Except && self.mark != Mark::Except {
            // "không cần … khi đã có dữ liệu" for "…, trừ khi đã có dữ liệu".
            return recorded.repeated(said);
        }
        let open = self.scope.is_empty() || recorded.scope.is_empty() || recorded.of_case;
        open || self.shares(recorded)
    }

    /// True when both turn the same: the first content word of this one or two others.
    /// Where one of them reaches no content, any word will do.
    pub(super) fn shares(&self, other: &Self) -> bool {
        let holds = |word: &(String, bool)| other.scope.iter().any(|own| own.0 == word.0);
        let mut content = self.scope.iter().filter(|word| word.1);
        let Some(first) = content
            .next()
            .filter(|_| other.scope.iter().any(|word| word.1))
        else {
            return self.scope.iter().any(holds);
        };
        holds(first) || content.filter(|word| holds(word)).count() >= 2
    }

    /// True for an exception of which the sentence speaks.
    pub(super) fn excepts(&self, said: &dyn Fn(&str) -> bool) -> bool {
        self.mark == Mark::Except && self.repeated(said)
    }

    /// True when the sentence repeats what this mark of the record turns.
    fn repeated(&self, said: &dyn Fn(&str) -> bool) -> bool {
        let words = || self.scope.iter().take(3);
        // "Mô tô" and "xe máy" are one word of two syllables, which say more than one.
        let weight = |word: &&(String, bool)| {
            if word.1 && word.0.contains('_') { 2 } else { 1 }
        };
        let held: usize = words()
            .filter(|word| said(&word.0))
            .map(|w| weight(&w))
            .sum();
        let content = words().any(|word| word.1 && said(&word.0));
        let any_content = words().any(|word| word.1);
        let most = held >= words().count().min(2);
        held > 0 && most && (content || !any_content && held >= words().count())
    }
}

/// Marks that may stand for one another. "Không phải" and "không được" are both no, but
/// of different things.
fn alike(said: Mark, recorded: Mark) -> bool {
    let bare = |mark| matches!(mark, Mark::NeedNot | Mark::MayNot);
    let no = |mark| bare(mark) || mark == Mark::Not;
    (said == recorded && !matches!(said, Mark::Must | Mark::May))
        || (no(said) && recorded == Mark::Except)
        || (said == Mark::Not && bare(recorded))
        || (bare(said) && recorded == Mark::Not)
}

/// Compares the marks of a clause with those of what supports it. `said` tells whether the
/// clause holds a word. Gives back the mark that does not fit.
pub(super) fn differ(
    clause: &[Turn],
    record: &[Turn],
    said: &dyn Fn(&str) -> bool,
) -> Option<Mark> {
    let needs = |turn: &&Turn| !turn.is_free() && !turn.asked;
    // An exception that the sentence makes too supports no other no.
    let excepts = clause.iter().any(|turn| turn.mark == Mark::Except);
    let usable =
        |turn: &Turn, own: &Turn| own.mark != Mark::Except || turn.mark == Mark::Except || !excepts;
    // Each mark of the record supports one: "không cấp thì không phải trả lời" is not
    // "không cấp thì phải trả lời".
    let mut free: Vec<&Turn> = record.iter().collect();
    let unsupported = clause.iter().filter(needs).find(|turn| {
        let own = |own: &&Turn| usable(turn, own) && turn.answers(own, said);
        let found = free.iter().position(own);
        found.is_none_or(|place| {
            free.remove(place);
            false
        })
    });
    if let Some(turn) = unsupported {
        return Some(turn.mark);
    }
    let binds = |turn: &&Turn| !turn.is_free() && (turn.repeated(said) || turn.scope.is_empty());
    let left_out = record
        .iter()
        .filter(binds)
        .find(|turn| !clause.iter().any(|own| own.answers(turn, said)));
    left_out
        .or_else(|| confused(clause, record))
        .map(|turn| turn.mark)
}

/// What is allowed in the record and demanded in the sentence, or the other way round.
fn confused<'t>(clause: &'t [Turn], record: &[Turn]) -> Option<&'t Turn> {
    let opposite = |turn: &Turn| match turn.mark {
        Mark::Must => Some(Mark::May),
        Mark::May => Some(Mark::Must),
        _ => None,
    };
    clause.iter().find(|turn| {
        let Some(opposite) = opposite(turn) else {
            return false;
        };
        let of = |mark: Mark| {
            let mut same = record.iter().filter(|own| own.mark == mark);
            same.any(|own| turn.shares(own))
        };
        of(opposite) && !of(turn.mark)
    })
}
