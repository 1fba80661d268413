use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::control::{ControlParser, Item, Reply};
use crate::{Server, TmuxError};

/// How long tmux may take to take or to answer a line.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long a client may take to leave once its stdin is closed.
const LEAVE_DEADLINE: Duration = Duration::from_secs(1);

/// Lines that may wait to be written.
const QUEUED_LINES: usize = 64;

/// The most that one read takes; a flood is many reads, with room for others between them.
const READ_SIZE: usize = 64 * 1024;

type Then = Box<dyn FnOnce(Vec<Reply>) + Send>;

struct Pending {
    expected: usize,
    replies: Vec<Reply>,
    then: Then,
}

/// The commands that wait for their answers, oldest first: tmux answers in order.
type Queue = Arc<Mutex<VecDeque<Pending>>>;

struct Line {
    bytes: Vec<u8>,
    pending: Pending,
}

/// The writing half of a control-mode client. Lines are written one after the other by a task of
/// their own: a caller that goes away cannot cut a line in two.
#[derive(Clone)]
pub(crate) struct Client {
    lines: mpsc::Sender<Line>,
}

/// The reading half. It ends when tmux lets the client go, or when every [`Client`] is dropped.
pub(crate) struct Reader {
    child: Child,
    stdout: ChildStdout,
    parser: ControlParser,
    queue: Queue,
}

/// Attaches a control-mode client to `server`.
pub(crate) fn attach(server: &Server) -> Result<(Client, Reader), TmuxError> {
    let mut child = Command::new(server.tmux.program())
        // `-N`: attaching would otherwise start a server, with the user's configuration.
        .args(["-N", "-u", "-C", "-S"])
        .arg(&server.socket)
        .args(["attach-session", "-t", &format!("={}", server.name)])
        .env_clear()
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .process_group(0)
        .spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(TmuxError::Gone);
    };
    let queue = Queue::default();
    let (lines, receiver) = mpsc::channel(QUEUED_LINES);
    tokio::spawn(write_lines(stdin, receiver, Arc::clone(&queue)));
    Ok((
        Client { lines },
        Reader {
            child,
            stdout,
            parser: ControlParser::default(),
            queue,
        },
    ))
}

/// Writes until every sender is gone. Closing stdin is how a control-mode client is asked to
/// leave; killing one has crashed servers. A line that tmux does not take in time ends the
/// client in the same way: the pane attaches another.
async fn write_lines(mut stdin: ChildStdin, mut lines: mpsc::Receiver<Line>, queue: Queue) {
    while let Some(mut line) = lines.recv().await {
        lock(&queue).push_back(line.pending);
        let write = async {
            line.bytes.push(b'\n');
            stdin.write_all(&line.bytes).await?;
            stdin.flush().await
        };
        if !matches!(timeout(DEADLINE, write).await, Ok(Ok(()))) {
            break;
        }
    }
}

impl Client {
    /// Writes `line`, which holds `expected` commands, and calls `then` with their replies, at
    /// the very place in the stream of output where tmux gave them. The first failure ends them.
    pub(crate) async fn send_then(
        &self,
        line: Vec<u8>,
        expected: usize,
        then: impl FnOnce(Vec<Reply>) + Send + 'static,
    ) -> Result<(), TmuxError> {
        let pending = Pending {
            expected,
            replies: Vec::new(),
            then: Box::new(then),
        };
        // Full when tmux takes nothing any more: the caller waits as long as for an answer.
        match timeout(
            DEADLINE,
            self.lines.send(Line {
                bytes: line,
                pending,
            }),
        )
        .await
        {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(TmuxError::Gone),
            Err(_) => Err(silent("input")),
        }
    }

    /// Runs the commands of `line` and returns their replies.
    pub(crate) async fn run(
        &self,
        line: impl Into<Vec<u8>>,
        expected: usize,
    ) -> Result<Vec<Reply>, TmuxError> {
        let line = line.into();
        let verb = verb(&line);
        let (sender, receiver) = oneshot::channel();
        self.send_then(line, expected, move |replies| drop(sender.send(replies)))
            .await?;
        let replies = match timeout(DEADLINE, receiver).await {
            Ok(Ok(replies)) => replies,
            Ok(Err(_)) => return Err(TmuxError::Gone),
            Err(_) => return Err(silent(&verb)),
        };
        match replies.iter().find(|reply| !reply.ok) {
            Some(failed) => Err(TmuxError::Refused {
                command: verb,
                message: failed.first(),
            }),
            None => Ok(replies),
        }
    }
}

impl Reader {
    /// Reads once and hands what came to `sink`; `false` at the end of the stream. Replies reach
    /// whoever waits for them, in their place among the other items.
    pub(crate) async fn read(&mut self, buffer: &mut Vec<u8>, mut sink: impl FnMut(Item)) -> bool {
        buffer.resize(READ_SIZE, 0);
        let Ok(read @ 1..) = self.stdout.read(buffer).await else {
            return false;
        };
        let queue = &self.queue;
        self.parser.feed(&buffer[..read], |item| match item {
            Item::Reply(reply) if reply.ours => answer(queue, reply),
            other => sink(other),
        });
        true
    }
}

impl Reader {
    /// The client's process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for the client to leave; one that stays is killed.
    pub(crate) async fn finish(mut self) {
        drop(timeout(LEAVE_DEADLINE, self.child.wait()).await);
    }
}

impl Drop for Reader {
    /// Nobody will answer the commands that still wait: dropping them tells their senders.
    fn drop(&mut self) {
        lock(&self.queue).clear();
    }
}

fn answer(queue: &Queue, reply: Reply) {
    let mut pending = lock(queue);
    let Some(first) = pending.front_mut() else {
        return;
    };
    let last = !reply.ok || first.replies.len() + 1 == first.expected;
    first.replies.push(reply);
    if last && let Some(done) = pending.pop_front() {
        drop(pending);
        (done.then)(done.replies);
    }
}

fn verb(line: &[u8]) -> String {
    let word = line.split(|&b| b == b' ').next().unwrap_or_default();
    String::from_utf8_lossy(word).into_owned()
}

fn silent(command: &str) -> TmuxError {
    TmuxError::Silent {
        command: command.to_owned(),
        after: DEADLINE,
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves these values whole: each change is a single push or pop.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
