//! `codepiper hook-forward`, from the start of its process to the end: what an agent waits for at
//! every tool call.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::agent::{self, Agent};
use crate::home::Home;
use crate::http::find;
use crate::table::{Table, Times};

const RUNS: usize = 300;

pub(crate) fn measure(home: &Home, agent: &Agent, table: &mut Table) -> Result<()> {
    let spool = home.state().join("spool");
    let (mut nothing, mut forward) = (Times::default(), Times::default());
    for number in 0..RUNS {
        let payload = agent::before_tool(number).to_string();
        let mut command = Command::new("/bin/true");
        command.env_clear().current_dir(home.work());
        nothing.push(run(command, &payload)?.0);

        let mut command = home.command(["hook-forward", "--spool"]);
        command.arg(&spool);
        command.env("CODEPIPER_UNIX_SOCK", home.socket());
        command.env("CODEPIPER_SESSION", &agent.session);
        command.env("CODEPIPER_SECRET", &agent.secret);
        let (time, said) = run(command, &payload)?;
        if find(&said, br#""permissionDecision":"allow""#).is_none() {
            return Err(format!("no decision: {}", String::from_utf8_lossy(&said)).into());
        }
        forward.push(time);
    }
    let more = forward.median() - nothing.median();
    table.note("`/bin/true`, whole process", nothing.both());
    table.note(
        "`codepiper hook-forward`, whole process, call decided",
        forward.both(),
    );
    table.judge(
        "`codepiper hook-forward`, more than `/bin/true`",
        format!("{more:.2} ms at the median"),
        "under 5 ms",
        more < 5.0,
    );
    Ok(())
}

/// Runs it with the payload on its standard input, and returns what it said.
fn run(mut command: Command, payload: &str) -> Result<(Duration, Vec<u8>)> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let begin = Instant::now();
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // `/bin/true` reads nothing and may be gone.
        drop(stdin.write_all(payload.as_bytes()));
    }
    let output = child.wait_with_output()?;
    let time = begin.elapsed();
    if !output.status.success() {
        return Err(format!("it ends with {}", output.status).into());
    }
    Ok((time, output.stdout))
}
