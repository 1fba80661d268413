use axum::extract::{Extension, FromRequestParts};
use axum::http::request::Parts;
use codepiper_engine::{Engine, EngineError};
use codepiper_model::{SignIn, Via};

use crate::error::ApiError;

/// How a caller came in, beside who it is.
#[derive(Clone, Debug)]
pub(crate) struct Entrance {
    /// The door.
    pub(crate) via: Via,
    /// On the web, the sign-in.
    pub(crate) sign_in: Option<SignIn>,
}

impl Entrance {
    /// Refuses somebody who has not shown password or code of late: a cookie may be stolen. The
    /// socket's door needs no second look.
    pub(crate) fn look_again(&self, engine: &Engine) -> Result<(), ApiError> {
        let looked = self.sign_in.as_ref().map(|by| engine.auth.look_again(by));
        Ok(looked.transpose().map(drop)?)
    }
}

/// A second look that was had, for what changes what agents do without being asked about.
pub(crate) struct SecondLook;

impl FromRequestParts<Engine> for SecondLook {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, engine: &Engine) -> Result<Self, ApiError> {
        let entrance = Extension::<Entrance>::from_request_parts(parts, engine).await;
        // Both doors say how somebody came in.
        let Extension(entrance) = entrance.map_err(EngineError::internal)?;
        entrance.look_again(engine)?;
        Ok(Self)
    }
}
