//! The wire: what goes over the daemon's socket, and the client that speaks to it.
//!
//! Invariant: shapes only. Unknown fields of a request are refused here; whether its values make
//! sense is the engine's business.

mod client;
mod error;
mod events;
mod sessions;

pub use client::{BodyStream, Client, ClientError};
pub use error::ErrorBody;
pub use events::{EventsParams, EventsResponse};
pub use sessions::{
    CreateSessionRequest, KeysRequest, OutputParams, OutputResponse, RenameRequest, ResizeRequest,
    SendKind, SendRequest, SendResponse, SessionResponse, SessionsResponse, Success, WaitParams,
    WaitResponse,
};

/// The default place of the daemon's socket.
pub const DEFAULT_SOCKET: &str = "/tmp/codepiper.sock";
