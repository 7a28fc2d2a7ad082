//! Scripted models: each behaviour that a server must survive.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use assistant::{Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason};
use server::Loader;

/// What the model does when it is asked to write.
pub enum Fake {
    /// Writes this text and ends its turn.
    Says(&'static str),
    /// Reports an error.
    Fails,
    /// Panics.
    Panics,
    /// Tells that it began, then writes nothing until it is released, cancelled or late.
    Holds(Hold),
    /// As `Holds`, but deaf to cancellation and deadline.
    Deaf(Hold),
}

/// The model's end of a [`Grip`].
pub struct Hold {
    began: Sender<()>,
    release: Receiver<()>,
    ended: Sender<StopReason>,
}

/// The test's end: tells when the model began; dropping it lets the model go on.
pub struct Grip {
    began: Receiver<()>,
    /// Held until the grip is dropped: that lets the model go.
    _release: Sender<()>,
    ended: Receiver<StopReason>,
}

/// Far longer than anything here takes: a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

impl Grip {
    /// Both ends.
    pub fn new() -> (Self, Hold) {
        let (began, has_begun) = channel();
        let (release, released) = channel();
        let (ended, has_ended) = channel();
        let grip = Self {
            began: has_begun,
            _release: release,
            ended: has_ended,
        };
        let hold = Hold {
            began,
            release: released,
            ended,
        };
        (grip, hold)
    }

    /// Waits until the model was asked to write.
    pub async fn began(self) -> Self {
        tokio::task::spawn_blocking(move || {
            self.began.recv_timeout(PATIENCE).unwrap();
            self
        })
        .await
        .unwrap()
    }

    /// Waits until the model stopped writing, and why.
    pub async fn ended(self) -> StopReason {
        let wait = tokio::task::spawn_blocking(move || self.ended.recv_timeout(PATIENCE).unwrap());
        wait.await.unwrap()
    }
}

impl Fake {
    /// A loader that gives this model at once.
    pub fn loader(self) -> Loader {
        Self::crew(vec![self])
    }

    /// A loader that gives these, each for one answer at a time.
    pub fn crew(fakes: Vec<Self>) -> Loader {
        let boxed = |fake| Box::new(fake) as Box<dyn Generator>;
        Box::new(move || Ok(fakes.into_iter().map(boxed).collect()))
    }
}

impl Generator for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn generate(
        &mut self,
        _prompt: &Prompt,
        sampling: &Sampling,
        sink: &mut dyn FnMut(&str) -> Flow,
    ) -> Result<Completion, GenerateError> {
        match self {
            Self::Says(text) => {
                for piece in text.split_inclusive(' ') {
                    if sink(piece) == Flow::Stop {
                        return Ok(completion(text, StopReason::Sink));
                    }
                }
                Ok(completion(text, StopReason::EndOfTurn))
            }
            Self::Fails => Err(GenerateError::Failed("scripted".into())),
            Self::Panics => panic!("scripted panic"),
            Self::Holds(hold) => Ok(completion("", hold.wait(Some(sampling)))),
            Self::Deaf(hold) => Ok(completion("", hold.wait(None))),
        }
    }
}

impl Hold {
    fn wait(&self, sampling: Option<&Sampling>) -> StopReason {
        let _ = self.began.send(());
        let reason = loop {
            if sampling.is_some_and(Sampling::is_over) {
                break StopReason::Interrupted;
            }
            match self.release.recv_timeout(Duration::from_millis(2)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => break StopReason::EndOfTurn,
            }
        };
        let _ = self.ended.send(reason);
        reason
    }
}

fn completion(text: &str, stop: StopReason) -> Completion {
    Completion {
        text: text.to_owned(),
        prompt_tokens: 1,
        reused_tokens: 0,
        generated_tokens: 1,
        first_token_ms: 0.0,
        generate_ms: 0.0,
        stop,
    }
}
