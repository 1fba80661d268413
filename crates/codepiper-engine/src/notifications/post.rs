use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use ureq::http::StatusCode;
use ureq::{Agent, Error};

/// How long a try may take, and how many there are at a time.
const DEADLINE: Duration = Duration::from_secs(10);
pub(super) const AT_ONCE: usize = 8;

/// Posts messages. It follows no redirect and asks no proxy: they go where the person said.
#[derive(Clone)]
pub(super) struct Poster {
    agent: Agent,
    room: Arc<Semaphore>,
}

/// A message.
pub(super) struct Post {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// What became of it, in words without secrets.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Delivered,
    /// Nobody is there any more.
    Gone(String),
    /// It will never be taken.
    Refused(String),
    /// Perhaps later, and not before so long.
    Later(String, Option<Duration>),
}

impl Poster {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent(concat!("codepiper/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
            room: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub(super) async fn post(&self, post: Post) -> Outcome {
        let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else {
            return Outcome::Later("the daemon stops".to_owned(), None);
        };
        let agent = self.agent.clone();
        let sent = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            send(&agent, &post)
        });
        let failed = |_| Outcome::Later("it could not be sent".to_owned(), None);
        sent.await.unwrap_or_else(failed)
    }
}

fn send(agent: &Agent, post: &Post) -> Outcome {
    let mut request = agent.post(&post.url);
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    match request.send(&post.body[..]) {
        Ok(answer) => {
            let after = answer.headers().get("retry-after");
            let after = after.and_then(|after| after.to_str().ok()?.trim().parse().ok());
            judge(answer.status(), after.map(Duration::from_secs))
        }
        Err(error) => Outcome::Later(words(&error).to_owned(), None),
    }
}

fn judge(status: StatusCode, after: Option<Duration>) -> Outcome {
    let said = format!("it answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Outcome::Delivered,
        404 | 410 => Outcome::Gone(said),
        408 | 425 | 429 | 500..=599 => Outcome::Later(said, after),
        _ => Outcome::Refused(said),
    }
}

/// The library's own words may have the URL in them.
fn words(error: &Error) -> &'static str {
    match error {
        Error::Timeout(_) => "it did not answer in time",
        Error::HostNotFound => "there is no host of that name",
        Error::ConnectionFailed | Error::Io(_) => "there is no connection to it",
        Error::Tls(_) | Error::Rustls(_) => "its certificate is not to be trusted, or TLS failed",
        _ => "its answer makes no sense",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
        let of = |status| judge(StatusCode::from_u16(status).unwrap(), None);
        assert_eq!(of(201), Outcome::Delivered);
        assert_eq!(of(410), Outcome::Gone("it answered 410".to_owned()));
        for status in [301, 400, 401, 403, 413] {
            assert!(matches!(of(status), Outcome::Refused(_)), "{status}");
        }
        for status in [429, 500, 503] {
            assert!(matches!(of(status), Outcome::Later(..)), "{status}");
        }
    }
}
