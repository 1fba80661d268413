use std::time::Duration;

/// How the program in a pane ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneExit {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// tmux did not say within five seconds.
    Unknown,
}

/// How long tmux gets to tell the status of a process that is gone.
pub(crate) const STATUS_DEADLINE: Duration = Duration::from_secs(5);

/// What the dead pane tells of itself: `dead|status|signal`.
pub(crate) const STATUS_FORMAT: &str = "#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}";

impl PaneExit {
    /// Reads [`STATUS_FORMAT`]; `None` while neither status nor signal is set.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.trim().split('|');
        if fields.next() != Some("1") {
            return None;
        }
        let (status, signal) = (fields.next()?, fields.next().unwrap_or_default());
        if let Ok(number) = signal.parse::<i32>() {
            return Some(Self::Signal(number));
        }
        if !signal.is_empty() {
            return Some(signal_number(signal).map_or(Self::Unknown, Self::Signal));
        }
        status.parse().ok().map(Self::Code)
    }
}

/// Newer versions of tmux name the signal instead of numbering it.
fn signal_number(name: &str) -> Option<i32> {
    use rustix::process::Signal;
    let signal = match name.trim_start_matches("SIG").to_ascii_uppercase().as_str() {
        "HUP" => Signal::HUP,
        "INT" => Signal::INT,
        "QUIT" => Signal::QUIT,
        "ILL" => Signal::ILL,
        "ABRT" => Signal::ABORT,
        "KILL" => Signal::KILL,
        "SEGV" => Signal::SEGV,
        "PIPE" => Signal::PIPE,
        "TERM" => Signal::TERM,
        _ => return None,
    };
    Some(signal.as_raw())
}

/// Returns when the process is gone. Where the system cannot tell, never: tmux's own
/// subscription, up to a second late, is then what notices.
pub(crate) async fn process_gone(pid: i32) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, PidfdFlags, pidfd_open};
        use tokio::io::Interest;
        use tokio::io::unix::AsyncFd;

        let Some(pid) = Pid::from_raw(pid) else {
            return;
        };
        match pidfd_open(pid, PidfdFlags::NONBLOCK) {
            Ok(fd) => {
                #[expect(
                    deprecated,
                    reason = "its successor is unsafe; an OwnedFd keeps the promise"
                )]
                let fd = AsyncFd::with_interest(fd, Interest::READABLE);
                if let Ok(fd) = fd
                    && fd.readable().await.is_ok()
                {
                    return;
                }
            }
            Err(rustix::io::Errno::SRCH) => return,
            Err(error) => tracing::debug!(%error, "no pidfd; tmux will tell"),
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = pid;
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_only_once_it_is_there() {
        assert_eq!(PaneExit::parse("0||"), None);
        assert_eq!(PaneExit::parse("1||"), None);
        assert_eq!(PaneExit::parse("1|0|"), Some(PaneExit::Code(0)));
        assert_eq!(PaneExit::parse("1|127|"), Some(PaneExit::Code(127)));
        assert_eq!(PaneExit::parse("1||9"), Some(PaneExit::Signal(9)));
        assert_eq!(PaneExit::parse("1||KILL"), Some(PaneExit::Signal(9)));
    }
}
