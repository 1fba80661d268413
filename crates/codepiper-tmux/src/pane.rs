use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::client::{self, Client, Reader, lock};
use crate::control::{Item, Reply};
use crate::exit::{STATUS_DEADLINE, STATUS_FORMAT, process_gone};
use crate::quote::quote;
use crate::seed::{QUERY, Seed};
use crate::server::TAG_OPTION;
use crate::{
    Chunk, Key, PaneExit, Presence, Ring, Screen, ScreenView, Server, Snapshot, Tag, TmuxError,
};

/// The only pane of our servers.
const PANE: &str = "%0";

/// How long a control client may take to attach.
const ATTACH_DEADLINE: Duration = Duration::from_secs(10);

/// How often a quiet control channel is tried, and the longest pause between attempts to re-open
/// a broken one.
const PING_PERIOD: Duration = Duration::from_mins(1);
const REOPEN_MAX: Duration = Duration::from_secs(5);

/// What a pane is asked to be.
#[derive(Clone, Copy, Debug)]
pub struct PaneOptions {
    /// Columns and rows, wherever no attached terminal decides.
    pub size: (u16, u16),
    /// How much output is kept.
    pub ring_cap: usize,
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
    shared: Arc<Shared>,
    _release: tokio_util::sync::DropGuard,
}

struct Shared {
    server: Server,
    state: Mutex<State>,
    client: Mutex<Option<Client>>,
    /// Held while a client's text, keys or a whole prompt go in, so that two never mix.
    input: tokio::sync::Mutex<()>,
    changed: watch::Sender<u64>,
    end: watch::Sender<Option<End>>,
    reseed: mpsc::Sender<Reseed>,
    /// tmux says that the program is gone: what notices where the system cannot tell.
    dead: Notify,
}

struct State {
    ring: Ring,
    screen: Screen,
    size: (u16, u16),
    pid: Option<i32>,
    server_pid: Option<i32>,
    shown: bool,
}

enum Reseed {
    Resized,
    Paused,
    Ended,
}

impl Pane {
    /// Starts a server with `command` in its pane, then takes hold of it. On failure nothing is
    /// left running.
    pub async fn launch(
        server: Server,
        config: &Path,
        env: &[(OsString, OsString)],
        cwd: &Path,
        command: &[OsString],
        tag: &Tag,
        options: PaneOptions,
    ) -> Result<Self, TmuxError> {
        server
            .start(config, env, options.size, cwd, command, tag)
            .await?;
        let opened = Self::open(server.clone(), tag, options).await;
        if opened.is_err() {
            server.kill().await;
        }
        opened
    }

    /// Takes hold of a running server that carries `tag`.
    pub async fn open(server: Server, tag: &Tag, options: PaneOptions) -> Result<Self, TmuxError> {
        let (reseed, reseeds) = mpsc::channel(8);
        let (cols, rows) = options.size;
        let shared = Arc::new(Shared {
            server,
            state: Mutex::new(State {
                ring: Ring::new(options.ring_cap),
                screen: Screen::new(cols, rows),
                size: options.size,
                pid: None,
                server_pid: None,
                shown: false,
            }),
            client: Mutex::new(None),
            input: tokio::sync::Mutex::new(()),
            changed: watch::Sender::new(0),
            end: watch::Sender::new(None),
            reseed,
            dead: Notify::new(),
        });
        let stop = CancellationToken::new();
        let reading = shared.connect(tag).await?;
        tokio::spawn(Arc::clone(&shared).run(reading, reseeds, tag.clone(), stop.clone()));
        Ok(Self {
            shared,
            _release: stop.drop_guard(),
        })
    }

    /// The command that attaches a terminal.
    pub fn attach_argv(&self) -> Vec<String> {
        self.shared.server.attach_argv()
    }

    /// The process that tmux started.
    pub fn pid(&self) -> Option<i32> {
        lock(&self.shared.state).pid
    }

    /// The tmux server's own process.
    pub fn server_pid(&self) -> Option<i32> {
        lock(&self.shared.state).server_pid
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        lock(&self.shared.state).screen.size()
    }

    /// Whether the program has written anything.
    pub fn has_shown(&self) -> bool {
        lock(&self.shared.state).shown
    }

    /// What the screen shows now.
    pub fn view(&self) -> ScreenView {
        lock(&self.shared.state).screen.view()
    }

    /// The screen with its colours.
    pub fn ansi(&self) -> String {
        lock(&self.shared.state).screen.ansi()
    }

