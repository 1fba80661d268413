//! What is pushed, over either door. Who may open a `WebSocket` is decided before, as for any other
//! call; one ends with the sign-in that opened it.

mod abreast;
mod connection;
pub(crate) mod hub;
mod pace;
mod paste;
pub(crate) mod terminal;
mod topic;
mod upgrade;

use codepiper_engine::Engine;
use tokio_util::sync::CancellationToken;

use crate::entrance::Entrance;
use connection::Closing;

/// The end of the daemon, as far as open sockets go.
#[derive(Clone, Debug)]
pub(crate) struct Stop(pub(crate) CancellationToken);

/// Returns when a socket has to be closed whatever it is about.
async fn over(engine: &Engine, entrance: &Entrance, Stop(stop): &Stop) -> Closing {
    let signed_out = async {
        match &entrance.sign_in {
            Some(sign_in) => engine.auth.over(&sign_in.id).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = signed_out => Closing::new(4401, "signed out"),
        () = stop.cancelled() => Closing::new(1001, "the daemon stops"),
    }
}
