//! What the agent's screen says of the requests that wait: an answer that was given in the terminal
//! fires no hook.
//!
//! A yes leaves the hook waiting, a no tells it to stop. Neither is believed by itself: a hook may
//! be killed, and an agent shows one dialog at a time, or none while its sub-agents work behind it.

use std::time::Duration;

use codepiper_model::{Approval, ApprovalId, ApprovalStatus, SessionId};
use tokio::time::Instant;

use super::{Approvals, Open, Settlement};

/// How long no dialog has to be on the screen before the session counts as going on.
const GOES_ON: Duration = Duration::from_millis(500);

/// How long no dialog has to be on the screen before the one that was there counts as answered.
const ANSWERED: Duration = Duration::from_secs(2);

/// How long a hook has to be away before a dialog that is gone counts as refused.
const REFUSED: Duration = Duration::from_millis(300);

/// How long a hook may be away while its dialog stays, or was never seen.
const AWAY_MAX: Duration = Duration::from_secs(2);

/// What stands on the agent's screen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    /// A dialog that asks for leave, in these rows.
    Dialog(&'a [String]),
    /// No dialog.
    Clear,
    /// Something else.
    Unclear,
}

impl Open {
    fn see(&mut self, seen: Seen<'_>, now: Instant) {
        let is_there =
            matches!(seen, Seen::Dialog(lines) if mentions(lines, &self.stored.approval));
        match seen {
            _ if is_there => {
                self.shown = true;
                self.gone_since = None;
                self.clear_since = None;
            }
            Seen::Dialog(_) => {
                self.gone_since.get_or_insert(now);
                self.clear_since = None;
            }
            Seen::Clear => {
                self.gone_since.get_or_insert(now);
                self.clear_since.get_or_insert(now);
            }
            Seen::Unclear => self.clear_since = None,
        }
    }

    /// Whether its dialog came and went, and the agent goes on: whatever the hook still waits for,
    /// nobody is asked any more.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.shown && self.clear_since.is_some_and(|since| now >= since + GOES_ON)
    }

    /// What became of it, as far as that can be told, and otherwise when to look again.
    fn outlook(&self, is_only: bool, now: Instant) -> Result<Settlement, Option<Instant>> {
        let mut looks = Vec::new();
        let mut after = |moment: Instant| {
            if now < moment {
                looks.push(moment);
            }
            now >= moment
        };
        if let (true, Some(since)) = (self.shown, self.clear_since) {
            after(since + GOES_ON);
            if is_only && self.holders > 0 && after(since + ANSWERED) {
                return Ok(Settlement::YesInTerminal);
            }
        }
        if let (0, Some(left)) = (self.holders, self.left_at) {
            let is_gone = self.shown && self.gone_since.is_some();
            if is_gone && after(left + REFUSED) {
                return Ok(Settlement::NoInTerminal);
            }
            if after(left + AWAY_MAX) {
                return Ok(Settlement::Expired);
            }
        }
        Err(looks.into_iter().min())
    }
}

impl Approvals {
    /// Takes in what is on the screen of a session and settles what follows from it. Returns when
    /// to look again, though nothing has changed.
    pub(crate) async fn see(&self, session_id: SessionId, seen: Seen<'_>) -> Option<Instant> {
        let now = Instant::now();
        let mut settled: Vec<(ApprovalId, Settlement)> = Vec::new();
        let mut again: Option<Instant> = None;
        {
            let mut open = self.open();
            let pending = |open: &Open| {
                let approval = &open.stored.approval;
                approval.session_id == session_id && approval.status == ApprovalStatus::Pending
            };
            let is_only = open.values().filter(|open| pending(open)).count() == 1;
            for (id, open) in open.iter_mut().filter(|(_, open)| pending(open)) {
                open.see(seen, now);
                match open.outlook(is_only, now) {
                    Ok(settlement) => settled.push((*id, settlement)),
                    Err(look) => again = again.into_iter().chain(look).min(),
                }
            }
        }
        for (id, settlement) in settled {
            self.settle_each(vec![id], settlement).await;
        }
        again
    }
}

/// Whether a dialog is about this request: it shows the command, the file or the address.
fn mentions(lines: &[String], approval: &Approval) -> bool {
    const ENOUGH: usize = 24;
    let input = &approval.tool_input;
    let text = |name: &str| input[name].as_str().map(str::trim);
    let named = match text("command") {
        Some(command) => command.lines().next(),
        None => ["file_path", "notebook_path"]
            .iter()
            .find_map(|name| text(name)?.rsplit('/').next())
            .or_else(|| text("url")),
    };
    let named = named.unwrap_or_else(|| {
        // `mcp__server__tool` is shown by its last part.
        approval.tool_name.rsplit("__").next().unwrap_or_default()
    });
    let beginning: String = named.chars().take(ENOUGH).collect();
    !beginning.is_empty() && lines.iter().any(|line| line.contains(beginning.trim_end()))
}
