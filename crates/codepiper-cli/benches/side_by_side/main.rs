//! Speed and footprint of the built program, measured side by side in one run: `make bench`.
//!
//! Prints one table. A figure over what is expected is said, and fails nothing; only what cannot
//! be measured does. Deliberately absent: statistics beyond percentiles, and figures of earlier
//! runs. Another machine, or a busy one, gives other milliseconds: the ratios count there.
//!
//! `cargo bench -p codepiper-cli -- echo start` measures only these groups. For a quick run:
//! `CODEPIPER_BENCH_SESSIONS`, `CODEPIPER_BENCH_SECONDS`, `CODEPIPER_BENCH_EVENTS`,
//! `CODEPIPER_BENCH_ANSWERS`, `CODEPIPER_BENCH_BACKLOG` and `CODEPIPER_BENCH_WORDS` (MiB).

mod agent;
mod bare;
mod decide;
mod echo;
mod forward;
mod history;
mod home;
mod http;
mod idle;
mod ingest;
mod processes;
mod sessions;
mod start;
mod table;
mod transcripts;

use std::io::Write as _;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use agent::Agent;
use home::Home;
use table::Table;

/// Whatever went wrong: nobody tells one failure of a benchmark from another.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How much is measured.
struct Scale {
    sessions: usize,
    window: Duration,
    events: usize,
    /// Answers of models.
    answers: usize,
    /// A transcript, in MiB.
    backlog: usize,
    /// What is searched, in MiB.
    words: usize,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this as well, without the flag.
    if !args.iter().any(|arg| arg == "--bench") {
        say("nothing is measured without `cargo bench`");
        return ExitCode::SUCCESS;
    }
    match run(args) {
        Ok(code) => code,
        Err(error) => {
            say(format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: Vec<String>) -> Result<ExitCode> {
    let scale = Scale {
        sessions: number("CODEPIPER_BENCH_SESSIONS", 50)?,
        window: Duration::from_secs(number("CODEPIPER_BENCH_SECONDS", 30)?),
        events: number("CODEPIPER_BENCH_EVENTS", 1_000_000)?,
        answers: number("CODEPIPER_BENCH_ANSWERS", 10_000_000)?,
        backlog: number("CODEPIPER_BENCH_BACKLOG", 128)?,
        words: number("CODEPIPER_BENCH_WORDS", 1024)?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let code = runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let measured = tokio::task::spawn_blocking(move || {
            let mut table = Table::default();
            let machine = machine()?;
            let result = measure(&args, &scale, &mut table);
            // What was measured before something failed is worth reading.
            table.print(&machine)?;
            result
        });
        tokio::select! {
            result = measured => result?.map(|()| ExitCode::SUCCESS),
            _ = interrupt.recv() => Ok(stopped()),
            _ = terminate.recv() => Ok(stopped()),
        }
    });
    runtime.shutdown_background();
    code
}

fn measure(args: &[String], scale: &Scale, table: &mut Table) -> Result<()> {
    let chosen: Vec<&str> = args.iter().map(String::as_str).collect();
    let groups = [
        "echo",
        "events",
        "history",
        "hooks",
        "idle",
        "sessions",
        "start",
        "transcripts",
    ];
    let is_group = |arg: &&&str| groups.contains(*arg);
    if let Some(unknown) = chosen
        .iter()
        .find(|arg| !arg.starts_with("--") && !is_group(arg))
    {
        return Err(format!("`{unknown}` is no group; there are {}", groups.join(", ")).into());
    }
    let all = !chosen.iter().any(|arg| is_group(&arg));
    let is_wanted = |group| all || chosen.contains(&group);

    if is_wanted("echo") {
        say("measuring key to echo");
        echo::measure(table)?;
    }
    if is_wanted("hooks") || is_wanted("events") {
        if processes::are_told() {
            measure_hooks(is_wanted("hooks"), is_wanted("events"), table)?;
        } else {
            table.note("hooks", "not measured: needs Linux's /proc");
        }
    }
    if is_wanted("idle") || is_wanted("sessions") {
        let mut home = Home::new()?;
        home.start()?;
        say(format!("starting {} sessions", scale.sessions));
        let agents = home.demo_sessions(scale.sessions)?;
        if is_wanted("idle") {
            say(format!("watching them for {} s", scale.window.as_secs()));
            idle::measure(&home, &agents, scale.window, table)?;
        }
        if is_wanted("sessions") {
            say("measuring `codepiper sessions`");
            sessions::measure(&home, scale.sessions, table)?;
        }
        if is_wanted("start") {
            say("restarting over these sessions");
            start::measure_adoption(&mut home, scale.sessions, table)?;
        }
    }
    if is_wanted("start") {
        say("measuring start to ready");
        start::measure_empty(table)?;
        say(format!("storing {} events", scale.events));
        start::measure_full(scale.events, table)?;
    }
    if is_wanted("transcripts") {
        say("reading transcripts");
        transcripts::measure(scale.backlog, scale.window, table)?;
    }
    if is_wanted("history") {
        say("storing a long history");
        history::measure(scale.answers, scale.words, table)?;
    }
    Ok(())
}

/// What an agent waits for, and what its reports cost.
fn measure_hooks(decisions: bool, events: bool, table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    let agent = Agent::start(&home)?;
    agent::make_policies(&home)?;
    if decisions {
        say("measuring `codepiper hook-forward`");
        forward::measure(&home, &agent, table)?;
        say("measuring decisions");
        decide::measure(&home, &agent, table)?;
    }
    if events {
        say("storing events");
        ingest::measure(&home, &agent, table)?;
    }
    Ok(())
}

/// What the figures were measured with, and how busy that was before.
fn machine() -> Result<String> {
    let tmux = Command::new("tmux").arg("-V").output()?.stdout;
    let cores = std::thread::available_parallelism()?;
    let load = fs_err::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().filter(|load| !load.is_empty());
    Ok(format!(
        "codepiper {}, {}, {cores} cores, load {}",
        env!("CARGO_PKG_VERSION"),
        String::from_utf8_lossy(&tmux).trim(),
        load.unwrap_or("unknown"),
    ))
}

/// Somebody has had enough. The measuring thread is left behind, what it started is not.
fn stopped() -> ExitCode {
    home::clear_all();
    ExitCode::from(130)
}

fn number<N: std::str::FromStr>(variable: &str, default: N) -> Result<N> {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("`{variable}` is no number: `{text}`").into()),
        Err(_) => Ok(default),
    }
}

/// Says something beside the result.
fn say(text: impl AsRef<str>) {
    drop(writeln!(std::io::stderr().lock(), "{}", text.as_ref()));
}

/// Lets time pass.
fn pause(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}