    /// The screen as bytes for another terminal, and where the stream goes on.
    pub fn snapshot(&self) -> Snapshot {
        let state = lock(&self.shared.state);
        let (cols, rows) = state.screen.size();
        Snapshot {
            offset: state.ring.end(),
            cols,
            rows,
            bytes: state.screen.state(),
        }
    }

    /// At most `limit` bytes of output from `offset` on; `None` when they are not there any more.
    pub fn read_from(&self, offset: u64, limit: usize) -> Option<Chunk> {
        lock(&self.shared.state).ring.read_from(offset, limit)
    }

    /// The oldest offset that can be read, and the one behind the newest byte.
    pub fn offsets(&self) -> (u64, u64) {
        let state = lock(&self.shared.state);
        (state.ring.oldest(), state.ring.end())
    }

    /// Changes whenever output arrives or the screen is read anew.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// Becomes set, once, when the program or the server ends.
    pub fn end(&self) -> watch::Receiver<Option<End>> {
        self.shared.end.subscribe()
    }

    /// The right to type. Whoever holds it is alone; others wait in the order they asked.
    pub async fn input(&self) -> Input<'_> {
        Input {
            shared: &self.shared,
            _turn: self.shared.input.lock().await,
        }
    }

    /// Makes the terminal `cols` x `rows`. While a person's terminal is attached, that decides,
    /// and this is what the pane goes back to afterwards.
    pub async fn resize(&self, cols: u16, rows: u16) -> Result<(), TmuxError> {
        lock(&self.shared.state).size = (cols, rows);
        self.shared
            .run_line(format!("refresh-client -C {cols}x{rows}"), 1)
            .await
            .map(drop)
    }

    /// The last `lines` rows above the screen and the screen itself, as text.
    pub async fn history(&self, lines: u32) -> Result<Vec<String>, TmuxError> {
        let replies = self
            .shared
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

    /// Ends the server and with it the pane. Its program gets SIGHUP.
    pub async fn kill_server(&self) {
        // The server answers nothing to this; whether it went is read off its socket.
        drop(
            timeout(
                Duration::from_secs(1),
                self.shared.run_line("kill-server", 1),
            )
            .await,
        );
        let server = &self.shared.server;
        let deadline = Instant::now() + Duration::from_secs(2);
        while server.presence() == Presence::Present {
            if Instant::now() > deadline {
                if let Some(pid) = self.shared.server_pid() {
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        server.remove_socket();
    }
}

/// The right to type into a pane.
pub struct Input<'a> {
    shared: &'a Shared,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl Input<'_> {
    /// Pastes `text` as a whole: bracketed where the program asked for that, unchanged otherwise.
    /// A NUL cannot be pasted and is refused.
    pub async fn paste(&self, text: &[u8]) -> Result<(), TmuxError> {
        refuse_nul(text)?;
        if text.is_empty() {
            return Ok(());
        }
        // `copy-mode -q`: a person who scrolled back left the pane where it takes no input.
        let mut line = format!("copy-mode -q -t {PANE} ; set-buffer -b codepiper -- ").into_bytes();
        line.extend_from_slice(&quote(text));
        line.extend_from_slice(
            format!(" ; paste-buffer -p -r -d -b codepiper -t {PANE}").as_bytes(),
        );
        self.shared.run_line(line, 3).await.map(drop)
    }

    /// Types bytes as they are.
    pub async fn bytes(&self, bytes: &[u8]) -> Result<(), TmuxError> {
        refuse_nul(bytes)?;
        for piece in bytes.chunks(256) {
            let mut line = format!("copy-mode -q -t {PANE} ; send-keys -t {PANE} -H");
            for byte in piece {
                let _ = write!(line, " {byte:02x}");
            }
            self.shared.run_line(line, 2).await?;
        }
        Ok(())
    }

    /// Presses keys, in the form the program's terminal modes ask for.
    pub async fn keys(&self, keys: &[Key]) -> Result<(), TmuxError> {
        let mut line = format!("copy-mode -q -t {PANE}");
        for key in keys {
            match key.plain_char() {
                Some(c) => {
                    let _ = write!(line, " ; send-keys -t {PANE} -H");
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        let _ = write!(line, " {byte:02x}");
                    }
                }
                None => {
                    let _ = write!(line, " ; send-keys -t {PANE} {}", key.tmux_name());
                }
            }
        }
        self.shared.run_line(line, keys.len() + 1).await.map(drop)
    }
}

fn refuse_nul(bytes: &[u8]) -> Result<(), TmuxError> {
    if bytes.contains(&0) {
        let message = "a NUL cannot be typed".to_owned();
        return Err(TmuxError::Refused {
            command: "input".into(),
            message,
        });
    }
    Ok(())
}

impl Shared {
    async fn run_line(
        &self,
        line: impl Into<Vec<u8>>,
        expected: usize,
    ) -> Result<Vec<Reply>, TmuxError> {
        let client = lock(&self.client).clone().ok_or(TmuxError::Gone)?;
        client.run(line, expected).await
    }

    /// Attaches a control client, checks whose server this is, and reads its screen.
    async fn connect(self: &Arc<Self>, tag: &Tag) -> Result<JoinHandle<()>, TmuxError> {
        if self.server.presence() == Presence::Absent {
            return Err(TmuxError::Gone);
        }
        let (client, reader) = client::attach(&self.server)?;
        let (attached, is_attached) = oneshot::channel();
        let reading = tokio::spawn(Arc::clone(self).read(reader, attached));
        match timeout(ATTACH_DEADLINE, is_attached).await {
            Ok(Ok(true)) => {}
            // The server answers, but has no such session: somebody else took the socket.
            Ok(Ok(false)) => return Err(TmuxError::Foreign),
            Ok(Err(_)) => return Err(TmuxError::Gone),
            Err(_) => {
                return Err(TmuxError::Silent {
                    command: "attach".into(),
                    after: ATTACH_DEADLINE,
                });
            }
        }
        let found = client
            .run(format!("show-options -sv {TAG_OPTION}"), 1)
            .await;
        match found {
            Ok(replies) if replies.first().is_some_and(|reply| reply.first() == tag.0) => {}
            Ok(_) | Err(TmuxError::Refused { .. }) => return Err(TmuxError::Foreign),
            Err(error) => return Err(error),
        }
        let (cols, rows) = lock(&self.state).size;
        let setup = format!(
            "refresh-client -f pause-after=5 ; refresh-client -C {cols}x{rows} ; \
             refresh-client -B 'dead:{PANE}:#{{pane_dead}}' ; display-message -p '#{{pid}}'"
        );
        let replies = client.run(setup, 4).await?;
        lock(&self.state).server_pid = replies.last().and_then(|reply| reply.first().parse().ok());
        self.seed(&client, true).await?;
        *lock(&self.client) = Some(client);
        Ok(reading)
    }

    /// Reads the screen out of tmux, at one exact place in the stream of output. `cut` says that
    /// output was lost before that place.
    async fn seed(self: &Arc<Self>, client: &Client, cut: bool) -> Result<(), TmuxError> {
        let shared = Arc::clone(self);
        let (sender, receiver) = oneshot::channel();
        let then = move |replies: Vec<Reply>| {
            let result = Seed::read(&replies).map(|seed| shared.apply(seed, cut));
            drop(sender.send(result));
        };
        client.send_then(QUERY.into(), 2, then).await?;
        match timeout(STATUS_DEADLINE, receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(TmuxError::Gone),
            Err(_) => Err(TmuxError::Silent {
                command: "capture-pane".into(),
                after: STATUS_DEADLINE,
            }),
        }
    }

    fn apply(&self, mut seed: Seed, cut: bool) {
        let mut state = lock(&self.state);
        if state.screen.view().bracketed_paste {
            // tmux 3.3 cannot be asked for this mode.
            seed.screen.feed(b"\x1b[?2004h");
        }
        state.screen = seed.screen;
        state.pid = seed.pid.or(state.pid);
        state.shown |= !seed.blank;
        if cut {
            state.ring.cut();
        }
        drop(state);
        self.changed.send_modify(|n| *n += 1);
    }

    async fn read(self: Arc<Self>, mut reader: Reader, attached: oneshot::Sender<bool>) {
        let mut buffer = Vec::new();
        let mut attached = Some(attached);
        let mut take = |item| match item {
            Item::Attached => {
                let _ = attached.take().map(|sender| sender.send(true));
            }
            Item::Reply(reply) if !reply.ok => {
                let _ = attached.take().map(|sender| sender.send(false));
            }
            other => self.take(other),
        };
        while reader.read(&mut buffer, &mut take).await {}
        reader.finish().await;
    }

    fn take(&self, item: Item) {
        match item {
            Item::Output(bytes) => {
                let mut state = lock(&self.state);
                state.ring.push(&bytes);
                state.screen.feed(&bytes);
                state.shown = true;
                drop(state);
                self.changed.send_modify(|n| *n += 1);
            }
            Item::Resized { cols, rows } => {
                let mut state = lock(&self.state);
                if state.screen.size() != (cols, rows) {
                    state.screen.resize(cols, rows);
                    // Full means that the screen will be read anew anyway.
                    drop(self.reseed.try_send(Reseed::Resized));
                }
            }
            Item::Paused => drop(self.reseed.try_send(Reseed::Paused)),
            Item::Subscription { value, .. } if value == "1" => self.dead.notify_one(),
            Item::Subscription { .. } | Item::Attached | Item::Reply(_) | Item::Exit => {}
        }
    }

    /// Watches over the pane until it ends or nobody holds it any more.
    async fn run(
        self: Arc<Self>,
        mut reading: JoinHandle<()>,
        mut reseeds: mpsc::Receiver<Reseed>,
        tag: Tag,
        stop: CancellationToken,
    ) {
        let mut gone = std::pin::pin!(self.clone().program_gone());
        let end = loop {
            tokio::select! {
                () = stop.cancelled() => {
                    // Closing its stdin lets the control client leave.
                    *lock(&self.client) = None;
                    return;
                }
                exit = &mut gone => {
                    // tmux throws away output of a dead pane that it had not sent yet.
                    self.reseed(&Reseed::Ended).await;
                    break End::Exited(exit);
                }
                _ = &mut reading => match self.reconnect(&tag, &stop).await {
                    Some(again) => reading = again,
                    None if stop.is_cancelled() => return,
                    None => break End::ServerLost,
                },
                Some(reseed) = reseeds.recv() => self.reseed(&reseed).await,
                () = sleep(PING_PERIOD) => {
                    if self.run_line("refresh-client", 1).await.is_err() {
                        *lock(&self.client) = None;
                    }
                }
            }
        };
        self.end.send_replace(Some(end));
        self.changed.send_modify(|n| *n += 1);
    }

    async fn reseed(self: &Arc<Self>, reseed: &Reseed) {
        let Some(client) = lock(&self.client).clone() else {
            return;
        };
        let result = match reseed {
            Reseed::Resized | Reseed::Ended => self.seed(&client, false).await,
            Reseed::Paused => {
                let resume = format!("refresh-client -A '{PANE}:continue'");
                match client.run(resume, 1).await {
                    Ok(_) => self.seed(&client, true).await,
                    Err(error) => Err(error),
                }
            }
        };
        if let Err(error) = result {
            tracing::warn!(%error, socket = %self.server.socket.display(), "cannot read the screen");
        }
    }

    /// The control client ended. As long as the server is there, or may be, attach another.
    async fn reconnect(
        self: &Arc<Self>,
        tag: &Tag,
        stop: &CancellationToken,
    ) -> Option<JoinHandle<()>> {
        *lock(&self.client) = None;
        let mut pause = Duration::from_millis(20);
        loop {
            match self.connect(tag).await {
                Ok(reading) => return Some(reading),
                Err(TmuxError::Gone) if self.server.presence() == Presence::Absent => return None,
                Err(error) => {
                    tracing::warn!(%error, socket = %self.server.socket.display(), "cannot attach");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = sleep(pause) => pause = (pause * 2).min(REOPEN_MAX),
            }
        }
    }

    /// Returns when the program in the pane is gone, with what tmux says of its end.
    async fn program_gone(self: Arc<Self>) -> PaneExit {
        let Some(pid) = lock(&self.state).pid else {
            return std::future::pending().await;
        };
        tokio::select! {
            () = process_gone(pid) => {}
            () = self.dead.notified() => {}
        }
        let deadline = Instant::now() + STATUS_DEADLINE;
        loop {
            if let Some(exit) = self.status().await {
                return exit;
            }
            if lock(&self.client).is_none() && self.server.presence() == Presence::Absent {
                // The server took its program with it; `run` reports that.
                std::future::pending::<()>().await;
            }
            if Instant::now() > deadline {
                return PaneExit::Unknown;
            }
            // tmux 3.3a now and then misses the SIGCHLD of its pane and then never collects the
            // status (seen in one of about twenty exits): sent again, it does.
            if let Some(server) = self.server_pid() {
                let _ = rustix::process::kill_process(server, rustix::process::Signal::CHILD);
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn server_pid(&self) -> Option<rustix::process::Pid> {
        lock(&self.state)
            .server_pid
            .and_then(rustix::process::Pid::from_raw)
    }

    async fn status(&self) -> Option<PaneExit> {
        let line = format!("display-message -p -t {PANE} '{STATUS_FORMAT}'");
        let replies = self.run_line(line, 1).await.ok()?;
        PaneExit::parse(&replies.first()?.first())
    }
}
