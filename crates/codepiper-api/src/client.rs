use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::ErrorBody;

/// Speaks to the daemon over its socket.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
}

/// How the command line says who it is.
pub const USER_AGENT: &str = concat!("codepiper-cli/", env!("CARGO_PKG_VERSION"));

/// Why the daemon did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens there.
    #[error("no daemon listens on `{socket}`")]
    Unreachable {
        /// Where.
        socket: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Somebody else's daemon listens there.
    #[error("`{socket}` belongs to another user; nothing was sent to it")]
    Foreign {
        /// Where.
        socket: PathBuf,
    },
    /// The daemon refused.
    #[error("{}", .body.error)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        body: ErrorBody,
    },
    /// The connection broke, or the answer makes no sense.
    #[error("the daemon's answer broke off: {0}")]
    Broken(String),
}

/// An answer that comes piece by piece.
pub struct BodyStream {
    body: Incoming,
}

impl Client {
    /// A client of the daemon on `socket`.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self {
            socket: socket.into(),
        }
    }

    /// Where the daemon listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The daemon's process.
    pub async fn daemon_pid(&self) -> Result<Option<i32>, ClientError> {
        Ok(self
            .connect()
            .await?
            .peer_cred()
            .ok()
            .and_then(|peer| peer.pid()))
    }

    /// Reads a resource.
    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.call::<()>(Method::GET, path, None).await
    }

    /// Makes or does something.
    pub async fn post<B: Serialize + Sync>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<Value, ClientError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Changes a resource.
    pub async fn put<B: Serialize + Sync>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<Value, ClientError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// Removes a resource.
    pub async fn delete(&self, path: &str) -> Result<Value, ClientError> {
        self.call::<()>(Method::DELETE, path, None).await
    }

    /// Reads a resource that comes piece by piece.
    pub async fn stream(&self, path: &str) -> Result<BodyStream, ClientError> {
        let response = self.request::<()>(Method::GET, path, None).await?;
        if response.status().is_success() {
            return Ok(BodyStream {
                body: response.into_body(),
            });
        }
        Err(refused(response).await)
    }

    /// Hands over bytes that are no JSON.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<Value, ClientError> {
        let kind = "application/octet-stream";
        let response = self.send(Method::POST, path, kind, bytes).await?;
        answer(response).await
    }

    async fn call<B: Serialize + Sync>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Value, ClientError> {
        answer(self.request(method, path, body).await?).await
    }

    async fn request<B: Serialize + Sync>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Response<Incoming>, ClientError> {
        let bytes = body
            .map(serde_json::to_vec)
            .transpose()
            .map_err(broken)?
            .unwrap_or_default();
        self.send(method, path, "application/json", bytes).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        bytes: Vec<u8>,
    ) -> Result<Response<Incoming>, ClientError> {
        let stream = self.connect().await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        // It ends with the answer; an error of its own shows there.
        tokio::spawn(async move { drop(connection.await) });
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "codepiper")
            .header("user-agent", USER_AGENT)
            .header("content-type", kind)
            .body(Full::new(Bytes::from(bytes)))
            .map_err(broken)?;
        sender.send_request(request).await.map_err(broken)
    }

    /// Connects, and makes sure that it is our own daemon that hears what follows.
    async fn connect(&self) -> Result<UnixStream, ClientError> {
        let unreachable = |source| ClientError::Unreachable {
            socket: self.socket.clone(),
            source,
        };
        let meta = std::fs::symlink_metadata(&self.socket).map_err(unreachable)?;
        if !meta.file_type().is_socket() {
            let error = io::Error::new(io::ErrorKind::NotConnected, "it is not a socket");
            return Err(unreachable(error));
        }
        let own = rustix::process::getuid().as_raw();
        let foreign = || ClientError::Foreign {
            socket: self.socket.clone(),
        };
        if meta.uid() != own {
            return Err(foreign());
        }
        let stream = UnixStream::connect(&self.socket)
            .await
            .map_err(unreachable)?;
        if stream.peer_cred().is_ok_and(|peer| peer.uid() != own) {
            return Err(foreign());
        }
        Ok(stream)
    }
}

impl BodyStream {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, ClientError>> {
        loop {
            match self.body.frame().await? {
                Ok(frame) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Some(Ok(bytes));
                    }
                }
                Err(error) => return Some(Err(broken(error))),
            }
        }
    }
}

async fn answer(response: Response<Incoming>) -> Result<Value, ClientError> {
    if !response.status().is_success() {
        return Err(refused(response).await);
    }
    let body = response.into_body().collect().await.map_err(broken)?;
    serde_json::from_slice(&body.to_bytes()).map_err(broken)
}

async fn refused(response: Response<Incoming>) -> ClientError {
    let status = response.status();
    let bytes = match response.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return broken(error),
    };
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
        let reason = StatusCode::canonical_reason(&status).unwrap_or("no reason given");
        ErrorBody::new(
            "unreadable",
            format!("the daemon answered {status}: {reason}"),
        )
    });
    ClientError::Refused {
        status: status.as_u16(),
        body,
    }
}

fn broken(error: impl std::fmt::Display) -> ClientError {
    ClientError::Broken(error.to_string())
}
