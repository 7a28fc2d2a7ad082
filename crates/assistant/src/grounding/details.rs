//! Small things that a clause may get wrong with all its words held: copies, what is paid
//! for, whose time it is.

use vitext::spans::SpanKind;

use super::polarity::{self, Turn};
use super::reading::{Bound, Mark, Token};

/// "Bản chính" or "bản sao" in a text, and the words beside it.
pub(super) struct Copy {
    pub(super) word: String,
    pub(super) before: Option<String>,
    pub(super) behind: Option<String>,
}

/// What is done with a paper, as it is read.
pub(super) const ACTS: [&str; 5] = ["đổi", "cấp_đổi", "cấp_lại", "cấp_mới", "gia_hạn"];

pub(super) const COPIES: [&str; 2] = ["bản_chính", "bản_sao"];

pub(super) fn is_copy(word: &str) -> bool {
    COPIES.contains(&word)
}

/// Copies named in words, not counted.
pub(super) fn copies(tokens: &[Token]) -> Vec<Copy> {
    let said: Vec<&Token> = tokens.iter().filter(|token| token.is_said()).collect();
    let copies = (0..said.len()).filter(|at| is_copy(&said[*at].word));
    copies
        .map(|at| Copy {
            word: said[at].word.clone(),
            before: at.checked_sub(1).map(|before| said[before].word.clone()),
            behind: said.get(at + 1).map(|token| token.word.clone()),
        })
        .collect()
}

/// What "bắt buộc" demands.
pub(super) fn forced(tokens: &[Token]) -> Vec<Turn> {
    let places = (0..tokens.len()).filter(|at| tokens[*at].word == "bắt_buộc");
    places
        .map(|at| polarity::turn(Mark::Must, &tokens[at + 1..]))
        .collect()
}

/// True for "nộp (hồ sơ) trong 7 ngày".
pub(super) fn files_within(tokens: &[Token]) -> bool {
    let within = |at: &usize| {
        let value = tokens[*at].value.as_ref();
        value.is_some_and(|v| v.kind == SpanKind::Period && v.bound == Some(Bound::Within))
    };
    let files = |token: &Token| matches!(token.word.as_str(), "nộp" | "gửi");
    let mut places = (0..tokens.len()).filter(within);
    places.any(|at| tokens[at.saturating_sub(3)..at].iter().any(files))
}

/// Amounts with the content word behind "mỗi" or "một".
pub(super) fn per(tokens: &[Token]) -> Vec<(String, String)> {
    let three = tokens.windows(3);
    let paid = three.filter_map(|three| {
        let value = three[0].value.as_ref()?;
        let each = matches!(three[1].word.as_str(), "mỗi" | "một");
        let amount = value.kind == SpanKind::Amount && each && three[2].is_content();
        amount.then(|| (value.text.clone(), three[2].word.clone()))
    });
    paid.collect()
}
