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
