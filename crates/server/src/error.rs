//! What can go wrong, for callers and for operators.
//!
//! [`ErrorCode`] is the one public table: a stable code, its HTTP status and the
//! Vietnamese sentence, the same over JSON, SSE and WebSocket. [`ServerError`] is why
//! the server could not start or had to stop.

use std::fmt;
use std::path::PathBuf;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A public error code. The words and statuses are in [`ErrorCode::row`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The body is not JSON, or a field has the wrong type.
    InvalidJson,
    /// A query parameter has the wrong type.
    InvalidParameter,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The body is over 32 KiB.
    BodyTooLarge,
    /// The question holds nothing but white space.
    BlankMessage,
    /// The question is over 1,000 characters.
    MessageTooLong,
    /// The conversation key is not one of ours.
    InvalidConversationId,
    /// A value is outside its range.
    InvalidValue,
    /// The conversation has had its 50 turns.
    ConversationFull,
    /// No such path.
    NotFound,
    /// No record under this code.
    ProcedureNotFound,
    /// No life event under this id.
    JourneyNotFound,
    /// No answer under this key.
    MessageNotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// Too many turns at once.
    Overloaded,
    /// The server is stopping.
    ShuttingDown,
    /// The store could not do what was asked for.
    StoreUnavailable,
    /// A defect of ours.
    Internal,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Stable code.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
    /// What a citizen reads.
    pub message: &'static str,
}

const fn row(code: &'static str, status: u16, message: &'static str) -> Row {
    Row {
        code,
        status,
        retry_after: None,
        message,
    }
}

const fn later(code: &'static str, seconds: u32, message: &'static str) -> Row {
    Row {
        code,
        status: 503,
        retry_after: Some(seconds),
        message,
    }
}

impl ErrorCode {
    /// Every code, for documentation and tests.
    pub const ALL: [Self; 18] = [
        Self::InvalidJson,
        Self::InvalidParameter,
        Self::UnsupportedMediaType,
        Self::BodyTooLarge,
        Self::BlankMessage,
        Self::MessageTooLong,
        Self::InvalidConversationId,
        Self::InvalidValue,
        Self::ConversationFull,
        Self::NotFound,
        Self::ProcedureNotFound,
        Self::JourneyNotFound,
        Self::MessageNotFound,
        Self::MethodNotAllowed,
        Self::Overloaded,
        Self::ShuttingDown,
        Self::StoreUnavailable,
        Self::Internal,
    ];

    /// Code, status and words.
    pub const fn row(self) -> Row {
        match self {
            Self::InvalidJson => row(
                "invalid_json",
                400,
                "Nội dung gửi lên không phải JSON hợp lệ hoặc sai kiểu dữ liệu.",
            ),
            Self::InvalidParameter => row(
                "invalid_parameter",
                400,
                "Tham số trên đường dẫn sai kiểu dữ liệu.",
            ),
            Self::UnsupportedMediaType => row(
                "unsupported_media_type",
                415,
                "Hãy gửi nội dung kiểu application/json.",
            ),
            Self::BodyTooLarge => row("body_too_large", 413, "Nội dung gửi lên vượt quá 32 KiB."),
            Self::BlankMessage => row(
                "blank_message",
                422,
                "Câu hỏi đang trống. Bạn hãy nhập câu hỏi.",
            ),
            Self::MessageTooLong => row(
                "message_too_long",
                422,
                "Câu hỏi dài quá 1.000 ký tự. Bạn hãy viết ngắn lại.",
            ),
            Self::InvalidConversationId => row(
                "invalid_conversation_id",
                422,
                "Mã cuộc trò chuyện không đúng dạng.",
            ),
            Self::InvalidValue => row(
                "invalid_value",
                422,
                "Có giá trị nằm ngoài khoảng cho phép.",
            ),
            Self::ConversationFull => row(
                "conversation_full",
                409,
                "Cuộc trò chuyện đã đủ 50 lượt hỏi. Bạn hãy bắt đầu cuộc trò chuyện mới.",
            ),
            Self::NotFound => row("not_found", 404, "Không có đường dẫn này."),
            Self::ProcedureNotFound => row(
                "procedure_not_found",
                404,
                "Không có thủ tục mang mã này trong dữ liệu.",
            ),
            Self::JourneyNotFound => row(
                "journey_not_found",
                404,
                "Không có sự kiện này trong danh mục.",
            ),
            Self::MessageNotFound => {
                row("message_not_found", 404, "Không tìm thấy câu trả lời này.")
            }
            Self::MethodNotAllowed => row(
                "method_not_allowed",
                405,
                "Đường dẫn này không nhận phương thức đó.",
            ),
            Self::Overloaded => later(
                "overloaded",
                5,
                "Đang có quá nhiều người hỏi cùng lúc. Bạn hãy thử lại sau ít giây.",
            ),
            Self::ShuttingDown => later(
                "shutting_down",
                10,
                "Hệ thống đang khởi động lại. Bạn hãy thử lại sau ít giây.",
            ),
            Self::StoreUnavailable => later(
                "store_unavailable",
                30,
                "Hiện chưa ghi nhận được yêu cầu này. Bạn hãy thử lại sau.",
            ),
            Self::Internal => row("internal", 500, "Có lỗi ở phía hệ thống. Bạn hãy thử lại."),
        }
    }

    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    /// The body that callers see.
    pub fn body(self) -> ErrorBody {
        ErrorBody {
            error: self.detail(),
        }
    }

    /// Code and message, as the `error` event carries them.
    pub fn detail(self) -> ErrorDetail {
        let row = self.row();
        ErrorDetail {
            code: row.code.to_owned(),
            message: row.message.to_owned(),
        }
    }

    /// A 405 that names what the path does take.
    pub fn method_not_allowed(allow: &'static str) -> HttpResponse {
        Self::MethodNotAllowed
            .builder()
            .insert_header((ALLOW, allow))
            .json(Self::MethodNotAllowed.body())
    }

    /// A response with the status and, where there is one, `Retry-After`.
    pub(crate) fn builder(self) -> HttpResponseBuilder {
        let mut builder = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.row().retry_after {
            builder.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        builder
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for ErrorCode {}

impl ResponseError for ErrorCode {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.builder().json(self.body())
    }
}

/// The JSON body of every error.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// Stable code.
    pub code: String,
    /// Vietnamese sentence.
    pub message: String,
}

/// Why the server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// A setting is missing, unknown or of the wrong type.
    #[error("settings: {0}")]
    Settings(#[from] config::ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The store cannot be opened.
    #[error("store {path}: {source}; name another file with MOTCUA_STORE, or move this one away")]
    Store {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: crate::store::StoreError,
    },
    /// The metrics recorder cannot be made.
    #[error("metrics: {0}")]
    Metrics(String),
    /// Sockets, threads or signals failed.
    #[error("server: {0}")]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_statuses_are_errors() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.status_code().is_client_error() || code.status_code().is_server_error());
            assert!(code.row().message.ends_with('.'));
        }
    }

    #[test]
    fn overload_says_when_to_come_back() {
        let response = ErrorCode::Overloaded.error_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "5");
    }
}
