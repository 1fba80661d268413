use std::path::PathBuf;

use super::{Hook, Launch, Listed, Setting, Trust, hooks, shared};
use crate::LaunchRequest;
use crate::provider::directory;

/// A session whose terminal will have no app-server, and one that is only asked beforehand whether
/// the terminal's hooks will run.
#[derive(Clone, Debug)]
pub struct Alone {
    /// The command line of the app-server, which speaks on its standard input and output.
    pub app_server: Vec<String>,
    /// Where Codex keeps its things.
    pub home: Option<PathBuf>,
    hooks: Vec<Hook>,
}

impl Alone {
    /// A session as it is asked for.
    pub fn new(request: &LaunchRequest<'_>) -> Self {
        let hooks = hooks::hooks(request.hooks, Setting::Alone);
        let launch = Launch {
            program: request.program,
            cwd: request.cwd,
            mode: shared::mode(request),
            model: request.model,
            api: None,
            args: request.args,
            hooks: &hooks,
        };
        Self {
            app_server: launch.app_server(None, &Trust::expected(&hooks)),
            home: directory(request.home, "CODEX_HOME", ".codex"),
            hooks,
        }
    }

    /// The events of those hooks that will not run.
    pub fn missing(&self, list: &[Listed]) -> Vec<&'static str> {
        Listed::missing(&self.hooks, list)
    }
}
