use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use codepiper_model::{BillingMode, LaunchSpec, PromptText, ProviderId, SessionId};
use codepiper_providers::codex::Shared;
use codepiper_providers::{Conversation, Home, HookCommand, LaunchRequest, provider};

use super::SessionManager;
use crate::EngineError;
use crate::agent_program;
use crate::environment::session_environment;
use crate::hooks::Credential;
use crate::process::SESSION_VARIABLE;

/// What an agent is to be launched with.
pub(super) struct Blueprint<'a> {
    pub(super) id: SessionId,
    pub(super) provider: ProviderId,
    pub(super) cwd: &'a Path,
    pub(super) args: &'a [String],
    pub(super) env: &'a BTreeMap<String, String>,
    pub(super) billing_mode: BillingMode,
    pub(super) dangerous: bool,
    pub(super) fail_closed: bool,
    pub(super) model: Option<&'a str>,
    pub(super) prompt: Option<&'a PromptText>,
    pub(super) size: (u16, u16),
    pub(super) conversation: Conversation<'a>,
}

/// Everything that was found out about a launch before anything is made.
pub(super) struct Plan {
    pub(super) spec: LaunchSpec,
    pub(super) env: BTreeMap<OsString, OsString>,
    pub(super) credential: Credential,
    pub(super) scrubbed: Vec<String>,
    /// The app-server that the agent's terminal shares with us, where it has one.
    pub(super) shared: Option<Shared>,
    /// Where the conversation is written down that it goes on with.
    pub(super) origin: Option<PathBuf>,
}

impl SessionManager {
    pub(super) fn plan(&self, blueprint: &Blueprint<'_>) -> Result<Plan, EngineError> {
        let config = &self.parts.config;
        let id = blueprint.id;
        let settings = self.parts.settings.get();
        let (mut env, scrubbed) = session_environment(
            &config.environment,
            blueprint.env,
            blueprint.billing_mode,
            settings.forward_ssh_auth_sock,
        );
        let var = |name: &str| {
            env.get(OsStr::new(name))
                .and_then(|v| v.to_str())
                .map(str::to_owned)
        };
        let provider = provider(blueprint.provider);
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
            program: &program,
            cwd: blueprint.cwd,
            dir: &config.session_dir(id),
            args: blueprint.args,
            model: blueprint.model,
            dangerous: blueprint.dangerous,
            prompt: blueprint.prompt,
            conversation: blueprint.conversation,
            hooks: HookCommand {
                program: &self.parts.hook_program,
                spool: &spool,
                variables: &hook_variables,
                fail_closed: blueprint.fail_closed,
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
        let origin = match launch.conversation {
            Conversation::New(_) => None,
            Conversation::Resume(name) | Conversation::Fork { from: name, .. } => {
                provider.transcript(&launch.transcript_place(), name)
            }
        };
        let spec = provider.launch(&launch);
        let shared = (blueprint.provider == ProviderId::Codex)
            .then(|| Shared::new(&launch, config.app_server_socket(id)));
        env.extend(spec.env.iter().map(|(k, v)| (k.into(), v.into())));
        let hook_variables = hook_variables.map(|(name, value)| (name.into(), value.into()));
        env.extend(hook_variables);
        Ok(Plan {
            spec,
            env,
            credential,
            scrubbed,
            shared,
            origin,
        })
    }
}
