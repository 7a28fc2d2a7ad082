//! One pass for all that is being written.
//!
//! Most of a short pass is reading the weights from memory, whatever the number of its rows,
//! so sequences that are written at the same time share their passes. No thread of its own
//! does that: each sequence has the thread that writes it, which hands in what it wants read
//! and waits; the thread that finds every one's wish there runs the pass for all of them. A
//! row's scores do not depend on the other rows, so neither does what is written.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::arch::{Architecture, Logits, Part};
use crate::draft;
use crate::gguf::plain;
use crate::kernels::strips::Strips;
use crate::kv::State;
use crate::sample::Sampler;

/// How long a pass waits for a sequence that is being written and wants nothing yet: its
/// thread is choosing the next token and checking a sentence. Going without it costs it
/// another pass, 60 ms and more of the default model on two cores.
const GATHER: Duration = Duration::from_millis(20);

/// Wishes of so many tokens are steps of an answer: a token and its draft. All of them go
/// into the next pass; of the longer ones, beginnings of prompts, only the first: two read
/// together take as long as one after the other, and both would come last.
const STEP: usize = 1 + draft::LONGEST;

/// A decoder that several sequences share.
pub struct Batch {
    decoder: Mutex<Box<dyn Architecture>>,
    desk: Mutex<Desk>,
    /// A pass has ended, or a sequence is no longer waited for.
    changed: Condvar,
}

/// What one sequence wants read.
struct Wish {
    ticket: u64,
    state: State,
    tokens: Vec<u32>,
    logits: Logits,
}

/// A sequence's state after a pass, and its scores or what went wrong.
pub type Outcome = (State, Result<Scores, String>);

struct Desk {
    gather: Duration,
    /// Sequences being written.
    live: usize,
    tickets: u64,
    waiting: Vec<Wish>,
    done: Vec<(u64, Outcome)>,
    running: bool,
    /// Since when those that wait have waited for the others.
    since: Instant,
}

/// A sequence that is being written: passes wait for it until it is dropped.
pub struct Live(Arc<Batch>);

impl Drop for Live {
    fn drop(&mut self) {
        let mut desk = self.0.desk();
        desk.live = desk.live.saturating_sub(1);
        self.0.changed.notify_all();
    }
}

/// One sequence's rows of the scores of a pass.
pub struct Scores {
    all: Arc<Strips>,
    first: usize,
    rows: usize,
}

impl Scores {
    /// The best token of each row.
    pub fn best(&self) -> Vec<u32> {
        let rows = self.first..self.first + self.rows;
        rows.map(|row| self.all.argmax(row) as u32).collect()
    }

    /// A token chosen by the first row.
    pub fn choose(&self, sampler: &mut Sampler) -> u32 {
        sampler.choose(&self.all, self.first)
    }
}

impl Batch {
    /// Over this decoder.
    pub fn new(decoder: Box<dyn Architecture>) -> Self {
        Self::gathering(decoder, GATHER)
    }

    fn gathering(decoder: Box<dyn Architecture>, gather: Duration) -> Self {
        let desk = Desk {
            gather,
            live: 0,
            tickets: 0,
            waiting: Vec::new(),
            done: Vec::new(),
            running: false,
            since: Instant::now(),
        };
        Self {
            decoder: Mutex::new(decoder),
            desk: Mutex::new(desk),
            changed: Condvar::new(),
        }
    }

    /// The state of a sequence of which nothing was read.
    pub fn state(&self) -> State {
        self.decoder().state()
    }

    /// From now on passes wait for one sequence more.
    pub fn join(self: &Arc<Self>) -> Live {
        self.desk().live += 1;
        Live(Arc::clone(self))
    }

