//! The store on real files.
#![expect(clippy::unwrap_used, reason = "a failure is how a test speaks")]

mod database;
mod events;
mod sessions;
mod sums;
mod tools;

use std::path::{Path, PathBuf};

use codepiper_model::{
    BillingMode, Channel, ProviderId, Session, SessionId, Status, Timestamp, Verdict,
};
use codepiper_store::Store;
use codepiper_store::sessions::Stored;
use tempfile::TempDir;

struct TestStore {
    dir: TempDir,
    store: Store,
}

fn database(dir: &Path) -> PathBuf {
    dir.join("codepiper.db")
}

fn open() -> TestStore {
    let dir = TempDir::new().unwrap();
    let (store, moved) = Store::open(&database(dir.path())).unwrap();
    assert_eq!(moved, None);
    TestStore { dir, store }
}

fn a_session() -> Stored {
    let session = Session {
        id: SessionId::random(),
        provider: ProviderId::Demo,
        name: Some("api".into()),
        cwd: "/tmp".into(),
        branch: None,
        status_line: None,
        status: Status::Starting,
        activity: None,
        created_at: Timestamp::from_millis(1000),
        updated_at: Timestamp::from_millis(1000),
        pid: None,
        pty_cols: 120,
        pty_rows: 30,
        model: None,
        billing_mode: BillingMode::Subscription,
        channel: Channel::Screen,
        dangerous_mode: false,
        fail_closed: false,
        default_policy_action: Some(Verdict::Deny),
        provider_session_id: Some("abc".into()),
        transcript_path: Some("/tmp/t.jsonl".into()),
        attach: None,
        exit: None,
        scrubbed_env: vec!["ANTHROPIC_API_KEY".into()],
        metadata: serde_json::from_str(r#"{"a":1}"#).unwrap(),
    };
    Stored {
        session,
        socket: "/tmp/s".into(),
        secret_hash: Some("abc".into()),
    }
}
