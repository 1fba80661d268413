use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{PATIENCE, TestHome};

/// What a browser does, as far as the daemon can tell: it keeps cookies and says where it comes
/// from.
pub(crate) struct Browser {
    /// `127.0.0.1:port`
    pub(crate) host: String,
    pub(crate) cookies: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The status with the code of the error.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        (
            self.status,
            body["code"].as_str().unwrap_or_default().to_owned(),
        )
    }
}

impl Browser {
    /// A browser that looks at the dashboard of this home's daemon.
    pub(crate) fn of(home: &TestHome) -> Self {
        let health = home.call("GET", "/health", &Value::Null);
        Self {
            host: health["web"][0].as_str().unwrap().to_owned(),
            cookies: Vec::new(),
        }
    }

    /// Another one that has stolen the cookies.
    pub(crate) fn stolen(&self) -> Self {
        Self {
            host: self.host.clone(),
            cookies: self.cookies.clone(),
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], &Value::Null)
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        let origin = format!("http://{}", self.host);
        self.ask("POST", path, &[("Origin", &origin)], body)
    }

    /// Asks with these headers; one of them may be another `Host`.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = self.begin(method, path, headers, body.len());
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        self.keep_cookies(head);
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Asks, and leaves it to the caller to send a body of that length and to read the answer.
    pub(crate) fn begin(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        length: usize,
    ) -> TcpStream {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let mut add = |name: &str, value: &str| {
            request += &[name, ": ", value, "\r\n"].concat();
        };
        if !headers.iter().any(|(name, _)| *name == "Host") {
            add("Host", &self.host);
        }
        for (name, value) in headers {
            add(name, value);
        }
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        if !cookies.is_empty() {
            add("Cookie", &cookies.join("; "));
        }
        add("Content-Length", &length.to_string());
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(format!("{request}\r\n").as_bytes())
            .unwrap();
        stream
    }

    fn keep_cookies(&mut self, head: &str) {
        let set = head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        for cookie in set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Comes in for the first time, and returns the authenticator with the recovery codes.
    #[track_caller]
    pub(crate) fn enrol(&mut self, home: &TestHome) -> (Authenticator, Vec<String>) {
        let file = home.path(".codepiper/first-password");
        let password = std::fs::read_to_string(file).unwrap();
        let knows = self.post("/api/auth/login", &json!({ "password": password }));
        assert_eq!(knows.refusal(), (401, "mfa_setup_required".to_owned()));
        let offer = self.post("/api/auth/mfa/setup", &Value::Null).json();
        let mut authenticator = Authenticator::new(password, offer["secret"].as_str().unwrap());
        let code = authenticator.code();
        let verified = self.post("/api/auth/mfa/verify", &json!({ "totpCode": code }));
        assert_eq!(verified.status, 200, "{verified:?}");
        let codes = verified.json()["recoveryCodes"].clone();
        (authenticator, serde_json::from_value(codes).unwrap())
    }

    pub(crate) fn login(&mut self, password: &str, code: &str) -> Answer {
        let body = json!({ "password": password, "totpCode": code });
        self.post("/api/auth/login", &body)
    }
}

/// What the person has: the password in the head and the secret in the telephone.
pub(crate) struct Authenticator {
    pub(crate) password: String,
    totp: totp_rs::Totp,
    /// How far ahead of the clock the next code is: each is good for once, and the next one is
    /// accepted a little early.
    ahead: u64,
}

impl Authenticator {
    pub(crate) fn new(password: String, secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        Self {
            password,
            totp: totp_rs::Builder::new()
                .with_secret(secret)
                .build_noncompliant(),
            ahead: 0,
        }
    }

    /// The next code. Of two at most in half a minute.
    pub(crate) fn code(&mut self) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let code = self.totp.generate(now + self.ahead).to_string();
        self.ahead += 30;
        code
    }
}
