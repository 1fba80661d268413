use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use codepiper_model::{BillingMode, Channel, LaunchSpec, PromptText, ProviderId, SessionId};
use codepiper_providers::codex::{Alone, Mode, Shared};
use codepiper_providers::{Conversation, Home, HookCommand, LaunchRequest, Provider, provider};

use super::SessionManager;
use crate::environment::session_environment;
use crate::hooks::Credential;
use crate::process::SESSION_VARIABLE;
use crate::programs::find;
use crate::{EngineError, codex};

/// What an agent is to be launched with.
pub(super) struct Blueprint<'a> {
    pub(super) id: SessionId,
    pub(super) provider: ProviderId,
    pub(super) cwd: &'a Path,
    pub(super) args: &'a [String],
    pub(super) env: &'a BTreeMap<String, String>,
    pub(super) env_sets: &'a [String],
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
    /// The names of its variables that came out of sets of secrets.
    pub(super) secret: BTreeSet<String>,
    /// The version of the agent's program, where it says one.
    pub(super) version: Option<String>,
    /// How the agent will be heard and answered.
    pub(super) channel: Channel,
    /// What Codex may do.
    pub(super) mode: Option<Mode>,
    /// The app-server that the agent's terminal shares with us, where it has one.
    pub(super) shared: Option<Shared>,
    /// What shows whether the hooks of a terminal without one will run.
    pub(super) alone: Option<Alone>,
    /// Where the conversation is written down that it goes on with.
    pub(super) origin: Option<PathBuf>,
}

/// What was found out about the agent's program.
struct Found {
    program: PathBuf,
    version: Option<String>,
    channel: Channel,
    unknown: &'static [&'static str],
}

impl SessionManager {
    pub(super) async fn plan(&self, blueprint: &Blueprint<'_>) -> Result<Plan, EngineError> {
        let config = &self.parts.config;
        let settings = self.parts.settings.get();
        let mut given = self.parts.env_sets.open(blueprint.env_sets).await?;
        let secret = given.keys().cloned().collect();
        given.extend(blueprint.env.clone());
        let (env, scrubbed) = session_environment(
            &config.environment,
            &given,
            blueprint.billing_mode,
            settings.forward_ssh_auth_sock,
        );
        let provider = provider(blueprint.provider);
        let path = env.get(OsStr::new("PATH")).and_then(|path| path.to_str());
        let program = find(provider, config, path.unwrap_or_default()).ok_or_else(|| {
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
        let programs = &self.parts.programs;
        let installed = programs.ask(provider, &program, &config.environment).await;
        let found = Found {
            channel: settings.channel(installed.channel),
            version: installed.version,
            unknown: installed.unknown,
            program,
        };
        let plan = Plan {
            secret,
            ..self.lay_out(blueprint, &found, env, scrubbed)?
        };
        if let Some(alone) = &plan.alone {
            codex::check_hooks(alone, &plan.env, blueprint.cwd).await?;
        }
        Ok(plan)
    }

    fn lay_out(
        &self,
        blueprint: &Blueprint<'_>,
        found: &Found,
        mut env: BTreeMap<OsString, OsString>,
        scrubbed: Vec<String>,
    ) -> Result<Plan, EngineError> {
        let config = &self.parts.config;
        let id = blueprint.id;
        let provider = provider(blueprint.provider);
        let var = |name: &str| {
            env.get(OsStr::new(name))
                .and_then(|v| v.to_str())
                .map(str::to_owned)
        };
        let spool = config.spool_dir();
        let (secret, credential) = Credential::generate()?;
        let hook_variables = [
            (SESSION_VARIABLE, id.to_string()),
            ("CODEPIPER_UNIX_SOCK", config.socket.display().to_string()),
            ("CODEPIPER_SECRET", secret),
        ];
        let launch = LaunchRequest {
            program: &found.program,
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
                status_line: self.parts.settings.get().status_line,
            },
            channel: found.channel,
            unknown: found.unknown,
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
        if found.channel == Channel::Screen && blueprint.fail_closed {
            return Err(EngineError::conflict_with_hint(
                "hooks_missing",
                "this version has no hooks, so nothing can be refused (`failClosed`)",
                provider.install_hint(),
            ));
        }
        let origin = origin(provider, &launch)?;
        let mut spec = provider.launch(&launch);
        if let (Conversation::Resume(name), Some(path)) = (launch.conversation, &origin) {
            spec.provider_session_id
                .get_or_insert_with(|| name.to_owned());
            spec.transcript_path.get_or_insert_with(|| path.clone());
        }
        let shared = (found.channel == Channel::AppServer)
            .then(|| Shared::new(&launch, config.app_server_socket(id)));
        let is_alone = blueprint.provider == ProviderId::Codex && found.channel == Channel::Hooks;
        let alone = is_alone.then(|| Alone::new(&launch));
        // A terminal on an app-server is given no prompt; that is typed.
        spec.prompt_in_argv &= shared.is_none();
        let mode = (blueprint.provider == ProviderId::Codex)
            .then(|| Mode::asked_for(blueprint.dangerous, blueprint.args).ok())
            .flatten();
        env.extend(spec.env.iter().map(|(k, v)| (k.into(), v.into())));
        let hook_variables = hook_variables.map(|(name, value)| (name.into(), value.into()));
        env.extend(hook_variables);
        Ok(Plan {
            spec,
            env,
            credential,
            scrubbed,
            secret: BTreeSet::new(),
            version: found.version.clone(),
            channel: found.channel,
            mode,
            shared,
            alone,
            origin,
        })
    }
}

/// Where the conversation is written down that a launch goes on with, where that can be told
/// beforehand.
fn origin(
    provider: &dyn Provider,
    launch: &LaunchRequest<'_>,
) -> Result<Option<PathBuf>, EngineError> {
    let name = match launch.conversation {
        Conversation::New(_) => return Ok(None),
        Conversation::Resume(name) | Conversation::Fork { from: name, .. } => name,
    };
    if provider.id() != ProviderId::Codex || launch.channel == Channel::AppServer {
        return Ok(provider.transcript(&launch.transcript_place(), name));
    }
    let folders = provider.transcript_folders(launch.home);
    let path = folders.iter().find_map(|root| codex::rollout(root, name));
    path.map(Some).ok_or_else(|| EngineError::NotFound {
        code: "conversation_not_found",
        message: format!("Codex has no conversation `{name}`"),
    })
}