    /// Reads tokens behind a state, in one pass with what others want read.
    pub fn read(&self, state: State, tokens: &[u32], logits: Logits) -> Outcome {
        let mut desk = self.desk();
        let ticket = desk.hand_in(state, tokens, logits);
        loop {
            if let Some(outcome) = desk.collect(ticket) {
                return outcome;
            }
            desk = match desk.wait() {
                None => self
                    .changed
                    .wait(desk)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => self.run(desk, ticket),
                Some(rest) => {
                    let woken = self.changed.wait_timeout(desk, rest);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Runs the next pass, for the owner of `ticket` and the others.
    fn run<'a>(&'a self, mut desk: MutexGuard<'a, Desk>, ticket: u64) -> MutexGuard<'a, Desk> {
        let mut wishes = desk.choose();
        desk.running = true;
        drop(desk);
        let pass = AssertUnwindSafe(|| pass(&mut **self.decoder(), &mut wishes));
        let scores = catch_unwind(pass);
        let mut desk = self.desk();
        desk.running = false;
        desk.since = Instant::now();
        let outcome = match &scores {
            Ok(scores) => scores.as_ref().map_err(String::as_str),
            Err(_) => Err("a pass panicked"),
        };
        desk.hand_out(wishes, outcome);
        self.changed.notify_all();
        if let Err(panic) = scores {
            desk.collect(ticket);
            drop(desk);
            resume_unwind(panic);
        }
        desk
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn decoder(&self) -> MutexGuard<'_, Box<dyn Architecture>> {
        self.decoder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn hand_in(&mut self, state: State, tokens: &[u32], logits: Logits) -> u64 {
        if self.waiting.is_empty() && !self.running {
            self.since = Instant::now();
        }
        self.tickets += 1;
        self.waiting.push(Wish {
            ticket: self.tickets,
            state,
            tokens: tokens.to_vec(),
            logits,
        });
        self.tickets
    }

    fn collect(&mut self, ticket: u64) -> Option<Outcome> {
        let at = self.done.iter().position(|(of, _)| *of == ticket)?;
        Some(self.done.swap_remove(at).1)
    }

    /// How long those that wait go on waiting for the others; none while a pass runs.
    fn wait(&self) -> Option<Duration> {
        let rest = if self.waiting.len() < self.live {
            self.gather.saturating_sub(self.since.elapsed())
        } else {
            Duration::ZERO
        };
        (!self.running).then_some(rest)
    }

    /// What goes into the next pass, oldest first.
    fn choose(&mut self) -> Vec<Wish> {
        let mut long = false;
        let goes =
            |wish: &mut Wish| wish.tokens.len() <= STEP || !std::mem::replace(&mut long, true);
        self.waiting.extract_if(.., goes).collect()
    }

    fn hand_out(&mut self, wishes: Vec<Wish>, scores: Result<&Arc<Strips>, &str>) {
        let mut first = 0;
        for Wish {
            ticket,
            mut state,
            tokens,
            logits,
        } in wishes
        {
            let rows = logits.rows(tokens.len());
            let own = scores.map(|all| Scores {
                all: Arc::clone(all),
                first,
                rows,
            });
            first += rows;
            if own.is_err() {
                state.truncate(state.len());
            }
            self.done
                .push((ticket, (state, own.map_err(str::to_owned))));
        }
    }
}

fn pass(decoder: &mut dyn Architecture, wishes: &mut [Wish]) -> Result<Arc<Strips>, String> {
    let mut parts: Vec<Part<'_>> = wishes
        .iter_mut()
        .map(|wish| Part {
            state: &mut wish.state,
            tokens: &wish.tokens,
            logits: wish.logits,
        })
        .collect();
    let scores = decoder.forward(&mut parts);
    scores.map(Arc::new).map_err(|error| plain(&error))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use candle_core::Result;

    use super::*;

    /// Tells how many parts each pass has; fails on token 13 and panics on 14.
    struct Counting(Sender<usize>);

    impl Architecture for Counting {
        fn state(&self) -> State {
            State::default()
        }

        fn forward(&mut self, parts: &mut [Part<'_>]) -> Result<Strips> {
            let _ = self.0.send(parts.len());
            let tokens: Vec<u32> = parts.iter().flat_map(|part| part.tokens).copied().collect();
            assert!(!tokens.contains(&14), "scripted panic");
            if tokens.contains(&13) {
                candle_core::bail!("scripted");
            }
            let mut scores = Strips::zeros(tokens.len(), 20);
            for (row, &token) in tokens.iter().enumerate() {
                let mut row_scores = [0.0; 20];
                row_scores[token as usize] = 1.0;
                scores.set_row(row, &row_scores);
            }
            Ok(scores)
        }

        fn context(&self) -> usize {
            1000
        }

        fn vocabulary(&self) -> usize {
            20
        }
    }

    const FOREVER: Duration = Duration::from_hours(1);

    fn batch(gather: Duration) -> (Arc<Batch>, std::sync::mpsc::Receiver<usize>) {
        let (sender, passes) = channel();
        let decoder = Box::new(Counting(sender));
        (Arc::new(Batch::gathering(decoder, gather)), passes)
    }

    /// Reads on a thread of its own; the best token after each, or what went wrong.
    fn reading(
        batch: &Arc<Batch>,
        tokens: &[u32],
    ) -> std::thread::JoinHandle<std::result::Result<Vec<u32>, String>> {
        let (batch, tokens) = (Arc::clone(batch), tokens.to_vec());
        std::thread::spawn(move || {
            let (_, scores) = batch.read(State::default(), &tokens, Logits::All);
            scores.map(|scores| scores.best())
        })
    }

    fn until_waiting(batch: &Batch, count: usize) {
        while batch.desk().waiting.len() < count {
            std::thread::yield_now();
        }
    }

    #[test]
    fn those_who_write_share_a_pass_and_each_gets_its_own_scores() {
        let (batch, passes) = batch(FOREVER);
        let live = [batch.join(), batch.join(), batch.join()];
        let first = reading(&batch, &[1, 2]);
        let second = reading(&batch, &[3]);
        until_waiting(&batch, 2);
        assert!(passes.try_recv().is_err(), "the third is waited for");
        let third = reading(&batch, &[4, 5, 6]);
        assert_eq!(first.join().unwrap().unwrap(), [1, 2]);
        assert_eq!(second.join().unwrap().unwrap(), [3]);
        assert_eq!(third.join().unwrap().unwrap(), [4, 5, 6]);
        assert_eq!(passes.try_iter().collect::<Vec<_>>(), [3]);
        drop(live);
    }

    #[test]
    fn whoever_has_ended_is_not_waited_for() {
        let (batch, passes) = batch(FOREVER);
        let (_live, other) = (batch.join(), batch.join());
        let alone = reading(&batch, &[1]);
        until_waiting(&batch, 1);
        drop(other);
        assert_eq!(alone.join().unwrap().unwrap(), [1]);
        assert_eq!(passes.try_iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn whoever_takes_long_is_not_waited_for_for_ever() {
        let (batch, passes) = batch(Duration::ZERO);
        let _live = [batch.join(), batch.join()];
        assert_eq!(reading(&batch, &[1]).join().unwrap().unwrap(), [1]);
        assert_eq!(passes.try_iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn steps_go_with_the_first_of_the_long_beginnings() {
        let (batch, _passes) = batch(FOREVER);
        let long = [7; STEP + 1];
        let mut desk = batch.desk();
        for tokens in [&long[..], &[1], &long, &long[..STEP]] {
            desk.hand_in(State::default(), tokens, Logits::Last);
        }
        let tickets =
            |wishes: Vec<Wish>| -> Vec<u64> { wishes.iter().map(|wish| wish.ticket).collect() };
        assert_eq!(tickets(desk.choose()), [1, 2, 4]);
        assert_eq!(tickets(desk.choose()), [3], "and the next one after it");
    }

    #[test]
    fn what_fails_in_a_pass_fails_for_all_in_it_and_nobody_after_it() {
        let (batch, _passes) = batch(FOREVER);
        for (token, words) in [(13, "scripted"), (14, "panicked")] {
            let live = [batch.join(), batch.join()];
            let bystander = reading(&batch, &[1]);
            until_waiting(&batch, 1);
            // It finds everyone there, so it runs the pass; its own panic reaches it.
            let outcome = reading(&batch, &[token]).join();
            assert_eq!(outcome.is_err(), token == 14);
            let told = bystander.join().unwrap().unwrap_err();
            assert!(told.contains(words), "{told}");
            drop(live);
            assert_eq!(reading(&batch, &[2]).join().unwrap().unwrap(), [2]);
        }
    }
}
