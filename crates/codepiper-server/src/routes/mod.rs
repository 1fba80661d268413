//! Every path of the API, one file per resource.

mod daemon;
mod events;
mod sessions;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::{get, post, put};
use codepiper_api::ErrorBody;
use codepiper_engine::Engine;

use crate::error::ApiError;

pub(crate) fn router(engine: Engine) -> Router {
    Router::new()
        .route("/health", get(daemon::health))
        .route("/version", get(daemon::version))
        .route("/providers", get(daemon::providers))
        .route(
            "/settings/daemon",
            get(daemon::settings).put(daemon::change_settings),
        )
        .route("/events", get(events::all))
        .route("/sessions", get(sessions::list).post(sessions::create))
        .route("/sessions/{id}", get(sessions::show))
        .route("/sessions/{id}/events", get(events::of_session))
        .route("/sessions/{id}/keys", post(sessions::keys))
        .route("/sessions/{id}/kill", post(sessions::kill))
        .route("/sessions/{id}/name", put(sessions::rename))
        .route("/sessions/{id}/output", get(sessions::output))
        .route("/sessions/{id}/output/stream", get(sessions::output_stream))
        .route("/sessions/{id}/resize", post(sessions::resize))
        .route("/sessions/{id}/send", post(sessions::send))
        .route("/sessions/{id}/stop", post(sessions::stop))
        .route("/sessions/{id}/wait", get(sessions::wait))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(engine)
}

async fn not_found(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("not_found", format!("there is nothing at `{path}`")),
    )
}

async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorBody::new(
            "method_not_allowed",
            format!("`{path}` does not take `{method}`"),
        ),
    )
}
