use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use codepiper_tmux::{
    ConfigOptions, End, Pane, PaneOptions, Presence, ScreenView, Server, Start, Tag, Tmux,
    TmuxError, render_config,
};
use tempfile::TempDir;
use tokio::time::timeout;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) tmux: Tmux,
}

/// A pane whose server dies with it.
pub(crate) struct TestPane {
    pub(crate) pane: Pane,
    pub(crate) server: Server,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let path = std::env::var_os("PATH").unwrap();
        let tmux = Tmux::find(&path).await.expect("tmux 3.2 or later");
        let dir = TempDir::new().unwrap();
        let options = ConfigOptions {
            detach_key: "ctrl+]".parse().unwrap(),
        };
        std::fs::write(dir.path().join("tmux.conf"), render_config(&options)).unwrap();
        Self { dir, tmux }
    }

    pub(crate) fn server(&self) -> Server {
        Server::new(
            self.tmux.clone(),
            self.dir.path().join("s"),
            "codepiper-test".into(),
        )
    }

    pub(crate) fn conf(&self) -> PathBuf {
        self.dir.path().join("tmux.conf")
    }

    pub(crate) async fn launch(&self, script: &str) -> TestPane {
        self.launch_sized(script, (80, 24)).await
    }

    pub(crate) async fn launch_sized(&self, script: &str, size: (u16, u16)) -> TestPane {
        self.launch_under(&[], script, size).await.expect("launch")
    }

    /// With the server started under a launcher.
    pub(crate) async fn launch_under(
        &self,
        launcher: &[&str],
        script: &str,
        size: (u16, u16),
    ) -> Result<TestPane, TmuxError> {
        let launcher: Vec<OsString> = launcher.iter().map(Into::into).collect();
        let server = self.server();
        let env: Vec<(OsString, OsString)> = ["PATH", "HOME"]
            .iter()
            .filter_map(|k| Some((OsString::from(k), std::env::var_os(k)?)))
            .chain([
                ("SECRET".into(), "s3cret-value".into()),
                ("LANG".into(), "C.UTF-8".into()),
            ])
            .collect();
        let command: Vec<OsString> = [
            "sh",
            "-c",
            &format!("cd '{}' && {{ {script}\n}}", self.dir.path().display()),
        ]
        .iter()
        .map(Into::into)
        .collect();
        let pane = Pane::launch(
            server.clone(),
            Start {
                launcher: &launcher,
                config: &self.conf(),
                env: &env,
                command: &command,
            },
            &tag(),
            options(size),
        )
        .await?;
        Ok(TestPane { pane, server })
    }
}

pub(crate) fn tag() -> Tag {
    Tag("test:1".into())
}

pub(crate) fn options(size: (u16, u16)) -> PaneOptions {
    PaneOptions {
        size,
        ring_cap: 2 * 1024 * 1024,
    }
}

impl TestPane {
    /// Waits until the screen is as asked.
    pub(crate) async fn until(&self, what: &str, good: impl Fn(&ScreenView) -> bool) -> ScreenView {
        let mut changes = self.pane.changes();
        let wait = async {
            loop {
                let view = self.pane.view();
                if good(&view) {
                    return view;
                }
                changes.changed().await.expect("the pane lives");
            }
        };
        match timeout(PATIENCE, wait).await {
            Ok(view) => view,
            Err(_) => panic!(
                "never saw {what}; the screen is\n{}",
                self.pane.view().lines.join("\n")
            ),
        }
    }

    pub(crate) async fn until_text(&self, text: &str) -> ScreenView {
        self.until(text, |view| {
            view.lines.iter().any(|line| line.contains(text))
        })
        .await
    }

    pub(crate) async fn ended(&self) -> End {
        let mut end = self.pane.end();
        let end = timeout(PATIENCE, end.wait_for(Option::is_some))
            .await
            .expect("an end")
            .unwrap();
        end.expect("set")
    }

    /// What a tmux client of its own prints.
    pub(crate) async fn tmux(&self, args: &[&str]) -> String {
        let mut command = tokio::process::Command::new("tmux");
        command
            .arg("-u")
            .arg("-S")
            .arg(&self.server.socket)
            .args(args)
            .kill_on_drop(true);
        let output = timeout(PATIENCE, command.output())
            .await
            .expect("tmux answers")
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The screen according to tmux.
    pub(crate) async fn captured(&self) -> Vec<String> {
        let text = self.tmux(&["capture-pane", "-p"]).await;
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }
}

impl Drop for TestPane {
    fn drop(&mut self) {
        if let Some(pid) = self
            .pane
            .server_pid()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

/// Waits until nobody listens any more.
pub(crate) async fn until_absent(server: &Server) {
    let gone = async {
        while server.presence() != Presence::Absent {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the server ends");
}
