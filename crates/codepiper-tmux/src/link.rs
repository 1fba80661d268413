use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::client::{self, Client, Reader, lock};
use crate::control::{Item, Reply};
use crate::dialect::Dialect;
use crate::exit::{STATUS_DEADLINE, STATUS_FORMAT, process_gone};
use crate::pane::{End, PaneOptions, Place};
use crate::seed::{QUERY, Seed};
use crate::server::TAG_OPTION;
use crate::{PaneExit, Presence, Ring, Screen, Server, Tag, TmuxError};

/// The first pane of our servers, and its window: what people see. Programs that run beside it have
/// windows of their own.
pub(crate) const PANE: &str = "%0";
pub(crate) const WINDOW: &str = "@0";

/// How long a control client may take to attach.
const ATTACH_DEADLINE: Duration = Duration::from_secs(10);

/// How long a control client that is not wanted may take to leave.
const LEAVE_DEADLINE: Duration = Duration::from_secs(2);

/// How long tmux may take to tell the status of a dead pane, each time it is asked.
const STATUS_ANSWER: Duration = Duration::from_secs(1);

/// How often a quiet control channel is tried, and the longest pause between attempts to re-open
/// a broken one.
const PING_PERIOD: Duration = Duration::from_mins(1);
const REOPEN_MAX: Duration = Duration::from_secs(5);

/// What keeps a pane in step with its tmux: one control client that carries everything, replaced
/// when it breaks, and the screen and ring that its output feeds.
pub(crate) struct Link {
    pub(crate) server: Server,
    pub(crate) state: Mutex<State>,
    pub(crate) client: Mutex<Option<Client>>,
    /// Held while a client's text, keys or a whole prompt go in, so that two never mix.
    pub(crate) input: tokio::sync::Mutex<()>,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) end: watch::Sender<Option<End>>,
    /// Whether nobody holds the server any more.
    pub(crate) released: watch::Sender<bool>,
    reseed: mpsc::Sender<Reseed>,
    /// tmux says that the program is gone: what notices where the system cannot tell.
    dead: Notify,
}

pub(crate) struct State {
    pub(crate) ring: Ring,
    pub(crate) screen: Screen,
    pub(crate) dialect: Dialect,
    pub(crate) size: (u16, u16),
    pub(crate) pid: Option<i32>,
    pub(crate) server_pid: Option<i32>,
    pub(crate) shown: bool,
    /// How often the screen was read anew, and where in the stream that was last; the first reading
    /// is the beginning.
    pub(crate) redraws: u64,
    pub(crate) redrawn: Option<u64>,
}

impl State {
    pub(crate) fn place(&self) -> Place {
        Place {
            offset: self.ring.end(),
            redraws: self.redraws,
        }
    }
}

/// Why the screen must be read out of tmux.
pub(crate) enum Reseed {
    Resized,
    Paused,
    Ended,
}

impl Link {
    pub(crate) fn new(server: Server, options: PaneOptions) -> (Arc<Self>, mpsc::Receiver<Reseed>) {
        // Full when readings of the screen are queued already: one more would see the same.
        let (reseed, reseeds) = mpsc::channel(8);
        let (cols, rows) = options.size;
        let link = Self {
            server,
            state: Mutex::new(State {
                ring: Ring::new(options.ring_cap, origin()),
                screen: Screen::new(cols, rows),
                dialect: Dialect::default(),
                size: options.size,
                pid: None,
                server_pid: None,
                shown: false,
                redraws: 0,
                redrawn: None,
            }),
            client: Mutex::new(None),
            input: tokio::sync::Mutex::new(()),
            changed: watch::Sender::new(0),
            end: watch::Sender::new(None),
            released: watch::Sender::new(false),
            reseed,
            dead: Notify::new(),
        };
        (Arc::new(link), reseeds)
    }

    pub(crate) async fn run_line(
        &self,
        line: impl Into<Vec<u8>>,
        expected: usize,
    ) -> Result<Vec<Reply>, TmuxError> {
        let client = lock(&self.client).clone().ok_or(TmuxError::Gone)?;
        client.run(line, expected).await
    }

