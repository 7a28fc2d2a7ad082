//! `/healthz`, `/readyz`, `/metrics`: for probes and operators.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ErrorBody, ErrorCode};
use crate::state::{Phase, State};
use crate::writer::ModelStatus;

/// The process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain"))
)]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// What can be answered from, and who writes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Generation of the index.
    snapshot: String,
    /// `loading`, `ready`, `off` or `broken`.
    model: &'static str,
    /// The model's name, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    model_name: Option<String>,
    /// Why the model cannot write, when it is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Records can be answered: 200 from the first moment, whatever the model does.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses(
        (status = 200, description = "Records can be answered", body = Readiness),
        (status = 503, description = "Stopping", body = ErrorBody),
    )
)]
pub async fn readyz(state: web::Data<State>) -> Result<HttpResponse, ErrorCode> {
    if state.phase() > Phase::Running {
        return Err(ErrorCode::ShuttingDown);
    }
    let status = state.writer.status();
    let (model_name, reason) = match &*status {
        ModelStatus::Ready { name } => (Some(name.clone()), None),
        ModelStatus::Broken { reason } => (None, Some(reason.clone())),
        ModelStatus::Loading | ModelStatus::Off => (None, None),
    };
    Ok(HttpResponse::Ok().json(Readiness {
        snapshot: state.snapshot.load().id().to_owned(),
        model: status.as_str(),
        model_name,
        reason,
    }))
}

/// Counters and timings in Prometheus' text form.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain"))
)]
pub async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(state.metrics.render())
}
