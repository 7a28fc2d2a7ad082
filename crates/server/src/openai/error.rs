//! Our errors in OpenAI's shape: the same codes, statuses and words.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ErrorCode;

/// One of our errors, told to a client of OpenAI's protocol.
#[derive(Debug, Clone, Copy)]
pub struct OpenAiError(pub ErrorCode);

/// The JSON body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenAiErrorBody {
    /// What went wrong.
    error: OpenAiErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenAiErrorDetail {
    /// Vietnamese sentence.
    message: &'static str,
    /// `invalid_request_error` or `server_error`.
    r#type: &'static str,
    /// Always null.
    param: Option<String>,
    /// Stable code.
    code: &'static str,
}

impl OpenAiError {
    /// The body that callers see.
    pub fn body(self) -> OpenAiErrorBody {
        let row = self.0.row();
        OpenAiErrorBody {
            error: OpenAiErrorDetail {
                message: row.message,
                r#type: if row.status < 500 {
                    "invalid_request_error"
                } else {
                    "server_error"
                },
                param: None,
                code: row.code,
            },
        }
    }
}

impl From<ErrorCode> for OpenAiError {
    fn from(code: ErrorCode) -> Self {
        Self(code)
    }
}

impl fmt::Display for OpenAiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for OpenAiError {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        self.0.builder().json(self.body())
    }
}

/// A 405 that names what the path does take.
pub fn method_not_allowed(allow: &'static str) -> Ready<HttpResponse> {
    let mut response = OpenAiError(ErrorCode::MethodNotAllowed).error_response();
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(allow));
    ready(response)
}
