//! Where a process comes from: the processes above it, their terminals, their control groups, and
//! the sessions that their environments name.

use std::collections::BTreeSet;

use codepiper_model::SessionId;

use crate::process::{SESSION_VARIABLE, start_environment};

/// More processes than any real one has above it.
const DEPTH_MAX: usize = 128;

/// What a process has in common with those it came out of.
#[derive(Debug, Default)]
pub(crate) struct Ancestry {
    /// The process and those above it.
    pids: Vec<i32>,
    terminals: BTreeSet<String>,
    named: BTreeSet<String>,
}

impl Ancestry {
    /// Looks at a process; `None` when it is gone.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let mut ancestry = Self::default();
        let mut next = Some(pid);
        while let Some(pid) = next.filter(|pid| *pid > 1 && ancestry.pids.len() < DEPTH_MAX) {
            let Some((parent, terminal)) = place(pid) else {
                break;
            };
            ancestry.pids.push(pid);
            ancestry.terminals.extend(terminal);
            let environment = start_environment(pid);
            let session = environment.get(std::ffi::OsStr::new(SESSION_VARIABLE));
            let session = session.map(|name| name.to_string_lossy().into_owned());
            ancestry.named.extend(session);
            ancestry.named.extend(control_groups(pid));
            next = Some(parent);
        }
        (!ancestry.pids.is_empty()).then_some(ancestry)
    }

    /// Whether that process is among them.
    pub(crate) fn leads_to(&self, pid: i32) -> bool {
        self.pids.contains(&pid)
    }

    /// Whether one of them has the controlling terminal of that process.
    pub(crate) fn shares_terminal(&self, pid: i32) -> bool {
        let terminal = place(pid).and_then(|(_, terminal)| terminal);
        terminal.is_some_and(|terminal| self.terminals.contains(&terminal))
    }

    /// The sessions that their environments and control groups name.
    pub(crate) fn named_sessions(&self) -> impl Iterator<Item = SessionId> {
        self.named.iter().filter_map(|name| name.parse().ok())
    }
}

/// The parent of a process, and its controlling terminal.
#[cfg(target_os = "linux")]
fn place(pid: i32) -> Option<(i32, Option<String>)> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold anything; proc_pid_stat(5) has the rest.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(1);
    let parent = fields.next()?.parse().ok()?;
    let terminal = fields.nth(2)?;
    Some((parent, (terminal != "0").then(|| terminal.to_owned())))
}

#[cfg(not(target_os = "linux"))]
fn place(pid: i32) -> Option<(i32, Option<String>)> {
    let listed = std::process::Command::new("/bin/ps")
        .args(["-o", "ppid=,tty=", "-p", &pid.to_string()])
        .output();
    let text = listed
        .ok()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())?;
    let mut fields = text.split_whitespace();
    let parent = fields.next()?.parse().ok()?;
    let terminal = fields.next().filter(|name| !name.starts_with('?'));
    Some((parent, terminal.map(str::to_owned)))
}

/// The sessions that the control groups of a process are named after: `codepiper-<id>.scope`.
#[cfg(target_os = "linux")]
fn control_groups(pid: i32) -> Vec<String> {
    let groups = fs_err::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let parts = groups.split(['/', '\n']);
    let ids = parts.filter_map(|part| {
        let name = part.strip_suffix(".scope").unwrap_or(part);
        name.strip_prefix("codepiper-")
    });
    ids.map(str::to_owned).collect()
}

#[cfg(not(target_os = "linux"))]
fn control_groups(_pid: i32) -> Vec<String> {
    Vec::new()
}
