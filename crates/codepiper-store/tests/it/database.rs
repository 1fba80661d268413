use std::os::unix::fs::PermissionsExt as _;

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
        seen += 1;
    }
    assert!(seen > 0);
}

/// Writes the fixture of the present layout; run with `--ignored` once before a release.
#[tokio::test]
#[ignore = "writes a fixture"]
async fn write_the_fixture_of_this_version() {
    let test = open();
    test.store
        .write(|tx| sessions::insert(tx, &a_session()))
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
