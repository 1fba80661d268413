//! As much of HTTP/1.1 as the daemon's answers need, over a connection that is kept open. Blocking
//! and without a runtime, so that it adds next to nothing to what it measures.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use serde_json::Value;

use crate::Result;
use crate::home::PATIENCE;

pub(crate) struct Connection {
    stream: UnixStream,
    /// What was read and not yet used.
    read: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: UnixStream) -> Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Value> {
        self.send("GET", path, "")?;
        self.answer()
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.send("POST", path, &body.to_string())?;
        self.answer()
    }

    /// Sends a request whose answer is read later.
    pub(crate) fn send(&mut self, method: &str, path: &str, body: &str) -> Result<()> {
        self.send_with(method, path, "", body)
    }

    /// The same with more header lines, each with its end.
    pub(crate) fn send_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Result<()> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: codepiper\r\ncontent-type: application/json\r\n\
             {headers}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(self.stream.write_all(request.as_bytes())?)
    }

    /// Reads the answer to the oldest request.
    pub(crate) fn answer(&mut self) -> Result<Value> {
        let (is_success, head) = self.head()?;
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .ok_or("an answer without a length")?;
        while self.read.len() < length {
            self.fill()?;
        }
        let body: Vec<u8> = self.read.drain(..length).collect();
        if !is_success {
            return Err(format!("the daemon refused: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Asks for something that comes piece by piece; [`Self::piece`] reads it.
    pub(crate) fn open_stream(&mut self, path: &str) -> Result<()> {
        self.send("GET", path, "")?;
        match self.head()? {
            (true, _) => Ok(()),
            (false, head) => Err(format!("the daemon refused: {head}").into()),
        }
    }

    /// The next piece of a body in chunks.
    pub(crate) fn piece(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n") {
                let size = std::str::from_utf8(&self.read[..end])?;
                let size = usize::from_str_radix(size, 16)?;
                let begin = end + 2;
                if self.read.len() >= begin + size + 2 {
                    let piece = self.read[begin..begin + size].to_vec();
                    self.read.drain(..begin + size + 2);
                    return if size == 0 {
                        Err("the stream has ended".into())
                    } else {
                        Ok(piece)
                    };
                }
            }
            self.fill()?;
        }
    }

    fn head(&mut self) -> Result<(bool, String)> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                let head: Vec<u8> = self.read.drain(..end + 4).collect();
                let head = String::from_utf8_lossy(&head).into_owned();
                return Ok((head.starts_with("HTTP/1.1 2"), head));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<()> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer)? {
            0 => Err("the daemon hung up".into()),
            read => {
                self.read.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }
}

/// Where `needle` begins.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
