//! What was asked, kept for assertions. Grows until the model is dropped.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A step of the conversation, answered by the script in its prompt.
    Turn,
    /// Something that the agent wants to know for itself: a title, a probe.
    Side,
    /// Anything but a message: counting tokens, the list of models, an unknown path.
    Other,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it was for.
    pub kind: Kind,
    /// Path, without the query.
    pub path: String,
    /// Headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; null when there was none or it was no JSON.
    pub body: Value,
    /// A word that is in every id of its answer.
    pub id: String,
    /// What its answer cost, as the answer says, once that went out whole.
    pub usage: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct Recorder {
    port: u16,
    log: Option<PathBuf>,
    requests: Mutex<Vec<Request>>,
    count: watch::Sender<usize>,
}

impl Recorder {
    pub(crate) fn new(port: u16, log: Option<PathBuf>) -> Self {
        Self {
            port,
            log,
            requests: Mutex::default(),
            count: watch::Sender::new(0),
        }
    }

    /// Keeps the request and returns a word that is in no other id, of this model or any other.
    pub(crate) fn record(
        &self,
        kind: Kind,
        path: &str,
        headers: &HeaderMap,
        body: &Value,
    ) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut request = Request {
            kind,
            path: path.to_owned(),
            headers,
            body: body.clone(),
            id: String::new(),
            usage: None,
        };
        self.log(&request);
        let (count, id) = {
            let mut requests = self.lock();
            let count = requests.len() + 1;
            let unique = format!("{} {} {count}", std::process::id(), self.port);
            hex(&Sha256::digest(unique))[..24].clone_into(&mut request.id);
            let id = request.id.clone();
            requests.push(request);
            (count, id)
        };
        self.count.send_modify(|seen| *seen = count.max(*seen));
        id
    }

    /// Notes what an answer cost that went out whole.
    pub(crate) fn served(&self, id: &str, usage: Value) {
        let mut requests = self.lock();
        if let Some(request) = requests.iter_mut().find(|request| request.id == id) {
            request.usage = Some(usage);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.lock().clone()
    }

    pub(crate) async fn request(&self, wanted: impl Fn(&Request) -> bool) -> Request {
        let mut count = self.count.subscribe();
        loop {
            count.mark_unchanged();
            if let Some(found) = self.lock().iter().find(|request| wanted(request)) {
                return found.clone();
            }
            // The sender lives in `self`, so this cannot fail.
            let _closed = count.changed().await;
        }
    }

    fn log(&self, request: &Request) {
        let Some(path) = &self.log else { return };
        let kind = format!("{:?}", request.kind).to_lowercase();
        let line = json!({"kind": kind, "path": request.path, "headers": request.headers, "body": request.body});
        // A log that cannot be written is not worth an answer that does not come.
        let _written = fs_err::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|mut file| writeln!(file, "{line}"));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Request>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
