//! What is the same for every response: routes, headers, error shape, log span, metrics.

use std::future::{Ready, ready};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, guard, web};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use crate::error::ErrorCode;
use crate::state::State;
use crate::{chat, conversations, health, journeys, openai, openapi, page, search, ws};

/// The largest body.
pub const MAX_BODY: usize = 32 * 1024;

/// Only what we serve may run or load; nobody may frame the page or send it elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers of every response.
pub fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add((
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=()",
        ))
        .add(("Cache-Control", "no-store"))
}

/// Every path, with a JSON error for every wrong method, parameter and body.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default()
                .limit(MAX_BODY)
                .error_handler(|error, _| bad_json(&error)),
        )
        .app_data(web::QueryConfig::default().error_handler(bad_query))
        .app_data(web::PathConfig::default().error_handler(bad_path));
    post(config, "/v1/chat", web::post().to(chat::chat));
    openai::routes(config);
    post(
        config,
        "/v1/feedback",
        web::post().to(conversations::feedback),
    );
    config.service(
        web::resource("/v1/conversations/{id}")
            .route(web::delete().to(conversations::erase))
            .default_service(web::to(|| refuse("DELETE"))),
    );
    get(config, "/v1/ws", read().to(ws::connect));
    get(config, "/v1/search", read().to(search::search));
    get(config, "/v1/procedures", read().to(search::list));
    get(
        config,
        "/v1/procedures/{code}",
        read().to(search::procedure),
    );
    get(config, "/v1/journeys", read().to(journeys::list));
    get(config, "/v1/journeys/{id}", read().to(journeys::journey));
    get(config, "/healthz", read().to(health::healthz));
    get(config, "/readyz", read().to(health::readyz));
    get(config, "/metrics", read().to(health::metrics));
    get(config, "/openapi.json", read().to(openapi::serve));
    for file in &page::FILES {
        get(config, file.path, read().to(move || page::serve(file)));
    }
    config.default_service(web::to(|| ready(ErrorCode::NotFound.error_response())));
}

fn post(config: &mut web::ServiceConfig, path: &str, route: actix_web::Route) {
    let resource = web::resource(path).route(route);
    config.service(resource.default_service(web::to(|| refuse("POST"))));
}

fn get(config: &mut web::ServiceConfig, path: &str, route: actix_web::Route) {
    let resource = web::resource(path).route(route);
    config.service(resource.default_service(web::to(|| refuse("GET, HEAD"))));
}

/// GET, and HEAD with it.
pub fn read() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn refuse(allow: &'static str) -> Ready<HttpResponse> {
    ready(ErrorCode::method_not_allowed(allow))
}

fn bad_json(error: &JsonPayloadError) -> Error {
    json_code(error).into()
}

/// Why a body is no JSON of ours.
pub fn json_code(error: &JsonPayloadError) -> ErrorCode {
    match error {
        JsonPayloadError::ContentType => ErrorCode::UnsupportedMediaType,
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            ErrorCode::BodyTooLarge
        }
        _ => ErrorCode::InvalidJson,
    }
}

fn bad_query(_: QueryPayloadError, _: &HttpRequest) -> Error {
    ErrorCode::InvalidParameter.into()
}

fn bad_path(_: PathError, _: &HttpRequest) -> Error {
    ErrorCode::NotFound.into()
}

/// Counts requests and their time by route pattern.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let route = request.match_pattern();
    let state = request.app_data::<web::Data<State>>().cloned();
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let route = route.unwrap_or_else(|| "unmatched".into());
    if let Some(state) = state {
        let seconds = began.elapsed().as_secs_f64();
        state.metrics.request(route, status.as_u16(), seconds);
    }
    outcome
}

/// The span of a request: method, route pattern and a random key. No address, no query
/// (it holds the citizen's words), no user agent.
#[derive(Debug)]
pub struct QuietSpan;

impl RootSpanBuilder for QuietSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = request
            .match_pattern()
            .unwrap_or_else(|| "unmatched".into());
        tracing::info_span!(
            "request",
            id = %uuid::Uuid::now_v7(),
            method = %request.method(),
            route,
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::debug!("answered"));
    }
}
