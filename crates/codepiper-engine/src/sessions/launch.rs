use std::ffi::OsString;

use codepiper_model::{AgentSpec, SessionId};
use codepiper_tmux::{
    ConfigOptions, Pane, PaneOptions, Ring, Server, Start, Tag, TmuxError, render_config,
};

use super::SessionManager;
use super::plan::{Blueprint, Plan};
use crate::EngineError;
use crate::codex::make_waiting;
use crate::config::{make_private, write_private};

/// The file from which our own binary executes the agent, and the one where it says why it could
/// not.
pub(crate) const SPEC_FILE: &str = "launch.json";
pub(crate) const FAILURE_FILE: &str = "launch-failure.txt";

/// The first prompt, as long as it waits to be typed.
pub(crate) const PROMPT_FILE: &str = "first-prompt.txt";

impl SessionManager {
    /// Starts the agent in a tmux server of its own.
    pub(super) async fn launch(
        &self,
        blueprint: &Blueprint<'_>,
        plan: &Plan,
        server: Server,
    ) -> Result<Pane, EngineError> {
        let config = &self.parts.config;
        let dir = config.session_dir(blueprint.id);
        make_private(&dir)?;
        for (name, contents) in &plan.spec.files {
            write_private(&dir.join(name), contents.as_bytes())?;
        }
        let agent = AgentSpec {
            argv: plan.spec.argv.clone(),
            cwd: blueprint.cwd.to_owned(),
            failure_file: dir.join(FAILURE_FILE),
        };
        let agent = serde_json::to_vec(&agent).map_err(EngineError::internal)?;
        if plan.shared.is_some() {
            make_waiting(&dir.join(SPEC_FILE))?;
        } else {
            write_private(&dir.join(SPEC_FILE), &agent)?;
        }
        if let Some(prompt) = blueprint.prompt.filter(|_| !plan.spec.prompt_in_argv) {
            // A daemon that is restarted before the agent is ready for it must still have it.
            write_private(&dir.join(PROMPT_FILE), prompt.as_str().as_bytes())?;
        }
        self.write_tmux_config()?;

        // As the subreaper of what its agent leaves behind, the server stays its ancestor. Only
        // Linux has that.
        let launcher: [OsString; 2] = [config.program.clone().into(), "reaper-exec".into()];
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
        let (config_file, tag) = (config.tmux_config(), self.tag(blueprint.id));
        let env: Vec<_> = plan.env.clone().into_iter().collect();
        let start = Start {
            launcher,
            config: &config_file,
            env: &env,
            command: &command,
        };
        let options = PaneOptions {
            size: blueprint.size,
            ring_cap: Ring::CAP,
        };
        let scopes = self.parts.scopes.as_ref().filter(|_| !launcher.is_empty());
        if let Some(scopes) = scopes {
            let scoped = Start {
                launcher: &[&scopes.launcher(blueprint.id), launcher].concat(),
                ..start
            };
            match Pane::launch(server.clone(), scoped, &tag, options).await {
                Err(error) if is_before_tmux(&error) => {
                    tracing::warn!(session = %blueprint.id, %error, "it gets no scope of its own");
                }
                launched => return Ok(launched?),
            }
        }
        Ok(Pane::launch(server, start, &tag, options).await?)
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
}

/// Whether a start failed before there was a tmux server: what that was started under may be why.
fn is_before_tmux(error: &TmuxError) -> bool {
    match error {
        TmuxError::Refused { command, .. } | TmuxError::Silent { command, .. } => {
            command == "start-server"
        }
        TmuxError::Io(_) => true,
        _ => false,
    }
}
