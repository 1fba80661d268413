//! What each kind of step leaves for others to refer to.

use crate::definition::{Kind, Step};

const OF_ALL: &[&str] = &["status", "error", "attempts"];
const OF_SESSIONS: &[&str] = &["sessionId", "session_id"];
const OF_ANSWERS: &[&str] = &["reply", "extractedData", "extracted_data"];
const OF_COMMANDS: &[&str] = &[
    "exitCode",
    "exit_code",
    "stdout",
    "stderr",
    "output",
    "extractedData",
    "extracted_data",
];

/// The names that an extraction cannot have, since they say something else already. `result` is
/// the answer, or what is extracted under that name.
pub(crate) fn taken(is_command: bool) -> Vec<&'static str> {
    if is_command {
        [OF_ALL, OF_COMMANDS].concat()
    } else {
        [OF_ALL, OF_SESSIONS, OF_ANSWERS].concat()
    }
}

/// Every result of a step.
pub(crate) fn results(step: &Step) -> Vec<&str> {
    let mut known = OF_ALL.to_vec();
    let own: &[&[&str]] = match &step.kind {
        Kind::Session(session) if session.turn.is_none() => &[OF_SESSIONS, &["cwd"]],
        Kind::Session(_) => &[OF_SESSIONS, OF_ANSWERS, &["result", "cwd"]],
        Kind::Send(_) => &[OF_SESSIONS, OF_ANSWERS, &["result"]],
        Kind::Command(_) => &[OF_COMMANDS, &["result"]],
        Kind::Approve { .. } => &[&["result", "by", "note"]],
        Kind::Foreach { .. } => &[&["results", "count"]],
        Kind::Until { .. } => &[&["rounds"]],
        Kind::Log { .. } => &[&["result"]],
        Kind::If { .. } | Kind::Parallel { .. } => &[],
    };
    known.extend(own.iter().copied().flatten());
    let extracts = match &step.kind {
        Kind::Session(session) => session.turn.as_ref().map(|turn| &turn.extract),
        Kind::Send(send) => Some(&send.turn.extract),
        Kind::Command(command) => Some(&command.extract),
        _ => None,
    };
    known.extend(
        extracts
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str()),
    );
    known
}
