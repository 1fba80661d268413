//! Signing in and out, and what only a browser asks for.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use codepiper_api::{
    ChangePasswordRequest, ConfirmRequest, LoginRequest, VerifyAuthenticatorRequest,
};
use codepiper_engine::{Credentials, Proof, SignedIn};
use codepiper_model::{SignIn, SignInStage};
use serde_json::{Value, json};

use super::cookie;
use super::door::{Door, Visitor, not_signed_in};
use crate::error::ApiError;
use crate::extract::{Body, NoBody};

type Answer = Result<Json<Value>, ApiError>;

pub(super) async fn status(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
) -> Answer {
    let status = door.engine.auth.status().await?;
    let stage = visitor.sign_in.map(|sign_in| sign_in.stage);
    Ok(Json(json!({
        "setupRequired": !status.has_password,
        "mfaEnabled": status.has_authenticator,
        "mfaSetupRequired": stage == Some(SignInStage::Onboarding) && !status.has_authenticator,
        "onboardingPending": !status.has_authenticator,
        "authenticated": stage == Some(SignInStage::Full),
    })))
}

pub(super) async fn login(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<LoginRequest>,
) -> Result<Response, ApiError> {
    let credentials = Credentials {
        password: request.password,
        code: request.totp_code,
    };
    let came = door.engine.auth.login(credentials, &visitor.origin).await?;
    // A sign-in that this browser had before is not taken along: whoever set its cookie would
    // otherwise know it.
    if let Some(before) = &visitor.sign_in {
        drop(door.engine.auth.end(&before.id).await);
    }
    let cookie = cookie::set(&came.token, came.sign_in.stage, visitor.is_secure);
    if came.sign_in.stage == SignInStage::Onboarding {
        let refused = ApiError::authenticator_missing().into_response();
        return Ok(with_cookies(refused, [cookie]));
    }
    let mut answer = json!({ "ok": true });
    if request.token {
        answer["token"] = came.token.reveal().into();
    }
    Ok(with_cookies(Json(answer).into_response(), [cookie]))
}

pub(super) async fn logout(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    _: NoBody,
) -> Result<Response, ApiError> {
    if let Some(sign_in) = &visitor.sign_in {
        door.engine.auth.end(&sign_in.id).await?;
    }
    let stages = [SignInStage::Full, SignInStage::Onboarding];
    let cleared = stages.map(|stage| cookie::clear(stage, visitor.is_secure));
    Ok(with_cookies(
        Json(json!({ "ok": true })).into_response(),
        cleared,
    ))
}

pub(super) async fn offer_authenticator(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    _: NoBody,
) -> Answer {
    let offer = door.engine.auth.offer_authenticator(by(&visitor)?).await?;
    Ok(Json(json!({
        "secret": offer.secret, "otpauthUri": offer.uri, "qr": offer.picture,
    })))
}

pub(super) async fn verify_authenticator(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<VerifyAuthenticatorRequest>,
) -> Result<Response, ApiError> {
    let auth = &door.engine.auth;
    let verified = auth.verify_authenticator(by(&visitor)?, &request.totp_code, &visitor.origin);
    let enrolled = verified.await?;
    let answer = json!({ "recoveryCodes": enrolled.recovery_codes });
    let answer = Json(answer).into_response();
    let Some(SignedIn { token, sign_in }) = enrolled.signed_in else {
        return Ok(answer);
    };
    let cookies = [
        cookie::set(&token, sign_in.stage, visitor.is_secure),
        cookie::clear(SignInStage::Onboarding, visitor.is_secure),
    ];
    Ok(with_cookies(answer, cookies))
}

pub(super) async fn change_password(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<ChangePasswordRequest>,
) -> Answer {
    let (old, new) = (request.current_password, request.new_password);
    let changed = door
        .engine
        .auth
        .change_password(by(&visitor)?, old, new, &visitor.origin);
    changed.await?;
    Ok(Json(json!({ "ok": true })))
}

pub(super) async fn confirm(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<ConfirmRequest>,
) -> Answer {
    let proof = match (request.password, request.totp_code) {
        (Some(password), None) => Proof::Password(password),
        (None, Some(code)) => Proof::Code(code),
        _ => {
            let message = "give either `password` or `totpCode`";
            return Err(ApiError::bad_request("invalid_request", None, message));
        }
    };
    let until = door
        .engine
        .auth
        .confirm(by(&visitor)?, proof, &visitor.origin)
        .await?;
    Ok(Json(json!({ "ok": true, "until": until })))
}

fn by(visitor: &Visitor) -> Result<&SignIn, ApiError> {
    visitor.sign_in.as_ref().ok_or_else(not_signed_in)
}

fn with_cookies<const N: usize>(mut response: Response, cookies: [HeaderValue; N]) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
