use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codepiper_model::{
    Activity, Actor, AgentSpec, EntryKind, EventSource, Exit, ExitReason, LaunchSpec, Session,
    SessionId, Status,
};
use codepiper_providers::{Home, HookCommand, LaunchRequest, provider};
use codepiper_store::Transaction;
use codepiper_store::sessions::{self, Stored};
use codepiper_tmux::{ConfigOptions, Pane, PaneOptions, Ring, Server, Start, Tag, render_config};
use serde_json::json;

use super::request::Checked;
use super::{CreateSession, Live, SessionManager, Subject};
use crate::EngineError;
use crate::agent_program;
use crate::audit;
use crate::config::{make_private, write_private};
use crate::environment::session_environment;
use crate::hooks::Credential;
use crate::process::SESSION_VARIABLE;

/// Sessions that may run at the same time.
const MAX_SESSIONS: usize = 100;

/// The file from which our own binary executes the agent, and the one where it says why it could
/// not.
pub(crate) const SPEC_FILE: &str = "launch.json";
pub(crate) const FAILURE_FILE: &str = "launch-failure.txt";

/// The first prompt, as long as it waits to be typed.
pub(crate) const PROMPT_FILE: &str = "first-prompt.txt";

/// Everything that was found out about a session before anything is made.
struct Plan {
    id: SessionId,
    checked: Checked,
    spec: LaunchSpec,
    env: BTreeMap<OsString, OsString>,
    credential: Credential,
    scrubbed: Vec<String>,
}

