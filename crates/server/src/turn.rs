//! One turn over any channel: limit, load, prepare, show, write, store.
//!
//! The turn runs as a task of its own and speaks through a channel of events, so that
//! JSON, SSE and WebSocket differ only in how they print them. When the reader is gone
//! the turn leaves the model's queue, or the model stops; the turn is still stored.

use std::sync::Arc;
use std::time::Instant;

use assistant::{Answer, Conversation, Draft, Event, MAX_TURNS, Request};
use retrieval::Snapshot;
use tokio::sync::mpsc;

use crate::ask::Ask;
use crate::error::ErrorCode;
use crate::state::{Phase, State};
use crate::store::{MaskedQuestion, Saved};

/// What a reader receives: events, and an error as the last item when there is no answer.
pub type Progress = Result<Event, ErrorCode>;

/// Far more than one answer holds, so that a slow reader never holds up the model.
const EVENTS: usize = 256;

/// How many of the messages that a client keeps are understood again: a follow-up leans on
/// the last few, and each costs as much as a question (50 of them took 2 s on two cores
/// under load, 10 took 0.3 s).
const REPLAYED: usize = 10;

/// How often another turn of the same conversation may come between.
const ATTEMPTS: usize = 5;

/// Events of a turn; ends with `Final` or an error, whatever happens.
#[derive(Debug)]
pub struct Progresses {
    receiver: mpsc::Receiver<Progress>,
    ended: bool,
}

impl Progresses {
    /// The next event, `None` after the last.
    pub async fn next(&mut self) -> Option<Progress> {
        if self.ended {
            return None;
        }
        // A closed channel without an ending is a panic in the turn's task.
        let progress = self
            .receiver
            .recv()
            .await
            .unwrap_or(Err(ErrorCode::Internal));
        self.ended = matches!(progress, Err(_) | Ok(Event::Final(_)));
        Some(progress)
    }

    /// The answer alone.
    pub async fn answer(mut self) -> Result<Answer, ErrorCode> {
        while let Some(progress) = self.next().await {
            if let Event::Final(answer) = progress? {
                return Ok(*answer);
            }
        }
        Err(ErrorCode::Internal)
    }
}

/// Begins a turn.
pub fn begin(state: Arc<State>, ask: Ask) -> Progresses {
    let (sender, receiver) = mpsc::channel(EVENTS);
    tokio::spawn(async move {
        let counted = Counted::new(&state);
        let ending = match run(&state, ask, &sender).await {
            Ok(answer) => Ok(Event::Final(Box::new(answer))),
            Err(code) => Err(code),
        };
        drop(counted);
        let _ = sender.send(ending).await;
    });
    Progresses {
        receiver,
        ended: false,
    }
}

/// A turn in flight, counted until it is dropped, be it by a panic.
struct Counted<'a>(&'a State);

impl<'a> Counted<'a> {
    fn new(state: &'a State) -> Self {
        state.metrics.turns_in_flight(1.0);
        Self(state)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.metrics.turns_in_flight(-1.0);
    }
}

async fn run(
    state: &Arc<State>,
    ask: Ask,
    sender: &mpsc::Sender<Progress>,
) -> Result<Answer, ErrorCode> {
    let arrived = Instant::now();
    if state.phase() > Phase::Running {
        return Err(ErrorCode::ShuttingDown);
    }
    let permit = Arc::clone(&state.turns).try_acquire_owned();
    let _permit = permit.map_err(|_| ErrorCode::Overloaded)?;

    let masked = state.assistant.mask(&ask.message);
    let question = MaskedQuestion {
        text: masked.text,
        kinds: masked.kinds,
    };
    let place = Arc::clone(&state.preparing).acquire_owned().await;
    let draft = blocking(state, move |state| {
        let _place = place;
        prepare(state, &ask)
    });
    let draft = draft.await??;
    let turn = Turn {
        state,
        sender,
        arrived,
    };
    let answer = turn.speak(draft).await?;
    state.metrics.answer(&answer);
    keep(state, answer, question).await
}

