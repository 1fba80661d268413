//! Calls of tools that are summed up by days are what counting each of them gives.

use std::collections::{BTreeMap, HashSet};

use codepiper_model::{
    ConversationKind, Note, ProviderId, Said, SessionId, Timestamp, ToolResult, ToolUse, Zone,
};
use codepiper_store::ingest::{self, Noted, Piece};
use codepiper_store::tools::{self, ToolCalls};
use codepiper_store::transcripts::{self, Transcript};
use codepiper_store::whose::Whose;
use codepiper_store::{Connection, StoreError, Transaction, sessions};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::{a_session, open};

const DAY: i64 = 24 * 60 * 60 * 1000;
const SESSIONS: usize = 3;
const TOOLS: [&str; 3] = ["Bash", "Edit", "mcp__a__b"];

/// What one line says of a call, by its number. Few numbers, so that forks have copies.
#[derive(Clone, Debug)]
enum Told {
    Call(u8, i64, usize, bool),
    Result(u8, i64, bool, Option<u64>),
}

/// What is done one after the other.
#[derive(Clone, Debug)]
enum Step {
    /// A piece of a session's transcript.
    Piece(usize, Vec<Told>),
    /// The session is deleted.
    Delete(usize),
    /// The calls of a time are asked for.
    Ask(i64, i64),
}

fn at() -> impl Strategy<Value = i64> {
    // Around the beginnings of a few days, before the epoch too.
    (-2..3_i64, -2..3_i64).prop_map(|(day, millis)| day * DAY + millis)
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    let call = (0..4_u8, at(), 0..TOOLS.len(), any::<bool>());
    let result = (
        0..4_u8,
        at(),
        any::<bool>(),
        proptest::option::of(0..900_u64),
    );
    let told = prop_oneof![
        call.prop_map(|(name, at, tool, has_model)| Told::Call(name, at, tool, has_model)),
        result.prop_map(|(name, at, failed, took)| Told::Result(name, at, failed, took)),
    ];
    let piece = (0..SESSIONS, proptest::collection::vec(told, 1..5));
    let step = prop_oneof![
        6 => piece.prop_map(|(session, told)| Step::Piece(session, told)),
        1 => (0..SESSIONS).prop_map(Step::Delete),
        4 => (at(), at()).prop_map(|(from, until)| Step::Ask(from - 2 * DAY, until + 2 * DAY)),
    ];
    proptest::collection::vec(step, 10..40)
}

fn note(told: &Told) -> Noted {
    let note = match *told {
        Told::Call(name, at, tool, has_model) => Note::Said(Said {
            key: String::new(),
            at: Timestamp::from_millis(at),
            kind: ConversationKind::ToolCall,
            text: "a call".into(),
            agent_id: None,
            model: has_model.then(|| "large".into()),
            message_id: None,
            tool: Some(ToolUse {
                call_id: format!("c{name}"),
                name: TOOLS[tool].into(),
                input: "{}".into(),
            }),
        }),
        Told::Result(name, at, is_error, duration_ms) => Note::Result(ToolResult {
            call_id: format!("c{name}"),
            at: Timestamp::from_millis(at),
            text: "done".into(),
            is_error,
            duration_ms,
        }),
    };
    Noted { note, cost: None }
}