/// A reserved place; given back when it is dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SessionManager {
    /// Makes a session. Everything is checked before anything is made; when a step fails, what
    /// the steps before it made is taken back, and the session stays as a row that says why.
    pub async fn create(&self, request: CreateSession, by: Actor) -> Result<Session, EngineError> {
        // A caller that goes away must not leave half a session.
        let manager = self.clone();
        let creation = self
            .parts
            .tasks
            .spawn(async move { manager.create_whole(request, by).await });
        creation.await.map_err(EngineError::internal)?
    }

    async fn create_whole(
        &self,
        request: CreateSession,
        by: Actor,
    ) -> Result<Session, EngineError> {
        let tmux = self.tmux()?.clone();
        let plan = self.plan(&request)?;
        let id = plan.id;
        let _place = self.take_place()?;
        let socket = self.parts.config.tmux_socket(id);
        let stored = Stored {
            session: self.row(&request, &plan),
            socket: socket.clone(),
            secret_hash: plan.credential.hash(),
        };
        self.store_new(stored.clone(), by).await?;
        self.parts.policies.give_default(id).await?;

        let subject = Subject::new(&stored, &plan.env);
        if let Some(prompt) = &plan.checked.prompt {
            let texts = [prompt.as_str().to_owned()];
            if let Err(error) = self.judge_text(id, &subject, &texts, by).await {
                self.roll_back(id, &error).await?;
                return Err(error);
            }
        }
        let server = Server::new(tmux, socket, id.tmux_name());
        match self.launch(&plan, server).await {
            Ok(pane) => {
                let activity = Activity::unknown(self.parts.clock.now());
                let live = Live::new(id, subject, pane, activity, false);
                let live = Arc::new(live);
                self.live_map().insert(id, Arc::clone(&live));
                self.supervise(live);
                self.get(id).await
            }
            Err(error) => {
                self.roll_back(id, &error).await?;
                Err(launch_failed(id, &error))
            }
        }
    }

    /// Reserves one of the places while a session is being made, so that many requests at once
    /// do not get past the limit together.
    fn take_place(&self) -> Result<Place, EngineError> {
        let live = self.live_map().len();
        let starting = self.starting.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(&self.starting));
        if live + starting < MAX_SESSIONS {
            return Ok(place);
        }
        Err(EngineError::TooMany {
            code: "too_many_sessions",
            message: format!("there are {MAX_SESSIONS} sessions already; stop one first"),
        })
    }

    fn plan(&self, request: &CreateSession) -> Result<Plan, EngineError> {
        let checked = request.check()?;
        let config = &self.parts.config;
        let id = SessionId::random();
        let settings = self.parts.settings.get();
        let (mut env, scrubbed) = session_environment(
            &config.environment,
            &request.env,
            request.billing_mode,
            settings.forward_ssh_auth_sock,
        );
        let var = |name: &str| {
            env.get(std::ffi::OsStr::new(name))
                .and_then(|v| v.to_str())
                .map(str::to_owned)
        };
        let provider = provider(request.provider);
        let path = var("PATH").unwrap_or_default();
        let program = agent_program::find(provider, config, &path).ok_or_else(|| {
            let message = format!(
                "`{}` is not installed: no `{}` in PATH",
                provider.id(),
                provider.program().unwrap_or_default()
            );
            EngineError::conflict_with_hint(
                "provider_not_installed",
                message,
                provider.install_hint(),
            )
        })?;
        let spool = config.spool_dir();
        let (secret, credential) = Credential::generate()?;
        let hook_variables = [
            (SESSION_VARIABLE, id.to_string()),
            ("CODEPIPER_UNIX_SOCK", config.socket.display().to_string()),
            ("CODEPIPER_SECRET", secret),
        ];
        let launch = LaunchRequest {
            session_id: id,
            program: &program,
            cwd: &checked.cwd,
            dir: &config.session_dir(id),
            args: &request.args,
            model: request.model.as_deref(),
            dangerous: request.dangerous_mode,
            prompt: checked.prompt.as_ref(),
            resume: None,
            hooks: HookCommand {
                program: &self.parts.hook_program,
                spool: &spool,
                variables: &hook_variables,
                fail_closed: request.fail_closed,
            },
            home: Home {
                var: &var,
                file: &|path| fs_err::read_to_string(path).ok(),
            },
        };
        let is_root = rustix::process::getuid().is_root();
        if let Some(refusal) = provider.refusal(&launch, is_root) {
            let (code, message) = (refusal.code, refusal.message);
            return Err(EngineError::conflict_with_hint(code, message, refusal.hint));
        }
        let spec = provider.launch(&launch);
        env.extend(spec.env.iter().map(|(k, v)| (k.into(), v.into())));
        let hook_variables = hook_variables.map(|(name, value)| (name.into(), value.into()));
        env.extend(hook_variables);
        Ok(Plan {
            id,
            checked,
            spec,
            env,
            credential,
            scrubbed,
        })
    }

    fn row(&self, request: &CreateSession, plan: &Plan) -> Session {
        let now = self.parts.clock.now();
        let (pty_cols, pty_rows) = plan.checked.size;
        Session {
            id: plan.id,
            provider: request.provider,
            name: plan.checked.name.clone(),
            cwd: plan.checked.cwd.clone(),
            status: Status::Starting,
            activity: None,
            created_at: now,
            updated_at: now,
            pid: None,
            pty_cols,
            pty_rows,
            model: request.model.clone(),
            billing_mode: request.billing_mode,
            dangerous_mode: request.dangerous_mode,
            fail_closed: request.fail_closed,
            provider_session_id: plan.spec.provider_session_id.clone(),
            transcript_path: plan.spec.transcript_path.clone(),
            attach: None,
            exit: None,
            scrubbed_env: plan.scrubbed.clone(),
            metadata: request.metadata.clone(),
        }
    }

    async fn store_new(&self, stored: Stored, by: Actor) -> Result<(), EngineError> {
        let id = stored.session.id;
        let session = &stored.session;
        let payload = json!({
            "provider": session.provider,
            "cwd": session.cwd,
            "name": session.name,
            "billingMode": session.billing_mode,
            "dangerousMode": session.dangerous_mode,
        });
        let dangerous = session.dangerous_mode.then(|| {
            json!({
                "by": by.to_string(),
                "cwd": session.cwd,
                "provider": session.provider,
                "sessionId": id,
            })
        });
        // The event refers to the row, so the row comes first.
        let insert = move |tx: &Transaction<'_>| {
            sessions::insert(tx, &stored)?;
            match &dangerous {
                Some(facts) => {
                    let at = stored.session.created_at;
                    audit::note(tx, EntryKind::DangerousStart, facts, at)
                }
                None => Ok(()),
            }
        };
        self.parts.store.write(insert).await?;
        self.parts
            .events
            .emit(id, EventSource::User, "SessionCreated", payload)
            .await
            .map(drop)
    }

    async fn launch(&self, plan: &Plan, server: Server) -> Result<Pane, EngineError> {
        let config = &self.parts.config;
        let dir = config.session_dir(plan.id);
        make_private(&dir)?;
        for (name, contents) in &plan.spec.files {
            write_private(&dir.join(name), contents.as_bytes())?;
        }
        let agent = AgentSpec {
            argv: plan.spec.argv.clone(),
            cwd: plan.checked.cwd.clone(),
            failure_file: dir.join(FAILURE_FILE),
        };
        let agent = serde_json::to_vec(&agent).map_err(EngineError::internal)?;
        write_private(&dir.join(SPEC_FILE), &agent)?;
        if let Some(prompt) = plan
            .checked
            .prompt
            .as_ref()
            .filter(|_| !plan.spec.prompt_in_argv)
        {
            // A daemon that is restarted before the agent is ready for it must still have it.
            write_private(&dir.join(PROMPT_FILE), prompt.as_str().as_bytes())?;
        }
        self.write_tmux_config()?;

        // As the subreaper of what its agent leaves behind, the server stays its ancestor. Only
        // Linux has that.
        let launcher = [config.program.clone().into(), "reaper-exec".into()];
        let launcher = if cfg!(target_os = "linux") {
            &launcher[..]
        } else {
            &[]
        };
        let command = [
            config.program.clone().into(),
            "agent-exec".into(),
            dir.join(SPEC_FILE).into(),
        ];
        let (config_file, tag) = (config.tmux_config(), self.tag(plan.id));
        let env: Vec<_> = plan.env.clone().into_iter().collect();
        let pane = Pane::launch(
            server,
            Start {
                launcher,
                config: &config_file,
                env: &env,
                command: &command,
            },
            &tag,
            PaneOptions {
                size: plan.checked.size,
                ring_cap: Ring::CAP,
            },
        );
        Ok(pane.await?)
    }

    fn write_tmux_config(&self) -> Result<(), EngineError> {
        let key = self.parts.settings.get().detach_key;
        let detach_key = key.parse().map_err(EngineError::internal)?;
        let text = render_config(&ConfigOptions { detach_key });
        let path = self.parts.config.tmux_config();
        if fs_err::read_to_string(&path).is_ok_and(|current| current == text) {
            return Ok(());
        }
        // Another start may be reading it: a whole file takes its place at once.
        let fresh = path.with_extension(format!("conf.{}", SessionId::random().short()));
        write_private(&fresh, text.as_bytes())?;
        Ok(fs_err::rename(fresh, path)?)
    }

    /// What marks a tmux server as this installation's, and as this session's.
    pub(super) fn tag(&self, id: SessionId) -> Tag {
        Tag(format!("{}:{id}", self.parts.installation))
    }

    async fn roll_back(&self, id: SessionId, error: &EngineError) -> Result<(), EngineError> {
        tracing::error!(session = %id, %error, "launch failed");
        drop(fs_err::remove_dir_all(self.parts.config.session_dir(id)));
        let exit = Exit {
            reason: ExitReason::LaunchFailed,
            code: None,
            signal: None,
            detail: Some(error.to_string()),
            at: self.parts.clock.now(),
        };
        self.store_exit(id, &exit, None).await.map(drop)
    }
}

fn launch_failed(id: SessionId, error: &EngineError) -> EngineError {
    match error {
        EngineError::Conflict { .. } => error.clone(),
        _ => EngineError::conflict_with_hint(
            "launch_failed",
            format!("session `{id}` could not be started"),
            "`codepiper show` and `codepiper daemon logs` say why; `codepiper doctor` checks the \
             machine",
        ),
    }
}
