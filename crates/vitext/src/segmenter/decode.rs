//! The best labelling of all gaps: first-order Viterbi over joined and separate.

use super::features::{self, Notes, Window};
use super::scan::Unit;
use super::weights::Weights;

/// Scores of one gap: for joining it, and for joining it when the one before is joined.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Score<T> {
    pub join: T,
    pub both: T,
    /// False: the gap is separate whatever the scores say.
    pub open: bool,
}

/// Scores every gap with the weights.
pub(super) fn scores(units: &[Unit], notes: &Notes, weights: &Weights, out: &mut Vec<Score<i32>>) {
    out.clear();
    let mut open_before = false;
    for gap in 0..units.len().saturating_sub(1) {
        let mut score = Score {
            open: features::may_join(units, notes, gap),
            ..Score::default()
        };
        if score.open {
            let window = Window::new(units, notes, gap);
            features::unary(&window, |f| score.join += weights.get(f));
            if open_before {
                features::pair(&window, |f| score.both += weights.get(f));
            }
        }
        open_before = score.open;
        out.push(score);
    }
}

/// Marks the gaps that the best labelling joins.
pub(super) fn best<T>(scores: &[Score<T>], joined: &mut Vec<bool>)
where
    T: Copy + PartialOrd + Default + std::ops::Add<Output = T>,
{
    // Best scores with the last gap separate and joined; where the joined one came from
    // is kept, bit 0 for separate and bit 1 for joined.
    let mut separate = T::default();
    let mut join: Option<T> = None;
    let mut from = Vec::with_capacity(scores.len());
    for score in scores {
        let to_separate = join.is_some_and(|join| join > separate);
        let mut to_join = false;
        let next = score.open.then(|| {
            let alone = separate + score.join;
            match join.map(|join| join + score.join + score.both) {
                Some(both) if both > alone => {
                    to_join = true;
                    both
                }
                _ => alone,
            }
        });
        if to_separate {
            separate = join.unwrap_or(separate);
        }
        join = next;
        from.push((to_separate, to_join));
    }
    joined.clear();
    joined.resize(scores.len(), false);
    let mut state = join.is_some_and(|join| join > separate);
    for gap in (0..scores.len()).rev() {
        joined[gap] = state;
        state = if state { from[gap].1 } else { from[gap].0 };
    }
}
