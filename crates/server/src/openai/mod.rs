//! `POST /v1/chat/completions` and `GET /v1/models`: the same assistant for clients that
//! speak OpenAI's protocol.
//!
//! The client keeps the conversation and sends it whole: `request` makes a question and
//! its earlier turns of it, [`crate::turn`] answers, `reply` writes the answer as a
//! completion or as chunks, with the facts of the cards and the source below the text
//! (`text`), so that a client that knows nothing of cards shows a complete answer.

mod error;
mod reply;
mod request;
mod text;

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{MAX_BODY, json_code, read};
use crate::state::State;
use crate::turn;
pub use error::OpenAiErrorBody;
use error::{OpenAiError, method_not_allowed};
pub use reply::Completion;
use reply::{Replying, stream};
pub use request::CompletionRequest;

/// The one model that is served; requests may name any.
pub const MODEL: &str = "motcua";

/// Both paths, with errors in OpenAI's shape.
pub fn routes(config: &mut web::ServiceConfig) {
    let json = web::JsonConfig::default()
        .limit(MAX_BODY)
        .error_handler(|error, _| OpenAiError(json_code(&error)).into());
    config.service(
        web::resource("/v1/chat/completions")
            .app_data(json)
            .route(web::post().to(complete))
            .default_service(web::to(|| method_not_allowed("POST"))),
    );
    config.service(
        web::resource("/v1/models")
            .route(read().to(models))
            .default_service(web::to(|| method_not_allowed("GET, HEAD"))),
    );
}

/// Answers the last user message of a conversation.
///
/// OpenAI's chat completions. The last user message is the question, the ten before it are
/// the conversation; system messages state no facts and are ignored, as are sampling
/// parameters and tools. Whatever `model` says, `motcua` answers. `content` is the text
/// and, below it, the facts and their source; the field `motcua` holds the whole answer,
/// in a stream with the last words. A stream ends with `data: [DONE]`.
#[utoipa::path(
    post, path = "/v1/chat/completions", tag = "chat", request_body = CompletionRequest,
    responses(
        (status = 200, description = "The completion; chunks when `stream` is true", content(
            (Completion = "application/json"),
            (String = "text/event-stream"),
        )),
        (status = 400, description = "Not JSON, or a wrong type", body = OpenAiErrorBody),
        (status = 409, description = "The conversation has had its 50 turns", body = OpenAiErrorBody),
        (status = 413, description = "Body over 32 KiB", body = OpenAiErrorBody),
        (status = 415, description = "Not `application/json`", body = OpenAiErrorBody),
        (status = 422, description = "No question, or one of more than 1,000 characters", body = OpenAiErrorBody),
        (status = 503, description = "Too many turns at once, or stopping; see `Retry-After`", body = OpenAiErrorBody),
    )
)]
pub async fn complete(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Json<CompletionRequest>,
) -> Result<HttpResponse, OpenAiError> {
    let body = body.into_inner();
    let ask = body.ask()?;
    let replying = Replying::new(body.words(), body.wants_usage());
    let turn = turn::begin(state.into_inner(), ask);
    if !body.streams() {
        let answer = turn.answer().await?;
        return Ok(HttpResponse::Ok().json(replying.whole(answer)));
    }
    let stream = stream(replying, turn).await?;
    Ok(stream.respond_to(&request).map_into_boxed_body())
}

/// `GET /v1/models`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    /// `list`.
    object: &'static str,
    /// The one model.
    data: [ServedModel; 1],
}

/// A model as OpenAI lists it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServedModel {
    /// `motcua`.
    id: &'static str,
    /// `model`.
    object: &'static str,
    /// Unix time of this list.
    created: i64,
    /// `motcua`.
    owned_by: &'static str,
}

/// Lists the one model that is served.
#[utoipa::path(
    get, path = "/v1/models", tag = "chat",
    responses((status = 200, description = "The list", body = ModelList))
)]
pub async fn models() -> HttpResponse {
    HttpResponse::Ok().json(ModelList {
        object: "list",
        data: [ServedModel {
            id: MODEL,
            object: "model",
            created: Timestamp::now().as_second(),
            owned_by: MODEL,
        }],
    })
}
