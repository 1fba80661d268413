//! `codepiper sessions`, from the start of its process to the end.

use std::time::Instant;

use crate::Result;
use crate::home::Home;
use crate::table::{Table, Times};

const RUNS: usize = 100;

pub(crate) fn measure(home: &Home, count: usize, table: &mut Table) -> Result<()> {
    let (mut listing, mut nothing) = (Times::default(), Times::default());
    for _ in 0..RUNS {
        nothing.push(run(home, "--version")?.0);
        let (time, lines) = run(home, "sessions")?;
        if lines != count + 1 {
            return Err(format!("`codepiper sessions` prints {lines} lines").into());
        }
        listing.push(time);
    }
    table.note("`codepiper --version`, whole process", nothing.both());
    table.judge(
        format!("`codepiper sessions`, whole process, {count} sessions"),
        listing.both(),
        "p50 under 10 ms",
        listing.median() < 10.0,
    );
    Ok(())
}

fn run(home: &Home, argument: &str) -> Result<(std::time::Duration, usize)> {
    let begin = Instant::now();
    let output = home.command([argument]).output()?;
    let time = begin.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`codepiper {argument}` fails: {said}").into());
    }
    Ok((time, String::from_utf8(output.stdout)?.lines().count()))
}
