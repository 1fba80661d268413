//! Every path of the API, one file per resource.

mod approvals;
mod audit;
mod auth;
mod daemon;
mod decisions;
mod directories;
mod events;
mod export;
mod hooks;
mod housekeeping;
mod policies;
mod policy_sets;
mod prompts;
mod restore;
mod sessions;

use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use axum::{Extension, Router};
use codepiper_api::ErrorBody;
use codepiper_engine::Engine;

pub(crate) use daemon::WebAddresses;

use crate::actor::guard;
use crate::error::ApiError;
use crate::extract::no_params;
use crate::stream::{hub, terminal};

/// What the Unix socket serves: everything.
pub(crate) fn router(engine: Engine, web: WebAddresses) -> Router {
    let own = Router::new()
        .route("/health", get(daemon::health))
        .route("/auth/cli/reset-mfa", post(auth::reset_authenticator))
        .route("/auth/cli/reset-password", post(auth::reset_password))
        .route("/auth/status", get(auth::status))
        .route("/hooks/claude", post(hooks::report))
        .route("/hooks/codex", post(hooks::report))
        .route("/ws", get(hub::open))
        .route_layer(from_fn(no_params))
        .fallback_service(shared(engine.clone()))
        .with_state(engine.clone());
    // Which methods a path takes is known only around all of them.
    Router::new()
        .fallback_service(own)
        .layer(from_fn(explain_wrong_method))
        .layer(from_fn_with_state(engine, guard))
        .layer(Extension(web))
}

/// What the web serves too, to whoever is signed in there.
pub(crate) fn shared(engine: Engine) -> Router {
    let without_params = Router::new()
        .route("/version", get(daemon::version))
        .route("/providers", get(daemon::providers))
        .route(
            "/settings/daemon",
            get(daemon::settings).put(daemon::change_settings),
        )
        .route("/approvals/{id}", get(approvals::show))
        .route("/approvals/{id}/answer", post(approvals::answer))
        .route("/auth/sessions", get(auth::list))
        .route("/auth/sessions/revoke-all", post(auth::end_others))
        .route("/auth/sessions/{id}", delete(auth::end))
        .route("/directories/recent", get(directories::recent))
        .route("/policies", post(policies::create))
        .route("/policies/apply", policy().post(policies::apply))
        .route("/policies/check", policy().post(policies::check))
        .route("/policies/export", policy().post(policies::export))
        .route("/policies/test", policy().post(policies::test))
        .route("/policies/{id}", policy())
        .route(
            "/policy-sets",
            get(policy_sets::list).post(policy_sets::create),
        )
        .route("/policy-sets/ready", get(policy_sets::ready))
        .route(
            "/policy-sets/{id}",
            get(policy_sets::show)
                .put(policy_sets::update)
                .delete(policy_sets::delete),
        )
        .route("/policy-sets/{id}/policies", post(policy_sets::add))
        .route(
            "/policy-sets/{id}/policies/{policy}",
            delete(policy_sets::remove),
        )
        .route(
            "/sessions/{id}/effective-policies",
            get(policy_sets::effective),
        )
        .route(
            "/sessions/{id}/policy-sets",
            get(policy_sets::of_session).post(policy_sets::give),
        )
        .route(
            "/sessions/{id}/policy-sets/{set}",
            delete(policy_sets::take),
        )
        .route("/restore", get(restore::list).post(restore::restore))
        .route("/sessions", get(sessions::list).post(sessions::create))
        .route("/sessions/prune", post(housekeeping::prune))
        .route(
            "/sessions/{id}",
            get(sessions::show).delete(housekeeping::delete),
        )
        .route(
            "/sessions/{id}/default-policy-action",
            put(sessions::change_default_action),
        )
        .route("/sessions/{id}/interrupt", post(sessions::interrupt))
        .route("/sessions/{id}/keys", post(sessions::keys))
        .route("/sessions/{id}/kill", post(sessions::kill))
        .route(
            "/sessions/{id}/model",
            get(sessions::model).put(sessions::switch_model),
        )
        .route("/sessions/{id}/name", put(sessions::rename))
        .route("/sessions/{id}/output/stream", get(sessions::output_stream))
        .route("/sessions/{id}/explain", get(sessions::explain))
        .route("/sessions/{id}/fork", post(sessions::fork))
        .route("/sessions/{id}/processes", get(sessions::processes))
        .route(
            "/sessions/{id}/prompts/{prompt}",
            put(prompts::edit).delete(prompts::cancel),
        )
        .route("/sessions/{id}/recover", post(sessions::recover))
        .route("/sessions/{id}/resume", post(sessions::resume))
        .route("/sessions/{id}/resize", post(sessions::resize))
        .route("/sessions/{id}/send", post(sessions::send))
        .route("/sessions/{id}/stop", post(sessions::stop))
        .route_layer(from_fn(no_params));
    let routes = Router::new()
        .route("/approvals", get(approvals::list))
        .route("/audit/entries", get(audit::entries))
        .route("/audit/export", get(export::export))
        .route("/audit/verify", get(audit::verify))
        .route("/directories", get(directories::list))
        .route("/events", get(events::all))
        .route("/policies", get(policies::list))
        .route("/policy-decisions", get(decisions::list))
        .route("/sessions/{id}/events", get(events::of_session))
        .route("/sessions/{id}/output", get(sessions::output))
        .route("/sessions/{id}/prompts", get(prompts::list))
        .route("/sessions/{id}/terminal/stream", get(terminal::watch))
        .route("/sessions/{id}/wait", get(sessions::wait))
        .merge(without_params)
        .fallback(not_found)
        .with_state(engine);
    Router::new()
        .fallback_service(routes)
        .layer(from_fn(explain_wrong_method))
}

