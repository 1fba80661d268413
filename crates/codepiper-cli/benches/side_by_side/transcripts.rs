//! Transcripts: a backlog that is read, against reading the same file and parsing its JSON alone.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use codepiper_store::Connection as Database;
use serde_json::{Value, json};

use crate::agent::{self, Agent};
use crate::home::Home;
use crate::processes::Process;
use crate::table::{Table, Times};
use crate::{Result, pause};

const ROUNDS: usize = 3;

/// Sessions whose transcripts are followed and do not change.
const TAILED: usize = 50;

/// How long the daemon may take for a backlog.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) fn measure(megabytes: usize, window: Duration, table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    let agent = Agent::start(&home)?;
    let (mut bare, mut daemon) = (Times::default(), Times::default());
    let (mut meanwhile, mut behind) = (Times::default(), Times::default());
    for round in 0..ROUNDS {
        let session = home.demo_sessions(1)?.concat();
        let file = home.path().join("backlog.jsonl");
        write(&file, round, megabytes << 20)?;
        bare.push(parse(&file)?);
        let ingest = ingest(&home, &agent, &session, &file, &mut meanwhile)?;
        daemon.push(ingest.read);
        behind.push(ingest.indexed);
        home.connect()?
            .post(&format!("/sessions/{session}/kill"), &json!({}))?;
    }
    let rate = |times: &Times| {
        let megabytes = f64::from(u32::try_from(megabytes).unwrap_or(u32::MAX));
        megabytes / times.median() * 1000.0
    };
    let ratio = rate(&daemon) / rate(&bare);
    table.note(
        format!("backlog of {megabytes} MiB, read and parsed alone"),
        format!("{:.0} MiB/s", rate(&bare)),
    );
    table.note(
        format!("backlog of {megabytes} MiB, the daemon"),
        format!("{:.0} MiB/s", rate(&daemon)),
    );
    table.judge(
        "backlog, ratio of the medians",
        format!("{ratio:.2}"),
        "at least 0.33",
        ratio >= 0.33,
    );
    table.note(
        "backlog, until its words are found",
        format!("{:.0} ms", behind.median()),
    );
    let slow = meanwhile.percentile(99);
    table.judge(
        "other requests meanwhile, half of them writing",
        format!("p50 {:.2} ms, p99 {slow:.2} ms", meanwhile.median()),
        "p99 under 20 ms",
        slow < 20.0,
    );
    idle(window, table)
}

/// Transcripts that nobody writes cost nothing.
fn idle(window: Duration, table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    for session in home.demo_sessions(TAILED)? {
        let path = transcript(&home, &session)?;
        write(&path, 0, 1)?;
    }
    // What they set off is over by then.
    pause(Duration::from_secs(3));
    let pid = home.pid()?;
    let (cpu, begin) = (Process::read(pid)?.cpu, Instant::now());
    pause(window);
    let cpu = Process::read(pid)?.cpu.saturating_sub(cpu);
    let share = cpu.as_secs_f64() / begin.elapsed().as_secs_f64() * 100.0;
    table.judge(
        format!(
            "{TAILED} tailed transcripts, {} s: CPU of the daemon",
            window.as_secs()
        ),
        format!("{share:.3} % of a core"),
        "under 0.2 %",
        share < 0.2,
    );
    Ok(())
}

fn transcript(home: &Home, session: &str) -> Result<PathBuf> {
    let answer = home.connect()?.get(&format!("/sessions/{session}"))?;
    let path = answer["session"]["transcriptPath"].as_str();
    Ok(path.ok_or("a session without a transcript")?.into())
}

struct Ingest {
    read: Duration,
    indexed: Duration,
}

/// Puts a file where a session's transcript is expected, and waits until it was read.
fn ingest(
    home: &Home,
    agent: &Agent,
    session: &str,
    file: &Path,
    meanwhile: &mut Times,
) -> Result<Ingest> {
    let path = transcript(home, session)?;
    let size = i64::try_from(fs_err::metadata(file)?.len())?;
    let database = Database::open(home.state().join("codepiper.db"))?;
    let one = |sql: &str| -> Result<i64> { Ok(database.query_row(sql, [], |row| row.get(0))?) };
    let offset =
        format!("SELECT coalesce(max(offset), 0) FROM transcripts WHERE session_id = '{session}'");
    let behind = "SELECT (SELECT max(revision) FROM conversation)
         - (SELECT value FROM conversation_marks WHERE name = 'indexed')";
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let others = scope.spawn(|| others(home, agent, &done));
        let begin = Instant::now();
        let wait = || -> Result<Ingest> {
            fs_err::rename(file, &path)?;
            let is_late = || begin.elapsed() > PATIENCE;
            while one(&offset)? < size && !is_late() {
                pause(Duration::from_millis(2));
            }
            let read = begin.elapsed();
            while one(behind)? > 0 && !is_late() {
                pause(Duration::from_millis(2));
            }
            if is_late() {
                return Err(format!("{} of {size} bytes were read", one(&offset)?).into());
            }
            Ok(Ingest {
                read,
                indexed: begin.elapsed(),
            })
        };
        let ingest = wait();
        done.store(true, Ordering::Relaxed);
        meanwhile.extend(others.join().map_err(|_| "a caller panicked")??);
        ingest
    })
}

