//! Against the pinned Codex and the fake model.

use std::path::PathBuf;
use std::process::Stdio;

use codepiper_fake_model::FakeModel;
use codepiper_providers::codex::rpc::{
    Decision, Prompt, Terms, Thread, thread_resume, thread_start, turn_start,
};
use codepiper_providers::codex::{Launch, Mode, Trust};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::*;

struct AppServer {
    folder: TempDir,
    child: Child,
    _model: FakeModel,
}

impl AppServer {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let cwd = folder.path().canonicalize().unwrap();
        let model = FakeModel::start().await;
        let launch = Launch {
            program: &program(),
            cwd: &cwd,
            mode: Mode::WORKSPACE,
            model: Some("fake-codex"),
            api: Some(&format!("{}/v1", model.base_url())),
            args: &[],
            hooks: &[],
        };
        let argv = launch.app_server(Some(&cwd.join("socket")), &Trust::default());
        let mut command = Command::new(&argv[0]);
        command
            .args(&argv[1..])
            .env("HOME", &cwd)
            .env("CODEX_HOME", cwd.join("codex"))
            .env("OPENAI_API_KEY", "fake")
            .stderr(Stdio::null())
            .kill_on_drop(true);
        std::fs::create_dir(cwd.join("codex")).unwrap();
        let child = command.spawn().unwrap();
        Self {
            folder,
            child,
            _model: model,
        }
    }

    fn cwd(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    async fn connect(&self) -> (Connection, mpsc::Receiver<Message>) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match connect(&self.cwd().join("socket")).await {
                Ok(connected) => return connected,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn program() -> PathBuf {
    let packages = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../agents/node_modules/@openai"
    );
    let packages = std::fs::read_dir(packages).into_iter().flatten().flatten();
    let targets = packages.flat_map(|package| std::fs::read_dir(package.path().join("vendor")));
    let programs = targets.flatten().flatten();
    let mut programs = programs.map(|target| target.path().join("bin/codex"));
    let found = programs.find(|program| program.is_file());
    found.expect("Codex is not installed in `agents/`: run `make test`, which installs it")
}

async fn until<T>(inbox: &mut mpsc::Receiver<Message>, wanted: impl Fn(Message) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = wanted(inbox.recv().await.unwrap()) {
                return found;
            }
        }
    };
    timeout(Duration::from_mins(1), found).await.unwrap()
}

#[tokio::test]
async fn what_is_asked_and_told_comes_through_until_the_server_is_gone() {
    let mut server = AppServer::start().await;
    let (connection, mut inbox) = server.connect().await;
    let refused = connection.request(thread_resume("nobody")).await;
    assert!(
        matches!(&refused, Err(ConnectionError::Refused(_))),
        "{refused:?}"
    );
    let terms = Terms {
        cwd: &server.cwd(),
        mode: Mode::WORKSPACE,
        model: None,
        provider: None,
    };
    let started = connection.request(thread_start(terms));
    let thread = Thread::read(&started.await.unwrap()["thread"]);
    let prompt = Prompt {
        images: &[],
        text: "ESCALATE: echo out\nSAY: said",
        client_id: "ours",
    };
    connection
        .request(turn_start(&thread.id, prompt))
        .await
        .unwrap();
    let approval = until(&mut inbox, |message| match message {
        Message::Approval(approval) => Some(approval),
        _ => None,
    });
    let answer = approval.await.answer(Decision::Accept);
    connection.answer(answer.to_string()).await.unwrap();
    let end = until(&mut inbox, |message| match message {
        Message::Notice(Notice::TurnEnded(_, end)) => Some(end),
        _ => None,
    });
    assert_eq!(end.await.reply.as_deref(), Some("said"));

    server.child.kill().await.unwrap();
    while inbox.recv().await.is_some() {}
    let closed = connection.request(thread_resume(&thread.id)).await;
    assert!(matches!(closed, Err(ConnectionError::Closed)), "{closed:?}");
    let gone = connect(&server.cwd().join("socket")).await.map(drop);
    assert!(matches!(gone, Err(ConnectionError::Unreachable(_))));
}
