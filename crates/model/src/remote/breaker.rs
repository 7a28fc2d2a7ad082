//! A circuit breaker: an endpoint that keeps failing is left alone for a while, so that
//! citizens get the record's words at once instead of after every time-out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row that open the circuit: one may be a restart behind a balancer, two a
/// coincidence.
const FAILURES: u32 = 3;

/// How long the circuit stays open before one request may try again: a restarted vLLM
/// takes longer to load, but one request every 15 s costs it nothing.
const PAUSE: Duration = Duration::from_secs(15);

/// Shared by all requests to one endpoint.
#[derive(Debug)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Requests go through; so many failed in a row.
    Closed { failures: u32 },
    /// None goes through before this moment.
    Open { until: Instant },
    /// One is trying.
    Probing,
}

impl Default for Breaker {
    fn default() -> Self {
        Self(Mutex::new(State::Closed { failures: 0 }))
    }
}

/// One request's permission. Dropped without a verdict it says nothing of the endpoint.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    breaker: &'a Breaker,
    /// True for the one request that tries whether the endpoint is back.
    probe: bool,
}

impl Breaker {
    /// Permission for a request, `None` while the circuit is open.
    pub(super) fn begin(&self, now: Instant) -> Option<Attempt<'_>> {
        let mut state = self.lock();
        let probe = match *state {
            State::Closed { .. } => false,
            State::Open { until } if now >= until => {
                *state = State::Probing;
                true
            }
            State::Open { .. } | State::Probing => return None,
        };
        Some(Attempt {
            breaker: self,
            probe,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// The endpoint answered.
    pub(super) fn succeeded(mut self) {
        let mut state = self.breaker.lock();
        // What began before the circuit opened must not close it.
        if self.probe || matches!(*state, State::Closed { .. }) {
            if self.probe {
                tracing::info!("the remote model answers again");
            }
            *state = State::Closed { failures: 0 };
        }
        drop(state);
        self.probe = false;
    }

    /// The endpoint failed.
    pub(super) fn failed(mut self, now: Instant) {
        let mut state = self.breaker.lock();
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::Probing if self.probe => FAILURES,
            State::Open { .. } | State::Probing => 0,
        };
        if failures >= FAILURES {
            tracing::error!(
                pause_s = PAUSE.as_secs(),
                "the remote model is left alone, answers come in the record's words"
            );
            *state = State::Open { until: now + PAUSE };
        } else if failures > 0 {
            *state = State::Closed { failures };
        }
        drop(state);
        self.probe = false;
    }
}

impl Drop for Attempt<'_> {
    /// A probe that was called off leaves its turn to the next request.
    fn drop(&mut self) {
        if self.probe {
            let until = Instant::now();
            *self.breaker.lock() = State::Open { until };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.begin(now).unwrap().failed(now);
        }
        breaker
    }

    #[test]
    fn a_success_between_failures_keeps_the_circuit_closed() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..4 {
            breaker.begin(now).unwrap().failed(now);
            breaker.begin(now).unwrap().failed(now);
            breaker.begin(now).unwrap().succeeded();
        }
        assert!(breaker.begin(now).is_some());
    }

    #[test]
    fn after_the_pause_one_request_tries_for_all() {
        let now = Instant::now();
        let breaker = opened(now);
        assert!(breaker.begin(now + PAUSE / 2).is_none());
        let probe = breaker.begin(now + PAUSE).unwrap();
        assert!(breaker.begin(now + PAUSE).is_none(), "one at a time");
        probe.succeeded();
        assert!(breaker.begin(now + PAUSE).is_some());
        assert!(breaker.begin(now + PAUSE).is_some());
    }

    #[test]
    fn a_failed_probe_opens_for_another_pause() {
        let now = Instant::now();
        let breaker = opened(now);
        breaker.begin(now + PAUSE).unwrap().failed(now + PAUSE);
        assert!(breaker.begin(now + PAUSE + PAUSE / 2).is_none());
        assert!(breaker.begin(now + PAUSE + PAUSE).is_some());
    }

    #[test]
    fn a_probe_called_off_leaves_its_turn_to_the_next() {
        let now = Instant::now();
        let breaker = opened(now);
        drop(breaker.begin(now + PAUSE));
        assert!(breaker.begin(now + PAUSE).is_some());
    }

    #[test]
    fn what_began_before_the_circuit_opened_changes_nothing() {
        let now = Instant::now();
        let breaker = Breaker::default();
        let (early, late) = (breaker.begin(now).unwrap(), breaker.begin(now).unwrap());
        for _ in 0..FAILURES {
            breaker.begin(now).unwrap().failed(now);
        }
        early.succeeded();
        late.failed(now + PAUSE);
        assert!(breaker.begin(now + PAUSE / 2).is_none());
        assert!(breaker.begin(now + PAUSE).is_some());
    }
}