/// What others wait for meanwhile: a list, and a report that is stored.
fn others(home: &Home, agent: &Agent, done: &AtomicBool) -> Result<Times> {
    let mut daemon = home.connect()?;
    let mut times = Times::default();
    let mut n = 0;
    while !done.load(Ordering::Relaxed) {
        let begin = Instant::now();
        if n % 2 == 0 {
            daemon.get("/sessions")?;
        } else {
            agent.post(&mut daemon, &agent::notification(n))?;
        }
        times.push(begin.elapsed());
        n += 1;
        pause(Duration::from_millis(5));
    }
    Ok(times)
}

/// As fast as it goes without writing anything down.
fn parse(file: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let mut lines = BufReader::with_capacity(256 * 1024, fs_err::File::open(file)?);
    let (mut line, mut objects) = (Vec::new(), 0_usize);
    while lines.read_until(b'\n', &mut line)? > 0 {
        let value: Value = serde_json::from_slice(&line)?;
        objects += usize::from(value.is_object());
        line.clear();
    }
    let time = begin.elapsed();
    if objects == 0 {
        return Err("nothing was parsed".into());
    }
    Ok(time)
}

/// A conversation as Claude Code writes it: replies, calls, and results of some kilobytes.
fn write(path: &Path, round: usize, bytes: usize) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let mut file = BufWriter::new(fs_err::File::create(path)?);
    let (mut written, mut n) = (0, 0);
    while written < bytes {
        for line in turn(round, n) {
            let line = format!("{line}\n");
            file.write_all(line.as_bytes())?;
            written += line.len();
        }
        n += 1;
    }
    Ok(file.flush()?)
}

fn turn(round: usize, n: usize) -> [Value; 4] {
    let name = format!("{}-{round}-{n}", std::process::id());
    let at = codepiper_model::Timestamp::from_millis(
        1_790_000_000_000 + i64::try_from(n).unwrap_or(0) * 30_000,
    );
    let line = |part: usize, kind: &str, message: Value| {
        json!({ "parentUuid": format!("{name}-{}", part.wrapping_sub(1)), "isSidechain": false,
            "type": kind, "uuid": format!("{name}-{part}"), "timestamp": at, "cwd": "/home/user/project",
            "sessionId": "6af55177-55d5-401e-8ab7-74289aaf555f", "version": "2.1.197",
            "gitBranch": "main", "message": message })
    };
    let answer = |part: usize, block: Value| {
        let message = json!({ "id": format!("msg_{name}"), "type": "message", "role": "assistant",
            "model": "claude-opus-4-8", "content": [block], "stop_reason": null,
            "usage": { "input_tokens": 12, "output_tokens": 30 + n % 9,
                "cache_creation_input_tokens": 700, "cache_read_input_tokens": 20_000,
                "cache_creation": { "ephemeral_5m_input_tokens": 700, "ephemeral_1h_input_tokens": 0 } } });
        line(part, "assistant", message)
    };
    let call = format!("toolu_{name}");
    [
        line(
            0,
            "user",
            json!({ "role": "user", "content": format!("Look at file {n} and mend it") }),
        ),
        answer(1, json!({ "type": "text", "text": words(n, 60) })),
        answer(
            2,
            json!({ "type": "tool_use", "id": call, "name": "Bash",
            "input": { "command": format!("cat src/part_{n}.rs"), "description": "Show the file" } }),
        ),
        line(
            3,
            "user",
            json!({ "role": "user", "content": [{ "type": "tool_result",
            "tool_use_id": call, "content": words(n * 31, 200 + n % 1400), "is_error": false }] }),
        ),
    ]
}

/// Words as they stand in programs: many names, few of them often.
pub(crate) fn words(seed: usize, count: usize) -> String {
    const OFTEN: [&str; 16] = [
        "let", "self", "the", "of", "return", "value", "string", "error", "match", "file", "line",
        "test", "await", "result", "option", "config",
    ];
    let mut state = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for place in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let dice = usize::try_from(state % 100_000).unwrap_or(0);
        let end = if place % 12 == 11 { ";\n" } else { " " };
        if dice.is_multiple_of(3) {
            let _infallible = write!(text, "name_{}{end}", dice % 5000);
        } else {
            text.push_str(OFTEN[dice % OFTEN.len()]);
            text.push_str(end);
        }
    }
    text
}
