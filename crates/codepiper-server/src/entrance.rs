use codepiper_engine::Engine;
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
