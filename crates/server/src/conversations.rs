//! Feedback on an answer, and erasure of a conversation.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ask;
use crate::error::{ErrorBody, ErrorCode};
use crate::state::State;
use crate::store::Feedback;
use crate::turn::blocking;

/// `POST /v1/feedback`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FeedbackRequest {
    /// The answer's `message_id`.
    message_id: String,
    /// -1 or 1.
    #[schema(minimum = -1, maximum = 1)]
    rating: i64,
    /// A short reason, up to 100 characters.
    #[serde(default)]
    reason: Option<String>,
    /// Free words, up to 1,000 characters; stored with personal identifiers masked.
    #[serde(default)]
    comment: Option<String>,
}

/// Rates an answer; a later rating replaces an earlier one.
#[utoipa::path(
    post, path = "/v1/feedback", tag = "chat", request_body = FeedbackRequest,
    responses(
        (status = 204, description = "Stored"),
        (status = 404, description = "No such answer", body = ErrorBody),
        (status = 422, description = "A rating that is neither -1 nor 1, or words too long", body = ErrorBody),
        (status = 503, description = "The store cannot take it now", body = ErrorBody),
    )
)]
pub async fn feedback(
    state: web::Data<State>,
    body: web::Json<FeedbackRequest>,
) -> Result<HttpResponse, ErrorCode> {
    let mut feedback = parse(body.into_inner())?;
    let mask = |words: String| state.assistant.mask(&words).text;
    feedback.comment = feedback.comment.map(mask);
    feedback.reason = feedback.reason.map(mask);
    let rating = feedback.rating;
    let state = state.into_inner();
    let known = blocking(&state, move |state| {
        state.store.rate(&feedback).map_err(|error| {
            state.store_failed("rate", &error);
            ErrorCode::StoreUnavailable
        })
    })
    .await??;
    if !known {
        return Err(ErrorCode::MessageNotFound);
    }
    state.metrics.feedback(rating);
    Ok(HttpResponse::NoContent().finish())
}

fn parse(body: FeedbackRequest) -> Result<Feedback, ErrorCode> {
    let rating = match body.rating {
        -1 => -1,
        1 => 1,
        _ => return Err(ErrorCode::InvalidValue),
    };
    let comment = body.comment.filter(|comment| !comment.trim().is_empty());
    Ok(Feedback {
        // Not masked: a key that is not one of ours finds nothing and is not stored.
        message_id: body.message_id,
        rating,
        reason: body.reason.as_deref().map(ask::short).transpose()?,
        comment: comment.as_deref().map(ask::text).transpose()?,
    })
}

/// Erases a conversation: its state, its turns and what was said of them.
///
/// Idempotent, and does not tell whether the conversation existed.
#[utoipa::path(
    delete, path = "/v1/conversations/{id}", tag = "chat",
    params(("id" = String, Path, description = "The answer's `conversation_id`")),
    responses(
        (status = 204, description = "Nothing of it is left"),
        (status = 422, description = "A malformed key", body = ErrorBody),
        (status = 503, description = "The store cannot erase now: try again", body = ErrorBody),
    )
)]
pub async fn erase(
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, ErrorCode> {
    let id = ask::conversation_key(&id)?.to_string();
    blocking(&state.into_inner(), move |state| {
        state.store.erase(&id).map_err(|error| {
            state.store_failed("erase", &error);
            ErrorCode::StoreUnavailable
        })
    })
    .await??;
    Ok(HttpResponse::NoContent().finish())
}
