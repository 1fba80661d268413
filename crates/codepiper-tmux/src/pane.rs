use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::client::lock;
use crate::link::{Link, PANE};
use crate::quote::quote;
use crate::{
    Chunk, Input, PaneExit, Presence, ScreenView, Server, Snapshot, Start, Tag, TmuxError, picture,
};

/// What a pane is asked to be.
#[derive(Clone, Copy, Debug)]
pub struct PaneOptions {
    /// Columns and rows, wherever no attached terminal decides.
    pub size: (u16, u16),
    /// How much output is kept.
    pub ring_cap: usize,
}

/// How far a follower of the output has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset of the next byte.
    pub offset: u64,
    /// How often the screen had been read anew, which no bytes of the stream tell.
    pub redraws: u64,
}

/// How a pane came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its program ended.
    Exited(PaneExit),
    /// Its server is gone.
    ServerLost,
}

/// A program's terminal in a tmux server of its own. Dropping it lets go of the server and
/// leaves the program running.
pub struct Pane {
    link: Arc<Link>,
    stop: CancellationToken,
    _release: DropGuard,
}

impl Pane {
    /// Starts a server, then takes hold of it. On failure nothing is
    /// left running.
    pub async fn launch(
        server: Server,
        start: Start<'_>,
        tag: &Tag,
        options: PaneOptions,
    ) -> Result<Self, TmuxError> {
        server.start(start, options.size, tag).await?;
        let opened = Self::open(server.clone(), tag, options).await;
        if opened.is_err() {
            server.kill().await;
        }
        opened
    }

    /// Takes hold of a running server that carries `tag`.
    pub async fn open(server: Server, tag: &Tag, options: PaneOptions) -> Result<Self, TmuxError> {
        let (link, reseeds) = Link::new(server, options);
        let stop = CancellationToken::new();
        let reading = link.connect(tag).await?;
        tokio::spawn(Arc::clone(&link).run(reading, reseeds, tag.clone(), stop.clone()));
        Ok(Self {
            link,
            _release: stop.clone().drop_guard(),
            stop,
        })
    }

    /// Runs a program of at least two words in a window of its own, which nobody is shown: it
    /// lives and ends with the server. Returns its process.
    pub async fn run_beside(&self, command: &[OsString]) -> Result<i32, TmuxError> {
        let mut line = b"new-window -d -P -F '#{pane_pid}'".to_vec();
        for word in command {
            line.push(b' ');
            line.extend(quote(word.as_bytes()));
        }
        let replies = self.link.run_line(line, 1).await?;
        let pid = replies.first().and_then(|reply| reply.first().parse().ok());
        pid.ok_or(TmuxError::Gone)
    }

    /// The last line that the latest program beside the pane wrote.
    pub async fn last_line_beside(&self) -> Result<String, TmuxError> {
        let replies = self.link.run_line("capture-pane -p -J -t ':$'", 1).await?;
        let lines = replies.first().map(|reply| reply.lines.as_slice());
        let last = lines
            .unwrap_or_default()
            .iter()
            .rfind(|line| !line.is_empty());
        Ok(String::from_utf8_lossy(last.map_or(b"", |line| line)).into_owned())
    }

    /// The command that attaches a terminal.
    pub fn attach_argv(&self) -> Vec<String> {
        self.link.server.attach_argv()
    }

    /// The process that tmux started.
    pub fn pid(&self) -> Option<i32> {
        lock(&self.link.state).pid
    }

    /// The tmux server's own process.
    pub fn server_pid(&self) -> Option<i32> {
        lock(&self.link.state).server_pid
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        lock(&self.link.state).screen.size()
    }

    /// Whether the program has written anything.
    pub fn has_shown(&self) -> bool {
        lock(&self.link.state).shown
    }

    /// What the screen shows now.
    pub fn view(&self) -> ScreenView {
        lock(&self.link.state).screen.view()
    }

    /// The screen with its colours.
    pub fn ansi(&self) -> String {
        lock(&self.link.state).screen.ansi()
    }

    /// The screen as bytes for another terminal, and where the stream goes on.
    pub fn snapshot(&self) -> Snapshot {
        let state = lock(&self.link.state);
        let (cols, rows) = state.screen.size();
        Snapshot {
            place: state.place(),
            cols,
            rows,
            bytes: state.screen.state(),
        }
    }

