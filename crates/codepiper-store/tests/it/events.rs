use codepiper_model::{EventSource, NewEvent, SessionId, Timestamp};
use codepiper_store::events::{self, EventQuery};
use codepiper_store::{Store, StoreError, sessions};
use serde_json::json;

use crate::{a_session, open};

async fn store_events(store: &Store, kinds: &[&str]) -> SessionId {
    let stored = a_session();
    let id = stored.session.id;
    store
        .write(move |tx| sessions::insert(tx, &stored))
        .await
        .unwrap();
    for (n, kind) in kinds.iter().enumerate() {
        let event = NewEvent {
            session_id: id,
            timestamp: Timestamp::from_millis(i64::try_from(n).unwrap()),
            source: if n % 2 == 0 {
                EventSource::Pty
            } else {
                EventSource::Daemon
            },
            kind: (*kind).to_owned(),
            payload: json!({ "n": n }),
        };
        store
            .write(move |tx| events::append(tx, &event))
            .await
            .unwrap();
    }
    id
}

async fn kinds(store: &Store, query: EventQuery) -> (Vec<String>, bool) {
    let (events, more) = store
        .read(move |db| events::query(db, &query))
        .await
        .unwrap();
    (events.into_iter().map(|e| e.kind).collect(), more)
}

fn limited(limit: usize) -> EventQuery {
    EventQuery {
        limit,
        ..EventQuery::default()
    }
}

#[tokio::test]
async fn filters_and_pages() {
    let test = open();
    let id = store_events(&test.store, &["a", "b", "c", "d", "e"]).await;
    let store = &test.store;
    assert_eq!(
        kinds(store, limited(2)).await,
        (vec!["a".into(), "b".into()], true)
    );
    let newest = EventQuery {
        descending: true,
        ..limited(2)
    };
    assert_eq!(
        kinds(store, newest).await,
        (vec!["e".into(), "d".into()], true)
    );
    let between = EventQuery {
        since: Some(1),
        before: Some(4),
        ..limited(9)
    };
    assert_eq!(
        kinds(store, between).await,
        (vec!["b".into(), "c".into()], false)
    );
    let daemon = EventQuery {
        source: Some(EventSource::Daemon),
        session_id: Some(id),
        ..limited(9)
    };
    assert_eq!(
        kinds(store, daemon).await,
        (vec!["b".into(), "d".into()], false)
    );
    let other = EventQuery {
        session_id: Some(SessionId::random()),
        ..limited(9)
    };
    assert_eq!(kinds(store, other).await, (vec![], false));
}

#[tokio::test]
async fn only_the_latest_are_kept_and_ids_are_not_used_again() {
    let test = open();
    let id = store_events(&test.store, &["s", "x", "s", "x", "s"]).await;
    let keep =
        move |tx: &rusqlite::Transaction<'_>| events::keep_latest(tx, id, EventSource::Pty, "s", 1);
    test.store.write(keep).await.unwrap();
    assert_eq!(kinds(&test.store, limited(9)).await.0, ["x", "x", "s"]);
    assert_eq!(test.store.read(events::last).await.unwrap(), 5);
}

#[tokio::test]
async fn a_failed_job_leaves_nothing_behind_and_spoils_no_other() {
    let test = open();
    let id = store_events(&test.store, &["a"]).await;
    let event = |kind: &str| NewEvent {
        session_id: id,
        timestamp: Timestamp::from_millis(0),
        source: EventSource::User,
        kind: kind.to_owned(),
        payload: json!(null),
    };
    let (bad, good) = (event("bad"), event("good"));
    let failing = test.store.write(move |tx| {
        events::append(tx, &bad)?;
        Err::<(), _>(StoreError::NotFound)
    });
    let succeeding = test.store.write(move |tx| events::append(tx, &good));
    let (failed, succeeded) = tokio::join!(failing, succeeding);
    assert!(failed.is_err() && succeeded.is_ok());
    assert_eq!(kinds(&test.store, limited(9)).await.0, ["a", "good"]);
}
