//! One bounded queue before the model, and one thread for each answer it can write at once.
//!
//! A local model writes one answer at a time, so that two cores serve one reader quickly
//! rather than two slowly; a remote one writes as many as were configured. Whatever
//! happens to it (loading, absent, broken, busy, late, panicking), the record's words
//! answer: callers never see a failure. What was already sent stands; nothing is taken
//! back.

mod crew;
mod pace;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use assistant::{Answer, Cancel, Draft, Event, Generator, Sampling, WrittenBy};
use crew::Crew;
use pace::Pace;
use tokio::sync::mpsc;

use crate::metrics::Metrics;

/// What writes answers of one model: one generator for each answer written at once, none
/// when the model is off.
pub type Generators = Vec<Box<dyn Generator>>;

/// Loads the model on its own thread; `Err` is broken with its one sentence.
pub type Loader = Box<dyn FnOnce() -> Result<Generators, String> + Send>;

/// What can be said of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelStatus {
    /// Being read from disk and warmed up.
    Loading,
    /// Writes answers.
    Ready {
        /// Its name.
        name: String,
    },
    /// None was configured or found.
    Off,
    /// Cannot write.
    Broken {
        /// Why, in one sentence.
        reason: String,
    },
}

impl ModelStatus {
    /// The word that `/readyz` and metrics use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready { .. } => "ready",
            Self::Off => "off",
            Self::Broken { .. } => "broken",
        }
    }
}

/// What a thread of the model sends back.
enum Written {
    Event(Event),
    Done(Box<Answer>),
}

struct Job {
    draft: Draft,
    sampling: Sampling,
    /// Set by whoever comes first: the thread when it ends, the waiter when that is late.
    settled: Arc<AtomicBool>,
    back: mpsc::UnboundedSender<Written>,
    slot: Slot,
}

/// A job in the queue, taken by whoever comes first: the thread to write, the waiter to give
/// up. What is left of it then holds no place.
#[derive(Clone)]
struct Ticket(Arc<Mutex<Option<Job>>>);

impl Ticket {
    fn new(job: Job) -> Self {
        Self(Arc::new(Mutex::new(Some(job))))
    }

    fn take(&self) -> Option<Job> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A place in the queue, counted until it is dropped.
struct Slot(Arc<Shared>);

impl Slot {
    /// None when all are taken.
    fn take(shared: &Arc<Shared>) -> Option<Self> {
        let more = |taken: usize| (taken < shared.places).then_some(taken + 1);
        let order = Ordering::Relaxed;
        let before = shared.waiting.fetch_update(order, order, more).ok()?;
        shared.metrics.queue_length(before + 1);
        Some(Self(Arc::clone(shared)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let before = self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.queue_length(before.saturating_sub(1));
    }
}

/// Handle on the model's threads.
#[derive(Debug)]
pub struct Writer {
    queue: Sender<Ticket>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    status: ArcSwap<ModelStatus>,
    crew: Crew,
    /// Jobs that wait, and how many may.
    waiting: AtomicUsize,
    places: usize,
    pace: Pace,
    metrics: Arc<Metrics>,
}

impl Shared {
    /// True when the model will not begin a turn that comes now by `latest`.
    fn is_late_for(&self, latest: Instant) -> bool {
        let ahead = self.waiting.load(Ordering::Relaxed);
        Instant::now() + self.pace.wait(ahead, self.crew.able()) > latest
    }

    fn set(&self, status: ModelStatus) {
        match &status {
            ModelStatus::Broken { reason } => tracing::error!(
                reason,
                "model is broken, answers come in the record's words"
            ),
            other => tracing::info!(status = other.as_str(), "model"),
        }
        self.metrics.model_status(&status);
        self.status.store(Arc::new(status));
    }
}

/// When a turn's model work must have begun and ended.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Past this, the model need not begin.
    pub latest_start: Instant,
    /// Past this, the model must have ended.
    pub deadline: Instant,
    /// Past this, a model that has not ended is stuck.
    pub stuck: Instant,
}

impl Writer {
    /// Starts loading; returns at once.
    pub fn start(loader: Loader, queue: usize, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        let shared = Arc::new(Shared {
            status: ArcSwap::from_pointee(ModelStatus::Loading),
            crew: Crew::default(),
            waiting: AtomicUsize::new(0),
            places: queue.max(1),
            pace: Pace::default(),
            metrics,
        });
        shared.set(ModelStatus::Loading);
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("model".into())
            .spawn(move || crew::run(loader, receiver, &theirs))?;
        Ok(Self {
            queue: sender,
            shared,
        })
    }

