//! Who may, and what only they may read.
//!
//! Values in, values out: where keys and secrets are kept is for others to say.

mod seal;

pub use seal::{Key, KeyError, Unreadable};