    /// Attaches a control client, checks whose server this is, and reads its screen.
    pub(crate) async fn connect(self: &Arc<Self>, tag: &Tag) -> Result<JoinHandle<()>, TmuxError> {
        if self.server.presence() == Presence::Absent {
            return Err(TmuxError::Gone);
        }
        let (client, reader) = client::attach(&self.server)?;
        let own = reader.pid();
        let (attached, is_attached) = oneshot::channel();
        let mut reading = tokio::spawn(Arc::clone(self).read(reader, attached));
        let ready = self.establish(&client, own, is_attached, tag).await;
        if ready.is_err() {
            // Its stdin closes with ours, and it leaves: one that is killed instead takes tmux
            // 3.3a down now and then. Only one that a hanging server keeps is.
            drop(client);
            if timeout(LEAVE_DEADLINE, &mut reading).await.is_err() {
                reading.abort();
            }
        }
        ready.map(|()| reading)
    }

    async fn establish(
        self: &Arc<Self>,
        client: &Client,
        own: Option<u32>,
        is_attached: oneshot::Receiver<bool>,
        tag: &Tag,
    ) -> Result<(), TmuxError> {
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
        end_others(client, own).await;
        self.seed(client, true).await?;
        *lock(&self.client) = Some(client.clone());
        Ok(())
    }

    /// Reads the screen out of tmux, at one exact place in the stream of output. `cut` says that
    /// output was lost before that place.
    async fn seed(self: &Arc<Self>, client: &Client, cut: bool) -> Result<(), TmuxError> {
        let link = Arc::clone(self);
        let (sender, receiver) = oneshot::channel();
        let then = move |replies: Vec<Reply>| {
            let result = Seed::read(&replies).map(|seed| link.apply(seed, cut));
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
        if cut {
            state.dialect = Dialect::default();
        }
        seed.screen.feed(state.dialect.unfinished());
        state.screen = seed.screen;
        state.pid = seed.pid.or(state.pid);
        state.shown |= !seed.blank;
        if cut {
            state.ring.cut();
        }
        if state.redraws > 0 {
            state.redrawn = Some(state.ring.end());
        }
        state.redraws += 1;
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
                let bytes = state.dialect.plain(&bytes);
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
    pub(crate) async fn run(
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
                    drop(reading.await);
                    self.released.send_replace(true);
                    return;
                }
                exit = &mut gone => {
                    // tmux throws away output of a dead pane that it had not sent yet.
                    drop(timeout(STATUS_ANSWER, self.reseed(&Reseed::Ended)).await);
                    break End::Exited(exit);
                }
                _ = &mut reading => match self.reconnect(&tag, &stop).await {
                    Some(again) => reading = again,
                    None if stop.is_cancelled() => {
                        self.released.send_replace(true);
                        return;
                    }
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
        self.released.send_replace(true);
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

    pub(crate) fn server_pid(&self) -> Option<rustix::process::Pid> {
        lock(&self.state)
            .server_pid
            .and_then(rustix::process::Pid::from_raw)
    }

    async fn status(&self) -> Option<PaneExit> {
        let line = format!("display-message -p -t {PANE} '{STATUS_FORMAT}'");
        let replies = timeout(STATUS_ANSWER, self.run_line(line, 1))
            .await
            .ok()?
            .ok()?;
        PaneExit::parse(&replies.first()?.first())
    }
}

/// The offset of the first byte: another one each time, so that what a follower had from an earlier
/// hold of the pane is nowhere in the ring. Small enough to be exact in JavaScript.
fn origin() -> u64 {
    RandomState::new().hash_one(()) >> 16
}

/// Ends control clients that an earlier daemon left: killed in the middle of attaching, it cannot
/// have asked them to leave, and one that nobody reads from makes tmux keep its output for ever.
async fn end_others(client: &Client, own: Option<u32>) {
    const LIST: &str = "list-clients -F '#{client_control_mode} #{client_pid}'";
    let Ok(replies) = client.run(LIST, 1).await else {
        return;
    };
    for line in replies.iter().flat_map(|reply| &reply.lines) {
        let line = String::from_utf8_lossy(line);
        let pid = line
            .strip_prefix("1 ")
            .and_then(|pid| pid.parse::<i32>().ok());
        let is_own = pid.and_then(|pid| u32::try_from(pid).ok()) == own;
        if let Some(pid) = pid
            .filter(|_| !is_own)
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}
