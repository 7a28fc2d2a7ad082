//! What every handler shares.

use std::sync::Arc;

use arc_swap::ArcSwap;
use assistant::Assistant;
use retrieval::Snapshot;
use tokio::sync::{Semaphore, watch};

use crate::metrics::Metrics;
use crate::settings::Limits;
use crate::store::{Store, StoreError};
use crate::writer::Writer;

/// Where the server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Phase {
    /// Takes new turns.
    Running,
    /// Takes no new turns; those running may end.
    Draining,
    /// Those still running are told to come back.
    Closing,
}

/// What every handler shares.
#[derive(Debug)]
pub struct State {
    /// The index that answers; swapped whole.
    pub snapshot: ArcSwap<Snapshot>,
    /// Rules and data files.
    pub assistant: Assistant,
    /// The model's queue.
    pub writer: Writer,
    /// Conversations, turns, feedback.
    pub store: Store,
    /// Bounds on work and time.
    pub limits: Limits,
    /// Permits of turns being answered.
    pub turns: Arc<Semaphore>,
    /// Permits of turns being prepared: as many as cores. What more of them did at once they
    /// would do later: 50 cards that come together all come last.
    pub preparing: Arc<Semaphore>,
    /// Rendered by `/metrics`.
    pub metrics: Arc<Metrics>,
    phase: watch::Sender<Phase>,
}

impl State {
    /// Puts the parts together, running.
    pub fn new(
        snapshot: Arc<Snapshot>,
        writer: Writer,
        store: Store,
        limits: Limits,
        metrics: Arc<Metrics>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            snapshot: ArcSwap::new(snapshot),
            assistant: Assistant::new(),
            writer,
            store,
            turns: Arc::new(Semaphore::new(limits.turns_in_flight)),
            preparing: Arc::new(Semaphore::new(cores)),
            limits,
            metrics,
            phase: watch::Sender::new(Phase::Running),
        }
    }

    /// Where the server is in its life.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Moves on.
    pub fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// Waits until the server is at least this far.
    pub async fn reached(&self, phase: Phase) {
        // The sender lives in self, so the channel cannot close before this returns.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    /// Logs and counts a failure of the store that must not fail an answer.
    pub fn store_failed(&self, operation: &'static str, error: &StoreError) {
        self.metrics.store_error(operation);
        tracing::error!(operation, %error, "the store failed, the answer goes on without it");
    }
}