/// Load, prepare, save; again when another turn of the conversation came between.
fn prepare(state: &State, ask: &Ask) -> Result<Draft, ErrorCode> {
    let snapshot = state.snapshot.load_full();
    let request = Request {
        message: ask.message.clone(),
        province: ask.province.clone(),
    };
    let mut known = ask.conversation_id.map(|id| id.to_string());
    for _ in 0..ATTEMPTS {
        let (conversation, version) = if ask.earlier.is_empty() {
            load(state, known.as_deref())
        } else {
            (replay(state, &snapshot, ask), 0)
        };
        if version as usize >= MAX_TURNS {
            return Err(ErrorCode::ConversationFull);
        }
        let draft = state.assistant.prepare(&snapshot, &conversation, &request);
        match state.store.save(draft.conversation(), version) {
            Ok(Saved::Yes) => return Ok(draft),
            // Erased while we prepared: what was read of it must not live on.
            Ok(Saved::Gone) => known = None,
            Ok(Saved::Conflict) => {}
            Err(error) => {
                state.store_failed("save", &error);
                return Ok(draft);
            }
        }
    }
    Err(ErrorCode::Overloaded)
}

/// The conversation that the client keeps: what it says was said, understood again.
fn replay(state: &State, snapshot: &Arc<Snapshot>, ask: &Ask) -> Conversation {
    let next = |conversation: Conversation, message: &String| {
        let request = Request {
            message: message.clone(),
            province: ask.province.clone(),
        };
        let draft = state.assistant.prepare(snapshot, &conversation, &request);
        draft.conversation().clone()
    };
    let last = ask.earlier.len().saturating_sub(REPLAYED);
    ask.earlier[last..].iter().fold(Conversation::new(), next)
}

/// The conversation under this key, or a new one. While the store fails, a key that we
/// cannot look up keeps its name, so that the conversation goes on once it is back.
fn load(state: &State, id: Option<&str>) -> (Conversation, u32) {
    let Some(id) = id else {
        return (Conversation::new(), 0);
    };
    match state.store.load(id) {
        Ok(Some(stored)) => (stored.conversation, stored.version),
        Ok(None) => (Conversation::new(), 0),
        Err(error) => {
            state.store_failed("load", &error);
            (Conversation::with_id(id.to_owned()), 0)
        }
    }
}

/// A turn that is being answered.
struct Turn<'a> {
    state: &'a State,
    sender: &'a mpsc::Sender<Progress>,
    arrived: Instant,
}

impl Turn<'_> {
    /// Shows what stands, then the words as they are written.
    async fn speak(&self, draft: Draft) -> Result<Answer, ErrorCode> {
        let mut first_content = None;
        for event in draft.opening() {
            self.show(event, &mut first_content).await;
        }
        let schedule = self.state.limits.schedule(self.arrived);
        let (events, mut written) = mpsc::unbounded_channel();
        let gone = self.sender.closed();
        let writing = self.state.writer.write(draft, schedule, gone, &events);
        tokio::pin!(writing);
        let mut answer = loop {
            tokio::select! {
                biased;
                Some(event) = written.recv() => self.show(event, &mut first_content).await,
                answer = &mut writing => break answer,
                () = self.state.reached(Phase::Closing) => return Err(ErrorCode::ShuttingDown),
            }
        };
        while let Ok(event) = written.try_recv() {
            self.show(event, &mut first_content).await;
        }
        let total = milliseconds(self.arrived);
        answer.timings_ms.first_content = first_content.unwrap_or(total);
        answer.timings_ms.total = total;
        Ok(answer)
    }

    async fn show(&self, event: Event, first_content: &mut Option<f64>) {
        if matches!(event, Event::Card(_) | Event::Delta { .. }) {
            first_content.get_or_insert_with(|| milliseconds(self.arrived));
        }
        let _ = self.sender.send(Ok(event)).await;
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e5).round() / 1e2
}

/// Stores the turn; a failing store does not fail the answer.
async fn keep(
    state: &Arc<State>,
    answer: Answer,
    question: MaskedQuestion,
) -> Result<Answer, ErrorCode> {
    blocking(state, move |state| {
        if let Err(error) = state.store.record(&answer, &question) {
            state.store_failed("record", &error);
        }
        answer
    })
    .await
}

/// Runs work that may block on the blocking pool; a panic in it is ours to answer for.
pub async fn blocking<T: Send + 'static>(
    state: &Arc<State>,
    work: impl FnOnce(&State) -> T + Send + 'static,
) -> Result<T, ErrorCode> {
    let state = Arc::clone(state);
    tokio::task::spawn_blocking(move || work(&state))
        .await
        .map_err(|error| {
            tracing::error!(%error, "work on the blocking pool failed");
            ErrorCode::Internal
        })
}
