use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use codepiper_api::ErrorBody;
use codepiper_engine::EngineError;

/// An answer that is no success.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: Box<ErrorBody>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, body: ErrorBody) -> Self {
        Self {
            status,
            body: Box::new(body),
        }
    }

    pub(crate) fn bad_request(code: &str, field: Option<String>, error: impl Into<String>) -> Self {
        let mut body = ErrorBody::new(code, error);
        body.field = field;
        Self::new(StatusCode::BAD_REQUEST, body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound { code, message } => {
                Self::new(StatusCode::NOT_FOUND, ErrorBody::new(code, message))
            }
            EngineError::Invalid { field, message } => {
                Self::bad_request("invalid_request", Some(field), message)
            }
            EngineError::InvalidFile(error) => {
                let mut body = ErrorBody::new("invalid_file", error.to_string());
                body.field = Some(error.path).filter(|path| !path.is_empty());
                body.hint = error.snippet;
                if let Some((line, column)) = error.line_and_column {
                    body = body
                        .with_detail("line", line.into())
                        .with_detail("column", column.into());
                }
                Self::new(StatusCode::BAD_REQUEST, body)
            }
            EngineError::Conflict {
                code,
                message,
                hint,
            } => {
                let mut body = ErrorBody::new(code, message);
                body.hint = hint;
                Self::new(StatusCode::CONFLICT, body)
            }
            EngineError::TooMany { code, message } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorBody::new(code, message))
            }
            EngineError::Forbidden { code, message } => {
                Self::new(StatusCode::FORBIDDEN, ErrorBody::new(code, message))
            }
            EngineError::Stopping => {
                let body = ErrorBody::new("daemon_stopping", error.to_string());
                Self::new(StatusCode::SERVICE_UNAVAILABLE, body)
            }
            EngineError::DiskFull => {
                tracing::error!(%error, "a request failed");
                let body = ErrorBody::new("disk_full", error.to_string()).with_hint(
                    "make room where the database is (`codepiper doctor` names the directory), \
                     then try again; sessions run on",
                );
                Self::new(StatusCode::INSUFFICIENT_STORAGE, body)
            }
            EngineError::Internal(message) => {
                // The text may name paths and queries: it is for the log.
                tracing::error!(error = %message, "a request failed");
                let body = ErrorBody::new("internal", "something went wrong inside the daemon")
                    .with_hint("`codepiper daemon logs` says what");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, body)
            }
        }
    }
}
