use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::HandshakeError;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

use crate::browser::Browser;
use crate::support::{PATIENCE, TestHome};

pub(crate) trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// Somebody with a WebSocket, who keeps what a terminal's stream has told.
pub(crate) struct Viewer {
    socket: WebSocket<Box<dyn Wire>>,
    /// The offset behind the last byte of it that came.
    pub(crate) offset: u64,
    /// What came since the last snapshot.
    pub(crate) output: Vec<u8>,
    /// The last snapshot, and how many there were.
    snapshot: Vec<u8>,
    pub(crate) snapshots: usize,
}

/// What comes.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Said(Value),
    Shown,
    Closed(u16),
}

impl Viewer {
    /// Opens a path on the daemon's socket.
    #[track_caller]
    pub(crate) fn of(home: &TestHome, path: &str) -> Self {
        let stream = UnixStream::connect(home.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self::open(Box::new(stream), &format!("ws://localhost{path}"), &[]).unwrap()
    }

    /// A session's terminal, on the daemon's socket.
    #[track_caller]
    pub(crate) fn of_session(home: &TestHome, id: &str, query: &str) -> Self {
        Self::of(home, &format!("/sessions/{id}/terminal/stream{query}"))
    }

    /// Opens a path of the web as this browser; a refusal by its status.
    pub(crate) fn on_web(
        browser: &Browser,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let stream = TcpStream::connect(&browser.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let cookies = browser.cookies.iter().map(|(k, v)| format!("{k}={v}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let mut all = vec![("cookie", cookies.as_str())];
        all.extend(headers);
        Self::open(
            Box::new(stream),
            &format!("ws://{}{path}", browser.host),
            &all,
        )
    }

    fn open(
        stream: Box<dyn Wire>,
        url: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match client(request, stream) {
            Ok((socket, _)) => Ok(Self {
                socket,
                offset: 0,
                output: Vec::new(),
                snapshot: Vec::new(),
                snapshots: 0,
            }),
            Err(HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    #[track_caller]
    pub(crate) fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string()));
    }

    #[track_caller]
    pub(crate) fn send(&mut self, message: Message) {
        // A server that has just closed may not read everything.
        drop(self.socket.send(message));
    }

    /// The next thing that comes.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Heard {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Heard::Said(serde_json::from_str(&text).unwrap());
                }
                Ok(Message::Binary(frame)) => {
                    let offset = u64::from_le_bytes(frame[1..9].try_into().unwrap());
                    if frame[0] == 1 {
                        self.snapshot = frame[9..].to_vec();
                        self.snapshots += 1;
                        self.output.clear();
                        self.offset = offset;
                    } else {
                        assert_eq!(offset, self.offset, "a gap");
                        self.output.extend_from_slice(&frame[9..]);
                        self.offset += frame.len() as u64 - 9;
                    }
                    return Heard::Shown;
                }
                Ok(Message::Close(frame)) => {
                    return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
                }
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Listens until something of that `type` is said, and returns it.
    #[track_caller]
    pub(crate) fn said(&mut self, kind: &str) -> Value {
        self.said_where(kind, |message| message["type"] == kind)
    }

    /// Listens until something is said of which that is so.
    #[track_caller]
    pub(crate) fn said_where(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.hear() {
                Heard::Said(message) if is_so(&message) => return message,
                Heard::Closed(code) => panic!("closed with {code} before `{what}`"),
                other => assert!(Instant::now() < deadline, "never {what}: {other:?}"),
            }
        }
    }

    /// Listens until that is on the screen, or has been.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) {
        let is_in = |bytes: &[u8]| bytes.windows(text.len()).any(|w| w == text.as_bytes());
        let (mut seen, mut snapshots) = (0, self.snapshots);
        while !is_in(&self.output[seen..]) && (snapshots == 0 || !is_in(&self.snapshot)) {
            seen = self.output.len().saturating_sub(text.len());
            let heard = self.hear();
            assert!(
                !matches!(heard, Heard::Closed(_)),
                "never `{text}`: {heard:?}"
            );
            if self.snapshots > snapshots {
                (seen, snapshots) = (0, self.snapshots);
            }
        }
    }

    /// Listens until the socket is closed, and returns the code.
    #[track_caller]
    pub(crate) fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.hear() {
                return code;
            }
        }
    }

    /// Types, and waits until that is acknowledged.
    #[track_caller]
    pub(crate) fn type_in(&mut self, data: &str) {
        self.say(&json!({ "type": "input", "id": data, "data": data }));
        self.said_where("the ack", |said| {
            said["type"] == "ack" && said["id"] == data
        });
    }
}

/// The terminal device of a session.
pub(crate) fn tty(home: &TestHome, id: &str) -> std::fs::File {
    let session = home.session(id);
    let socket = session["attach"][2].as_str().unwrap();
    let mut tmux = Command::new("tmux");
    tmux.args([
        "-N",
        "-S",
        socket,
        "display-message",
        "-p",
        "-t",
        "%0",
        "#{pane_tty}",
    ]);
    let path = String::from_utf8(tmux.output().unwrap().stdout).unwrap();
    std::fs::OpenOptions::new()
        .write(true)
        .open(path.trim())
        .unwrap()
}
