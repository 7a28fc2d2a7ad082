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

/// What a clause says of more than the statement may: both of a choice, an exception denied,
/// every case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep {
    pub(super) both: bool,
    pub(super) concedes: bool,
    pub(super) universal: bool,
}

impl Sweep {
    pub(super) fn read(tokens: &[Token]) -> Self {
        Self {
            both: both(tokens),
            concedes: concedes(tokens),
            universal: universal(tokens),
        }
    }
}

/// What a paper is in a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Handed in.
    Filed,
    /// What comes of it.
    Result,
}

/// What a clause says that its papers are, where it says so: "kết quả là …", "bạn nộp …".
pub(super) fn role(tokens: &[Token]) -> Option<Role> {
    let at = |word: &str| tokens.iter().position(|token| token.word == word);
    if at("kết_quả").is_some() {
        return None;
    }
    let filed = ["nộp", "chuẩn_bị", "mang", "mang_theo", "chuẩn_bị_sẵn"];
    let paper =
        |token: &Token| matches!(token.word.as_str(), "giấy" | "văn" | "quyết_định" | "thẻ");
    let hands_in = |at: usize| {
        let behind = tokens[at + 1..].iter().take(3);
        filed.contains(&tokens[at].word.as_str()) && behind.filter(|token| paper(token)).count() > 0
    };
    (0..tokens.len()).any(hands_in).then_some(Role::Filed)
}

/// The content of a clause between "khi", "nếu", "trường hợp" at its start and "thì".
pub(super) fn case(tokens: &[Token]) -> Vec<String> {
    let opens = tokens
        .first()
        .is_some_and(|token| matches!(token.word.as_str(), "khi" | "nếu" | "trường_hợp"));
    let end = tokens.iter().position(|token| token.word == "thì");
    let own = &tokens[..end.filter(|_| opens).unwrap_or(0)];
    let content = own.iter().filter(|token| token.is_content());
    content.map(|token| token.word.clone()).collect()
}

/// "Vừa … vừa …", "cả … và …", "cả … lẫn …".
fn both(tokens: &[Token]) -> bool {
    let word = |token: &Token, word: &str| token.word == word;
    let twice = tokens.iter().filter(|token| word(token, "vừa")).count() > 1;
    let all = (0..tokens.len()).filter(|at| word(&tokens[*at], "cả"));
    let mut joined = all.map(|at| tokens[at + 1..].iter().take(8));
    twice || joined.any(|mut near| near.any(|token| word(token, "và") || word(token, "lẫn")))
}

/// "Dù …", "kể cả khi …".
fn concedes(tokens: &[Token]) -> bool {
    const WORDS: [&str; 8] = [
        "dù",
        "cho_dù",
        "dù_cho",
        "dẫu",
        "mặc_dù",
        "kể_cả",
        "kể_cả_khi",
        "ngay_cả_khi",
    ];
    tokens
        .iter()
        .any(|token| WORDS.contains(&token.word.as_str()))
}

/// True for what is said of every case: "cũng phải", "mọi", "dù … cũng".
fn universal(tokens: &[Token]) -> bool {
    let every = |token: &Token| {
        matches!(
            token.word.as_str(),
            "mọi" | "luôn" | "bất_kể" | "bất_cứ" | "ai_cũng"
        )
    };
    let also = |two: &[Token]| {
        two[0].word == "cũng" && matches!(two[1].class, super::reading::Class::Mark(Mark::Must))
    };
    let any = |two: &[Token]| two[0].word == "nào" && two[1].word == "cũng";
    tokens.iter().any(every) || tokens.windows(2).any(|two| also(two) || any(two))
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
