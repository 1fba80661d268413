//! The processes of a session: its tmux server, which carries the session's name in its
//! environment, and whatever else carries it, with all their descendants. On Linux the server is
//! the subreaper of its agent: what left its parents and emptied its environment is its child.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};

use codepiper_model::SessionId;
use rustix::process::{Pid, Signal};

/// Names the session in the environment of everything it starts.
pub(crate) const SESSION_VARIABLE: &str = "CODEPIPER_SESSION";

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

/// When a process was started, in the system's own unit; `None` for one that is gone or dead.
#[cfg(target_os = "linux")]
pub(crate) fn started(pid: i32) -> Option<String> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    (fields.next()? != "Z").then_some(())?;
    // The state is field 3 of proc_pid_stat(5), the start time field 22.
    fields.nth(18).map(str::to_owned)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn started(pid: i32) -> Option<String> {
    let listed = std::process::Command::new("/bin/ps")
        .args(["-o", "lstart=", "-p", &pid.to_string()])
        .output();
    let text = listed
        .ok()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn members(id: SessionId, root: Option<i32>) -> HashSet<i32> {
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
        let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may hold anything; the state and the parent follow.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_whitespace();
        let state = fields.next()?;
        (state != "Z").then_some(())?;
        Some((pid, fields.next()?.parse().ok()?))
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
