//! Drafting from the prompt. A grounded answer mostly copies: after "Lệ phí là" come the
//! record's own words. So when the last few tokens stand earlier in the prompt, what
//! followed them there is proposed as a draft, and the model checks all of it in one
//! pass, which costs little more than one token. Greedy output stays the same.

/// The most tokens proposed at once.
pub const LONGEST: usize = 8;

/// The lengths of the match that is looked for, longest first. One token matches by
/// chance too often.
const MATCHES: [usize; 2] = [3, 2];

/// Tokens that followed the last occurrence of the end of `history`, at most `limit`.
pub fn propose(history: &[u32], limit: usize) -> &[u32] {
    for length in MATCHES {
        let Some(start) = history.len().checked_sub(length) else {
            continue;
        };
        let (before, end) = (&history[..history.len() - 1], &history[start..]);
        if let Some(at) = before.windows(length).rposition(|window| window == end) {
            let from = at + length;
            let to = history.len().min(from + limit.min(LONGEST));
            return &history[from..to];
        }
    }
    &[]
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
    fn nothing_is_proposed_without_a_match() {
        for history in [&[][..], &[1], &[1, 2], &[1, 2, 3, 4], &[1, 5, 2, 5]] {
            assert!(propose(history, 8).is_empty(), "{history:?}");
        }
    }

    #[test]
    fn drafts_are_short() {
        let history: Vec<u32> = (0..40).chain(0..3).collect();
        assert_eq!(propose(&history, 100).len(), LONGEST);
    }
}
