//! The demo agent in a tmux server without a daemon, driven by a control-mode client and nothing
//! else: the least that any program on top of tmux can take.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::home::{Home, PATIENCE};
use crate::{Result, pause};

pub(crate) struct Bare {
    client: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Bare {
    /// Starts the server in `home`, which ends it, with the daemon's own configuration, and
    /// attaches.
    pub(crate) fn start(home: &Home) -> Result<Self> {
        let run = home.state().join("run");
        let socket = run.join("bare.tmux");
        let tmux = || {
            let mut tmux = Command::new("tmux");
            tmux.env_clear().current_dir(home.work());
            tmux.env("PATH", std::env::var_os("PATH").unwrap_or_default());
            tmux.env("HOME", home.path()).env("LANG", "C.UTF-8");
            tmux.env("TERM", "xterm-256color");
            tmux
        };
        let mut server = tmux();
        server.arg("-u").arg("-S").arg(&socket);
        server.arg("-f").arg(run.join("tmux.conf"));
        server.args(["new-session", "-d", "-s", "bare", "-x", "120", "-y", "30"]);
        server.args([env!("CARGO_BIN_EXE_codepiper"), "demo-agent"]);
        if !server.stdin(Stdio::null()).status()?.success() {
            return Err("the bare tmux server does not start".into());
        }
        let mut client = tmux();
        client.args(["-N", "-u", "-C", "-S"]).arg(&socket);
        client.args(["attach-session", "-t", "=bare"]);
        let mut client = client
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(stdin), Some(stdout)) = (client.stdin.take(), client.stdout.take()) else {
            return Err("the control client has no pipes".into());
        };
        let mut bare = Self {
            client,
            stdin,
            stdout,
        };
        bare.command("refresh-client -C 120x30")?;
        Ok(bare)
    }

    /// Gives tmux a command; the answer comes with the output.
    pub(crate) fn command(&mut self, command: &str) -> Result<()> {
        Ok(self.stdin.write_all(format!("{command}\n").as_bytes())?)
    }

    /// The next lines of the control channel, as they come.
    pub(crate) fn piece(&mut self) -> Result<Vec<u8>> {
        let patience = Timespec::try_from(PATIENCE)?;
        let mut ready = [PollFd::new(&self.stdout, PollFlags::IN)];
        if poll(&mut ready, Some(&patience))? == 0 {
            return Err("the bare control client says nothing".into());
        }
        let mut buffer = vec![0; 64 * 1024];
        match self.stdout.read(&mut buffer)? {
            0 => Err("the bare control client has ended".into()),
            read => {
                buffer.truncate(read);
                Ok(buffer)
            }
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // An empty line lets the client leave; one that is killed has brought servers down.
        drop(self.stdin.write_all(b"\n"));
        let deadline = Instant::now() + Duration::from_secs(1);
        while matches!(self.client.try_wait(), Ok(None)) && Instant::now() < deadline {
            pause(Duration::from_millis(2));
        }
        drop(self.client.kill());
        drop(self.client.wait());
    }
}
