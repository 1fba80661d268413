use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use codepiper_api::ErrorBody;
use codepiper_engine::{AuthError, EngineError};

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

impl ApiError {
    /// What it says, for whoever is not answered over HTTP.
    pub(crate) fn into_parts(self) -> (StatusCode, ErrorBody) {
        (self.status, *self.body)
    }

    /// The same, with what to do about it.
    pub(crate) fn hinted(mut self, hint: &str) -> Self {
        self.body.hint = Some(hint.to_owned());
        self
    }

    /// The password was right, and nothing is open to it but the set-up of an authenticator.
    pub(crate) fn authenticator_missing() -> Self {
        let message = "an authenticator has to be set up first";
        let body = ErrorBody::new("mfa_setup_required", message);
        let body = body.with_detail("mfaSetupRequired", true.into());
        Self::new(StatusCode::UNAUTHORIZED, body)
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let message = error.to_string();
        let (status, code) = match error {
            AuthError::Engine(error) => return error.into(),
            AuthError::TooManyTries(wait) => {
                let seconds = wait.as_secs().max(1);
                let body = ErrorBody::new("too_many_attempts", message);
                let body = body.with_detail("retryAfter", seconds.into());
                let hint = "`codepiper auth reset-password` on the machine itself ends the wait";
                return Self::new(StatusCode::TOO_MANY_REQUESTS, body.with_hint(hint));
            }
            AuthError::InvalidCredentials => (StatusCode::UNAUTHORIZED, "invalid_credentials"),
            AuthError::InvalidCode => (StatusCode::BAD_REQUEST, "invalid_code"),
            AuthError::NothingOffered => (StatusCode::CONFLICT, "no_authenticator_offered"),
            AuthError::NotSetUp => (StatusCode::CONFLICT, "no_password"),
            AuthError::ConfirmRequired => (StatusCode::FORBIDDEN, "confirm_required"),
            AuthError::Weak(_) => (StatusCode::BAD_REQUEST, "weak_password"),
            AuthError::NoSignIn(_) => (StatusCode::NOT_FOUND, "sign_in_not_found"),
        };
        Self::new(status, ErrorBody::new(code, message))
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
            EngineError::InvalidWorkflow(problems) => {
                let error = EngineError::InvalidWorkflow(problems.clone()).to_string();
                let mut body = ErrorBody::new("invalid_workflow", error);
                body.hint = problems.first().and_then(|problem| problem.snippet.clone());
                let told = serde_json::to_value(problems).unwrap_or_default();
                let body = body.with_detail("validationErrors", told);
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, body)
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
