//! A tool call that is decided: over a connection that is kept open, by one caller and by many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::agent::{self, Agent};
use crate::home::Home;
use crate::http::Connection;
use crate::table::{Table, Times};
use crate::{Result, pause};

const CALLS: usize = 2000;

/// Callers at once, and the calls of each.
const CALLERS: usize = 32;
const CALLS_EACH: usize = 300;

/// How often each of many agents makes a tool call when each is as busy as an agent can be.
const PACE: Duration = Duration::from_millis(200);
const PACED_CALLS_EACH: usize = 25;

pub(crate) fn measure(home: &Home, agent: &Agent, table: &mut Table) -> Result<()> {
    let calls = Calls {
        home,
        agent,
        number: AtomicUsize::new(1_000_000),
    };
    let (mut bare, mut one) = (Times::default(), Times::default());
    let mut daemon = home.connect()?;
    for _ in 0..CALLS {
        let begin = Instant::now();
        daemon.get("/health")?;
        bare.push(begin.elapsed());
        one.push(calls.decide(&mut daemon)?);
    }
    table.note("`/health`, 1 caller", with_p99(&bare));
    judge("decision, 1 caller", &one, one.sum(), table);

    let (many, time) = calls.at_once(CALLS_EACH, Duration::ZERO)?;
    judge(
        &format!("decision, {CALLERS} callers, no pauses"),
        &many,
        time,
        table,
    );
    let (paced, time) = calls.at_once(PACED_CALLS_EACH, PACE)?;
    let pace = PACE.as_millis();
    judge(
        &format!("decision, {CALLERS} callers, one in {pace} ms each"),
        &paced,
        time,
        table,
    );
    Ok(())
}

/// Calls of one agent, no two alike.
struct Calls<'a> {
    home: &'a Home,
    agent: &'a Agent,
    number: AtomicUsize,
}

impl Calls<'_> {
    fn decide(&self, daemon: &mut Connection) -> Result<Duration> {
        let payload = agent::before_tool(self.number.fetch_add(1, Ordering::Relaxed));
        let begin = Instant::now();
        let answer = self.agent.post(daemon, &payload)?;
        let time = begin.elapsed();
        match answer["decision"].as_str() {
            Some("allow") => Ok(time),
            _ => Err(format!("no decision: {answer}").into()),
        }
    }

    /// Many callers at once, each with a connection of its own; and how long all took together.
    fn at_once(&self, each: usize, pace: Duration) -> Result<(Times, Duration)> {
        let begin = Instant::now();
        let one = |caller: usize| -> Result<Times> {
            let mut daemon = self.home.connect()?;
            let mut times = Times::default();
            // Agents do not call in step.
            let mut next = begin + pace * u32::try_from(caller)? / u32::try_from(CALLERS)?;
            for _ in 0..each {
                pause(next.saturating_duration_since(Instant::now()));
                next += pace;
                times.push(self.decide(&mut daemon)?);
            }
            Ok(times)
        };
        let mut all = Times::default();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS)
                .map(|caller| scope.spawn(move || one(caller)))
                .collect();
            for caller in callers {
                all.extend(caller.join().map_err(|_| "a caller panicked")??);
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        })?;
        Ok((all, begin.elapsed()))
    }
}

fn judge(what: &str, times: &Times, took: Duration, table: &mut Table) {
    table.judge(
        what,
        format!("{}, {:.0}/s", with_p99(times), times.per_second(took)),
        "p50 under 1 ms, p99 under 10 ms",
        times.median() < 1.0 && times.percentile(99) < 10.0,
    );
}

fn with_p99(times: &Times) -> String {
    let (median, high) = (times.median(), times.percentile(99));
    format!("p50 {median:.2} ms, p99 {high:.2} ms")
}
