//! Counts written as words: "ba cửa hàng" is "03 cửa hàng", "năm (05) năm" says its number
//! twice. Amounts and periods in words are read by [`vitext::spans`] already.

use vitext::spans::{Span, SpanKind};

use super::reading::{Gap, Piece};

/// Behind these words a number word is an ordinal: "thứ hai", "lần ba".
const ORDINALS: [&str; 5] = ["thứ", "khoản", "bước", "bậc", "lần"];

/// Behind a number word these make no count: "hai bạn" is a way to say you, "ba mẹ" are parents.
const PERSONS: [&str; 12] = [
    "bạn", "anh", "chị", "em", "ông", "bà", "cô", "chú", "mẹ", "vợ", "bên", "cách",
];

/// What "một" and "năm" count: before other words the one is an article, the other a year.
const COUNTED: [&str; 16] = [
    "bộ", "bản", "ảnh", "tệp", "tờ", "trang", "người", "cửa", "quốc", "nước", "con", "hộ", "hạng",
    "thành", "xe", "phòng",
];

/// Words that make a following "năm" a year.
const YEARLY: [&str; 8] = ["mỗi", "hằng", "hàng", "trong", "từng", "cả", "đầu", "cuối"];

/// Reads number words as numbers and drops the second of two forms of one number.
pub(super) fn settle(pieces: &mut Vec<Piece>) {
    let mut at = 0;
    while at < pieces.len() {
        if let Some((length, number)) = count(pieces, at) {
            merge(pieces, at, length, number);
        }
        at += 1;
    }
    drop_repeated(pieces);
    halves(pieces);
    first_times(pieces);
}

/// Length and value of the number words that begin here, where they count something.
fn count(pieces: &[Piece], at: usize) -> Option<(usize, u32)> {
    let before = at.checked_sub(1).map(|before| &pieces[before]);
    if is_name(&pieces[at], before) {
        return None;
    }
    let (length, number) = number(&pieces[at..])?;
    let after_ordinal = before
        .filter(|_| pieces[at].gap == Gap::None)
        .is_some_and(|piece| ORDINALS.contains(&piece.word.as_str()));
    let next = pieces.get(at + length)?;
    // "năm (05)": told twice.
    let twice = next.gap == Gap::Bracket && is_number(next, number);
    if after_ordinal || twice {
        return Some((length, number));
    }
    if next.gap != Gap::None
        || next.upper
        || next.span.is_some()
        || PERSONS.contains(&next.word.as_str())
    {
        return None;
    }
    let article = length == 1 && matches!(pieces[at].word.as_str(), "một" | "năm");
    let yearly = before.is_some_and(|piece| {
        piece.span.is_some()
            || matches!(piece.word.as_str(), "đồng" | "usd")
            || pieces[at].word == "năm" && YEARLY.contains(&piece.word.as_str())
    });
    let counted = COUNTED.contains(&next.word.as_str());
    (!article || counted && !yearly).then_some((length, number))
}

/// "Sở Tư pháp", "Ba Đình": no numbers; "tư" is four in "thứ tư" alone.
fn is_name(piece: &Piece, before: Option<&Piece>) -> bool {
    let fourth = before.is_some_and(|before| before.word == "thứ");
    let later = matches!(piece.word.as_str(), "tư" | "mốt" | "lăm");
    piece.upper && before.is_some() || later && !fourth
}

/// The longest number below a hundred at the start of these pieces.
fn number(pieces: &[Piece]) -> Option<(usize, u32)> {
    let word = |at: usize| {
        let piece = pieces.get(at)?;
        let joined = at == 0 || piece.gap == Gap::None;
        (piece.span.is_none() && joined).then_some(piece.word.as_str())
    };
    let first = word(0)?;
    if first == "mười" {
        return Some(match word(1).and_then(digit) {
            Some(digit) => (2, 10 + digit),
            None => (1, 10),
        });
    }
    let first = digit(first)?;
    if word(1) == Some("mươi") {
        return Some(match word(2).and_then(digit) {
            Some(digit) => (3, first * 10 + digit),
            None => (2, first * 10),
        });
    }
    Some((1, first))
}

