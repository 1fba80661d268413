use codepiper_api::{SessionsResponse, Success};
use serde_json::json;
use tokio::task::JoinSet;

use super::Context;
use crate::cli::Down;
use crate::error::CliError;
use crate::{daemon_process, output};

pub(super) async fn run(context: &Context, args: &Down) -> Result<(), CliError> {
    let mut stopped = 0;
    if args.sessions {
        let answer = context.client.get("/sessions").await?;
        let SessionsResponse { sessions } = serde_json::from_value(answer)?;
        let mut stops = JoinSet::new();
        for session in sessions
            .into_iter()
            .filter(|session| session.status.is_live())
        {
            let client = context.client.clone();
            stops.spawn(async move {
                client
                    .post(&format!("/sessions/{}/stop", session.id), &json!({}))
                    .await
            });
        }
        while let Some(done) = stops.join_next().await {
            done.map_err(|error| CliError::failed("stop_failed", error.to_string()))??;
            stopped += 1;
        }
    }
    daemon_process::stop(&context.client).await?;
    if context.json {
        return output::json(&Success { success: true });
    }
    output::line(if args.sessions {
        format!("the daemon has stopped, and {stopped} sessions with it")
    } else {
        "the daemon has stopped; its sessions live on".to_owned()
    })
}