/// What every policy takes, whatever it is called.
fn policy() -> MethodRouter<Engine> {
    get(policies::show)
        .put(policies::update)
        .delete(policies::delete)
}

/// How many a list may hold.
fn checked_limit(limit: Option<usize>) -> Result<usize, ApiError> {
    let limit = limit.unwrap_or(100);
    if (1..=1000).contains(&limit) {
        return Ok(limit);
    }
    let message = "`limit` is a number from 1 to 1000";
    Err(ApiError::bad_request(
        "invalid_request",
        Some("limit".to_owned()),
        message,
    ))
}

/// A text to look for.
fn checked_text(text: Option<String>) -> Result<Option<String>, ApiError> {
    let is_good = |text: &String| (1..=200).contains(&text.chars().count());
    if text.as_ref().is_none_or(is_good) {
        return Ok(text);
    }
    let message = "`text` has 1 to 200 characters";
    Err(ApiError::bad_request(
        "invalid_request",
        Some("text".to_owned()),
        message,
    ))
}

async fn not_found(uri: Uri) -> ApiError {
    let path = shown(&uri);
    ApiError::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("not_found", format!("there is nothing at `{path}`")),
    )
}

/// Gives the refusal of a method a body.
async fn explain_wrong_method(method: Method, uri: Uri, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allowed = response.headers().get(ALLOW).cloned();
    let takes = allowed.as_ref().and_then(|value| value.to_str().ok());
    let method: String = method.as_str().chars().take(40).collect();
    let message = format!(
        "`{}` does not take `{method}`; it takes `{}`",
        shown(&uri),
        takes.unwrap_or_default().replace(',', "`, `")
    );
    let body = ErrorBody::new("method_not_allowed", message);
    let mut response = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, body).into_response();
    response
        .headers_mut()
        .extend(allowed.map(|value| (ALLOW, value)));
    response
}

fn shown(uri: &Uri) -> String {
    let path = match uri.path() {
        // `CONNECT host:80` has none.
        "" => uri.authority().map_or("", Authority::as_str),
        path => path,
    };
    path.chars().take(200).collect()
}
