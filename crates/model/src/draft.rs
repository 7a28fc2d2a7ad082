//! Drafting from the prompt. A grounded answer mostly copies: after "Lệ phí là" come the
//! record's own words. So when the last few tokens stand earlier in the prompt, what
//! followed them there is proposed as a draft, and the model checks all of it in one
//! pass, which costs little more than one token. Greedy output stays the same.

/// How many tokens are proposed: a few at first, more once the model has agreed with
/// such a draft. Reading the weights from memory is most of a short pass. Least of twelve
/// passes of the default model on two busy cores (AVX-512 VNNI): of 2 tokens 115 ms, of 4
/// tokens 147 ms, of 6 tokens 169 ms, of 8 tokens 217 ms. So a draft of 3 pays from the
/// first agreed token on, and one of 7 only when most of it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(usize);

const SHORT: usize = 3;
const LONG: usize = 7;

/// Tokens proposed of what is expected: the model follows the pattern that it was shown, so
/// most of them are right. An estimate from the times above; passes of 12 were not measured.
const EXPECTED: usize = 11;

impl Length {
    /// For the first draft of an answer.
    pub fn first() -> Self {
        Self(SHORT)
    }

    /// For the next draft, after `right` of `proposed` tokens were agreed with.
    pub fn after(right: usize, proposed: usize) -> Self {
        Self(if right == proposed { LONG } else { SHORT })
    }

    /// Tokens to propose.
    pub fn tokens(self) -> usize {
        self.0
    }
}

/// The lengths of the match that is looked for, longest first. One token matches by
/// chance too often.
const MATCHES: [usize; 2] = [3, 2];

/// Where drafts come from: what the answer is expected to say, then the prompt and what was
/// written after it.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The end of the prompt and the tokens expected behind it.
    pub expected: Vec<u32>,
    /// The prompt and what was written.
    pub history: Vec<u32>,
}

impl Source {
    /// Tokens that may come next, at most `room`, and of the history at most `length`.
    pub fn propose(&self, length: Length, room: usize) -> &[u32] {
        let expected = following(&self.expected, &self.history, EXPECTED.min(room));
        if expected.is_empty() {
            propose(&self.history, length.tokens().min(room))
        } else {
            expected
        }
    }
}

/// Tokens that followed the last occurrence of the end of `history`, at most `limit`.
pub fn propose(history: &[u32], limit: usize) -> &[u32] {
    let before = history.len().saturating_sub(1);
    let place = latest(&history[..before], history);
    place.map_or(&[], |from| &history[from..history.len().min(from + limit)])
}

/// Tokens that follow the end of `history` in another text, at most `limit`.
fn following<'t>(text: &'t [u32], history: &[u32], limit: usize) -> &'t [u32] {
    let place = latest(text, history);
    place.map_or(&[], |from| &text[from..text.len().min(from + limit)])
}

/// The place behind the last occurrence of the end of `history` in `text`.
fn latest(text: &[u32], history: &[u32]) -> Option<usize> {
    MATCHES.into_iter().find_map(|length| {
        let end = &history[history.len().checked_sub(length)?..];
        let at = text.windows(length).rposition(|window| window == end)?;
        Some(at + length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_last_time_is_proposed() {
        assert_eq!(propose(&[1, 2, 3, 4, 5, 9, 1, 2, 3], 8), [4, 5, 9, 1, 2, 3]);
        assert_eq!(
            propose(&[1, 2, 3, 4, 5, 9, 1, 2, 3], 2),
            [4, 5],
            "no more than asked for"
        );
        assert_eq!(
            propose(&[7, 1, 2, 4, 9, 1, 2, 5, 1, 2], 1),
            [5],
            "the last occurrence"
        );
    }

    #[test]
    fn a_longer_match_is_preferred() {
        assert_eq!(propose(&[1, 2, 3, 4, 8, 2, 3, 5, 1, 2, 3], 1), [4]);
    }

    #[test]
    fn a_repeated_token_continues_itself() {
        assert_eq!(propose(&[6, 6, 6, 6], 4), [6]);
    }

    #[test]
    fn what_is_expected_comes_before_what_the_prompt_says() {
        let mut source = Source {
            expected: vec![8, 9, 20, 21, 22, 23],
            history: vec![20, 21, 4, 8, 9, 20],
        };
        let short = Length::first();
        assert_eq!(source.propose(short, 9), [21, 22, 23]);
        assert_eq!(source.propose(short, 2), [21, 22]);
        source.history.extend([21, 7]);
        assert!(
            source.propose(short, 9).is_empty(),
            "the model went elsewhere"
        );
        source.history.extend([20, 21]);
        assert_eq!(source.propose(short, 9), [22, 23], "and came back");
        source.expected.clear();
        assert_eq!(source.propose(short, 9), [7, 20, 21]);
    }

    #[test]
    fn nothing_is_proposed_without_a_match() {
        for history in [&[][..], &[1], &[1, 2], &[1, 2, 3, 4], &[1, 5, 2, 5]] {
            assert!(propose(history, 8).is_empty(), "{history:?}");
        }
    }

    #[test]
    fn a_draft_that_was_right_is_followed_by_a_longer_one() {
        assert_eq!(Length::after(3, 3).tokens(), LONG);
        assert_eq!(Length::after(2, 3), Length::first());
        assert_eq!(Length::after(0, 7), Length::first());
    }
}