    /// The screen with the last `lines` rows above it and the title, as bytes for another terminal
    /// that forgets what it showed before.
    pub async fn picture(&self, lines: u32) -> Snapshot {
        match picture::take(&self.link, lines).await {
            Ok(picture) => picture,
            // Without its tmux there is nothing above the screen.
            Err(_) => picture::of_screen(&lock(&self.link.state)),
        }
    }

    /// Where a follower goes on that has had everything up to `offset`; `None` when it has to
    /// begin with the screen, for what came next is forgotten, or the screen was read anew since.
    pub fn resume(&self, offset: u64) -> Option<Place> {
        let state = lock(&self.link.state);
        let is_kept = (state.ring.oldest()..=state.ring.end()).contains(&offset);
        let is_true = state.redrawn.is_none_or(|redrawn| redrawn < offset);
        let redraws = state.redraws;
        (is_kept && is_true).then_some(Place { offset, redraws })
    }

    /// At most `limit` bytes of output from there on; `None` when a follower has to begin with the
    /// screen again.
    pub fn follow(&self, place: Place, limit: usize) -> Option<Chunk> {
        let state = lock(&self.link.state);
        let is_true = state.redraws == place.redraws;
        is_true.then(|| state.ring.read_from(place.offset, limit))?
    }

    /// At most `limit` bytes of output from `offset` on; `None` when they are not there any more.
    pub fn read_from(&self, offset: u64, limit: usize) -> Option<Chunk> {
        lock(&self.link.state).ring.read_from(offset, limit)
    }

    /// The oldest offset that can be read, and the one behind the newest byte.
    pub fn offsets(&self) -> (u64, u64) {
        let state = lock(&self.link.state);
        (state.ring.oldest(), state.ring.end())
    }

    /// Changes whenever output arrives or the screen is read anew.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.link.changed.subscribe()
    }

    /// Becomes set, once, when the program or the server ends.
    pub fn end(&self) -> watch::Receiver<Option<End>> {
        self.link.end.subscribe()
    }

    /// The right to type. Whoever holds it is alone; others wait in the order they asked.
    pub async fn input(&self) -> Input<'_> {
        Input::begin(&self.link).await
    }

    /// Makes the terminal `cols` x `rows`. While a person's terminal is attached, that decides,
    /// and this is what the pane goes back to afterwards.
    pub async fn resize(&self, cols: u16, rows: u16) -> Result<(), TmuxError> {
        lock(&self.link.state).size = (cols, rows);
        self.link
            .run_line(format!("refresh-client -C {cols}x{rows}"), 1)
            .await
            .map(drop)
    }

    /// The last `lines` rows above the screen and the screen itself, as text.
    pub async fn history(&self, lines: u32) -> Result<Vec<String>, TmuxError> {
        let replies = self
            .link
            .run_line(format!("capture-pane -p -t {PANE} -S -{lines}"), 1)
            .await?;
        let rows = replies
            .into_iter()
            .next()
            .map(|reply| reply.lines)
            .unwrap_or_default();
        Ok(rows
            .iter()
            .map(|row| String::from_utf8_lossy(row).into_owned())
            .collect())
    }

    /// Lets go of the server as dropping does, and waits until the control client has left by
    /// itself: one that is killed has brought servers down.
    pub async fn let_go(&self) {
        self.stop.cancel();
        let mut released = self.link.released.subscribe();
        drop(
            timeout(
                Duration::from_secs(2),
                released.wait_for(|released| *released),
            )
            .await,
        );
    }

    /// Ends a server that does not answer, by its process.
    pub fn kill_wedged_server(&self) {
        if let Some(pid) = self.link.server_pid() {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }

    /// Ends the server and with it the pane. Its program gets SIGHUP.
    pub async fn kill_server(&self) {
        // The server answers nothing to this; whether it went is read off its socket.
        drop(timeout(Duration::from_secs(1), self.link.run_line("kill-server", 1)).await);
        let server = &self.link.server;
        let deadline = Instant::now() + Duration::from_secs(2);
        while server.presence() != Presence::Absent {
            if Instant::now() > deadline {
                self.kill_wedged_server();
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        server.remove_socket();
    }
}
