//! `GET /v1/ws`: a conversation over one WebSocket.
//!
//! In: `{"type":"message","message":"…","conversation_id"?,"province"?}`. Out: one
//! `{"type":NAME,"data":…}` an event, with the names and data of the SSE stream.
//! Messages that arrive while an answer is being written wait their turn. Without a
//! `conversation_id` a message goes on with the socket's own conversation.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, ProtocolError, Session};
use assistant::Event;
use serde::Deserialize;
use serde_json::json;

use crate::ask::Ask;
use crate::error::ErrorCode;
use crate::events::render;
use crate::state::{Phase, State};
use crate::turn::{self, Progress, Progresses};

/// The largest message.
const MAX_BYTES: usize = 16 * 1024;
/// Messages that may wait behind the one being answered.
const MAX_WAITING: usize = 8;
/// How often a quiet peer is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// A peer that says nothing for this long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(65);

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Incoming {
    Message {
        message: String,
        #[serde(default)]
        conversation_id: Option<String>,
        #[serde(default)]
        province: Option<String>,
    },
}

/// A conversation over a WebSocket.
///
/// Send `{"type":"message","message":"…"}` (`conversation_id` and `province` are
/// optional), receive `{"type":NAME,"data":…}` with the events of `POST /v1/chat`.
/// A message over 16 KiB closes the socket with 1009.
#[utoipa::path(
    get, path = "/v1/ws", tag = "chat",
    responses(
        (status = 101, description = "Switching to the WebSocket protocol"),
        (status = 400, description = "Not a WebSocket handshake", body = crate::error::ErrorBody),
    )
)]
pub async fn connect(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ErrorCode> {
    let (response, session, messages) =
        actix_ws::handle(&request, body).map_err(|_| ErrorCode::InvalidParameter)?;
    let messages = messages
        .max_frame_size(MAX_BYTES)
        .aggregate_continuations()
        .max_continuation_size(MAX_BYTES);
    let socket = Socket {
        state: state.into_inner(),
        session,
        conversation: None,
        waiting: VecDeque::new(),
        turn: None,
        heard: Instant::now(),
    };
    actix_web::rt::spawn(socket.serve(messages));
    Ok(response)
}

/// Why a socket is closed; `None` is the peer's own wish.
type End = Option<(CloseCode, &'static str)>;

struct Socket {
    state: Arc<State>,
    session: Session,
    conversation: Option<String>,
    waiting: VecDeque<Ask>,
    turn: Option<Progresses>,
    heard: Instant,
}

impl Socket {
    async fn serve(mut self, mut messages: AggregatedMessageStream) {
        let end = self.converse(&mut messages).await;
        let reason = end.map(|(code, words)| (code, words).into());
        let _ = self.session.close(reason).await;
    }

    async fn converse(&mut self, messages: &mut AggregatedMessageStream) -> End {
        let state = Arc::clone(&self.state);
        let draining = state.reached(Phase::Draining);
        tokio::pin!(draining);
        let mut stopping = false;
        let mut ping = tokio::time::interval(PING);
        loop {
            if stopping && self.turn.is_none() {
                return Some((CloseCode::Away, "shutting down"));
            }
            let outcome = tokio::select! {
                progress = next(&mut self.turn) => self.show(progress).await,
                message = messages.recv() => self.receive(message).await,
                _ = ping.tick() => self.ping().await,
                () = &mut draining, if !stopping => {
                    stopping = true;
                    Ok(())
                }
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > SILENCE {
            return Err(None);
        }
        self.session.ping(b"").await.map_err(|_| None)
    }

    /// Passes one event on; after the last, begins the next waiting turn.
    async fn show(&mut self, progress: Option<Progress>) -> Result<(), End> {
        let Some(progress) = progress else {
            self.turn = None;
            self.begin();
            return Ok(());
        };
        if let Ok(Event::Accepted {
            conversation_id, ..
        }) = &progress
        {
            self.conversation = Some(conversation_id.clone());
        }
        self.send(progress).await
    }

    async fn send(&mut self, progress: Progress) -> Result<(), End> {
        let event = render(progress);
        let frame = json!({"type": event.name, "data": event.data});
        self.session.text(frame.to_string()).await.map_err(|_| None)
    }

    async fn receive(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => self.hear(&text).await,
            Some(Ok(AggregatedMessage::Ping(bytes))) => {
                self.session.pong(&bytes).await.map_err(|_| None)
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Binary(_))) => {
                Err(Some((CloseCode::Unsupported, "text messages only")))
            }
            Some(Ok(AggregatedMessage::Close(_))) | None => Err(None),
            Some(Err(error)) => Err(Some(fault(&error))),
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), End> {
        let Ok(Incoming::Message {
            message,
            conversation_id,
            province,
        }) = serde_json::from_str(text)
        else {
            return self.send(Err(ErrorCode::InvalidJson)).await;
        };
        let ask = Ask::parse(&message, conversation_id.as_deref(), province.as_deref());
        match ask {
            Ok(_) if self.waiting.len() >= MAX_WAITING => {
                Err(Some((CloseCode::Policy, "too many messages waiting")))
            }
            Ok(ask) => {
                self.waiting.push_back(ask);
                self.begin();
                Ok(())
            }
            Err(code) => self.send(Err(code)).await,
        }
    }

    /// Begins the next waiting turn when none is running.
    fn begin(&mut self) {
        if self.turn.is_some() {
            return;
        }
        let Some(mut ask) = self.waiting.pop_front() else {
            return;
        };
        if ask.conversation_id.is_none() {
            let own = self.conversation.as_deref();
            ask.conversation_id = own.and_then(|id| uuid::Uuid::try_parse(id).ok());
        }
        self.turn = Some(turn::begin(Arc::clone(&self.state), ask));
    }
}

/// The running turn's next event; waits for ever when none is running.
async fn next(turn: &mut Option<Progresses>) -> Option<Progress> {
    match turn {
        Some(turn) => turn.next().await,
        None => std::future::pending().await,
    }
}

/// The close code for what a peer did wrong. The aggregating stream reports a message
/// that grew too large over several frames as an I/O error of its own.
fn fault(error: &ProtocolError) -> (CloseCode, &'static str) {
    match error {
        ProtocolError::Overflow => (CloseCode::Size, "message over 16 KiB"),
        ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            (CloseCode::Invalid, "not UTF-8")
        }
        ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::Other => {
            (CloseCode::Size, "message over 16 KiB")
        }
        _ => (CloseCode::Protocol, "protocol error"),
    }
}
