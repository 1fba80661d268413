//! What sessions cost that nobody uses.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::home::Home;
use crate::processes::{self, Memory, Process};
use crate::table::Table;
use crate::{Result, pause};

pub(crate) fn measure(
    home: &Home,
    sessions: &[String],
    window: Duration,
    table: &mut Table,
) -> Result<()> {
    let count = sessions.len();
    if !processes::are_told() {
        table.note(
            format!("{count} idle sessions"),
            "not measured: needs Linux's /proc",
        );
        return Ok(());
    }
    // What their start set off is over by then.
    pause(Duration::from_secs(2));
    let daemon = home.pid()?;
    let before = processes::of(home.path(), daemon)?;
    let of_all = processes::spawned_by_all()?;
    let (cpu, begin) = (Process::read(daemon)?.cpu, Instant::now());
    pause(window);
    let (cpu, time) = (
        Process::read(daemon)?.cpu.saturating_sub(cpu),
        begin.elapsed(),
    );
    let of_all = processes::spawned_by_all()? - of_all;
    let after = processes::of(home.path(), daemon)?;
    if let Some(gone) = before.keys().find(|pid| !after.contains_key(pid)) {
        return Err(format!("process {gone} of an idle session has ended").into());
    }

    let spawned = processes::spawned(&before, &after);
    let seconds = window.as_secs();
    table.judge(
        format!("{count} idle sessions, {seconds} s: processes spawned"),
        match &spawned[..] {
            [] => format!("0 (whole machine, with threads: {of_all})"),
            some => format!("at least {}: {}", some.len(), some.join(", ")),
        },
        "0",
        spawned.is_empty(),
    );
    let share = percent(cpu, time);
    table.judge(
        format!("{count} idle sessions, {seconds} s: CPU of the daemon"),
        format!("{share:.3} % of a core"),
        "under 0.2 %",
        share < 0.2,
    );
    let Memory {
        resident,
        proportional,
    } = Memory::read(daemon)?;
    table.judge(
        format!("{count} idle sessions: memory of the daemon"),
        format!(
            "{} (proportional {})",
            megabytes(resident),
            megabytes(proportional)
        ),
        "under 40 MB",
        resident < 40_000_000,
    );
    let others = |all: &HashMap<u32, Process>| -> Duration {
        let others = all.values().filter(|process| process.pid != daemon);
        others.map(|process| process.cpu).sum()
    };
    let share = percent(others(&after).saturating_sub(others(&before)), time);
    let mut memory = 0;
    for pid in after.keys().filter(|pid| **pid != daemon) {
        memory += Memory::read(*pid)?.proportional;
    }
    table.note(
        format!("{count} idle sessions: their tmux and agents"),
        format!(
            "{} processes, {share:.3} % of a core, proportional {}",
            after.len() - 1,
            megabytes(memory)
        ),
    );
    Ok(())
}

fn percent(cpu: Duration, time: Duration) -> f64 {
    cpu.as_secs_f64() / time.as_secs_f64() * 100.0
}

/// With one decimal.
fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