    /// What the model is doing.
    pub fn status(&self) -> Arc<ModelStatus> {
        self.shared.status.load_full()
    }

    /// Writes a draft's text, by the model when it can, and passes on every event. Once
    /// `gone` is ready nobody listens any more: a turn that waits leaves the queue, and the
    /// model stops at its next token.
    pub async fn write(
        &self,
        draft: Draft,
        schedule: Schedule,
        gone: impl Future<Output = ()>,
        sink: &mpsc::UnboundedSender<Event>,
    ) -> Answer {
        let ready = matches!(**self.shared.status.load(), ModelStatus::Ready { .. });
        if !ready || !draft.wants_model() {
            return from_record(draft, "", sink);
        }
        if self.shared.is_late_for(schedule.latest_start) {
            self.shared.metrics.record_instead("line_too_long");
            return from_record(draft, "", sink);
        }
        let Some(mut wait) = self.line_up(&draft, schedule) else {
            self.shared.metrics.record_instead("queue_full");
            return from_record(draft, "", sink);
        };
        let mut streamed = String::new();
        match wait.listen(gone, sink, &mut streamed).await {
            Ok(answer) => answer,
            Err(why) => {
                self.shared.metrics.record_instead(why);
                if why == "stuck" && !wait.settled.swap(true, Ordering::AcqRel) {
                    let reason = "the model did not stop at its deadline";
                    self.shared.lost(reason.into());
                }
                from_record(draft, &streamed, sink)
            }
        }
    }

    /// Takes a place in the queue, `None` when it is full.
    fn line_up(&self, draft: &Draft, schedule: Schedule) -> Option<Wait> {
        let slot = Slot::take(&self.shared)?;
        let (back, events) = mpsc::unbounded_channel();
        let (cancel, settled) = (Cancel::default(), Arc::default());
        let ticket = Ticket::new(Job {
            draft: draft.clone(),
            sampling: Sampling {
                deadline: Some(schedule.deadline),
                cancel: cancel.clone(),
                ..Sampling::default()
            },
            settled: Arc::clone(&settled),
            back,
            slot,
        });
        self.queue.send(ticket.clone()).ok()?;
        Some(Wait {
            schedule,
            cancel,
            events,
            ticket,
            settled,
        })
    }
}

/// The waiter's side of a [`Job`]; nobody wants it any more when it is dropped.
struct Wait {
    schedule: Schedule,
    cancel: Cancel,
    events: mpsc::UnboundedReceiver<Written>,
    ticket: Ticket,
    settled: Arc<AtomicBool>,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.cancel.set();
        self.ticket.take();
    }
}

impl Wait {
    /// Passes events on until the answer is there, or says why there will be none.
    async fn listen(
        &mut self,
        gone: impl Future<Output = ()>,
        sink: &mpsc::UnboundedSender<Event>,
        streamed: &mut String,
    ) -> Result<Answer, &'static str> {
        let latest_start = tokio::time::sleep_until(self.schedule.latest_start.into());
        let end = tokio::time::sleep_until(self.schedule.stuck.into());
        tokio::pin!(latest_start, end, gone);
        let (mut waiting, mut wanted) = (true, true);
        loop {
            tokio::select! {
                biased;
                written = self.events.recv() => match written {
                    Some(Written::Done(answer)) => return Ok(*answer),
                    Some(Written::Event(event)) => {
                        if let Event::Delta { text } = &event {
                            streamed.push_str(text);
                        }
                        if sink.send(event).is_err() {
                            self.cancel.set();
                        }
                    }
                    None => return Err("model_failed"),
                },
                () = &mut gone, if wanted => {
                    wanted = false;
                    self.cancel.set();
                    if self.ticket.take().is_some() {
                        return Err("reader_gone");
                    }
                }
                () = &mut latest_start, if waiting => {
                    waiting = false;
                    if self.ticket.take().is_some() {
                        return Err("waited_too_long");
                    }
                }
                () = &mut end => return Err("stuck"),
            }
        }
    }
}

/// The record's words. What was streamed already stands: of the record's own text the rest
/// follows; behind the model's sentences nothing does, each of them was checked, and the card
/// holds the facts.
fn from_record(draft: Draft, streamed: &str, sink: &mpsc::UnboundedSender<Event>) -> Answer {
    let mut answer = draft.write(None, &Sampling::default(), &mut |_| {});
    if let Some(rest) = answer.text.strip_prefix(streamed) {
        let text = rest.to_owned();
        if !text.is_empty() {
            let _ = sink.send(Event::Delta { text });
        }
    } else {
        streamed.clone_into(&mut answer.text);
        answer.written_by = WrittenBy::Model;
    }
    answer
}
