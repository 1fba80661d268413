use std::sync::Arc;

use codepiper_tmux::Key;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{Fixture, TestPane};

/// A pane whose program stores its raw input in a file: `len` bytes of it.
async fn recorder(fixture: &Fixture, len: usize) -> TestPane {
    let script = format!(
        "stty raw -echo; printf ready; head -c {len} > got; stty sane; printf '\\r\\ndone'; cat"
    );
    let pane = fixture.launch(&script).await;
    pane.until_text("ready").await;
    pane
}

async fn received(fixture: &Fixture, pane: &TestPane) -> Vec<u8> {
    pane.until_text("done").await;
    std::fs::read(fixture.dir.path().join("got")).unwrap()
}

#[tokio::test]
async fn text_that_looks_like_syntax_arrives_as_it_is() {
    let text = "-n --help; \"q\" 'q' $HOME ~ ~root `id` {a,b} #{pane_id} %0 \\ \\n é 🎉 \u{10ffff}\n\ttab\nlast;";
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, text.len()).await;
    pane.pane
        .input()
        .await
        .paste(text.as_bytes())
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&received(&fixture, &pane).await),
        text
    );
}

#[tokio::test]
async fn random_bytes_arrive_as_they_are() {
    let strategy = prop::collection::vec(prop::collection::vec(1_u8..=255, 1..300), 40);
    let pieces = strategy
        .new_tree(&mut TestRunner::deterministic())
        .unwrap()
        .current();
    let sent = pieces.concat();
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, sent.len()).await;
    for (i, piece) in pieces.iter().enumerate() {
        let input = pane.pane.input().await;
        if i % 2 == 0 {
            input.paste(piece).await
        } else {
            input.bytes(piece).await
        }
        .unwrap();
    }
    assert_eq!(received(&fixture, &pane).await, sent);
}

#[tokio::test]
async fn a_megabyte_is_pasted_whole() {
    let line = "All work and no play makes Jack a dull boy; \"$(rm)\" é 🎉.\n";
    let text = line.repeat(1024 * 1024 / line.len() + 1);
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, text.len()).await;
    pane.pane
        .input()
        .await
        .paste(text.as_bytes())
        .await
        .unwrap();
    assert!(received(&fixture, &pane).await == text.as_bytes());
}

#[tokio::test]
async fn two_writers_do_not_interleave() {
    let fixture = Fixture::new().await;
    let pane = Arc::new(recorder(&fixture, 2 * 50 * 8).await);
    let write = |letter: &'static str| {
        let pane = Arc::clone(&pane);
        async move {
            for _ in 0..50 {
                let input = pane.pane.input().await;
                input.paste(letter.repeat(4).as_bytes()).await.unwrap();
                input.bytes(letter.repeat(4).as_bytes()).await.unwrap();
            }
        }
    };
    tokio::join!(write("a"), write("b"));
    let got = received(&fixture, &pane).await;
    for word in got.chunks(8) {
        assert!(
            word.iter().all(|b| *b == word[0]),
            "{:?}",
            String::from_utf8_lossy(word)
        );
    }
}

#[tokio::test]
async fn keys_arrive_in_order_with_text_between_them() {
    let expected = b"\x1b[A\x03Gg-text\r\x1b[Z\x1bx;";
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, expected.len()).await;
    let keys = |names: &[&str]| {
        names
            .iter()
            .map(|n| n.parse().unwrap())
            .collect::<Vec<Key>>()
    };
    let input = pane.pane.input().await;
    input
        .keys(&keys(&["up", "ctrl+c", "G", "g"]))
        .await
        .unwrap();
    input.paste(b"-text").await.unwrap();
    input
        .keys(&keys(&["enter", "shift+tab", "alt+x", ";"]))
        .await
        .unwrap();
    drop(input);
    assert_eq!(received(&fixture, &pane).await, expected);
}

#[tokio::test]
async fn input_reaches_a_pane_that_somebody_scrolled_back() {
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, 2).await;
    pane.tmux(&["copy-mode"]).await;
    pane.pane.input().await.paste(b"ok").await.unwrap();
    assert_eq!(received(&fixture, &pane).await, b"ok");
}

#[tokio::test]
async fn a_nul_is_a_key_and_no_text() {
    let fixture = Fixture::new().await;
    let pane = recorder(&fixture, 3).await;
    assert!(pane.pane.input().await.paste(b"a\0b").await.is_err());
    // Ctrl-Space.
    pane.pane.input().await.bytes(b"\0").await.unwrap();
    pane.pane.input().await.paste(b"ok").await.unwrap();
    assert_eq!(received(&fixture, &pane).await, b"\0ok");
}
