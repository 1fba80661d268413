//! Every path of the API, one file per resource.

mod analytics;
mod approvals;
mod audit;
mod auth;
mod conversations;
mod daemon;
mod decisions;
mod directories;
mod env_sets;
mod events;
mod executions;
mod export;
mod git;
mod hooks;
mod housekeeping;
mod images;
mod key;
mod notifications;
mod policies;
mod policy_sets;
mod prompts;
mod push;
mod restore;
mod session_policy;
mod sessions;
mod validate;
mod workflows;
mod workspaces;
mod worktrees;

use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use codepiper_api::ErrorBody;
use codepiper_engine::Engine;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

pub(crate) use daemon::WebAddresses;

use crate::actor::guard;
use crate::error::ApiError;
use crate::extract::no_params;
use crate::openapi;
use crate::stream::{hub, terminal};

/// What the Unix socket serves: everything.
///
/// What is only here is left out of the document, for it is no API: agents' hooks and our own command
/// line call it, out of the same program.
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
    let (routes, _) = described().split_for_parts();
    let routes = routes.fallback(not_found).with_state(engine);
    Router::new()
        .fallback_service(routes)
        .layer(from_fn(explain_wrong_method))
}

/// The same, with what the document says of it: what is not described is not served.
pub(crate) fn described() -> OpenApiRouter<Engine> {
    let without_params = OpenApiRouter::default()
        .routes(routes!(openapi::show))
        .routes(routes!(conversations::markdown))
        .routes(routes!(daemon::version))
        .routes(routes!(daemon::providers))
        .routes(routes!(daemon::settings, daemon::change_settings))
        .routes(routes!(daemon::all_settings))
        .routes(routes!(daemon::unset_setting))
        .routes(routes!(analytics::rebuild))
        .routes(routes!(approvals::show))
        .routes(routes!(approvals::answer))
        .routes(routes!(auth::list))
        .routes(routes!(auth::end_others))
        .routes(routes!(auth::end))
        .routes(routes!(directories::recent))
        .routes(routes!(env_sets::list, env_sets::create))
        .routes(routes!(env_sets::show, env_sets::update, env_sets::delete))
        .routes(routes!(env_sets::import))
        .routes(routes!(env_sets::reveal))
        .routes(routes!(key::rotate))
        .routes(routes!(push::settings, push::change_settings))
        .routes(routes!(push::prefs, push::change_prefs))
        .routes(routes!(push::status))
        .routes(routes!(push::try_push))
        .routes(routes!(
            push::subscriptions,
            push::subscribe,
            push::unsubscribe
        ))
        .routes(routes!(notifications::counts))
        .routes(routes!(notifications::read_all))
        .routes(routes!(notifications::read))
        .routes(routes!(session_policy::list, session_policy::change))
        .routes(routes!(validate::directory))
        .routes(routes!(validate::branch))
        .routes(routes!(images::upload))
        .routes(routes!(git::status))
        .routes(routes!(git::branches))
        .routes(routes!(git::stage))
        .routes(routes!(git::unstage))
        .routes(routes!(git::commit))
        .routes(routes!(git::discard))
        .routes(routes!(git::undo))
        .routes(routes!(git::comments))
        .routes(routes!(policies::create))
        .routes(policy_too(routes!(policies::apply)))
        .routes(policy_too(routes!(policies::check)))
        .routes(policy_too(routes!(policies::export)))
        .routes(policy_too(routes!(policies::test)))
        .routes(routes!(policies::show, policies::update, policies::delete))
        .routes(routes!(policy_sets::list, policy_sets::create))
        .routes(routes!(policy_sets::ready))
        .routes(routes!(
            policy_sets::show,
            policy_sets::update,
            policy_sets::delete
        ))
        .routes(routes!(policy_sets::add))
        .routes(routes!(policy_sets::remove))
        .routes(routes!(policy_sets::effective))
        .routes(routes!(policy_sets::of_session, policy_sets::give))
        .routes(routes!(policy_sets::take))
        .routes(routes!(workspaces::list, workspaces::create))
        .routes(routes!(
            workspaces::show,
            workspaces::update,
            workspaces::delete
        ))
        .routes(routes!(worktrees::list))
        .routes(routes!(worktrees::finish))
        .routes(routes!(worktrees::prune))
        .routes(routes!(workflows::list, workflows::create))
        .routes(routes!(workflows::validate))
        .routes(routes!(workflows::plan))
        .routes(routes!(workflows::templates))
        .routes(routes!(workflows::schema))
        .routes(routes!(executions::questions))
        .routes(routes!(
            workflows::show,
            workflows::update,
            workflows::delete
        ))
        .routes(routes!(executions::execute))
        .routes(routes!(executions::show_of))
        .routes(routes!(executions::cancel))
        .routes(routes!(executions::cancel_of))
        .routes(routes!(executions::pause))
        .routes(routes!(executions::resume))
        .routes(routes!(executions::retry))
        .routes(routes!(executions::answer))
        .routes(routes!(restore::list, restore::restore))
        .routes(routes!(sessions::list, sessions::create))
        .routes(routes!(housekeeping::prune))
        .routes(routes!(sessions::show, housekeeping::delete))
        .routes(routes!(sessions::change_default_action))
        .routes(routes!(sessions::interrupt))
        .routes(routes!(sessions::keys))
        .routes(routes!(sessions::kill))
        .routes(routes!(sessions::model, sessions::switch_model))
        .routes(routes!(sessions::rename))
        .routes(routes!(sessions::output_stream))
        .routes(routes!(sessions::explain))
        .routes(routes!(sessions::fork))
        .routes(routes!(sessions::processes))
        .routes(routes!(prompts::edit, prompts::cancel))
        .routes(routes!(sessions::recover))
        .routes(routes!(sessions::resume))
        .routes(routes!(sessions::resize))
        .routes(routes!(sessions::send))
        .routes(routes!(sessions::stop))
        .route_layer(from_fn(no_params));
    OpenApiRouter::default()
        .routes(routes!(analytics::usage))
        .routes(routes!(analytics::overview))
        .routes(routes!(analytics::timeline))
        .routes(routes!(analytics::models))
        .routes(routes!(analytics::tokens))
        .routes(routes!(analytics::providers))
        .routes(routes!(analytics::tools))
        .routes(routes!(analytics::heatmap))
        .routes(routes!(analytics::decisions))
        .routes(routes!(analytics::rules))
        .routes(routes!(approvals::list))
        .routes(routes!(audit::entries))
        .routes(routes!(export::export))
        .routes(routes!(notifications::list))
        .routes(routes!(push::deliveries))
        .routes(routes!(git::log))
        .routes(routes!(git::turns))
        .routes(routes!(git::diff))
        .routes(routes!(git::diff_stat))
        .routes(routes!(git::file))
        .routes(routes!(git::file_raw))
        .routes(routes!(audit::verify))
        .routes(routes!(conversations::page))
        .routes(routes!(conversations::search))
        .routes(routes!(conversations::problems))
        .routes(routes!(events::all))
        .routes(routes!(executions::all))
        .routes(routes!(executions::show))
        .routes(routes!(executions::of_workflow))
        .routes(routes!(executions::log))
        .routes(routes!(policies::list))
        .routes(routes!(decisions::list))
        .routes(routes!(directories::list))
        .routes(routes!(events::of_session))
        .routes(routes!(events::of_transcript))
        .routes(routes!(sessions::output))
        .routes(routes!(prompts::list))
        .routes(routes!(terminal::watch))
        .routes(routes!(sessions::wait))
        .merge(without_params)
}

/// A path of its own that a policy may be called as well takes what every policy takes.
fn policy_too(own: UtoipaMethodRouter<Engine>) -> UtoipaMethodRouter<Engine> {
    own.map(|own| own.merge(policy()))
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