fn digit(word: &str) -> Option<u32> {
    const DIGITS: [&str; 9] = [
        "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
    ];
    const OTHER: [(&str, u32); 3] = [("mốt", 1), ("tư", 4), ("lăm", 5)];
    let place = DIGITS.iter().position(|digit| *digit == word);
    let other = || OTHER.iter().find(|(other, _)| *other == word);
    match place {
        Some(place) => u32::try_from(place + 1).ok(),
        None => other().map(|(_, digit)| *digit),
    }
}

fn merge(pieces: &mut Vec<Piece>, at: usize, length: usize, number: u32) {
    pieces.drain(at + 1..at + length);
    pieces[at].span = Some(Span {
        kind: SpanKind::Number,
        start: 0,
        end: 0,
        value: number.to_string(),
    });
}

fn is_number(piece: &Piece, number: u32) -> bool {
    let span = piece.span.as_ref();
    span.is_some_and(|span| span.kind == SpanKind::Number && span.value == number.to_string())
}

/// "05 (năm) cửa hàng", "năm (05) cửa hàng": one number.
fn drop_repeated(pieces: &mut Vec<Piece>) {
    let mut at = 1;
    while at < pieces.len() {
        let [one, two] = [&pieces[at - 1], &pieces[at]];
        let same = two.gap == Gap::Bracket
            && match (&one.span, &two.span) {
                (Some(one), Some(two)) => one.value == two.value && one.kind == two.kind,
                (Some(one), None) => {
                    let read = number(&pieces[at..]);
                    read.is_some_and(|(length, number)| {
                        length == 1
                            && one.kind == SpanKind::Number
                            && one.value == number.to_string()
                    })
                }
                _ => false,
            };
        if same {
            pieces.remove(at);
            if let Some(next) = pieces.get_mut(at).filter(|next| next.gap == Gap::Bracket) {
                next.gap = Gap::None;
            }
        } else {
            at += 1;
        }
    }
}

/// "Nửa năm" is six months.
fn halves(pieces: &mut Vec<Piece>) {
    let half =
        |two: &[Piece]| two[0].word == "nửa" && two[1].word == "năm" && two[1].gap == Gap::None;
    while let Some(at) = pieces.windows(2).position(half) {
        pieces.remove(at + 1);
        "năm".clone_into(&mut pieces[at].word);
        pieces[at].span = Some(Span {
            kind: SpanKind::Period,
            start: 0,
            end: 0,
            value: "6 month".to_owned(),
        });
    }
}

/// "Lần 1", "lần thứ nhất" are the first time.
fn first_times(pieces: &mut Vec<Piece>) {
    while let Some(at) = pieces.windows(3).position(|three| {
        let words = three.iter().map(|piece| piece.word.as_str());
        words.eq(["lần", "thứ", "nhất"])
    }) {
        pieces.remove(at + 1);
        "đầu".clone_into(&mut pieces[at + 1].word);
    }
    for at in 1..pieces.len() {
        let first = pieces[at].gap == Gap::None && is_number(&pieces[at], 1);
        if first && pieces[at - 1].word == "lần" {
            pieces[at].span = None;
            "đầu".clone_into(&mut pieces[at].word);
        }
    }
}

/// One form for equal lengths of time: "12 tháng" and "1 năm", "1 tuần" and "7 ngày". A day is
/// not 24 hours here, since an office closes.
pub(super) fn period(value: &str) -> String {
    let parts = value
        .split_once(' ')
        .map(|(n, unit)| (n.parse::<u32>(), unit));
    match parts {
        Some((Ok(n), "month")) if n > 0 && n % 12 == 0 => format!("{} year", n / 12),
        Some((Ok(n), "week")) => format!("{} day", n * 7),
        _ => value.to_owned(),
    }
}
