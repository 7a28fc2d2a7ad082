//! What the record says for one case only is not said without it: of "hiến toàn bộ thì sổ được thu
//! hồi" a sentence may not keep "sổ được thu hồi" alone. Conditions behind "nếu", "trường hợp"
//! are a statement's own (`limits`); this is the one that stands before "thì". Any word of it
//! will do, and a sentence that makes a condition is left alone: without the two, four of 306
//! true sentences were lost, with them none.

use super::evidence::Evidence;
use super::reading::{Gap, Token};

/// True when a supporting line says it under a condition of which the sentence says no word, and
/// the sentence makes none. `lines` are those that support the sentence.
pub(super) fn left_out(evidence: &Evidence<'_>, tokens: &[Token], lines: &[usize]) -> bool {
    if tokens.iter().any(makes_one) {
        return false;
    }
    let lines = lines.iter().map(|line| &evidence.lines[*line].tokens);
    let mut told = lines.filter_map(|line| told_in(line, tokens));
    told.any(|statement| {
        let mut then = (0..statement.len()).filter(|at| statement[*at].word == "thì");
        let (Some(at), None) = (then.next(), then.next()) else {
            return false;
        };
        let (premise, rest) = statement.split_at(at);
        let own = |token: &Token| token.is_content() && !evidence.name_words.contains(&token.word);
        let said = |token: &Token| token.is_said() && says(tokens, &token.word);
        premise.iter().any(own)
            && !premise.iter().any(said)
            && rest.iter().any(|token| token.is_content() && said(token))
    })
}

/// "Thì", "nếu": the sentence says for itself when or for whom.
fn makes_one(token: &Token) -> bool {
    matches!(
        token.word.as_str(),
        "thì" | "nếu" | "khi" | "trường_hợp" | "đối_với"
    )
}

/// The statement of a line that has most of the sentence's content.
fn told_in<'l>(line: &'l [Token], tokens: &[Token]) -> Option<&'l [Token]> {
    let held = |statement: &[Token]| {
        let content = tokens.iter().filter(|token| token.is_content());
        content.filter(|token| says(statement, &token.word)).count()
    };
    let hard = |two: &Token| matches!(two.gap, Gap::Hard | Gap::Inner);
    let mut best: Option<(usize, &[Token])> = None;
    for statement in line.chunk_by(|_, next| !hard(next)) {
        let held = held(statement);
        if best.is_none_or(|(most, _)| held > most) {
            best = Some((held, statement));
        }
    }
    best.filter(|(held, _)| *held > 0)
        .map(|(_, statement)| statement)
}

fn says(tokens: &[Token], word: &str) -> bool {
    tokens.iter().any(|token| token.word == word)
}
