//! The machine's clock jumps. The engine runs in this process, with a clock of ours.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use codepiper_engine::{
    Config, CreateSession, Engine, EntryFilter, EventFilter, NewPolicy, SendPrompt, Until,
};
use codepiper_model::{
    ActivityState, Actor, BillingMode, Clock, Event, ProviderId, SessionId, SystemClock, Timestamp,
};
use serde_json::json;

use crate::support::TestHome;

const HOUR_MILLIS: i64 = 3_600_000;

/// The machine's clock, set forward or back.
#[derive(Default)]
struct JumpingClock(AtomicI64);

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        let ahead = self.0.load(Ordering::Relaxed);
        Timestamp::from_millis(SystemClock.now().as_millis() + ahead)
    }
}

fn config(home: &TestHome) -> Config {
    let variable = |name: &str| std::env::var_os(name).unwrap_or_default();
    let environment = [
        ("PATH", variable("PATH")),
        ("HOME", home.dir.path().into()),
        ("LANG", "C.UTF-8".into()),
    ];
    Config {
        flags: BTreeMap::default(),
        filled: std::collections::BTreeSet::default(),
        database: home.path(".codepiper/codepiper.db"),
        socket: home.socket(),
        program: env!("CARGO_BIN_EXE_codepiper").into(),
        environment: environment.map(|(name, value)| (name.into(), value)).into(),
    }
}

async fn start(engine: &Engine, home: &TestHome) -> SessionId {
    let request = CreateSession {
        id: None,
        provider: ProviderId::Demo,
        cwd: home.path("work"),
        args: Vec::new(),
        env: BTreeMap::new(),
        env_set_ids: Vec::new(),
        billing_mode: BillingMode::default(),
        dangerous_mode: false,
        fail_closed: false,
        default_policy_action: None,
        policy_set_ids: Vec::new(),
        model: None,
        name: None,
        cols: None,
        rows: None,
        prompt: None,
        provider_resume: None,
        worktree: None,
        metadata: serde_json::Map::new(),
    };
    let id = engine
        .sessions
        .create(request, Actor::Owner)
        .await
        .unwrap()
        .id;
    idle(engine, id).await;
    id
}

async fn idle(engine: &Engine, id: SessionId) {
    let idle = [Until::Activity(ActivityState::Idle)];
    let waited = engine
        .sessions
        .wait(id, &idle, Duration::from_secs(20))
        .await
        .unwrap();
    assert!(waited.reached, "{:?}", waited.session);
}

async fn send(engine: &Engine, id: SessionId, text: &str) -> Option<String> {
    let prompt = SendPrompt {
        images: Vec::new(),
        text: text.to_owned(),
        kind: codepiper_engine::InputKind::Prompt,
        enter: true,
        key: None,
        steer: false,
        by: Actor::Owner,
        wait: true,
        timeout: Some(Duration::from_secs(20)),
    };
    engine.sessions.send(id, prompt).await.unwrap().reply
}

async fn events(engine: &Engine, since: Option<i64>) -> Vec<Event> {
    let filter = EventFilter {
        since,
        limit: 1000,
        ..EventFilter::default()
    };
    engine.events.query(filter).await.unwrap().0
}

async fn make_policy(engine: &Engine, id: &str) {
    let policy = NewPolicy {
        id: Some(id.to_owned()),
        name: id.to_owned(),
        description: None,
        enabled: true,
        priority: 0,
        session_id: None,
        rules: json!([{ "id": "r", "action": "allow", "command": "echo *" }]),
    };
    engine.policies.create(policy, Actor::Owner).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_what_happened_stays_when_the_clock_is_set_back() {
    let home = TestHome::bare();
    let clock = Arc::new(JumpingClock::default());
    let (engine, _) = Engine::start(config(&home), clock.clone()).await.unwrap();
    let first = start(&engine, &home).await;
    make_policy(&engine, "before").await;
    assert_eq!(
        send(&engine, first, "SAY: before").await.as_deref(),
        Some("before")
    );
    let before = events(&engine, None).await;
    let last = before.last().unwrap().id;

    clock.0.store(-HOUR_MILLIS, Ordering::Relaxed);
    make_policy(&engine, "after").await;
    assert_eq!(
        send(&engine, first, "SAY: after").await.as_deref(),
        Some("after")
    );
    let second = start(&engine, &home).await;
    idle(&engine, first).await;

    let all = events(&engine, None).await;
    assert_eq!(all[..before.len()], before);
    let after = events(&engine, Some(last)).await;
    assert_eq!(
        all[before.len()..],
        after,
        "who has read up to there misses nothing"
    );
    assert!(all.is_sorted_by(|a, b| a.id < b.id));
    assert!(
        after
            .iter()
            .all(|event| event.timestamp < before[0].timestamp)
    );
    let submitted = after.iter().filter(|event| event.kind == "PromptAccepted");
    assert_eq!(submitted.count(), 1);
    let sessions = engine.sessions.list().await.unwrap();
    let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(ids, [second, first], "newest first");

    let entries = engine
        .audit
        .entries(EntryFilter::default(), None, 10)
        .await
        .unwrap();
    let named: Vec<_> = entries
        .iter()
        .map(|entry| entry.facts["id"].clone())
        .collect();
    assert_eq!(named, [json!("after"), json!("before")], "newest first");
    let verified = engine.audit.verify(None).await.unwrap();
    assert!(verified.problems.is_empty(), "{verified:?}");

    engine.sessions.stop(first).await.unwrap();
    // It ended in what is the past again: it is young, and not old.
    clock.0.store(-2 * HOUR_MILLIS, Ordering::Relaxed);
    let pruned = engine
        .sessions
        .prune(HOUR_MILLIS, Actor::Owner)
        .await
        .unwrap();
    assert!(pruned.deleted.is_empty(), "{pruned:?}");
    engine.sessions.kill(second).await.unwrap();
    engine.stop().await;
}
