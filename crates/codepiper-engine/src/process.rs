//! The processes of a session: its tmux server, which carries the session's name in its
//! environment, and whatever else carries it, with all their descendants. On Linux the server is
//! the subreaper of its agent: what left its parents and emptied its environment is its child.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

use codepiper_model::SessionId;
use rustix::process::{Pid, Signal};

/// Names the session in the environment of everything it starts.
pub(crate) const SESSION_VARIABLE: &str = "CODEPIPER_SESSION";

/// How long a session's processes are ended that keep starting others.
const END_TREE_MAX: Duration = Duration::from_secs(3);

/// How long they are chased between two looks at all processes, and how long without finding one.
const CHASE_MAX: Duration = Duration::from_millis(100);
const QUIET: Duration = Duration::from_millis(5);

/// Sends `signal` to every process of the session but `spared` (its tmux server). Returns how
/// many there were.
pub(crate) async fn signal_tree(
    id: SessionId,
    root: Option<i32>,
    spared: Option<i32>,
    signal: Signal,
) -> usize {
    let find_and_signal = move || {
        let mut found = members(id, root);
        found.retain(|pid| Some(*pid) != spared);
        for pid in found.iter().filter_map(|pid| Pid::from_raw(*pid)) {
            // It may be gone by now.
            let _ = rustix::process::kill_process(pid, signal);
        }
        found.len()
    };
    tokio::task::spawn_blocking(find_and_signal)
        .await
        .unwrap_or(0)
}

/// Ends every process of the session but its tmux server `spared`, also those that are started
/// meanwhile. Returns how many are left when it gives up.
pub(crate) async fn end_tree(id: SessionId, root: Option<i32>, spared: Option<i32>) -> usize {
    let deadline = Instant::now() + END_TREE_MAX;
    loop {
        let strike = tokio::task::spawn_blocking(move || strike_all(id, root, spared));
        let found = strike.await.unwrap_or(0);
        if found == 0 || Instant::now() > deadline {
            return found;
        }
        // They need a moment to go.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Ends what there is. Returns how many there were.
fn strike_all(id: SessionId, root: Option<i32>, spared: Option<i32>) -> usize {
    let tag = id.to_string();
    let server = spared.filter(|pid| tag_of(*pid).as_ref() == Some(&tag));
    let mut found = members(id, root);
    found.retain(|pid| Some(*pid) != spared);
    let mut count = found.len();
    // All are halted before the first is ended, so that none starts another for it.
    for signal in [Signal::STOP, Signal::KILL] {
        for pid in &found {
            strike(*pid, server, signal);
        }
    }
    let Some(server) = server else {
        return count;
    };
    // One that forks and ends itself is gone before all processes are listed, but not always
    // before its server's children are.
    let end = Instant::now() + CHASE_MAX;
    let mut quiet = Instant::now() + QUIET;
    while Instant::now() < quiet.min(end) {
        let new = strike_newcomers(&tag, server, &mut found);
        if new > 0 {
            count += new;
            quiet = Instant::now() + QUIET;
        }
        std::thread::yield_now();
    }
    count
}

/// Ends the children of a session's tmux server that are not `known` yet. Returns how many there
/// were.
fn strike_newcomers(tag: &str, server: i32, known: &mut HashSet<i32>) -> usize {
    let children = children(server).into_iter();
    let new = children.filter(|pid| known.insert(*pid));
    let struck = new.filter(|pid| {
        // It is halted before anything else, since looking takes longer than forking.
        strike(*pid, Some(server), Signal::STOP);
        let is_elsewhere = tag_of(*pid).is_some_and(|other| other != tag);
        let signal = if is_elsewhere {
            Signal::CONT
        } else {
            Signal::KILL
        };
        let is_there = started(*pid).is_some();
        strike(*pid, Some(server), signal);
        is_there && !is_elsewhere
    });
    struck.count()
}

/// Sends a signal to a process and its group. A group gets it at one moment, so that nothing in
/// it can be forked past it.
fn strike(pid: i32, server: Option<i32>, signal: Signal) {
    let Some(pid) = Pid::from_raw(pid) else {
        return;
    };
    let terminal_session = |pid: Option<Pid>| rustix::process::getsid(Some(pid?)).ok();
    let (own, servers) = (
        terminal_session(Some(pid)),
        terminal_session(server.and_then(Pid::from_raw)),
    );
    // A terminal session that is not its tmux server's was made below that, and only those below
    // are in its groups.
    if servers.is_some()
        && own.is_some()
        && own != servers
        && let Ok(group) = rustix::process::getpgid(Some(pid))
    {
        let _ = rustix::process::kill_process_group(group, signal);
    }
    // It may be gone by now.
    let _ = rustix::process::kill_process(pid, signal);
}

/// The children of a process that has one thread, without a look at any other process.
#[cfg(target_os = "linux")]
fn children(pid: i32) -> Vec<i32> {
    let children = fs_err::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    let pids = children.split_whitespace().map(str::parse);
    pids.filter_map(Result::ok).collect()
}

#[cfg(not(target_os = "linux"))]
fn children(_pid: i32) -> Vec<i32> {
    Vec::new()
}

/// The processes of a session at one moment. Without a subreaper (on another system, or under a
/// server that an earlier version started), one that empties its environment and leaves its
/// parents can be found by this only.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    members: Vec<(i32, String)>,
}

impl Snapshot {
    /// Looks at the session now.
    pub(crate) async fn take(id: SessionId, root: Option<i32>, spared: Option<i32>) -> Self {
        let look = move || {
            let pids = members(id, root)
                .into_iter()
                .filter(|pid| Some(*pid) != spared);
            let members = pids.filter_map(|pid| Some((pid, started(pid)?))).collect();
            Self { members }
        };
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }

    /// Sends `signal` to those that are still there; a number that was given to another process
    /// meanwhile is left alone. Returns how many there were.
    pub(crate) fn signal(&self, signal: Signal) -> usize {
        let left = self
            .members
            .iter()
            .filter(|(pid, start)| started(*pid).as_ref() == Some(start));
        let left: Vec<Pid> = left.filter_map(|(pid, _)| Pid::from_raw(*pid)).collect();
        for pid in &left {
            let _ = rustix::process::kill_process(*pid, signal);
        }
        left.len()
    }
}

/// Where a process stands, as the system says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// It has ended, and its parent has not collected it.
    pub(crate) is_dead: bool,
    pub(crate) parent: i32,
    /// The controlling terminal.
    pub(crate) terminal: Option<String>,
    /// When it was started, in the system's own unit.
    pub(crate) started: String,
}

