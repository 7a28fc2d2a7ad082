//! What operators watch, in Prometheus' text form: requests, answers, stages, queue.
//!
//! No label holds anything a citizen typed: routes are patterns, codes come from tables.

use std::sync::OnceLock;

use assistant::{Answer, Timings};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::error::ServerError;
use crate::writer::ModelStatus;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// From a card in a millisecond to an answer at the deadline.
const SECONDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 5.0, 10.0, 20.0,
];

/// Installs the recorder once a process; later calls return the same handle.
pub fn install() -> Result<PrometheusHandle, ServerError> {
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .map_err(|error| ServerError::Metrics(error.to_string()))?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| {
        let handle = recorder.handle();
        // Fails only when somebody else installed a recorder: then `/metrics` is
        // empty, and the answers still come.
        if let Err(error) = metrics::set_global_recorder(recorder) {
            tracing::warn!(%error, "another metrics recorder is installed");
        }
        handle
    });
    describe();
    Ok(handle.clone())
}

fn describe() {
    describe_counter!("motcua_http_requests_total", "Requests by route and status");
    describe_histogram!(
        "motcua_http_request_seconds",
        "Time until the response's head, by route"
    );
    describe_counter!(
        "motcua_answers_total",
        "Answers by route and by who wrote them"
    );
    describe_histogram!("motcua_stage_seconds", "Time spent on a turn, by stage");
    describe_counter!(
        "motcua_record_instead_total",
        "Answers that a ready model did not write, by reason"
    );
    describe_gauge!("motcua_model_queue_length", "Turns waiting for the model");
    describe_gauge!(
        "motcua_model_status",
        "1 for the state that the model is in"
    );
    describe_gauge!("motcua_turns_in_flight", "Turns being answered");
    describe_counter!(
        "motcua_store_errors_total",
        "Failures of the store, by operation"
    );
    describe_counter!("motcua_feedback_total", "Feedback by rating");
}

/// One request was answered (its head, for streams).
pub fn request(route: String, status: u16, seconds: f64) {
    counter!("motcua_http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("motcua_http_request_seconds", "route" => route).record(seconds);
}

/// One turn was answered.
pub fn answer(answer: &Answer) {
    let written_by = match answer.written_by {
        assistant::WrittenBy::Model => "model",
        assistant::WrittenBy::Record => "record",
    };
    counter!("motcua_answers_total", "route" => answer.route.as_str(), "written_by" => written_by)
        .increment(1);
    let Timings {
        understand,
        retrieve,
        first_content,
        write,
        total,
    } = answer.timings_ms;
    for (stage, milliseconds) in [
        ("understand", understand),
        ("retrieve", retrieve),
        ("first_content", first_content),
        ("write", write),
        ("total", total),
    ] {
        histogram!("motcua_stage_seconds", "stage" => stage).record(milliseconds / 1_000.0);
    }
}

/// A ready model did not write this answer.
pub fn record_instead(reason: &'static str) {
    counter!("motcua_record_instead_total", "reason" => reason).increment(1);
}

/// The queue before the model changed.
pub fn queue_length(length: usize) {
    gauge!("motcua_model_queue_length").set(length as f64);
}

/// The model changed its state.
pub fn model_status(now: &ModelStatus) {
    for state in ["loading", "ready", "off", "broken"] {
        let value = if state == now.as_str() { 1.0 } else { 0.0 };
        gauge!("motcua_model_status", "state" => state).set(value);
    }
}

/// A turn began.
pub fn turn_began() {
    gauge!("motcua_turns_in_flight").increment(1.0);
}

/// A turn ended.
pub fn turn_ended() {
    gauge!("motcua_turns_in_flight").decrement(1.0);
}

/// The store failed.
pub fn store_error(operation: &'static str) {
    counter!("motcua_store_errors_total", "operation" => operation).increment(1);
}

/// Feedback was stored.
pub fn feedback(rating: i8) {
    let rating = if rating > 0 { "up" } else { "down" };
    counter!("motcua_feedback_total", "rating" => rating).increment(1);
}
