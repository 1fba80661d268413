use std::os::unix::fs::PermissionsExt as _;

use codepiper_model::Timestamp;
use codepiper_store::chain::{self, Chain};
use codepiper_store::decisions::{self, StoredDecision};
use codepiper_store::policies::{self, StoredPolicy};
use codepiper_store::policy_sets::{self, StoredSet};
use codepiper_store::{Store, StoreError, sessions, settings};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::{a_session, database, open};

#[tokio::test]
async fn files_are_for_their_owner_only() {
    let test = open();
    test.store
        .write(|tx| settings::set(tx, "a", &json!(1)))
        .await
        .unwrap();
    for entry in std::fs::read_dir(test.dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_second_daemon_is_kept_out() {
    let test = open();
    let Err(StoreError::InUse { pid, .. }) = Store::open(&database(test.dir.path())).map(drop)
    else {
        panic!("two daemons had the same database");
    };
    assert_eq!(pid, Some(std::process::id()));
}

#[tokio::test]
async fn a_database_of_another_program_is_moved_aside_unchanged() {
    let dir = TempDir::new().unwrap();
    let path = database(dir.path());
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (a)")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let (_store, moved) = Store::open(&path).unwrap();
    let to = moved.unwrap().to;
    assert_eq!(to, dir.path().join("codepiper.db.typescript"));
    assert_eq!(std::fs::read(to).unwrap(), before);
}

#[tokio::test]
async fn a_database_whose_daemon_was_killed_at_once_is_still_ours() {
    let test = open();
    let killed = TempDir::new().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("codepiper.db{suffix}");
        std::fs::copy(test.dir.path().join(&name), killed.path().join(&name)).unwrap();
    }
    let (store, moved) = Store::open(&database(killed.path())).unwrap();
    assert_eq!(moved, None);
    assert!(store.read(sessions::all).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_whose_daemon_was_killed_in_a_checkpoint_is_still_ours() {
    let test = open();
    test.store
        .write(|tx| sessions::insert(tx, &a_session()))
        .await
        .unwrap();
    let killed = TempDir::new().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("codepiper.db{suffix}");
        std::fs::copy(test.dir.path().join(&name), killed.path().join(&name)).unwrap();
    }
    // The log was half written back: the first page says more than the file has.
    let path = database(killed.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[28..32].copy_from_slice(&9_u32.to_be_bytes());
    bytes[24..28].copy_from_slice(&77_u32.to_be_bytes());
    bytes[92..96].copy_from_slice(&77_u32.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    let (store, moved) = Store::open(&path).unwrap();
    assert_eq!(moved, None);
    assert_eq!(store.read(sessions::all).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = database(dir.path());
    drop(Store::open(&path).unwrap());
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    drop(raw);
    assert!(matches!(
        Store::open(&path).map(drop),
        Err(StoreError::Newer { found: 999, .. })
    ));
}

/// One fixture for every layout that was ever released, written by that release.
#[tokio::test]
async fn databases_of_earlier_versions_are_read() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let entry = entry.unwrap();
        let dir = TempDir::new().unwrap();
        std::fs::copy(entry.path(), database(dir.path())).unwrap();
        let (store, moved) = Store::open(&database(dir.path())).unwrap();
        assert_eq!(moved, None, "{:?}", entry.path());
        let found = store.read(sessions::all).await.unwrap();
        assert_eq!(found.len(), 1, "{:?}", entry.path());
        assert_eq!(found[0].session.metadata, a_session().session.metadata);
        // Layout 3 brought policies, the audit and approvals; before that there were none.
        let has_permissions = entry.file_name() != "layout-1.db";
        let policies = store.read(policies::all).await.unwrap();
        let chain = store.read(|db| chain::links(db, Chain::Decisions, 0, 10));
        let members = store.read(policy_sets::members).await.unwrap();
        let counts = [policies.len(), chain.await.unwrap().len(), members.len()];
        let expected = if has_permissions { [1; 3] } else { [0; 3] };
        assert_eq!(counts, expected, "{:?}", entry.path());
        seen += 1;
    }
    assert!(seen > 0);
}

fn a_policy() -> StoredPolicy {
    StoredPolicy {
        id: "p".into(),
        name: "p".into(),
        description: None,
        enabled: true,
        priority: 0,
        session_id: None,
        rules: json!([{ "id": "r", "action": "deny", "tool": "Bash" }]),
        created_at: Timestamp::from_millis(1000),
        updated_at: Timestamp::from_millis(1000),
    }
}

fn a_decision() -> StoredDecision {
    let decision = json!({
        "id": "d", "sessionId": a_session().session.id, "eventId": 1, "agentId": null,
        "policyId": "p", "ruleId": "r", "toolName": "Bash", "toolInput": {}, "args": {},
        "decision": "deny", "source": "rule", "matched": [], "reason": null, "actor": "policy",
        "outcome": "blocked", "timestamp": "2026-11-23T10:00:00.000Z", "hash": "sha256:0",
        "prevHash": "",
    });
    StoredDecision {
        decision: serde_json::from_value(decision).unwrap(),
        request_hash: "sha256:1".into(),
        tool_use_id: None,
        sealed: "{}".into(),
    }
}

/// Writes the fixture of the present layout; run with `--ignored` once before a release.
#[tokio::test]
#[ignore = "writes a fixture"]
async fn write_the_fixture_of_this_version() {
    let test = open();
    test.store
        .write(|tx| {
            sessions::insert(tx, &a_session())?;
            policies::insert(tx, &a_policy())?;
            let set = StoredSet {
                id: "s".into(),
                name: "careful".into(),
                description: None,
                is_default: true,
                created_at: Timestamp::from_millis(1000),
                updated_at: Timestamp::from_millis(1000),
            };
            policy_sets::insert(tx, &set)?;
            policy_sets::add_member(tx, "s", "p")?;
            decisions::append(tx, &a_decision())
        })
        .await
        .unwrap();
    let raw = Connection::open(database(test.dir.path())).unwrap();
    let layout: i64 = raw
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    let name = format!("layout-{layout}.db");
    let to = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    raw.execute("VACUUM INTO ?1", [to.to_str().unwrap()])
        .unwrap();
}

/// Writes of one batch, some of which find no room: each is told the truth.
#[tokio::test]
async fn what_finds_no_room_is_refused_and_nothing_else_is() {
    let test = open();
    let limit = |pages: u32| {
        move |tx: &codepiper_store::Transaction<'_>| {
            Ok(tx.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
        }
    };
    let pages = |db: &Connection| Ok(db.pragma_query_value(None, "page_count", |row| row.get(0))?);
    let used: u32 = test.store.read(pages).await.unwrap();
    test.store.write(limit(used + 8)).await.unwrap();
    let writes = (0..200).map(|n| {
        let store = test.store.clone();
        let size = if n % 5 == 0 { 60_000 } else { 10 };
        let value = json!("x".repeat(size));
        tokio::spawn(async move {
            let key = format!("key {n}");
            let name = key.clone();
            (
                name,
                store.write(move |tx| settings::set(tx, &key, &value)).await,
            )
        })
    });
    let mut refused = 0;
    for write in writes.collect::<Vec<_>>() {
        let (key, told) = write.await.unwrap();
        let found = test
            .store
            .read(move |db| settings::get(db, &key))
            .await
            .unwrap();
        assert_eq!(told.is_ok(), found.is_some());
        if let Err(error) = told {
            assert!(matches!(error, StoreError::Full), "{error}");
            refused += 1;
        }
    }
    assert!((40..200).contains(&refused), "{refused}");
    test.store.write(limit(used + 1000)).await.unwrap();
    let write = |tx: &codepiper_store::Transaction<'_>| settings::set(tx, "on", &json!(1));
    test.store.write(write).await.unwrap();
}

#[tokio::test]
async fn a_write_that_panics_fails_alone_and_leaves_nothing_behind() {
    let test = open();
    let broken = test.store.write(|tx| {
        settings::set(tx, "half", &json!(1))?;
        assert_eq!(settings::get(tx, "half")?, None, "a mistake of ours");
        Ok(())
    });
    let whole = test.store.write(|tx| settings::set(tx, "whole", &json!(1)));
    let (broken, whole) = tokio::join!(broken, whole);
    assert!(matches!(broken, Err(StoreError::Panicked)), "{broken:?}");
    whole.unwrap();
    let read = |db: &Connection| Ok((settings::get(db, "half")?, settings::get(db, "whole")?));
    let (half, whole) = test.store.read(read).await.unwrap();
    assert_eq!((half, whole), (None, Some(json!(1))));
}
