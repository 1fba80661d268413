//! Servers that are started under another program.

use codepiper_tmux::{End, Pane, PaneExit, Presence, TmuxError};

use crate::support::{Fixture, options, tag, until_absent};

/// Executes what follows it, in its own process.
const LAUNCHER: [&str; 1] = ["env"];

#[tokio::test]
async fn the_server_is_the_launched_process_and_reads_its_configuration() {
    let fixture = Fixture::new().await;
    let script = "echo \"got $SECRET\"; read x; exit 7";
    let pane = fixture
        .launch_under(&LAUNCHER, script, (80, 24))
        .await
        .unwrap();
    pane.until_text("got s3cret-value").await;
    let pid = pane.pane.server_pid().unwrap();
    let parent = tokio::process::Command::new("ps")
        .args(["-o", "ppid=", "-p", &pid.to_string()])
        .output()
        .await
        .unwrap();
    let parent = String::from_utf8(parent.stdout).unwrap();
    assert_eq!(parent.trim(), std::process::id().to_string());
    assert_eq!(pane.tmux(&["show", "-sv", "exit-empty"]).await, "on\n");
    assert_eq!(pane.tmux(&["show", "-gv", "remain-on-exit"]).await, "on\n");
    let enter = ["enter".parse().unwrap()];
    pane.pane.input().await.keys(&enter).await.unwrap();
    assert_eq!(pane.ended().await, End::Exited(PaneExit::Code(7)));
}

#[tokio::test]
async fn it_ends_with_its_session() {
    let fixture = Fixture::new().await;
    for command in ["kill-session", "kill-server"] {
        let pane = fixture
            .launch_under(&LAUNCHER, "cat", (80, 24))
            .await
            .unwrap();
        pane.tmux(&[command]).await;
        assert_eq!(pane.ended().await, End::ServerLost, "{command}");
        assert_eq!(pane.server.presence(), Presence::Absent, "{command}");
    }
}

#[tokio::test]
async fn a_session_that_tmux_refuses_leaves_no_server() {
    let fixture = Fixture::new().await;
    let too_long = "x".repeat(40_000);
    let refused = fixture.launch_under(&LAUNCHER, &too_long, (80, 24)).await;
    assert!(matches!(refused.err(), Some(TmuxError::Refused { .. })));
    assert_eq!(fixture.server().presence(), Presence::Absent);
    assert!(!fixture.server().socket.exists());
}

#[tokio::test]
async fn a_launcher_that_ends_is_not_waited_for() {
    let fixture = Fixture::new().await;
    let refused = fixture.launch_under(&["false"], "cat", (80, 24)).await;
    let Some(TmuxError::Refused { command, message }) = refused.err() else {
        panic!("no server, no refusal");
    };
    assert_eq!(command, "start-server");
    assert!(message.contains("exit status: 1"), "{message}");
}

#[tokio::test]
async fn a_socket_that_somebody_listens_on_is_not_taken() {
    let fixture = Fixture::new().await;
    let first = fixture.launch("cat").await;
    let second = fixture.launch_under(&LAUNCHER, "cat", (80, 24)).await;
    assert!(matches!(second.err(), Some(TmuxError::Foreign)));
    assert_eq!(first.server.presence(), Presence::Present);
}

/// What a daemon leaves that is killed in the middle of a start.
#[tokio::test]
async fn a_server_without_a_session_ends_when_it_is_tried() {
    let fixture = Fixture::new().await;
    let server = fixture.server();
    let mut alone = tokio::process::Command::new(fixture.tmux.program())
        .args(["-D", "-S"])
        .arg(&server.socket)
        .arg("-f")
        .arg(fixture.conf())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while server.presence() != Presence::Present {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let opened = Pane::open(server.clone(), &tag(), options((80, 24))).await;
    assert!(opened.is_err());
    until_absent(&server).await;
    alone.wait().await.unwrap();
}
