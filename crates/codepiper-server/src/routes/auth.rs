//! Who is signed in on the web, and what the owner resets from a terminal.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{Done, EndSignInsResponse, ResetPasswordRequest, SignInView, SignInsResponse};
use codepiper_engine::{Engine, Reset};
use codepiper_model::SignInStage;
use serde_json::{Value, json};

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Body, Name, NoBody};

/// What only the socket answers, which no document describes.
type Answer = Result<Json<Value>, ApiError>;

const DONE: Json<Done> = Json(Done { ok: true });

pub(crate) async fn status(State(engine): State<Engine>) -> Answer {
    let status = engine.auth.status().await?;
    let sign_ins = engine.auth.sign_ins().await?;
    let signed_in = sign_ins.iter().filter(|it| it.stage == SignInStage::Full);
    Ok(Json(json!({
        "setupRequired": !status.has_password,
        "mfaEnabled": status.has_authenticator,
        "onboardingPending": status.has_password && !status.has_authenticator,
        "signInCount": signed_in.count(),
    })))
}

/// Lists the browsers that are signed in.
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "auth",
    responses((status = 200, body = SignInsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
) -> Result<Json<SignInsResponse>, ApiError> {
    let own = entrance.sign_in.map(|sign_in| sign_in.id);
    let views = engine.auth.sign_ins().await?.into_iter().map(|sign_in| {
        let is_current = own.as_ref() == Some(&sign_in.id);
        SignInView::of(sign_in, is_current)
    });
    let sessions = views.collect();
    Ok(Json(SignInsResponse { sessions }))
}

/// Signs a browser out.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    tag = "auth",
    params(("id" = String, Path, description = "The sign-in")),
    responses((status = 200, body = Done))
)]
pub(crate) async fn end(
    State(engine): State<Engine>,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Done>, ApiError> {
    engine.auth.end(&id).await?;
    Ok(DONE)
}

/// Signs every other browser out.
#[utoipa::path(
    post,
    path = "/auth/sessions/revoke-all",
    tag = "auth",
    responses((status = 200, body = EndSignInsResponse))
)]
pub(crate) async fn end_others(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
    _: NoBody,
) -> Result<Json<EndSignInsResponse>, ApiError> {
    let count = engine.auth.end_others(entrance.sign_in.as_ref()).await?;
    Ok(Json(EndSignInsResponse { ok: true, count }))
}

pub(crate) async fn reset_password(
    State(engine): State<Engine>,
    Body(request): Body<ResetPasswordRequest>,
) -> Answer {
    let reset = match (request.password, request.generate) {
        (Some(password), false) => Reset::To(password),
        (None, true) => Reset::Generated,
        _ => {
            let message = "give either `password`, or `generate`: true";
            return Err(ApiError::bad_request("invalid_request", None, message));
        }
    };
    let is_generated = matches!(reset, Reset::Generated);
    let password = engine.auth.reset_password(reset).await?;
    let mut answer = json!({ "ok": true });
    if is_generated {
        answer["generated"] = true.into();
        answer["password"] = password.reveal().into();
    }
    Ok(Json(answer))
}

pub(crate) async fn reset_authenticator(
    State(engine): State<Engine>,
    _: NoBody,
) -> Result<Json<Done>, ApiError> {
    engine.auth.reset_authenticator().await?;
    Ok(DONE)
}
