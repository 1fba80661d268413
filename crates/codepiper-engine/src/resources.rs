//! What a session's processes take of the machine. Of their command lines only the program's name is
//! read: arguments may hold secrets.

use codepiper_model::{Process, ProcessTotal, ProcessTree, SessionId, Timestamp};

use crate::process::members;

/// Looks at a session's processes.
pub(crate) fn of(id: SessionId, root: Option<i32>, now: Timestamp) -> ProcessTree {
    let pids = members(id, root).into_iter().collect::<Vec<_>>();
    let mut processes = look(&pids, now);
    processes.sort_by_key(|process| (process.started_at, process.pid));
    let total = ProcessTotal {
        rss_bytes: processes.iter().map(|process| process.rss_bytes).sum(),
        cpu_millis: processes.iter().map(|process| process.cpu_millis).sum(),
    };
    ProcessTree { processes, total }
}

#[cfg(target_os = "linux")]
fn look(pids: &[i32], now: Timestamp) -> Vec<Process> {
    let uptime = fs_err::read_to_string("/proc/uptime").unwrap_or_default();
    let Some(up_millis) = uptime.split(' ').next().and_then(hundredths) else {
        return Vec::new();
    };
    let machine = linux::Machine {
        booted: Timestamp::from_millis(now.as_millis() - up_millis * 10),
        ticks_per_second: rustix::param::clock_ticks_per_second(),
        page_size: rustix::param::page_size() as u64,
    };
    let read = |pid: &i32| {
        // It may be gone by now.
        let stat = fs_err::read(format!("/proc/{pid}/stat")).ok()?;
        machine.read(&stat)
    };
    pids.iter().filter_map(read).collect()
}

/// `12.34` as 1234.
#[cfg(target_os = "linux")]
fn hundredths(text: &str) -> Option<i64> {
    text.replace('.', "").parse().ok()
}

#[cfg(target_os = "linux")]
mod linux {
    use codepiper_model::{Process, Timestamp};

    /// The units in which the system counts.
    pub(super) struct Machine {
        pub(super) booted: Timestamp,
        pub(super) ticks_per_second: u64,
        pub(super) page_size: u64,
    }

    impl Machine {
        /// Reads `proc_pid_stat(5)`. The name stands in parentheses and may hold anything.
        pub(super) fn read(&self, stat: &[u8]) -> Option<Process> {
            let open = stat.iter().position(|byte| *byte == b'(')?;
            let close = stat.iter().rposition(|byte| *byte == b')')?;
            let pid = std::str::from_utf8(&stat[..open]).ok()?.trim();
            let command = stat.get(open + 1..close)?;
            let fields = std::str::from_utf8(&stat[close + 1..]).ok()?;
            // The first of them is field 3 of the manual.
            let fields: Vec<&str> = fields.split_whitespace().collect();
            let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
            let millis = |ticks: u64| ticks.saturating_mul(1000) / self.ticks_per_second.max(1);
            let started = i64::try_from(millis(number(22)?)).ok()?;
            Some(Process {
                pid: pid.parse().ok()?,
                parent: fields.get(1)?.parse().ok()?,
                command: String::from_utf8_lossy(command).into_owned(),
                rss_bytes: number(24)?.saturating_mul(self.page_size),
                cpu_millis: millis(number(14)?.saturating_add(number(15)?)),
                started_at: Timestamp::from_millis(self.booted.as_millis() + started),
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_process_is_read_in_bytes_and_milliseconds() {
            let machine = Machine {
                booted: Timestamp::from_millis(1000),
                ticks_per_second: 100,
                page_size: 4096,
            };
            let stat = b"12 (a) b (c) S 7 9 9 0 9 4 1 2 3 4 150 50 7 8 20 0 3 0 777 99 10 1";
            let read = machine.read(stat).unwrap();
            assert_eq!(
                (read.pid, read.parent, read.command.as_str()),
                (12, 7, "a) b (c")
            );
            assert_eq!((read.rss_bytes, read.cpu_millis), (40_960, 2000));
            assert_eq!(read.started_at, Timestamp::from_millis(8770));
            for broken in [
                &b""[..],
                b"12",
                b"12 (a",
                b")(",
                b"x (a) S 7",
                b"12 (a) S 7 9",
            ] {
                assert_eq!(machine.read(broken), None);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn look(pids: &[i32], now: Timestamp) -> Vec<Process> {
    let pids: Vec<String> = pids.iter().map(ToString::to_string).collect();
    if pids.is_empty() {
        return Vec::new();
    }
    let listed = std::process::Command::new("/bin/ps")
        .args([
            "-o",
            "pid=,ppid=,rss=,time=,etime=,ucomm=",
            "-p",
            &pids.join(","),
        ])
        .output();
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.lines()
        .filter_map(|line| ps::read(line, now))
        .collect()
}

/// What `ps` prints elsewhere.
#[cfg(any(test, not(target_os = "linux")))]
mod ps {
    use codepiper_model::{Process, Timestamp};

    pub(super) fn read(line: &str, now: Timestamp) -> Option<Process> {
        let mut fields = line.split_whitespace();
        let pid = fields.next()?.parse().ok()?;
        let parent = fields.next()?.parse().ok()?;
        let kibibytes: u64 = fields.next()?.parse().ok()?;
        let cpu_millis = millis(fields.next()?)?;
        let age = i64::try_from(millis(fields.next()?)?).ok()?;
        Some(Process {
            pid,
            parent,
            command: fields.collect::<Vec<_>>().join(" "),
            rss_bytes: kibibytes.saturating_mul(1024),
            cpu_millis,
            started_at: Timestamp::from_millis(now.as_millis() - age),
        })
    }

    /// `[[days-]hours:]minutes:seconds[.hundredths]`
    fn millis(text: &str) -> Option<u64> {
        let (days, rest) = text.split_once('-').unwrap_or(("0", text));
        let (whole, hundredths) = rest.split_once('.').unwrap_or((rest, "0"));
        let mut seconds = days.parse::<u64>().ok()?.checked_mul(24)?;
        let parts: Vec<&str> = whole.split(':').collect();
        let hours = if parts.len() == 3 { parts[0] } else { "0" };
        seconds = (seconds + hours.parse::<u64>().ok()?) * 3600;
        let [.., minutes, last] = parts[..] else {
            return None;
        };
        seconds += minutes.parse::<u64>().ok()? * 60 + last.parse::<u64>().ok()?;
        Some(seconds * 1000 + hundredths.parse::<u64>().ok()? * 10)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_line_of_ps_is_read_in_bytes_and_milliseconds() {
            let now = Timestamp::from_millis(200_000_000);
            let read = read("  12   7  2048   1:02.50 1-01:00:05 tmux: server", now).unwrap();
            assert_eq!(
                (read.pid, read.parent, read.command.as_str()),
                (12, 7, "tmux: server")
            );
            assert_eq!((read.rss_bytes, read.cpu_millis), (2_097_152, 62_500));
            assert_eq!(read.started_at.as_millis(), 200_000_000 - 90_005_000);
            assert_eq!(super::read("12 7 x 0:00 0:00 sh", now), None);
        }
    }
}
