//! Starting a server: by tmux itself, which puts it into the background, or under a launcher.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::server::TAG_OPTION;
use crate::{Presence, Server, Tag, TmuxError};

const DEADLINE: Duration = Duration::from_secs(10);

/// Between two looks whether a server listens yet: it takes about five milliseconds, and a look
/// hundredths of one.
const LOOK_PAUSE: Duration = Duration::from_millis(1);

/// What a server is started with.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// A program and its first arguments; it must execute the command that follows them, in its
    /// own process. Where there is none, tmux puts the server into the background by itself, and
    /// what a launcher would give the server's process is lost with the forks of that.
    pub launcher: &'a [OsString],
    /// tmux's configuration.
    pub config: &'a Path,
    /// Becomes the process environment of the server and so of the pane: an argument would be
    /// visible to everybody.
    pub env: &'a [(OsString, OsString)],
    /// What runs in the pane, at least two words: tmux gives a single one to a shell.
    pub command: &'a [OsString],
}

impl Server {
    /// Starts the server with its session. On failure nothing is left running.
    pub(crate) async fn start(
        &self,
        start: Start<'_>,
        size: (u16, u16),
        tag: &Tag,
    ) -> Result<(), TmuxError> {
        let Some((launcher, args)) = start.launcher.split_first() else {
            let mut tmux = self.client(start);
            tmux.arg("-f").arg(start.config);
            return self.new_session(tmux, start, size, tag).await;
        };
        if self.presence() == Presence::Present {
            return Err(TmuxError::Foreign);
        }
        let mut server = Command::new(launcher);
        server.args(args).arg(self.tmux.program());
        server.args(["-u", "-D", "-S"]).arg(&self.socket);
        server.arg("-f").arg(start.config);
        server.env_clear().envs(variables(start)).current_dir("/");
        server.stdin(Stdio::null()).stdout(Stdio::null());
        let mut fresh = Fresh(Some(server.stderr(Stdio::null()).spawn()?));
        let made = self.furnish(&mut fresh, start, size, tag).await;
        if made.is_ok() {
            fresh.keep();
        } else {
            fresh.end().await;
            self.remove_socket();
        }
        made
    }

    /// Gives a fresh server its session.
    async fn furnish(
        &self,
        fresh: &mut Fresh,
        start: Start<'_>,
        size: (u16, u16),
        tag: &Tag,
    ) -> Result<(), TmuxError> {
        self.listening(fresh).await?;
        let mut tmux = self.client(start);
        // It would otherwise start a server that is not under the launcher, were this one gone.
        tmux.arg("-N");
        self.new_session(tmux, start, size, tag).await
    }

    fn client(&self, start: Start<'_>) -> Command {
        let mut tmux = Command::new(self.tmux.program());
        tmux.arg("-u").arg("-S").arg(&self.socket);
        // Not `-c DIRECTORY`: tmux expands that as a format, and `#(…)` in it runs a command.
        tmux.env_clear().envs(variables(start)).current_dir("/");
        tmux
    }

    /// Waits until the server listens. tmux reads its configuration for the first client that
    /// says who it is: a look says nothing, and does not take that client's place.
    async fn listening(&self, fresh: &mut Fresh) -> Result<(), TmuxError> {
        let looks = async {
            while self.presence() != Presence::Present {
                sleep(LOOK_PAUSE).await;
            }
        };
        tokio::select! {
            message = fresh.ended() => Err(TmuxError::Refused {
                command: "start-server".into(),
                message,
            }),
            listens = timeout(DEADLINE, looks) => listens.map_err(|_| silent("start-server")),
        }
    }

    async fn new_session(
        &self,
        mut tmux: Command,
        start: Start<'_>,
        (cols, rows): (u16, u16),
        tag: &Tag,
    ) -> Result<(), TmuxError> {
        tmux.args(["new-session", "-d", "-s", &self.name]);
        tmux.args(["-x", &cols.to_string(), "-y", &rows.to_string()]);
        tmux.args(start.command)
            .args([";", "set-option", "-s", TAG_OPTION, &tag.0]);
        tmux.stdin(Stdio::null()).kill_on_drop(true);
        let output = timeout(DEADLINE, tmux.output())
            .await
            .map_err(|_| silent("new-session"))??;
        if output.status.success() {
            return Ok(());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(TmuxError::Refused {
            command: "new-session".into(),
            message,
        })
    }
}

/// A server that has no session yet: killed when it is dropped, unless it is kept.
struct Fresh(Option<Child>);

impl Fresh {
    async fn ended(&mut self) -> String {
        let Some(child) = &mut self.0 else {
            return std::future::pending().await;
        };
        match child.wait().await {
            Ok(status) => format!("the server did not stay: {status}"),
            Err(error) => error.to_string(),
        }
    }

    async fn end(mut self) {
        if let Some(child) = &mut self.0 {
            drop(child.kill().await);
        }
    }

    /// From now on it ends with its session. It is our child: somebody has to collect it then.
    fn keep(mut self) {
        if let Some(mut child) = self.0.take() {
            tokio::spawn(async move { child.wait().await });
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            drop(child.start_kill());
        }
    }
}

fn variables(start: Start<'_>) -> impl Iterator<Item = (&OsString, &OsString)> {
    start.env.iter().map(|(name, value)| (name, value))
}

fn silent(command: &str) -> TmuxError {
    TmuxError::Silent {
        command: command.into(),
        after: DEADLINE,
    }
}