/// Counts every call by itself.
fn counted(
    db: &Connection,
    from: i64,
    until: i64,
    whose: &Whose,
) -> Result<Vec<ToolCalls>, StoreError> {
    let mut statement = db.prepare(
        "SELECT c.*, t.session_id FROM conversation c JOIN transcripts t ON t.id = c.transcript_id
         ORDER BY c.id",
    )?;
    let mut rows = statement.query([])?;
    let (mut known, mut sums) = (HashSet::new(), BTreeMap::<String, ToolCalls>::new());
    while let Some(row) = rows.next()? {
        let is_first = known.insert(row.get::<_, String>("call_id")?);
        let at: i64 = row.get("at")?;
        let session: String = row.get("session_id")?;
        let model: Option<String> = row.get("model")?;
        let is_asked = whose.session.as_ref().is_none_or(|asked| *asked == session)
            && (whose.model.is_none() || whose.model == model);
        let Some(tool) = row.get::<_, Option<String>>("tool")? else {
            continue;
        };
        if !is_first || !is_asked || at < from || at >= until {
            continue;
        }
        let sum = sums.entry(tool.clone()).or_insert(ToolCalls {
            tool,
            calls: 0,
            errors: 0,
            duration_ms: 0,
            timed: 0,
        });
        sum.calls += 1;
        sum.errors += u64::from(row.get::<_, Option<bool>>("is_error")?.unwrap_or(false));
        if let Some(took) = row.get::<_, Option<i64>>("duration_ms")? {
            sum.duration_ms += u64::try_from(took).unwrap();
            sum.timed += 1;
        }
    }
    let mut sums: Vec<ToolCalls> = sums.into_values().collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.calls));
    Ok(sums)
}

fn delete(tx: &Transaction<'_>, id: SessionId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM sessions WHERE id = ?1", [id.to_string()])?;
    transcripts::forget(tx, id)
}

async fn play(history: Vec<Step>) {
    let test = open();
    let mut followed: Vec<Transcript> = Vec::new();
    for session in 0..SESSIONS {
        let stored = a_session();
        let (id, path) = (stored.session.id, format!("/t/{session}.jsonl"));
        let claim = move |tx: &Transaction<'_>| {
            sessions::insert(tx, &stored)?;
            transcripts::claim(tx, &path, ProviderId::Demo, id, None, true)
        };
        followed.push(test.store.write(claim).await.unwrap());
    }
    for step in history {
        match step {
            Step::Piece(session, told) => {
                let from = followed[session].offset;
                followed[session].offset += 1;
                let notes = told.iter().map(|told| (from, note(told))).collect();
                let piece = Piece {
                    notes,
                    problems: Vec::new(),
                };
                let row = followed[session].clone();
                let take = move |tx: &Transaction<'_>| {
                    ingest::take(tx, from, &row, &piece, "/p", &Zone::utc())
                };
                test.store.write(take).await.unwrap();
            }
            Step::Delete(session) => {
                let id = followed[session].session_id;
                let gone = move |tx: &Transaction<'_>| delete(tx, id);
                test.store.write(gone).await.unwrap();
            }
            Step::Ask(from, until) => {
                let span = (Timestamp::from_millis(from), Timestamp::from_millis(until));
                let unmade = test.store.read(move |db| tools::unmade(db, span)).await;
                for day in unmade.unwrap() {
                    let make = move |tx: &Transaction<'_>| tools::make(tx, day);
                    test.store.write(make).await.unwrap();
                }
                let left = test.store.read(move |db| tools::unmade(db, span)).await;
                assert_eq!(left.unwrap(), Vec::<i64>::new());
                let session = Whose {
                    session: Some(followed[0].session_id.to_string()),
                    ..Whose::default()
                };
                let model = Whose {
                    model: Some("large".into()),
                    ..Whose::default()
                };
                for whose in [Whose::default(), session, model] {
                    let read = move |db: &Connection| {
                        let summed = tools::calls(db, span, &whose, 10)?;
                        Ok((summed, counted(db, from, until, &whose)?))
                    };
                    let (summed, counted) = test.store.read(read).await.unwrap();
                    assert_eq!(summed, counted);
                }
            }
        }
    }
}

#[test]
fn calls_by_days_equal_a_count_of_each_after_any_history() {
    let is_soak = std::env::var_os("CODEPIPER_SOAK").is_some();
    let config = Config {
        rng_seed: if is_soak {
            RngSeed::Random
        } else {
            RngSeed::Fixed(7)
        },
        failure_persistence: None,
        ..Config::with_cases(if is_soak { 2000 } else { 50 })
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    TestRunner::new(config)
        .run(&history(), |history| {
            runtime.block_on(play(history));
            Ok(())
        })
        .unwrap();
}
