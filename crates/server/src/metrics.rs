//! What operators watch, in Prometheus' text form: requests, answers, stages, queue.
//!
//! No label holds anything a citizen typed: routes are patterns, codes come from tables.
//! The recorder belongs to one server and is not the process's own, so that servers in
//! one process (the tests) do not count for one another.

use std::fmt;

use assistant::{Answer, Timings, WrittenBy};
use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusRecorder};

use crate::writer::ModelStatus;

/// From a card in a millisecond to an answer at the deadline.
const SECONDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 5.0, 10.0, 20.0,
];

/// The counters of one server.
pub struct Metrics(PrometheusRecorder);

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
            .build_recorder();
        with_local_recorder(&recorder, describe);
        Ok(Self(recorder))
    }

    /// The text that `/metrics` serves.
    pub fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }

    /// One request was answered (its head, for streams).
    pub fn request(&self, route: String, status: u16, seconds: f64) {
        let status = status.to_string();
        self.record(|| {
            counter!("motcua_http_requests_total", "route" => route.clone(), "status" => status)
                .increment(1);
            histogram!("motcua_http_request_seconds", "route" => route).record(seconds);
        });
    }

    /// One turn was answered.
    pub fn answer(&self, answer: &Answer) {
        let written_by = match answer.written_by {
            WrittenBy::Model => "model",
            WrittenBy::Record => "record",
        };
        let route = answer.route.as_str();
        self.record(|| {
            counter!("motcua_answers_total", "route" => route, "written_by" => written_by)
                .increment(1);
            for (stage, milliseconds) in stages(&answer.timings_ms) {
                histogram!("motcua_stage_seconds", "stage" => stage).record(milliseconds / 1_000.0);
            }
        });
    }

    /// The model began to write.
    pub fn model_turn(&self) {
        self.record(|| counter!("motcua_model_turns_total").increment(1));
    }

    /// The model failed while it wrote; what it had written and the record answered.
    pub fn model_failure(&self) {
        self.record(|| counter!("motcua_model_failures_total").increment(1));
    }

    /// A ready model did not write this answer.
    pub fn record_instead(&self, reason: &'static str) {
        self.record(|| {
            counter!("motcua_record_instead_total", "reason" => reason).increment(1);
        });
    }

    /// The queue before the model changed.
    pub fn queue_length(&self, length: usize) {
        self.record(|| gauge!("motcua_model_queue_length").set(length as f64));
    }

    /// The model changed its state.
    pub fn model_status(&self, now: &ModelStatus) {
        self.record(|| {
            for state in ["loading", "ready", "off", "broken"] {
                let value = if state == now.as_str() { 1.0 } else { 0.0 };
                gauge!("motcua_model_status", "state" => state).set(value);
            }
        });
    }

    /// Turns being answered, by `change` more.
    pub fn turns_in_flight(&self, change: f64) {
        self.record(|| gauge!("motcua_turns_in_flight").increment(change));
    }

    /// The store failed.
    pub fn store_error(&self, operation: &'static str) {
        self.record(|| {
            counter!("motcua_store_errors_total", "operation" => operation).increment(1);
        });
    }

    /// Feedback was stored.
    pub fn feedback(&self, rating: i8) {
        let rating = if rating > 0 { "up" } else { "down" };
        self.record(|| counter!("motcua_feedback_total", "rating" => rating).increment(1));
    }

    fn record(&self, work: impl FnOnce()) {
        with_local_recorder(&self.0, work);
    }
}

fn stages(timings: &Timings) -> [(&'static str, f64); 5] {
    [
        ("understand", timings.understand),
        ("retrieve", timings.retrieve),
        ("first_content", timings.first_content),
        ("write", timings.write),
        ("total", timings.total),
    ]
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
        "motcua_model_turns_total",
        "Turns that the model began to write"
    );
    describe_counter!(
        "motcua_model_failures_total",
        "Turns that the model failed to write to their end"
    );
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
