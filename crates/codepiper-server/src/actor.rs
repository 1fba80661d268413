//! Who calls, and whether they may.

use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::USER_AGENT;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use codepiper_api::{ErrorBody, USER_AGENT as CLI};
use codepiper_engine::{Engine, EngineError, Peer};
use codepiper_model::{Actor, SessionId, Via};
use tokio::sync::OnceCell;

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::socket::Socket;

/// The process at the other end of a connection; who that is is found out once.
#[derive(Clone)]
pub(crate) struct Caller {
    peer: Option<Peer>,
    actor: Arc<OnceCell<Actor>>,
}

impl Connected<IncomingStream<'_, Socket>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Socket>) -> Self {
        Self {
            peer: stream.remote_addr().clone(),
            actor: Arc::default(),
        }
    }
}

impl Caller {
    async fn actor(&self, engine: &Engine) -> Result<Actor, EngineError> {
        let identify = || async {
            match self.peer.clone() {
                Some(peer) => engine.actors.identify(peer).await,
                None => Ok(Actor::Unknown),
            }
        };
        self.actor.get_or_try_init(identify).await.copied()
    }
}

/// Lets the owner do everything and an agent next to nothing. A hook's report proves itself by its
/// secret.
pub(crate) async fn guard(
    State(engine): State<Engine>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with("/hooks/") {
        return next.run(request).await;
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    // A caller that hangs up at once must not get out of being written down.
    let judgement = tokio::spawn(judge(engine, caller, method, path));
    match judgement.await.map_err(EngineError::internal).flatten() {
        Ok(Ok(actor)) => {
            let agent = request.headers().get(USER_AGENT);
            let is_cli = agent.is_some_and(|agent| agent.as_bytes() == CLI.as_bytes());
            let via = if is_cli { Via::Cli } else { Via::Api };
            request.extensions_mut().insert(actor);
            let sign_in = None;
            request.extensions_mut().insert(Entrance { via, sign_in });
            next.run(request).await
        }
        Ok(Err(refused)) => refusal(refused).into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Says who may make the call, or, once that is written down, who may not.
async fn judge(
    engine: Engine,
    caller: Caller,
    method: Method,
    path: String,
) -> Result<Result<Actor, Actor>, EngineError> {
    let actor = caller.actor(&engine).await?;
    let may = match actor {
        Actor::Owner => true,
        Actor::Agent(id) => agent_may(&method, &path, id),
        Actor::Unknown => false,
    };
    if may {
        return Ok(Ok(actor));
    }
    let shown: String = path.chars().take(200).collect();
    let what = format!("{method} {shown}");
    if let Err(error) = engine.actors.note_refusal(actor, &what).await {
        tracing::error!(%error, "cannot store a refusal");
    }
    Ok(Err(actor))
}

/// An agent may see that the daemon is there, and its own session.
fn agent_may(method: &Method, path: &str, own: SessionId) -> bool {
    let own = format!("/sessions/{own}");
    method == Method::GET && ["/health", "/version", &own].contains(&path)
}

fn refusal(actor: Actor) -> ApiError {
    let message = match actor {
        Actor::Agent(id) => format!("a process of session `{id}` may not do this"),
        Actor::Owner | Actor::Unknown => {
            "it cannot be told which process asks, so it may not do this".to_owned()
        }
    };
    let body = ErrorBody::new("actor_refused", message);
    ApiError::new(
        StatusCode::FORBIDDEN,
        body.with_hint("only the person who runs the daemon may, from outside of sessions"),
    )
}
