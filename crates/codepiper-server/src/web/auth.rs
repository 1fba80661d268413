//! Signing in and out, and what only a browser asks for.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use codepiper_api::{
    AuthStatusResponse, AuthenticatorOffer, ChangePasswordRequest, ConfirmRequest, ConfirmResponse,
    Done, ErrorBody, LoginRequest, LoginResponse, RecoveryCodesResponse,
    VerifyAuthenticatorRequest,
};
use codepiper_engine::{Credentials, Proof, SignedIn};
use codepiper_model::{SignIn, SignInStage};

use super::cookie;
use super::door::{Door, Visitor, not_signed_in};
use crate::error::ApiError;
use crate::extract::{Body, NoBody};

type Answer<T> = Result<Json<T>, ApiError>;

const DONE: Json<Done> = Json(Done { ok: true });

/// Says how far the browser is signed in, and what is missing.
#[utoipa::path(
    get,
    path = "/auth/status",
    tag = "auth",
    security(()),
    responses((status = 200, body = AuthStatusResponse))
)]
pub(super) async fn status(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<AuthStatusResponse> {
    let status = door.engine.auth.status().await?;
    let stage = visitor.sign_in.map(|sign_in| sign_in.stage);
    Ok(Json(AuthStatusResponse {
        setup_required: !status.has_password,
        mfa_enabled: status.has_authenticator,
        mfa_setup_required: stage == Some(SignInStage::Onboarding) && !status.has_authenticator,
        onboarding_pending: !status.has_authenticator,
        authenticated: stage == Some(SignInStage::Full),
    }))
}

/// Signs the browser in: the answer sets a cookie.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    security(()),
    request_body = LoginRequest,
    responses(
        (status = 200, body = LoginResponse),
        (status = 401, description = "`invalid_credentials`, or `mfa_setup_required` with a cookie for that", body = ErrorBody),
    )
)]
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
    let token = request.token.then(|| came.token.reveal().to_owned());
    let answer = Json(LoginResponse { ok: true, token });
    Ok(with_cookies(answer.into_response(), [cookie]))
}

/// Signs the browser out.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    security(()),
    responses((status = 200, body = Done))
)]
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
    Ok(with_cookies(DONE.into_response(), cleared))
}

/// Offers an authenticator, which counts once a code of it was shown.
#[utoipa::path(
    post,
    path = "/auth/mfa/setup",
    tag = "auth",
    security(()),
    responses((status = 200, body = AuthenticatorOffer))
)]
pub(super) async fn offer_authenticator(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    _: NoBody,
) -> Answer<AuthenticatorOffer> {
    let offer = door.engine.auth.offer_authenticator(by(&visitor)?).await?;
    Ok(Json(AuthenticatorOffer {
        secret: offer.secret,
        otpauth_uri: offer.uri,
        qr: offer.picture,
    }))
}

/// Takes the authenticator that was offered into use.
#[utoipa::path(
    post,
    path = "/auth/mfa/verify",
    tag = "auth",
    security(()),
    request_body = VerifyAuthenticatorRequest,
    responses((status = 200, body = RecoveryCodesResponse))
)]
pub(super) async fn verify_authenticator(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<VerifyAuthenticatorRequest>,
) -> Result<Response, ApiError> {
    let auth = &door.engine.auth;
    let verified = auth.verify_authenticator(by(&visitor)?, &request.totp_code, &visitor.origin);
    let enrolled = verified.await?;
    let answer = Json(RecoveryCodesResponse {
        recovery_codes: enrolled.recovery_codes,
    });
    let answer = answer.into_response();
    let Some(SignedIn { token, sign_in }) = enrolled.signed_in else {
        return Ok(answer);
    };
    let cookies = [
        cookie::set(&token, sign_in.stage, visitor.is_secure),
        cookie::clear(SignInStage::Onboarding, visitor.is_secure),
    ];
    Ok(with_cookies(answer, cookies))
}

/// Changes the password, which signs everybody else out.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "auth",
    request_body = ChangePasswordRequest,
    responses((status = 200, body = Done))
)]
pub(super) async fn change_password(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<ChangePasswordRequest>,
) -> Answer<Done> {
    let (old, new) = (request.current_password, request.new_password);
    let changed = door
        .engine
        .auth
        .change_password(by(&visitor)?, old, new, &visitor.origin);
    changed.await?;
    Ok(DONE)
}

/// Shows again that it is the owner, for what a stolen cookie must not do.
#[utoipa::path(
    post,
    path = "/auth/confirm",
    tag = "auth",
    request_body = ConfirmRequest,
    responses((status = 200, body = ConfirmResponse))
)]
pub(super) async fn confirm(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Body(request): Body<ConfirmRequest>,
) -> Answer<ConfirmResponse> {
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
    Ok(Json(ConfirmResponse { ok: true, until }))
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
