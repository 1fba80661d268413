use std::io;
use std::time::Instant;

use httparse::{EMPTY_HEADER, Response, Status};
use serde_json::Value;

use super::place::Place;
use super::wire::{Lost, Wire};

/// No answer of the daemon is larger.
const LARGEST: usize = 16 << 20;

/// What the daemon answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    ToTheEnd,
}

/// Posts an event and waits for the whole answer: the little of HTTP that this takes, since a
/// runtime and a client would be most of what an agent waits for.
pub(super) fn exchange(
    place: &Place,
    path: &str,
    body: &[u8],
    deadline: Option<Instant>,
) -> Result<Reply, Lost> {
    let mut wire = Wire::connect(&place.socket, deadline)?;
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: codepiper\r\ncontent-type: application/json\r\n\
         x-codepiper-secret: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        place.secret,
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    // Who refuses a body does not read it to its end, and the answer is there all the same.
    let sent = wire.send(&request);
    drop(request);
    read_reply(&mut wire).map_err(|error| wire.lost(sent.as_ref().err().unwrap_or(&error)))
}

impl Reply {
    /// Says that, and why, the daemon refused.
    pub(super) fn refusal(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let reason = body.get("error").and_then(Value::as_str);
        format!(
            "the daemon answered {}: {}",
            self.status,
            crate::output::harmless(reason.unwrap_or("no reason given"))
        )
    }
}

fn read_reply(wire: &mut Wire) -> io::Result<Reply> {
    loop {
        let (status, framing) = read_head(wire)?;
        // Something on the way to the answer.
        if (100..200).contains(&status) {
            continue;
        }
        let body = match framing {
            Framing::Length(length) => take(wire, length)?,
            Framing::Chunked => read_chunks(wire)?,
            Framing::ToTheEnd => {
                while wire.receive()? {
                    within_limit(wire.buffer.len())?;
                }
                std::mem::take(&mut wire.buffer)
            }
        };
        return Ok(Reply { status, body });
    }
}

fn read_head(wire: &mut Wire) -> io::Result<(u16, Framing)> {
    loop {
        let mut headers = [EMPTY_HEADER; 64];
        let mut response = Response::new(&mut headers);
        if let Status::Complete(length) = response.parse(&wire.buffer).map_err(io::Error::other)? {
            let head = (response.code.unwrap_or_default(), framing(&response)?);
            wire.buffer.drain(..length);
            return Ok(head);
        }
        more(wire)?;
    }
}

fn framing(response: &Response<'_, '_>) -> io::Result<Framing> {
    let header = |name: &str| {
        let found = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8_lossy(header.value))
    };
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return Ok(Framing::Chunked);
    }
    match header("content-length") {
        Some(length) => length
            .trim()
            .parse()
            .map(Framing::Length)
            .map_err(io::Error::other),
        None => Ok(Framing::ToTheEnd),
    }
}

fn read_chunks(wire: &mut Wire) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let parsed = httparse::parse_chunk_size(&wire.buffer)
            .map_err(|_| io::Error::other("a piece of it has no length"))?;
        let Status::Complete((line, size)) = parsed else {
            more(wire)?;
            continue;
        };
        // What may follow the last one says nothing to us.
        if size == 0 {
            return Ok(body);
        }
        let size = usize::try_from(size).map_err(io::Error::other)?;
        within_limit(body.len().saturating_add(size))?;
        take(wire, line)?;
        body.append(&mut take(wire, size)?);
        take(wire, "\r\n".len())?;
    }
}

/// Takes so many bytes, as soon as they have come.
fn take(wire: &mut Wire, length: usize) -> io::Result<Vec<u8>> {
    within_limit(length)?;
    while wire.buffer.len() < length {
        more(wire)?;
    }
    Ok(wire.buffer.drain(..length).collect())
}

fn more(wire: &mut Wire) -> io::Result<()> {
    within_limit(wire.buffer.len())?;
    if wire.receive()? {
        return Ok(());
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn within_limit(length: usize) -> io::Result<()> {
    if length > LARGEST {
        return Err(io::Error::other("it is too long"));
    }
    Ok(())
}
