//! How long the model takes for an answer of late, so that a turn which it would not begin in
//! time has the record's words at once instead of after waiting in vain: of 50 who asked at
//! once, most waited 11 s for nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The share of the newest answer in the average: the last few count.
const NEWEST: u64 = 4;

/// A moving average of the time that an answer takes, in microseconds; 0 before the first.
#[derive(Debug, Default)]
pub(super) struct Pace(AtomicU64);

impl Pace {
    /// Notes how long an answer took.
    pub fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros())
            .unwrap_or(u64::MAX / NEWEST)
            .max(1);
        let step = |average: u64| match average {
            0 => took,
            average => (average / NEWEST * (NEWEST - 1)).saturating_add(took / NEWEST),
        };
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| Some(step(old)));
    }

    /// How long a turn waits behind `ahead` others for one of `threads`.
    pub fn wait(&self, ahead: usize, threads: usize) -> Duration {
        let rounds = ahead as u64 / threads.max(1) as u64;
        Duration::from_micros(self.0.load(Ordering::Relaxed).saturating_mul(rounds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_those_ahead_and_follows_the_last_answers() {
        let pace = Pace::default();
        assert_eq!(pace.wait(40, 1), Duration::ZERO, "nothing is known yet");
        pace.note(Duration::from_secs(4));
        assert_eq!(
            pace.wait(0, 1),
            Duration::ZERO,
            "an idle model begins at once"
        );
        assert_eq!(pace.wait(3, 1), Duration::from_secs(12));
        assert_eq!(pace.wait(3, 3), Duration::from_secs(4));
        for _ in 0..40 {
            pace.note(Duration::from_secs(1));
        }
        let now = pace.wait(1, 1).as_secs_f64();
        assert!((0.99..1.1).contains(&now), "{now}");
    }
}
