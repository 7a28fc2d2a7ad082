//! The model's threads: each writes one answer at a time out of the one queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use assistant::{Completion, Flow, GenerateError, Generator, Prompt, Sampling};

use super::{Generators, Job, Loader, ModelStatus, Shared, Ticket, Written};

/// Who can write.
#[derive(Debug, Default)]
pub(super) struct Crew(Mutex<Roll>);

#[derive(Debug, Default)]
struct Roll {
    /// The model's name.
    name: String,
    /// Threads that are neither stuck nor gone.
    able: usize,
}

impl Crew {
    /// Threads that can write.
    pub(super) fn able(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).able
    }
}

impl Shared {
    /// A thread is stuck or gone; the model is broken when it was the last.
    pub(super) fn lost(&self, reason: String) {
        self.changed(|roll| {
            roll.able = roll.able.saturating_sub(1);
            if roll.able == 0 {
                return Some(ModelStatus::Broken { reason });
            }
            tracing::error!(
                reason,
                left = roll.able,
                "one of the model's threads is out"
            );
            None
        });
    }

    /// A thread that was stuck is back, or is there for the first time.
    fn gained(&self) {
        self.changed(|roll| {
            roll.able += 1;
            let name = roll.name.clone();
            (roll.able == 1).then_some(ModelStatus::Ready { name })
        });
    }

    /// Under the lock, so that the status is always that of the last change.
    fn changed(&self, change: impl FnOnce(&mut Roll) -> Option<ModelStatus>) {
        let mut roll = self.crew.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = change(&mut roll) {
            self.set(status);
        }
    }
}

/// The first thread: loads, starts the others, writes until the end of the program.
pub(super) fn run(loader: Loader, jobs: Receiver<Ticket>, shared: &Arc<Shared>) {
    let generators = match catch_unwind(AssertUnwindSafe(loader)) {
        Ok(Ok(generators)) => generators,
        Ok(Err(reason)) => return shared.set(ModelStatus::Broken { reason }),
        Err(panic) => {
            let reason = broken("loading", panic.as_ref());
            return shared.set(ModelStatus::Broken { reason });
        }
    };
    let Some(first) = start_others(generators, &Arc::new(Mutex::new(jobs)), shared) else {
        return shared.set(ModelStatus::Off);
    };
    first();
}

/// Starts a thread for every generator but the first, whose work is returned.
fn start_others(
    generators: Generators,
    jobs: &Arc<Mutex<Receiver<Ticket>>>,
    shared: &Arc<Shared>,
) -> Option<impl FnOnce() + use<>> {
    let name = generators.first()?.name().to_owned();
    shared.changed(|roll| {
        roll.name = name;
        None
    });
    let mut works = generators.into_iter().map(|generator| {
        let (jobs, shared) = (Arc::clone(jobs), Arc::clone(shared));
        move || work(generator, &jobs, &shared)
    });
    let first = works.next();
    for work in works {
        let thread = std::thread::Builder::new().name("model".into());
        if let Err(error) = thread.spawn(work) {
            tracing::error!(%error, "a thread of the model cannot be started");
        }
    }
    first
}

/// Writes job after job; ends with the program or with a panic of the model.
fn work(generator: Box<dyn Generator>, jobs: &Mutex<Receiver<Ticket>>, shared: &Arc<Shared>) {
    shared.gained();
    let mut model = Guarded {
        inner: generator,
        shared: Arc::clone(shared),
        panicked: None,
    };
    let next = || {
        let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.recv()
    };
    while let Ok(ticket) = next() {
        let Some(job) = ticket.take().filter(|job| !job.sampling.is_over()) else {
            continue;
        };
        let (settled, begun) = (Arc::clone(&job.settled), Instant::now());
        // A panic outside the model is a defect in one answer, not in the model.
        let written = catch_unwind(AssertUnwindSafe(|| write(job, &mut model)));
        if written.is_err() {
            tracing::error!("writing an answer panicked; its reader got the record's words");
        }
        // Half an answer says nothing of how long one takes.
        if written.is_ok_and(|wanted| wanted) {
            shared.pace.note(begun.elapsed());
        }
        let was_lost = settled.swap(true, Ordering::AcqRel);
        match (model.panicked.take(), was_lost) {
            (None, false) => {}
            (None, true) => shared.gained(),
            (Some(reason), false) => {
                shared.lost(reason);
                break;
            }
            (Some(_), true) => break,
        }
    }
    // A generator that panicked once may do so again while it is dropped.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(model)));
}

/// Writes an answer; false when nobody wanted it any more before it was whole.
fn write(job: Job, generator: &mut dyn Generator) -> bool {
    let Job {
        draft,
        sampling,
        back,
        slot,
        ..
    } = job;
    slot.0.metrics.model_turn();
    drop(slot);
    let answer = draft.write(Some(generator), &sampling, &mut |event| {
        if back.send(Written::Event(event)).is_err() {
            sampling.cancel.set();
        }
    });
    // Before the answer is handed over: whoever has it wants no more.
    let wanted = !sampling.cancel.is_set();
    let _ = back.send(Written::Done(Box::new(answer)));
    wanted
}

/// Turns a panic of the model into an error that the assistant answers around.
struct Guarded {
    inner: Box<dyn Generator>,
    shared: Arc<Shared>,
    panicked: Option<String>,
}

impl Generator for Guarded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn generate(
        &mut self,
        prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        if self.panicked.is_some() {
            return Err(GenerateError::Failed("panicked before".into()));
        }
        let writing = || self.inner.generate(prompt, sampling, sink);
        let outcome = catch_unwind(AssertUnwindSafe(writing)).unwrap_or_else(|panic| {
            self.panicked = Some(broken("writing", panic.as_ref()));
            Err(GenerateError::Failed("panicked".into()))
        });
        if outcome.is_err() {
            self.shared.metrics.model_failure();
        }
        outcome
    }
}

fn broken(doing: &str, panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no words".into());
    format!("the model panicked while {doing}: {words}")
}
