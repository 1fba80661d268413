//! A client of an app-server, just big enough for tests: a WebSocket on a Unix socket.

use std::path::Path;
use std::time::Duration;

use codepiper_providers::codex::rpc::{
    Approval, INITIALIZED, Items, Message, Notice, Request, initialize,
};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Client {
    stream: BufReader<UnixStream>,
    last_id: u64,
    items: Items,
}

impl Client {
    /// Connects and says hello.
    pub(crate) async fn connect(socket: &Path) -> Self {
        let mut stream = BufReader::new(UnixStream::connect(socket).await.unwrap());
        let hello = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
                     Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(hello.as_bytes()).await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with("HTTP/1.1 101 "), "{line}");
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await.unwrap();
        }
        let mut client = Self {
            stream,
            last_id: 0,
            items: Items::default(),
        };
        client.call(initialize("0")).await;
        client.send(INITIALIZED).await;
        client
    }

    pub(crate) async fn call(&mut self, request: Request) -> Value {
        self.last_id += 1;
        let message = request.message(self.last_id).to_string();
        self.send(&message).await;
        let wanted = self.last_id.to_string();
        self.until(&message, |answer| match answer {
            Message::Result(id, result) if id.to_string() == wanted => Some(result.clone()),
            Message::Failure(_, failure) => panic!("{message}: {failure:?}"),
            _ => None,
        })
        .await
    }

    pub(crate) async fn approval(&mut self) -> Approval {
        self.until("an approval", |message| match message {
            Message::Approval(approval) => Some(approval.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn notice<T>(
        &mut self,
        what: &str,
        wanted: impl Fn(&Notice) -> Option<T>,
    ) -> T {
        self.until(what, |message| match message {
            Message::Notice(notice) => wanted(notice),
            _ => None,
        })
        .await
    }

    /// The next message that is wanted; what comes before it is passed over.
    async fn until<T>(&mut self, what: &str, wanted: impl Fn(&Message) -> Option<T>) -> T {
        loop {
            let Ok(text) = timeout(PATIENCE, self.frame()).await else {
                panic!("never came: {what}");
            };
            let message = Message::read(&text, &self.items);
            assert_ne!(message, Message::Unreadable, "{text}");
            if let Message::Notice(notice) = &message {
                self.items.note(notice);
            }
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    /// Sends a text. Clients mask what they say; zeros leave it as it is.
    pub(crate) async fn send(&mut self, text: &str) {
        let mut frame = vec![0x81];
        if let Ok(short @ ..126) = u8::try_from(text.len()) {
            frame.push(0x80 | short);
        } else {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).await.unwrap();
    }

    async fn frame(&mut self) -> String {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).await.unwrap();
        assert_eq!(head[0], 0x81, "a text, whole");
        let length = match head[1] {
            126 => self.stream.read_u16().await.unwrap().into(),
            127 => self.stream.read_u64().await.unwrap(),
            short => short.into(),
        };
        let mut text = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut text).await.unwrap();
        String::from_utf8(text).unwrap()
    }
}
