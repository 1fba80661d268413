//! What Linux tells of processes. Elsewhere there is no `/proc`, and nothing of this is measured.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use crate::Result;

/// `/proc` counts in these on every architecture, whatever the kernel itself does (proc(5),
/// `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A process, as `/proc/<pid>/stat` has it.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    parent: u32,
    name: String,
    /// Ticks since the machine started: together with the pid it tells processes apart.
    started: u64,
    /// Page faults of the children it has waited for. No process lives without one, so the
    /// number grows with every child that came and went.
    faults_of_children: u64,
    pub(crate) cpu: Duration,
}

impl Process {
    pub(crate) fn read(pid: u32) -> Result<Self> {
        let text = fs_err::read_to_string(format!("/proc/{pid}/stat"))?;
        let read = || {
            // The name, in brackets, may hold anything.
            let (front, behind) = text.rsplit_once(") ")?;
            let (_, name) = front.split_once(" (")?;
            let fields: Vec<&str> = behind.split(' ').collect();
            // proc(5) counts from 1, with the pid and the name.
            let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
            Some(Self {
                pid,
                parent: u32::try_from(field(4)?).ok()?,
                name: name.to_owned(),
                started: field(22)?,
                faults_of_children: field(11)? + field(13)?,
                cpu: TICK * u32::try_from(field(14)? + field(15)?).ok()?,
            })
        };
        read().ok_or_else(|| format!("`/proc/{pid}/stat` cannot be read: {text}").into())
    }
}

/// Whether any of this can be measured here.
pub(crate) fn are_told() -> bool {
    Path::new("/proc/self/smaps_rollup").exists()
}

/// The processes of a home: those that have its path in their arguments (the tmux servers have
/// no parent to be found by) or are `daemon`, and all that descend from them.
pub(crate) fn of(home: &Path, daemon: u32) -> Result<HashMap<u32, Process>> {
    let mut others = HashMap::new();
    let mut ours = HashMap::new();
    let home = home.as_os_str().as_encoded_bytes();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // A process may end while it is looked at.
        let (Ok(process), Ok(args)) = (
            Process::read(pid),
            std::fs::read(format!("/proc/{pid}/cmdline")),
        ) else {
            continue;
        };
        if pid == daemon || crate::http::find(&args, home).is_some() {
            ours.insert(pid, process);
        } else {
            others.insert(pid, process);
        }
    }
    loop {
        let children: Vec<u32> = others
            .values()
            .filter(|process| ours.contains_key(&process.parent))
            .map(|process| process.pid)
            .collect();
        if children.is_empty() {
            return Ok(ours);
        }
        for pid in children {
            ours.extend(others.remove_entry(&pid));
        }
    }
}

/// What was spawned between two looks: those that are new, and those that have seen a child come
/// and go.
pub(crate) fn spawned(
    before: &HashMap<u32, Process>,
    after: &HashMap<u32, Process>,
) -> Vec<String> {
    let mut spawned = Vec::new();
    for process in after.values() {
        let earlier = before.get(&process.pid);
        match earlier.filter(|earlier| earlier.started == process.started) {
            None => spawned.push(process.name.clone()),
            Some(earlier) if earlier.faults_of_children != process.faults_of_children => {
                spawned.push(format!("a child of {}", process.name));
            }
            Some(_) => {}
        }
    }
    spawned
}

/// Everything the machine has ever spawned, threads included.
pub(crate) fn spawned_by_all() -> Result<u64> {
    let text = fs_err::read_to_string("/proc/stat")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("processes "));
    Ok(line.ok_or("`/proc/stat` has no `processes`")?.parse()?)
}

/// Memory in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Everything that is mapped and there, the parts shared with others included.
    pub(crate) resident: u64,
    /// With an equal share of what is shared.
    pub(crate) proportional: u64,
}

impl Memory {
    pub(crate) fn read(pid: u32) -> Result<Self> {
        let text = fs_err::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let kilobytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        let (Some(resident), Some(proportional)) = (kilobytes("Rss:"), kilobytes("Pss:")) else {
            return Err(format!("`/proc/{pid}/smaps_rollup` has no Rss or Pss").into());
        };
        Ok(Self {
            resident: resident * 1024,
            proportional: proportional * 1024,
        })
    }
}
