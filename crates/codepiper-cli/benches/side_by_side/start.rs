//! From the start of the daemon's process to its first answer.

use std::path::Path;
use std::time::{Duration, Instant};

use codepiper_model::{EventSource, NewEvent, SessionId, Timestamp};
use codepiper_store::{Store, StoreError, events};
use serde_json::{Value, json};

use crate::home::{Home, PATIENCE};
use crate::table::{Table, Times};
use crate::{Result, pause};

const STARTS: usize = 10;

/// Events that share a transaction while the large database is made.
const BATCH: usize = 10_000;

/// Without anything: the database is made on the way.
pub(crate) fn measure_empty(table: &mut Table) -> Result<()> {
    let mut times = Times::default();
    for _ in 0..STARTS {
        let mut home = Home::new()?;
        times.push(home.start()?);
    }
    judge("no database yet", &times, table);
    Ok(())
}

/// With a database in which much has happened.
pub(crate) fn measure_full(count: usize, table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    let session = home.demo_sessions(1)?.concat();
    home.connect()?
        .post(&format!("/sessions/{session}/kill"), &json!({}))?;
    home.stop()?;
    let database = home.state().join("codepiper.db");
    store_events(&database, session.parse()?, count)?;
    let mut times = Times::default();
    for _ in 0..STARTS {
        times.push(home.start()?);
        home.stop()?;
    }
    judge(&format!("{count} events"), &times, table);
    Ok(())
}

/// With sessions to take up. That takes longer the more they are; nothing is expected of it.
pub(crate) fn measure_adoption(home: &mut Home, count: usize, table: &mut Table) -> Result<()> {
    let mut times = Times::default();
    for _ in 0..STARTS {
        home.stop()?;
        times.push(home.start()?);
        let answer = home.connect()?.get("/sessions")?;
        let sessions = answer["sessions"].as_array();
        // Only a session that the daemon holds can be attached to.
        let is_held = |session: &&Value| !session["attach"].is_null();
        let held = sessions.map_or(0, |list| list.iter().filter(is_held).count());
        if held != count {
            return Err(format!("only {held} of {count} sessions were adopted: {answer}").into());
        }
    }
    table.note(
        format!("start to ready, {count} sessions to adopt"),
        times.both(),
    );
    Ok(())
}

fn judge(what: &str, times: &Times, table: &mut Table) {
    table.judge(
        format!("start to ready, {what}"),
        times.both(),
        "p50 under 100 ms",
        times.median() < 100.0,
    );
}

fn store_events(database: &Path, session_id: SessionId, count: usize) -> Result<()> {
    let event = |n: usize| NewEvent {
        session_id,
        timestamp: Timestamp::from_millis(i64::try_from(n).unwrap_or(i64::MAX)),
        source: EventSource::Hook,
        kind: "PreToolUse".to_owned(),
        payload: json!({
            "toolName": "Bash",
            "toolInput": { "command": format!("cargo test -p some-crate -- number_{n}") },
            "cwd": "/home/somebody/some/project",
        }),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (store, _) = Store::open(database)?;
    for begin in (0..count).step_by(BATCH) {
        let batch: Vec<NewEvent> = (begin..count.min(begin + BATCH)).map(event).collect();
        let job = move |tx: &codepiper_store::Transaction<'_>| {
            for event in &batch {
                events::append(tx, event)?;
            }
            Ok::<_, StoreError>(())
        };
        runtime.block_on(store.write(job))?;
    }
    drop(store);
    // The thread that writes puts the log into the database once nobody holds it any more.
    let deadline = Instant::now() + PATIENCE;
    while database.with_extension("db-wal").exists() {
        if Instant::now() > deadline {
            return Err("the database is not closed".into());
        }
        pause(Duration::from_millis(20));
    }
    Ok(())
}
