//! The processes of a session: the agent's descendants, and whatever it started that left its
//! tree but still carries the session's name in its environment.

use std::collections::{HashMap, HashSet};

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

fn members(id: SessionId, root: Option<i32>) -> HashSet<i32> {
    let parents = parents();
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (pid, parent) in &parents {
        children.entry(*parent).or_default().push(*pid);
    }
    let own = std::process::id();
    let mut found: HashSet<i32> = parents
        .keys()
        .copied()
        .filter(|pid| is_tagged(*pid, id))
        .collect();
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
                .filter(|child| !found.contains(child)),
        );
    }
    found.retain(|pid| u32::try_from(*pid) != Ok(own));
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

/// Whether the process was started with the session's name. The environment of other users'
/// processes cannot be read, so only our own are ever found.
#[cfg(target_os = "linux")]
fn is_tagged(pid: i32, id: SessionId) -> bool {
    let tag = format!("{SESSION_VARIABLE}={id}");
    fs_err::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
        environ
            .split(|b| *b == 0)
            .any(|entry| entry == tag.as_bytes())
    })
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

#[cfg(not(target_os = "linux"))]
fn is_tagged(pid: i32, id: SessionId) -> bool {
    let tag = format!("{SESSION_VARIABLE}={id}");
    let listed = std::process::Command::new("/bin/ps")
        .args(["-Eww", "-o", "command=", "-p", &pid.to_string()])
        .output();
    listed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&tag))
}
