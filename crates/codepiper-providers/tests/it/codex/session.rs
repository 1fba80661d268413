//! The pinned Codex with a home of its own, against the fake model, as a session would run it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_fake_model::FakeModel;
use codepiper_providers::HookCommand;
use codepiper_providers::codex::hooks::hooks;
use codepiper_providers::codex::{Hook, Launch, Mode, Setting, Trust};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::socket::Client;

/// Keeps each payload in the spool, under the name of its event, and says what stands there.
const HOOK: &str =
    "#!/bin/sh\ncat >\"$5/$7\"\nif [ -f \"$5/$7.answer\" ]; then cat \"$5/$7.answer\"; fi\n";

pub(crate) struct Session {
    folder: TempDir,
    pub(crate) model: FakeModel,
    pub(crate) hooks: Vec<Hook>,
    server: Option<Child>,
}

impl Session {
    /// Starts an app-server that trusts our hooks as we expect that it does.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["home", "tmp", "project", "it's a spool"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let program = folder.path().join("hook");
        std::fs::write(&program, HOOK).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let command = HookCommand {
            program: &program,
            spool: &folder.path().join("it's a spool"),
            variables: &[],
            fail_closed: false,
            status_line: false,
        };
        let hooks = hooks(command, Setting::AppServer);
        let mut session = Self {
            folder,
            model: FakeModel::start().await,
            hooks,
            server: None,
        };
        session.serve();
        session
    }

    fn serve(&mut self) {
        // Temporary folders are open in the sandbox, and ours is one.
        let args = ["-c", "sandbox_workspace_write.exclude_slash_tmp=true"].map(str::to_owned);
        let cwd = self.path("project");
        let launch = Launch {
            program: &program(),
            cwd: &cwd,
            mode: Mode::WORKSPACE,
            model: Some("fake-codex"),
            api: Some(&format!("{}/v1", self.model.base_url())),
            args: &args,
            hooks: &self.hooks,
        };
        let argv = launch.app_server(Some(&self.path("socket")), &Trust::expected(&self.hooks));
        let mut command = Command::new(&argv[0]);
        command
            .args(&argv[1..])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("OPENAI_API_KEY", "fake")
            .current_dir(&cwd)
            .stderr(Stdio::null())
            .kill_on_drop(true);
        self.server = Some(command.spawn().unwrap());
    }

    pub(crate) async fn client(&self) -> Client {
        let socket = self.path("socket");
        for _ in 0..1000 {
            if socket.exists() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Client::connect(&socket).await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// What the hook of an event was told.
    pub(crate) fn told(&self, event: &str) -> serde_json::Value {
        let payload = std::fs::read(self.path("it's a spool").join(event)).unwrap();
        serde_json::from_slice(&payload).unwrap()
    }

    /// What the hook of an event says from now on.
    pub(crate) fn say(&self, event: &str, answer: &str) {
        let file = format!("{event}.answer");
        std::fs::write(self.path("it's a spool").join(file), answer).unwrap();
    }
}

/// The pinned program; `make test` installs it.
fn program() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/node_modules/@openai");
    let packages = std::fs::read_dir(&packages).into_iter().flatten().flatten();
    let targets = packages.flat_map(|package| std::fs::read_dir(package.path().join("vendor")));
    let mut programs = targets
        .flatten()
        .flatten()
        .map(|target| target.path().join("bin/codex"));
    let Some(found) = programs.find(|program| program.is_file()) else {
        panic!("Codex is not installed in `agents/`: run `make test`, which installs it");
    };
    found
}
