//! An OpenAI-compatible server that does what a test tells it, on a real socket.

#![allow(dead_code, reason = "two test binaries use it, each a part of it")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails should fail its test"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Far longer than anything here takes: a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A request as it came.
pub struct Request {
    /// Request line and headers.
    pub head: String,
    /// JSON.
    pub body: String,
}

/// A connection that is to be answered.
pub struct Peer {
    stream: TcpStream,
    gone: Sender<()>,
}

/// The server; it ends with the process.
pub struct FakeOpenai {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    asked: Arc<AtomicUsize>,
    gone: Receiver<()>,
}

impl FakeOpenai {
    /// Answers each connection's one request by `answer`, in a thread of its own, and
    /// closes.
    pub fn start(answer: impl Fn(&Request, &mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (sender, gone) = channel();
        let (answer, count) = (Arc::new(answer), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
                let mut peer = Peer {
                    stream,
                    gone: sender.clone(),
                };
                std::thread::spawn(move || {
                    if let Some(request) = peer.request() {
                        count.fetch_add(1, Ordering::SeqCst);
                        answer(&request, &mut peer);
                    }
                });
            }
        });
        Self { url, asked, gone }
    }

    /// Says these pieces and ends its turn.
    pub fn says(pieces: &'static [&'static str]) -> Self {
        Self::start(move |_, peer| peer.say(pieces))
    }

    /// Requests so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits until a peer that was held or written to endlessly has hung up.
    pub fn hung_up(&self) {
        self.gone.recv_timeout(PATIENCE).unwrap();
    }
}

/// A chunk of the stream with these words.
pub fn chunk(text: &str) -> String {
    let text = text.replace('"', "\\\"");
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// What follows the last words: the reason, the counts, the end.
pub const END: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
     data: {\"choices\":[],\"usage\":{\"prompt_tokens\":300,\"completion_tokens\":7,\
     \"prompt_tokens_details\":{\"cached_tokens\":256}}}\n\ndata: [DONE]\n\n";

impl Peer {
    fn request(&mut self) -> Option<Request> {
        let mut reader = BufReader::new(self.stream.try_clone().unwrap());
        let mut head = String::new();
        while reader.read_line(&mut head).ok()? > 0 && !head.ends_with("\r\n\r\n") {}
        let lower = head.to_lowercase();
        let length = lower.split_once("content-length: ");
        let length = length.and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).unwrap();
        (!head.is_empty()).then_some(Request { head, body })
    }

    /// Sends a status line and headers.
    pub fn head(&mut self, status: &str, kind: &str) {
        let more = "Connection: close\r\n";
        self.send(&format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n"
        ));
    }

    /// Begins a stream of events.
    pub fn begin(&mut self) {
        self.head("200 OK", "text/event-stream; charset=utf-8");
    }

    /// Sends text; false when the peer is gone.
    pub fn send(&mut self, text: &str) -> bool {
        self.stream.write_all(text.as_bytes()).is_ok()
    }

    /// A whole answer.
    pub fn say(&mut self, pieces: &[&str]) {
        self.begin();
        for piece in pieces {
            self.send(&chunk(piece));
        }
        self.send(END);
    }

    /// Keeps silent until the peer hangs up.
    pub fn hold(&mut self) {
        let _ = self.stream.read(&mut [0]);
        let _ = self.gone.send(());
    }

    /// Sends the same for ever, until the peer hangs up.
    pub fn repeat(&mut self, text: &str) {
        while self.send(text) {}
        let _ = self.gone.send(());
    }
}

/// Lets as many peers in as are waited for, all at once.
pub struct Meeting {
    here: Mutex<usize>,
    all: std::sync::Condvar,
    wanted: usize,
}

impl Meeting {
    /// Of so many.
    pub fn of(wanted: usize) -> Self {
        Self {
            here: Mutex::new(0),
            all: std::sync::Condvar::new(),
            wanted,
        }
    }

    /// Waits until all are here; false when they do not come.
    pub fn wait(&self) -> bool {
        let mut here = self.here.lock().unwrap();
        *here += 1;
        self.all.notify_all();
        let missing = |here: &mut usize| *here < self.wanted;
        let waited = self.all.wait_timeout_while(here, PATIENCE, missing);
        !waited.unwrap().1.timed_out()
    }
}
