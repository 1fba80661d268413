//! The start: app-server, hooks, conversation.

use std::path::Path;
use std::time::Duration;

use codepiper_model::AgentSpec;
use codepiper_providers::Conversation;
use codepiper_providers::codex::rpc::{
    Thread, hooks_list, thread_fork, thread_load, thread_name, thread_start,
};
use codepiper_providers::codex::{Listed, Shared, Trust};
use codepiper_tmux::Pane;
use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep};

use super::connection::{Connection, ConnectionError, connect};
use crate::EngineError;
use crate::config::{make_private, write_private};
use crate::process::started;

/// The file from which our own binary executes the app-server, and the one where it says why it
/// could not.
const SPEC_FILE: &str = "app-server.json";
const FAILURE_FILE: &str = "app-server-failure.txt";

/// How long an app-server may take to listen: 0.05 s, 0.4 s for the first time.
const LISTENING_MAX: Duration = Duration::from_secs(20);
const LOOK_PAUSE: Duration = Duration::from_millis(10);

/// Where the files of a start are, and who executes them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Our own program.
    pub(crate) program: &'a Path,
    /// The session's directory.
    pub(crate) dir: &'a Path,
}

/// Starts the app-server beside the pane, makes sure that our hooks run there, and gives it the
/// session's conversation, with `name` where it has none.
pub(crate) async fn start(
    pane: &Pane,
    shared: &Shared,
    place: Place<'_>,
    conversation: Conversation<'_>,
    name: &str,
) -> Result<Thread, EngineError> {
    if let Some(home) = shared.home.as_deref().filter(|home| !home.exists()) {
        make_private(home)?;
    }
    let connection = serve(pane, shared, place).await?;
    let terms = shared.terms();
    let request = match conversation {
        Conversation::New(_) => thread_start(terms),
        Conversation::Resume(thread) => thread_load(thread, terms),
        Conversation::Fork { from, .. } => thread_fork(from, terms),
    };
    let result = connection.request(request).await;
    let result = result.map_err(|error| match (error, conversation) {
        (
            ConnectionError::Refused(failure),
            Conversation::Resume(thread) | Conversation::Fork { from: thread, .. },
        ) => not_loaded(thread, &failure.message),
        (error, _) => failed(&error),
    })?;
    let thread = Thread::read(&result["thread"]);
    if thread.name.is_none() {
        // It also has it written down: until then the terminal would not find it.
        let named = connection.request(thread_name(&thread.id, name)).await;
        named.map_err(|error| failed(&error))?;
    }
    Ok(thread)
}

/// Codex goes on with a conversation only where it had its model from before, so that another
/// account never pays unseen; in a copy anybody may.
fn not_loaded(thread: &str, why: &str) -> EngineError {
    let message = format!("Codex cannot go on with the conversation `{thread}`: {why}");
    if why.contains("model provider") {
        return EngineError::conflict_with_hint(
            "conversation_of_other_provider",
            message,
            "`-b subscription` leaves it with the provider it has; `--fork` goes on in a copy that \
             the key pays for",
        );
    }
    EngineError::NotFound {
        code: "conversation_not_found",
        message,
    }
}

/// Removes what only a start needs.
pub(crate) fn remove_files(dir: &Path) {
    for name in [SPEC_FILE, FAILURE_FILE] {
        drop(fs_err::remove_file(dir.join(name)));
    }
}

/// Starts an app-server that runs our hooks. It trusts those whose hash it is told; where this
/// version has others than we expect, it says which, and is started once more.
async fn serve(pane: &Pane, shared: &Shared, place: Place<'_>) -> Result<Connection, EngineError> {
    let mut trust = Trust::expected(&shared.hooks);
    let mut missing = Vec::new();
    for _ in 0..2 {
        write_spec(shared, place, &trust)?;
        let pid = run(pane, place, &shared.socket).await?;
        let connection = listening(pane, pid, shared, place).await?;
        let list = connection.request(hooks_list(&shared.cwd)).await;
        let list = Listed::all(&list.map_err(|error| failed(&error))?);
        missing = Listed::missing(&shared.hooks, &list);
        if missing.is_empty() {
            return Ok(connection);
        }
        trust = Trust::listed(&shared.hooks, &list);
        end(pid).await;
    }
    let names: Vec<String> = missing.iter().map(|event| format!("`{event}`")).collect();
    Err(EngineError::conflict_with_hint(
        "hooks_not_trusted",
        format!(
            "Codex does not run the hooks {}, through which CodePiper decides",
            names.join(", ")
        ),
        "see whether hooks are switched off in Codex's settings (`features.hooks`), or forbidden by \
         those of your organisation",
    ))
}

fn write_spec(shared: &Shared, place: Place<'_>, trust: &Trust) -> Result<(), EngineError> {
    let spec = AgentSpec {
        argv: shared.app_server(trust),
        cwd: shared.cwd.clone(),
        failure_file: place.dir.join(FAILURE_FILE),
    };
    let spec = serde_json::to_vec(&spec).map_err(EngineError::internal)?;
    write_private(&place.dir.join(SPEC_FILE), &spec)
}

/// Runs the app-server that the file describes.
pub(super) async fn run(pane: &Pane, place: Place<'_>, socket: &Path) -> Result<i32, EngineError> {
    // One that was killed leaves it behind.
    drop(fs_err::remove_file(socket));
    drop(fs_err::remove_file(place.dir.join(FAILURE_FILE)));
    let command = [
        place.program.into(),
        "agent-exec".into(),
        place.dir.join(SPEC_FILE).into(),
    ];
    Ok(pane.run_beside(&command).await?)
}

/// Connects as soon as the app-server listens.
async fn listening(
    pane: &Pane,
    pid: i32,
    shared: &Shared,
    place: Place<'_>,
) -> Result<Connection, EngineError> {
    let deadline = Instant::now() + LISTENING_MAX;
    loop {
        let error = match connect(&shared.socket).await {
            Ok((connection, _)) => return Ok(connection),
            Err(error) => error,
        };
        if let Ok(why) = fs_err::read_to_string(place.dir.join(FAILURE_FILE)) {
            return Err(EngineError::conflict("agent_not_started", why));
        }
        if started(pid).is_none() {
            let why = pane.last_line_beside().await.unwrap_or_default();
            return Err(EngineError::conflict(
                "app_server_ended",
                format!("the app-server of Codex ended as soon as it was started: {why}"),
            ));
        }
        if Instant::now() > deadline {
            return Err(failed(&error));
        }
        sleep(LOOK_PAUSE).await;
    }
}

/// Ends an app-server for which nobody asked anything yet.
async fn end(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
    let deadline = Instant::now() + LISTENING_MAX;
    while started(pid).is_some() && Instant::now() < deadline {
        sleep(LOOK_PAUSE).await;
    }
}

fn failed(error: &ConnectionError) -> EngineError {
    EngineError::conflict_with_hint(
        "app_server_failed",
        format!("the app-server of Codex {error}"),
        "see what `codex app-server` says in that directory",
    )
}
