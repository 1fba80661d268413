//! What an agent says becomes no part of a line for a shell: it could be a command that nobody has
//! allowed.

use crate::definition::{CommandStep, Run};
use crate::problem::Problems;
use crate::template::{Reference, Template};

/// Programs that read a word as a line to run.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "fish", "eval"];

/// Results that are numbers, names or words of ours.
const HARMLESS: [&str; 8] = [
    "attempts",
    "count",
    "exitCode",
    "exit_code",
    "rounds",
    "sessionId",
    "session_id",
    "status",
];

pub(crate) fn check(command: &CommandStep, problems: &Problems) {
    let lines: &[Template] = match &command.run {
        Run::Shell(line) => std::slice::from_ref(line),
        Run::Program(words) if is_shell(words) => &words[1..],
        Run::Program(_) => return,
    };
    for line in lines {
        for reference in line.references().filter(|reference| may_say(reference)) {
            let name = reference.segments().join(".");
            let message = format!(
                "`${{{name}}}` in a line for the shell could be run as a command; hand it over as a \
                 variable, such as `env: {{VALUE: '${{{name}}}'}}` for `\"$VALUE\"`, or name the \
                 program and its arguments in a list"
            );
            problems.add(line.path(), message);
        }
    }
}

fn is_shell(words: &[Template]) -> bool {
    let program = words.first().and_then(Template::as_plain);
    let name = program.and_then(|program| program.rsplit('/').next());
    name.is_some_and(|name| SHELLS.contains(&name))
}

/// Whether it may be what somebody else has said.
fn may_say(reference: &Reference) -> bool {
    match reference.segments() {
        [first, _, result] if first == "steps" => !HARMLESS.contains(&result.as_str()),
        [first, ..] => matches!(first.as_str(), "steps" | "item" | "error"),
        [] => false,
    }
}
