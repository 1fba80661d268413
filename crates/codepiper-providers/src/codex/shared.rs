use std::path::PathBuf;

use super::launch::API_PROVIDER;
use super::rpc::Terms;
use super::{API, Hook, Launch, Mode, Setting, Trust, hooks};
use crate::provider::directory;
use crate::{Home, LaunchRequest};

/// What a session is asked to be whose conversation lives in an app-server.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Where the app-server listens.
    pub socket: PathBuf,
    /// Where it works, with links resolved.
    pub cwd: PathBuf,
    /// What it may do.
    pub mode: Mode,
    /// The model to use.
    pub model: Option<String>,
    /// Where Codex keeps its things. The app-server does not make that folder itself.
    pub home: Option<PathBuf>,
    /// What the app-server has to run.
    pub hooks: Vec<Hook>,
    program: PathBuf,
    api: Option<String>,
    args: Vec<String>,
}

impl Shared {
    /// A session as it is asked for, with an app-server that listens on `socket`.
    pub fn new(request: &LaunchRequest<'_>, socket: PathBuf) -> Self {
        Self {
            socket,
            cwd: request.cwd.to_owned(),
            mode: mode(request),
            model: request.model.map(str::to_owned),
            home: directory(request.home, "CODEX_HOME", ".codex"),
            hooks: hooks::hooks(request.hooks, Setting::AppServer),
            program: request.program.to_owned(),
            api: api(request.home),
            args: request.args.to_vec(),
        }
    }

    /// What its conversation may do, and who answers.
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            cwd: &self.cwd,
            mode: self.mode,
            model: self.model.as_deref(),
            provider: self.api.as_ref().map(|_| API_PROVIDER),
        }
    }

    /// The command line of the app-server.
    pub fn app_server(&self, trust: &Trust) -> Vec<String> {
        self.launch().app_server(&self.socket, trust)
    }

    /// The command line of the terminal on a conversation in the app-server.
    pub fn terminal(&self, thread_id: &str) -> Vec<String> {
        self.launch().terminal(&self.socket, thread_id)
    }

    fn launch(&self) -> Launch<'_> {
        Launch {
            program: &self.program,
            cwd: &self.cwd,
            mode: self.mode,
            model: self.model.as_deref(),
            api: self.api.as_deref(),
            args: &self.args,
            hooks: &self.hooks,
        }
    }
}

pub(super) fn mode(request: &LaunchRequest<'_>) -> Mode {
    if request.dangerous {
        Mode::Dangerous
    } else {
        Mode::Workspace
    }
}

/// Where to ask with a key, where the session has one: with a subscription it has none.
pub(super) fn api(home: Home<'_>) -> Option<String> {
    let var = |name: &str| (home.var)(name).filter(|value| !value.is_empty());
    var("OPENAI_API_KEY")?;
    Some(var("OPENAI_BASE_URL").unwrap_or_else(|| API.to_owned()))
}
