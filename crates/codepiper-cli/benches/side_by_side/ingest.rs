//! Events that are stored in a second, against SQLite alone with the same rows.
//!
//! Three ways take turns: bare SQLite, with batches as large as the daemon's may be; what the
//! daemon does behind HTTP, in this process; and the daemon itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use codepiper_engine::{Config, Engine, HookReport};
use codepiper_model::SystemClock;
use codepiper_store::{Connection as Database, Store};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::Result;
use crate::agent::{self, Agent};
use crate::home::Home;
use crate::table::{Table, Times};

const ROUNDS: usize = 10;

/// Events of each way in a round.
const EVENTS: usize = 4096;

/// Rows in a transaction, and reports that wait at once: the most that share one in the daemon.
const BATCH: usize = 256;

/// Connections to the daemon.
const CALLERS: usize = 32;

pub(crate) fn measure(home: &Home, agent: &Agent, table: &mut Table) -> Result<()> {
    let mut bare = Bare::new()?;
    let engine = InProcess::new()?;
    let (mut alone, mut inside, mut http) = (Times::default(), Times::default(), Times::default());
    for round in 0..ROUNDS {
        let payloads: Vec<Value> = (0..EVENTS)
            .map(|n| agent::notification(round * EVENTS + n))
            .collect();
        alone.push(bare.store(&payloads)?);
        inside.push(engine.store(&payloads)?);
        http.push(over_http(home, agent, &payloads)?);
    }
    let rate = |times: &Times| {
        f64::from(u32::try_from(EVENTS).unwrap_or(u32::MAX)) / times.median() * 1000.0
    };
    let ratio = rate(&inside) / rate(&alone);
    table.note(
        "events stored, bare SQLite",
        format!("{:.0}/s", rate(&alone)),
    );
    table.note(
        "events stored, the daemon behind HTTP",
        format!("{:.0}/s", rate(&inside)),
    );
    table.judge(
        "events stored, ratio of the medians",
        format!("{ratio:.2}"),
        "at least 0.5",
        ratio >= 0.5,
    );
    table.note(
        format!("events stored, over HTTP, {CALLERS} callers"),
        format!("{:.0}/s", rate(&http)),
    );
    Ok(())
}

/// A database of the daemon's without the daemon.
struct Bare {
    _home: Home,
    database: Database,
}

impl Bare {
    fn new() -> Result<Self> {
        let home = Home::new()?;
        let path = home.path().join("bare.db");
        drop(Store::open(&path)?);
        let database = Database::open(&path)?;
        // As the daemon has it.
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             INSERT INTO sessions (id, provider, cwd, status, created_at, updated_at, pty_cols,
                 pty_rows, billing_mode, dangerous_mode, socket, scrubbed_env, metadata)
             VALUES ('6af55177-55d5-401e-8ab7-74289aaf555f', 'demo', '/', 'RUNNING', 0, 0, 120, 30,
                 'api', 0, '', '[]', '{}');",
        )?;
        Ok(Self {
            _home: home,
            database,
        })
    }

    fn store(&mut self, payloads: &[Value]) -> Result<Duration> {
        // SQLite knows texts, not JSON.
        let rows: Vec<(String, String)> = payloads
            .iter()
            .map(|payload| (payload.to_string(), Uuid::now_v7().to_string()))
            .collect();
        let answer = json!({ "decision": "none", "stdout": null, "stderr": null, "exitCode": 0 });
        let answer = answer.to_string();
        let begin = Instant::now();
        for batch in rows.chunks(BATCH) {
            let tx = self.database.transaction()?;
            let mut insert = tx.prepare_cached(
                "INSERT INTO events (session_id, ts, source, type, payload, delivery_id, answer)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (payload, delivery) in batch {
                let session = "6af55177-55d5-401e-8ab7-74289aaf555f";
                insert.execute((
                    session,
                    0,
                    "hook",
                    "Notification",
                    payload,
                    delivery,
                    &answer,
                ))?;
            }
            drop(insert);
            tx.commit()?;
        }
        Ok(begin.elapsed())
    }
}

/// The daemon's services in this process.
struct InProcess {
    engine: Engine,
    agent: Agent,
    runtime: Runtime,
    _home: Home,
}

impl InProcess {
    fn new() -> Result<Self> {
        let mut home = Home::new()?;
        home.start()?;
        let agent = Agent::start(&home)?;
        // Its session goes on with us.
        home.stop()?;
        let config = Config {
            flags: std::collections::BTreeMap::default(),
            filled: std::collections::BTreeSet::default(),
            database: home.state().join("codepiper.db"),
            socket: home.socket(),
            program: env!("CARGO_BIN_EXE_codepiper").into(),
            environment: std::env::vars_os().collect(),
        };
        // As the daemon has it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (engine, _) = runtime.block_on(Engine::start(config, Arc::new(SystemClock)))?;
        Ok(Self {
            engine,
            agent,
            runtime,
            _home: home,
        })
    }

    fn store(&self, payloads: &[Value]) -> Result<Duration> {
        let report = |payload: &Value| {
            Ok(HookReport {
                session_id: self.agent.session.parse()?,
                event: payload["hook_event_name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                data: payload.clone(),
                size: payload.to_string().len(),
                unreadable: false,
                delivery_id: Uuid::now_v7().to_string(),
                at: None,
            })
        };
        let reports = payloads.iter().map(report).collect::<Result<Vec<_>>>()?;
        let mut callers: Vec<Vec<HookReport>> = vec![Vec::new(); BATCH];
        for (n, report) in reports.into_iter().enumerate() {
            callers[n % BATCH].push(report);
        }
        let begin = Instant::now();
        self.runtime.block_on(async {
            let callers: Vec<_> = callers
                .into_iter()
                .map(|reports| {
                    let (hooks, secret) = (self.engine.hooks.clone(), self.agent.secret.clone());
                    tokio::spawn(async move {
                        for report in reports {
                            hooks.report(report, &secret).await?;
                        }
                        Ok::<_, codepiper_engine::EngineError>(())
                    })
                })
                .collect();
            for caller in callers {
                caller.await??;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        })?;
        Ok(begin.elapsed())
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.runtime.block_on(self.engine.release());
    }
}

fn over_http(home: &Home, agent: &Agent, payloads: &[Value]) -> Result<Duration> {
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let callers: Vec<_> = payloads
            .chunks(payloads.len().div_ceil(CALLERS))
            .map(|payloads| {
                scope.spawn(move || -> Result<()> {
                    let mut daemon = home.connect()?;
                    for payload in payloads {
                        agent.post(&mut daemon, payload)?;
                    }
                    Ok(())
                })
            })
            .collect();
        for caller in callers {
            caller.join().map_err(|_| "a caller panicked")??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    Ok(begin.elapsed())
}
