//! `POST /v1/chat`: one question in, one answer out, whole or as it comes.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use actix_web_lab::sse;
use futures_util::{Stream, stream};

use crate::ask::{Ask, ChatRequest};
use crate::error::{ErrorBody, ErrorCode};
use crate::events::{Rendered, render};
use crate::state::State;
use crate::turn::{self, Progress, Progresses};

/// Proxies and phones drop silent connections after half a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Answers one question.
///
/// With `"stream": true` the answer comes as server-sent events: `accepted`, a `card`
/// for each procedure, `sources`, `delta` for each checked piece of the text, and at
/// the end `final` with the whole answer, or `error`.
#[utoipa::path(
    post, path = "/v1/chat", tag = "chat", request_body = ChatRequest,
    responses(
        (status = 200, description = "The answer; events when `stream` is true", content(
            (ref("#/components/schemas/Answer") = "application/json"),
            (String = "text/event-stream"),
        )),
        (status = 400, description = "Not JSON, or a wrong type", body = ErrorBody),
        (status = 409, description = "The conversation has had its 50 turns", body = ErrorBody),
        (status = 413, description = "Body over 32 KiB", body = ErrorBody),
        (status = 415, description = "Not `application/json`", body = ErrorBody),
        (status = 422, description = "Blank or too long a question, malformed key", body = ErrorBody),
        (status = 503, description = "Too many turns at once, or stopping; see `Retry-After`", body = ErrorBody),
    )
)]
pub async fn chat(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Json<ChatRequest>,
) -> Result<HttpResponse, ErrorCode> {
    let body = body.into_inner();
    let ask = Ask::parse(
        &body.message,
        body.conversation_id.as_deref(),
        body.province.as_deref(),
    )?;
    let mut turn = turn::begin(state.into_inner(), ask);
    if !body.stream {
        return Ok(HttpResponse::Ok().json(turn.answer().await?));
    }
    // What fails before the first event is still an HTTP status.
    match turn.next().await {
        Some(Ok(first)) => Ok(events(Ok(first), turn)
            .respond_to(&request)
            .map_into_boxed_body()),
        Some(Err(code)) => Err(code),
        None => Err(ErrorCode::Internal),
    }
}

fn events(first: Progress, turn: Progresses) -> impl Responder {
    let stream = stream::unfold((Some(first), turn), |(first, mut turn)| async {
        let progress = match first {
            Some(progress) => progress,
            None => turn.next().await?,
        };
        Some((Ok::<_, Infallible>(frame(&render(progress))), (None, turn)))
    });
    sse_response(stream)
}

/// A response of server-sent events.
pub fn sse_response(
    events: impl Stream<Item = Result<sse::Event, Infallible>> + 'static,
) -> impl Responder {
    // nginx collects a response before it passes it on, unless told not to.
    sse::Sse::from_stream(events)
        .with_keep_alive(KEEP_ALIVE)
        .customize()
        .insert_header(("X-Accel-Buffering", "no"))
}

fn frame(event: &Rendered) -> sse::Event {
    sse::Data::new(event.data.to_string())
        .event(event.name)
        .into()
}
