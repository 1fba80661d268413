//! Where a process comes from: the processes above it, their terminals, their control groups, and
//! the sessions that their environments name.

use std::collections::BTreeSet;

use codepiper_model::SessionId;

use crate::process::{Place, SESSION_VARIABLE, start_environment};

/// More processes than a system has, so that a walk ends whatever it reads.
const LENGTH_MAX: usize = 100_000;

/// How often a chain is looked at that changes meanwhile. A process that loses its parent gets one
/// further up, so that a chain settles unless somebody keeps it moving.
const TRIES_MAX: usize = 16;

/// What a process has in common with those it came out of.
#[derive(Debug, Default)]
pub(crate) struct Ancestry {
    /// The process and those above it.
    pids: Vec<i32>,
    terminals: BTreeSet<String>,
    named: BTreeSet<String>,
}

impl Ancestry {
    /// Looks at a process; `None` when it is gone, or when the processes above it cannot be told.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        Self::settled(pid, Place::of)
    }

    fn settled(pid: i32, mut look: impl FnMut(i32) -> Option<Place>) -> Option<Self> {
        for _ in 0..TRIES_MAX {
            let Some(chain) = chain(pid, &mut look) else {
                continue;
            };
            let ancestry = Self::gather(&chain);
            // Links that were read one after the other may never have been a chain: an agent's
            // process whose parent died in between would be taken for init's. If each is still
            // as it was read, all of them were so when the last was.
            let stands = |(pid, place): &(i32, Place)| look(*pid).as_ref() == Some(place);
            if chain.iter().all(stands) {
                return Some(ancestry);
            }
        }
        None
    }

    fn gather(chain: &[(i32, Place)]) -> Self {
        let mut ancestry = Self::default();
        for (pid, place) in chain {
            ancestry.pids.push(*pid);
            ancestry.terminals.extend(place.terminal.clone());
            let environment = start_environment(*pid);
            let session = environment.get(std::ffi::OsStr::new(SESSION_VARIABLE));
            let session = session.map(|name| name.to_string_lossy().into_owned());
            ancestry.named.extend(session);
            ancestry.named.extend(control_groups(*pid));
        }
        ancestry
    }

    /// Whether that process is among them.
    pub(crate) fn leads_to(&self, pid: i32) -> bool {
        self.pids.contains(&pid)
    }

    /// Whether one of them has the controlling terminal of that process.
    pub(crate) fn shares_terminal(&self, pid: i32) -> bool {
        let terminal = Place::of(pid).and_then(|place| place.terminal);
        terminal.is_some_and(|terminal| self.terminals.contains(&terminal))
    }

    /// The sessions that their environments and control groups name.
    pub(crate) fn named_sessions(&self) -> impl Iterator<Item = SessionId> {
        self.named.iter().filter_map(|name| name.parse().ok())
    }
}

/// The process and those above it, up to the one that has none above it.
fn chain(pid: i32, look: &mut impl FnMut(i32) -> Option<Place>) -> Option<Vec<(i32, Place)>> {
    let mut chain = Vec::new();
    let mut next = pid;
    // The parent of init, and of what entered a container from outside, is 0.
    while next > 1 {
        if chain.len() == LENGTH_MAX {
            return None;
        }
        let place = look(next)?;
        let parent = place.parent;
        chain.push((next, place));
        next = parent;
    }
    (!chain.is_empty()).then_some(chain)
}

/// The sessions that the control groups of a process are named after: `codepiper-<id>.scope`.
#[cfg(target_os = "linux")]
fn control_groups(pid: i32) -> Vec<String> {
    let groups = fs_err::read(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let groups = String::from_utf8_lossy(&groups);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn place(pid: i32, parent: i32) -> Place {
        Place {
            is_dead: false,
            parent,
            terminal: None,
            started: pid.to_string(),
        }
    }

    /// Numbers that no process has.
    const A: i32 = i32::MAX;
    const B: i32 = A - 1;
    const C: i32 = A - 2;
    const SERVER: i32 = A - 3;

    #[test]
    fn a_long_chain_is_followed_to_its_end() {
        for length in [1, 128, 129, 5000] {
            let last = A - length + 1;
            let look = |pid: i32| Some(place(pid, if pid == last { 1 } else { pid - 1 }));
            let ancestry = Ancestry::settled(A, look).unwrap();
            assert!(ancestry.leads_to(last));
        }
        assert!(Ancestry::settled(A, |pid| Some(place(pid, A))).is_none());
    }

    #[test]
    fn a_chain_that_breaks_off_is_none() {
        let look = |pid: i32| (pid != B).then(|| place(pid, B));
        assert!(Ancestry::settled(A, look).is_none());
        assert!(Ancestry::settled(0, |pid| Some(place(pid, 0))).is_none());
    }

    /// A was a child of B; B dies after the n-th look, and A becomes its tmux server's.
    #[test]
    fn a_parent_that_dies_meanwhile_is_left_out() {
        for n in 0..8 {
            let mut looks = 0;
            let look = |pid: i32| {
                looks += 1;
                match (pid, looks > n) {
                    (A, false) => Some(place(A, B)),
                    (A, true) => Some(place(A, SERVER)),
                    (B, false) => Some(place(B, SERVER)),
                    (B, true) => None,
                    _ => Some(place(pid, 1)),
                }
            };
            let ancestry = Ancestry::settled(A, look).unwrap();
            assert!(ancestry.leads_to(SERVER), "{n}");
        }
    }

    /// Another process has its number by then, one that is the person's.
    #[test]
    fn a_number_that_is_given_again_is_not_taken_for_the_parent() {
        for n in 0..8 {
            let mut looks = 0;
            let look = |pid: i32| {
                looks += 1;
                match (pid, looks > n) {
                    (A, false) => Some(place(A, B)),
                    (A, true) => Some(place(A, SERVER)),
                    (B, false) => Some(place(B, SERVER)),
                    (B, true) => Some(place(C, 1)),
                    _ => Some(place(pid, 1)),
                }
            };
            let ancestry = Ancestry::settled(A, look).unwrap();
            assert!(ancestry.leads_to(SERVER), "{n}");
        }
    }

    #[test]
    fn a_chain_that_never_settles_is_none() {
        let mut looks = 0;
        let look = |pid: i32| {
            looks += 1;
            Some(place(looks, if pid == A { B } else { 1 }))
        };
        assert!(Ancestry::settled(A, look).is_none());
    }
}
