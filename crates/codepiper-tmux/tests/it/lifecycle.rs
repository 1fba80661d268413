use std::time::Duration;

use codepiper_tmux::{End, Pane, PaneExit, Presence, Server, Tag, TmuxError};

use tokio::time::timeout;

use crate::support::{Fixture, PATIENCE, options, tag};

#[tokio::test]
async fn exit_codes_and_signals_are_exact() {
    for (script, expected) in [
        ("exit 0", PaneExit::Code(0)),
        ("exit 7", PaneExit::Code(7)),
        ("kill -9 $$", PaneExit::Signal(9)),
        ("kill -15 $$", PaneExit::Signal(15)),
    ] {
        let fixture = Fixture::new().await;
        let pane = fixture.launch(&format!("read x; {script}")).await;
        pane.pane
            .input()
            .await
            .keys(&["enter".parse().unwrap()])
            .await
            .unwrap();
        assert_eq!(pane.ended().await, End::Exited(expected), "{script}");
    }
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_seen_to_have_ended() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("exit 3").await;
    assert_eq!(pane.ended().await, End::Exited(PaneExit::Code(3)));
}

#[tokio::test]
async fn the_screen_stays_readable_after_the_end() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo bye; read x").await;
    pane.until_text("bye").await;
    pane.pane
        .input()
        .await
        .keys(&["enter".parse().unwrap()])
        .await
        .unwrap();
    assert_eq!(pane.ended().await, End::Exited(PaneExit::Code(0)));
    assert_eq!(pane.pane.view().lines[0], "bye");
}

#[tokio::test]
async fn what_runs_beside_the_pane_is_not_seen_and_ends_with_it() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo ready; cat").await;
    pane.until_text("ready").await;
    let script = "echo \"beside; it's $SECRET\" > beside; echo elsewhere; exec sleep 1000";
    let line = format!("cd '{}' && {{ {script}\n}}", fixture.dir.path().display());
    let command = ["sh", "-c", &line].map(Into::into);
    let beside = pane.pane.run_beside(&command).await.unwrap();
    let beside = rustix::process::Pid::from_raw(beside).unwrap();
    let written = async {
        let file = fixture.dir.path().join("beside");
        while std::fs::read_to_string(&file).unwrap_or_default() != "beside; it's s3cret-value\n" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, written).await.unwrap();
    pane.tmux(&["send-keys", "-t", "%0", "after", "Enter"])
        .await;
    pane.until("the echo", |view| view.lines.iter().any(|l| l == "after"))
        .await;
    let view = pane.pane.view();
    assert!(
        !view.lines.concat().contains("elsewhere"),
        "{:?}",
        view.lines
    );
    assert_eq!(pane.pane.last_line_beside().await.unwrap(), "elsewhere");
    pane.pane.kill_server().await;
    let gone = async {
        while rustix::process::test_kill_process(beside).is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.unwrap();
}

#[tokio::test]
async fn a_killed_server_is_lost_and_its_socket_can_be_removed() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("cat").await;
    let pid = rustix::process::Pid::from_raw(pane.pane.server_pid().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    assert_eq!(pane.ended().await, End::ServerLost);
    assert_eq!(pane.server.presence(), Presence::Absent);
    pane.server.remove_socket();
    assert!(!pane.server.socket.exists());
}

#[tokio::test]
async fn a_lost_control_client_is_replaced_and_nothing_shown_is_missed() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo ready; cat").await;
    pane.until_text("ready").await;
    pane.tmux(&["detach-client", "-a"]).await;
    pane.tmux(&["send-keys", "after", "Enter"]).await;
    let view = pane
        .until("the echo", |v| {
            v.lines.iter().filter(|l| *l == "after").count() == 2
        })
        .await;
    assert_eq!(view.lines, pane.captured().await);
}

#[tokio::test]
async fn a_second_daemon_finds_the_screen_as_it_is() {
    let fixture = Fixture::new().await;
    let first = fixture
        .launch("printf '\\033]2;a title\\007\\033[1;31mred\\033[m plain\\n\\033[5;10Hhere'; cat")
        .await;
    first.until_text("here").await;
    let second = Pane::open(fixture.server(), &tag(), options((80, 24)))
        .await
        .unwrap();
    assert_eq!(second.view(), first.pane.view());
    assert_eq!(second.pid(), first.pane.pid());
    assert!(second.has_shown());
}

#[tokio::test]
async fn a_server_with_another_tag_is_left_alone() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("cat").await;
    let other = Pane::open(fixture.server(), &Tag("test:2".into()), options((80, 24))).await;
    assert!(matches!(other, Err(TmuxError::Foreign)));
    let renamed = Server::new(
        fixture.tmux.clone(),
        pane.server.socket.clone(),
        "other".into(),
    );
    // Now and then tmux lets the client go without a word, which tells nothing: ask again.
    let asking = async {
        loop {
            match Pane::open(renamed.clone(), &tag(), options((80, 24))).await {
                Err(TmuxError::Gone) => tokio::time::sleep(Duration::from_millis(5)).await,
                other => break other,
            }
        }
    };
    let other = timeout(PATIENCE, asking).await.expect("an answer");
    assert!(matches!(other, Err(TmuxError::Foreign)));
    assert_eq!(pane.server.presence(), Presence::Present);
}

#[tokio::test]
async fn letting_go_leaves_the_program_running() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo ready; cat").await;
    pane.until_text("ready").await;
    let socket = pane.server.clone();
    let pid = pane.pane.server_pid();
    std::mem::forget(pane.server.clone());
    let second = Pane::open(socket.clone(), &tag(), options((80, 24)))
        .await
        .unwrap();
    drop(second);
    assert_eq!(socket.presence(), Presence::Present);
    assert!(pid.is_some());
}

#[tokio::test]
async fn kill_server_ends_it_and_removes_the_socket() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("trap '' HUP; cat").await;
    pane.pane.kill_server().await;
    assert_eq!(pane.server.presence(), Presence::Absent);
    assert!(!pane.server.socket.exists());
}

#[tokio::test]
async fn the_environment_stands_in_no_argument_list() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo \"got $SECRET\"; cat").await;
    pane.until_text("got s3cret-value").await;
    let ps = tokio::process::Command::new("ps")
        .args(["-eo", "args"])
        .output()
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&ps.stdout).contains("s3cret-value"));
}
