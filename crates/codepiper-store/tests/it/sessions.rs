use codepiper_model::{Exit, ExitReason, Status, Timestamp};
use codepiper_store::sessions;

use crate::{a_session, open};

#[tokio::test]
async fn a_session_is_read_as_it_was_written() {
    let test = open();
    let stored = a_session();
    let copy = stored.clone();
    test.store
        .write(move |tx| sessions::insert(tx, &copy))
        .await
        .unwrap();
    let id = stored.session.id;
    let read = test
        .store
        .read(move |db| sessions::get(db, id))
        .await
        .unwrap();
    assert_eq!(read, Some(stored.clone()));
    assert_eq!(
        test.store.read(sessions::all).await.unwrap(),
        std::slice::from_ref(&stored)
    );
    assert_eq!(test.store.read(sessions::live).await.unwrap(), [stored]);
}

#[tokio::test]
async fn only_the_first_end_counts() {
    let test = open();
    let stored = a_session();
    let id = stored.session.id;
    test.store
        .write(move |tx| sessions::insert(tx, &stored))
        .await
        .unwrap();
    let exit = |reason, code| Exit {
        reason,
        code,
        signal: None,
        detail: None,
        at: Timestamp::from_millis(2000),
    };
    let (first, second) = (
        exit(ExitReason::Exited, Some(3)),
        exit(ExitReason::Stopped, None),
    );
    assert!(
        test.store
            .write(move |tx| sessions::set_exit(tx, id, &first))
            .await
            .unwrap()
    );
    assert!(
        !test
            .store
            .write(move |tx| sessions::set_exit(tx, id, &second))
            .await
            .unwrap()
    );
    let at = Timestamp::from_millis(3000);
    assert!(
        test.store
            .write(move |tx| sessions::set_running(tx, id, Some(1), at))
            .await
            .is_err()
    );
    let read = test
        .store
        .read(move |db| sessions::get(db, id))
        .await
        .unwrap()
        .unwrap()
        .session;
    assert_eq!(read.status, Status::Crashed);
    assert_eq!(read.exit, Some(exit(ExitReason::Exited, Some(3))));
    assert!(test.store.read(sessions::live).await.unwrap().is_empty());
}