impl Place {
    /// Looks at a process; `None` when it is gone, or cannot be seen.
    #[cfg(target_os = "linux")]
    pub(crate) fn of(pid: i32) -> Option<Self> {
        Self::read(&fs_err::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Reads `proc_pid_stat(5)`. The name stands in parentheses and may hold anything: parentheses,
    /// newlines, bytes that are no text.
    #[cfg(target_os = "linux")]
    fn read(stat: &[u8]) -> Option<Self> {
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        let fields = std::str::from_utf8(&stat[end + 1..]).ok()?;
        // The first of them is field 3 of the manual.
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        // Its first thread may end before the others: then it looks dead and works on.
        let threads: u32 = field(20)?.parse().ok()?;
        Some(Self {
            is_dead: matches!(field(3)?, "Z" | "X") && threads < 2,
            parent: field(4)?.parse().ok()?,
            terminal: field(7).filter(|tty| *tty != "0").map(str::to_owned),
            started: field(22)?.to_owned(),
        })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let listed = std::process::Command::new("/bin/ps")
            .args(["-o", "ppid=,stat=,tty=,lstart=", "-p", &pid.to_string()])
            .output();
        let text = listed.ok()?.stdout;
        let text = String::from_utf8_lossy(&text);
        let mut fields = text.split_whitespace();
        Some(Self {
            parent: fields.next()?.parse().ok()?,
            is_dead: fields.next()?.starts_with('Z'),
            terminal: fields
                .next()
                .filter(|name| !name.starts_with('?'))
                .map(str::to_owned),
            started: fields.collect::<Vec<_>>().join(" "),
        })
    }
}

/// When a process was started; `None` for one that is gone or dead.
pub(crate) fn started(pid: i32) -> Option<String> {
    let place = Place::of(pid).filter(|place| !place.is_dead)?;
    Some(place.started)
}

/// The numbers of the session's processes, its tmux server among them.
pub(crate) fn members(id: SessionId, root: Option<i32>) -> HashSet<i32> {
    let mut parents = parents();
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (pid, parent) in &parents {
        children.entry(*parent).or_default().push(*pid);
    }
    // A daemon that was started inside a session carries its name; what it started is not the
    // session's.
    if let Ok(own) = i32::try_from(std::process::id()) {
        parents.remove(&own);
        children.remove(&own);
    }
    let tag = id.to_string();
    let tags: HashMap<i32, String> = parents
        .keys()
        .filter_map(|pid| Some((*pid, tag_of(*pid)?)))
        .collect();
    // A daemon that was started inside a session leaves its tmux servers to that session's: they
    // are other sessions', as they say.
    let is_elsewhere = |pid: &i32| tags.get(pid).is_some_and(|other| *other != tag);
    let tagged = tags.iter().filter(|(_, other)| **other == tag);
    let mut found: HashSet<i32> = tagged.map(|(pid, _)| *pid).collect();
    let mut queue: Vec<i32> = found.iter().copied().chain(root).collect();
    while let Some(pid) = queue.pop() {
        if parents.contains_key(&pid) {
            found.insert(pid);
        }
        queue.extend(
            children
                .get(&pid)
                .into_iter()
                .flatten()
                .filter(|child| !found.contains(child) && !is_elsewhere(child)),
        );
    }
    found
}

/// Every process with its parent.
#[cfg(target_os = "linux")]
fn parents() -> HashMap<i32, i32> {
    let Ok(entries) = fs_err::read_dir("/proc") else {
        return HashMap::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: i32| {
        let place = Place::of(pid).filter(|place| !place.is_dead)?;
        Some((pid, place.parent))
    })
    .collect()
}

/// The environment that a process was started with; empty where that cannot be read.
#[cfg(target_os = "linux")]
pub(crate) fn start_environment(pid: i32) -> BTreeMap<OsString, OsString> {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = fs_err::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let pairs = bytes.split(|b| *b == 0).filter_map(|entry| {
        let equals = entry.iter().position(|b| *b == b'=')?;
        let (name, value) = (&entry[..equals], &entry[equals + 1..]);
        Some((
            OsStr::from_bytes(name).into(),
            OsStr::from_bytes(value).into(),
        ))
    });
    pairs.collect()
}

/// The session's name that the process was started with. The environment of other users'
/// processes cannot be read, so only our own are ever found.
fn tag_of(pid: i32) -> Option<String> {
    let environment = start_environment(pid);
    let tag = environment.get(OsStr::new(SESSION_VARIABLE))?;
    Some(tag.to_string_lossy().into_owned())
}

#[cfg(not(target_os = "linux"))]
fn parents() -> HashMap<i32, i32> {
    let listed = std::process::Command::new("/bin/ps")
        .args(["-axo", "pid=,ppid="])
        .output();
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let line = |line: &str| {
        let mut numbers = line.split_whitespace().map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    text.unwrap_or_default().lines().filter_map(line).collect()
}

/// `ps` separates the variables by blanks, which their values may hold: what it shows is cut at
/// the next blank.
#[cfg(not(target_os = "linux"))]
pub(crate) fn start_environment(pid: i32) -> BTreeMap<OsString, OsString> {
    let listed = std::process::Command::new("/bin/ps")
        .args(["-Eww", "-o", "command=", "-p", &pid.to_string()])
        .output();
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let pairs = text
        .split_whitespace()
        .filter_map(|word| word.split_once('='));
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let rest = " S 7 9 9 34816 9 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 1 1";
        for name in [&b"sh"[..], b"\xff\xfe", b") Z 1 1", b"a b\n(", b""] {
            let stat = [b"12 (", name, b")", rest.as_bytes()].concat();
            let place = Place::read(&stat).unwrap();
            assert_eq!((place.parent, place.started.as_str()), (7, "777"));
            assert_eq!(place.terminal.as_deref(), Some("34816"));
            assert!(!place.is_dead);
        }
        assert_eq!(Place::read(b"12 (sh"), None);
        assert_eq!(Place::read(b"12 (sh) S 7"), None);
    }

    #[test]
    fn a_process_without_its_first_thread_lives() {
        let place = |threads: u32| {
            let stat = format!("1 (a) Z 7 9 9 0 9 4 1 2 3 4 5 6 7 8 20 0 {threads} 0 777 1 1");
            Place::read(stat.as_bytes()).unwrap()
        };
        assert!(place(1).is_dead);
        assert!(!place(2).is_dead);
        assert_eq!(place(2).terminal, None);
    }
}
