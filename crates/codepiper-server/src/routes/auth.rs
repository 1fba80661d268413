//! Who is signed in on the web, and what the owner resets from a terminal.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{ResetPasswordRequest, SignInView};
use codepiper_engine::{Engine, Reset};
use serde_json::{Value, json};

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Body, Name, NoBody};

type Answer = Result<Json<Value>, ApiError>;

pub(crate) async fn status(State(engine): State<Engine>) -> Answer {
    let status = engine.auth.status().await?;
    let sign_ins = engine.auth.sign_ins().await?.len();
    Ok(Json(json!({
        "setupRequired": !status.has_password,
        "mfaEnabled": status.has_authenticator,
        "onboardingPending": status.has_password && !status.has_authenticator,
        "signInCount": sign_ins,
    })))
}

pub(crate) async fn list(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
) -> Answer {
    let own = entrance.sign_in.map(|sign_in| sign_in.id);
    let views = engine.auth.sign_ins().await?.into_iter().map(|sign_in| {
        let is_current = own.as_ref() == Some(&sign_in.id);
        SignInView::of(sign_in, is_current)
    });
    let views: Vec<SignInView> = views.collect();
    Ok(Json(json!({ "sessions": views })))
}

pub(crate) async fn end(State(engine): State<Engine>, Name(id): Name, _: NoBody) -> Answer {
    engine.auth.end(&id).await?;
    Ok(Json(json!({ "ok": true })))
}

pub(crate) async fn end_others(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
    _: NoBody,
) -> Answer {
    let ended = engine.auth.end_others(entrance.sign_in.as_ref()).await?;
    Ok(Json(json!({ "ok": true, "count": ended })))
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

pub(crate) async fn reset_authenticator(State(engine): State<Engine>, _: NoBody) -> Answer {
    engine.auth.reset_authenticator().await?;
    Ok(Json(json!({ "ok": true })))
}
