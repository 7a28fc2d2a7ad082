//! Values with what belongs to them: the bound ("tối đa", "từ … trở lên") and, for a bare
//! number, what is counted.

use serde::Deserialize;
use vitext::spans::SpanKind;

use super::reading::{Class, Gap, Token};

/// How a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    /// tối đa.
    Most,
    /// ít nhất, … trở lên.
    Least,
    /// dưới.
    Below,
    /// trên, quá.
    Above,
    /// trong.
    Within,
    /// khoảng.
    About,
    /// từ.
    From,
    /// đến.
    To,
    /// trước.
    Before,
    /// sau.
    After,
    /// trở lên: behind the number.
    Up,
    /// trở xuống: behind the number.
    Down,
}

/// How bounds of a time begin that turn round before a "trước".
const LATEST: [&str; 3] = ["chậm", "muộn", "trễ"];

impl Bound {
    /// One word for all phrases of a bound, so that "không quá" is "tối đa" in words too.
    pub(super) fn word(self, text: &str) -> String {
        match self {
            Self::Most if LATEST.iter().any(|late| text.starts_with(late)) => "<Latest>".to_owned(),
            Self::Least if text.starts_with("sớm") => "<Earliest>".to_owned(),
            Self::Most | Self::Least if text.contains(' ') => format!("<{self:?}>"),
            _ => text.replace(' ', "_"),
        }
    }

    /// Whether a sentence may put a number so when the record puts it otherwise. Leaving a
    /// bound out is allowed where the bare number says the same to a citizen (a limit);
    /// adding one never is.
    pub(super) fn allows(said: Option<Self>, recorded: Option<Self>) -> bool {
        use Bound::{After, From, Least, Most, To, Up, Within};
        let near = matches!(
            (said, recorded),
            (None, Some(Most | Within | From | To))
                | (Some(Within), None | Some(Most))
                | (Some(Most), Some(Within))
                // "Sau 7 ngày làm việc có kết quả".
                | (Some(After), None)
                | (Some(From | Least | Up), Some(From | Least | Up))
        );
        said == recorded || near
    }
}

/// A value with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) kind: SpanKind,
    /// Canonical reading, from [`vitext::spans`].
    pub(super) text: String,
    /// For a bare number: the word counted.
    pub(super) unit: Option<String>,
    /// For a bare number: the word before it ("thứ 7", "khoản 2").
    pub(super) after: Option<String>,
    pub(super) bound: Option<Bound>,
    /// For a bare number: the content behind what is counted ("02 bản chứng nhận").
    pub(super) of: Option<String>,
}

impl Value {
    /// The same value of the same thing.
    pub(super) fn is(&self, other: &Self) -> bool {
        let same = self.kind == other.kind && self.text == other.text;
        let number = self.kind == SpanKind::Number;
        let ordinal = self.after.is_some() && self.after == other.after;
        same && (!number || self.unit == other.unit || ordinal)
    }

    /// The value and its bound as one word, to tell cases apart.
    pub(super) fn word(&self) -> String {
        let unit = self.unit.as_deref().unwrap_or_default();
        format!(
            "{:?}:{}:{unit}:{:?}",
            self.kind,
            self.text,
            self.bound.map(loose)
        )
    }
}

fn loose(bound: Bound) -> Bound {
    match bound {
        Bound::Up | Bound::From => Bound::Least,
        Bound::Down | Bound::Within | Bound::To => Bound::Most,
        other => other,
    }
}

/// Gives each value its bound and each number what it counts.
pub(super) fn settle_values(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if tokens[at].value.is_none() {
            continue;
        }
        let bound = take_bound(tokens, at);
        let near = |token: &&Token| token.gap == Gap::None && token.is_said();
        let mut unit = tokens
            .get(at + 1)
            .filter(near)
            .map(|token| token.word.clone());
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let before = before.filter(|token| token.is_said());
        let before = before.map(|token| token.word.clone());
        let is_copy = |word: &String| word.starts_with("bản_");
        if tokens[at].gap == Gap::Colon && before.as_ref().is_some_and(is_copy) {
            unit.clone_from(&before);
        }
        let of = tokens.get(at + 2).filter(|token| near(token));
        let of = of.map(|token| token.word.clone());
        if let Some(value) = &mut tokens[at].value {
            value.bound = bound;
            if value.kind == SpanKind::Number {
                value.unit = unit;
                value.of = of;
                value.after = before;
            }
        }
    }
}

/// The bound beside a value: behind it ("10 chỗ trở lên") or in front ("từ đủ 14 tuổi").
/// Its word belongs to the value from now on.
fn take_bound(tokens: &mut [Token], at: usize) -> Option<Bound> {
    let behind = tokens[at + 1..].iter().take(3);
    let behind = behind.take_while(|token| token.gap == Gap::None && token.value.is_none());
    let turned = behind
        .enumerate()
        .find_map(|(place, token)| match token.bound {
            Some(Bound::Up) => Some((at + 1 + place, Bound::Least)),
            Some(Bound::Down) => Some((at + 1 + place, Bound::Most)),
            _ => None,
        });
    let front = at.checked_sub(1).filter(|_| tokens[at].gap == Gap::None);
    let front = front.and_then(|place| Some((place, tokens[place].bound?)));
    let front = front.filter(|(_, bound)| !matches!(bound, Bound::Up | Bound::Down));
    if let Some((place, bound)) = ahead(tokens, at, front) {
        close(&mut tokens[place]);
        return Some(bound);
    }
    // "Từ bậc 4".
    let from = at
        .checked_sub(2)
        .filter(|_| front.is_none() && tokens[at].gap == Gap::None);
    let from = from.filter(|place| tokens[*place].bound == Some(Bound::From));
    let front = front.or(from.map(|place| (place, Bound::From)));
    // "Dưới 6 tuổi trở lên" is nothing of a record's.
    let strong = front.filter(|(_, bound)| matches!(bound, Bound::Below | Bound::Above));
    let found = strong.or(turned).or(front);
    for (place, _) in [turned, front].into_iter().flatten() {
        close(&mut tokens[place]);
    }
    found.map(|(_, bound)| bound)
}

/// "Chậm nhất 30 ngày trước …" is at least 30 days, "sớm nhất" at most; "tối thiểu trước 10 ngày"
/// is at least ten: the place of the bound's word, and what it bounds.
fn ahead(tokens: &[Token], at: usize, front: Option<(usize, Bound)>) -> Option<(usize, Bound)> {
    let (place, bound) = front?;
    let next = tokens.get(at + 1).filter(|next| next.gap <= Gap::Comma);
    let behind = next.is_some_and(|next| next.word == "trước" && next.value.is_none());
    let turned = |place: usize| match tokens[place].word.as_str() {
        "<Latest>" => Some((place, Bound::Least)),
        "<Earliest>" => Some((place, Bound::Most)),
        _ => None,
    };
    if behind {
        return turned(place);
    }
    let before = place.checked_sub(1).filter(|_| bound == Bound::Before)?;
    let limit = tokens[before]
        .bound
        .filter(|bound| matches!(bound, Bound::Most | Bound::Least));
    turned(before).or(limit.map(|bound| (before, bound)))
}

/// A bound's word that belongs to a value says nothing else.
fn close(token: &mut Token) {
    if token.class == Class::Bound {
        token.class = Class::Function;
    }
}
