//! Who may, and what only they may read: passwords, one-time codes, recovery codes, tokens, the
//! throttle of guesses, the sealing of secrets, and the proofs and seals of messages that go elsewhere.
//!
//! Values in, values out: where they are kept, and what time it is, is for others to say.

mod password;
mod push;
mod recovery;
mod seal;
mod signature;
mod throttle;
mod token;
mod totp;
mod vapid;

pub use password::{Password, PasswordHash, WeakPassword};
pub use push::{PUSH_MAX, PushError, PushKeys, PushKeysError};
pub use recovery::{RecoveryCode, RecoveryHash};
pub use seal::{Key, KeyError, Unreadable};
pub use signature::signature;
pub use throttle::{Limit, Tries};
pub use token::{Token, TokenHash};
pub use totp::{Totp, TotpSecret};
pub use vapid::{VapidKey, VapidKeyError};
