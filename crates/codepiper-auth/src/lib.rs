//! Who may, and what only they may read: passwords, one-time codes, recovery codes, tokens, the
//! throttle of guesses, and the sealing of secrets.
//!
//! Values in, values out: where they are kept, and what time it is, is for others to say.

mod password;
mod recovery;
mod seal;
mod throttle;
mod token;
mod totp;

pub use password::{Password, PasswordHash, WeakPassword};
pub use recovery::{RecoveryCode, RecoveryHash};
pub use seal::{Key, KeyError, Unreadable};
pub use throttle::{Limit, Tries};
pub use token::{Token, TokenHash};
pub use totp::{Totp, TotpSecret};
