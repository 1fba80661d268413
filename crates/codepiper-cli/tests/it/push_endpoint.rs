//! A push service and a browser in one: it takes what is posted, answers as it was told, and reads it with
//! the browser's keys.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Nonce};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey, ecdh};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::PATIENCE;

const AUTH: [u8; 16] = [7; 16];

pub(crate) struct PushEndpoint {
    pub(crate) url: String,
    secret: SecretKey,
    /// What is answered next, the last one for ever.
    answers: Arc<Mutex<Vec<String>>>,
    taken: Receiver<Posted>,
}

/// What was posted.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl PushEndpoint {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/push/secret-part", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(vec!["201 Created".to_owned()]));
        let (sender, taken) = channel();
        let said = Arc::clone(&answers);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &said, &sender);
            }
        });
        let secret = SecretKey::from_slice(&[9; 32]).unwrap();
        Self {
            url,
            secret,
            answers,
            taken,
        }
    }

    /// Says what is answered: each once, and the last one from then on.
    pub(crate) fn answer(&self, answers: &[&str]) {
        *self.answers.lock().unwrap() = answers.iter().map(|&a| a.to_owned()).collect();
    }

    /// What the browser hands out.
    pub(crate) fn subscription(&self) -> Value {
        let public = self.secret.public_key().to_sec1_point(false);
        let keys = json!({
            "p256dh": Base64UrlUnpadded::encode_string(public.as_bytes()),
            "auth": Base64UrlUnpadded::encode_string(&AUTH),
        });
        json!({ "endpoint": self.url, "expirationTime": null, "keys": keys })
    }

    /// The next message that is posted here.
    #[track_caller]
    pub(crate) fn posted(&self) -> Posted {
        self.taken.recv_timeout(PATIENCE).expect("nothing came")
    }

    /// Whether something more was posted that nobody has looked at.
    pub(crate) fn is_quiet(&self) -> bool {
        self.taken.try_recv().is_err()
    }

    /// Reads it as RFC 8291 says, from the receiver's side.
    #[track_caller]
    pub(crate) fn read(&self, posted: &Posted) -> Value {
        assert_eq!(posted.headers["content-encoding"], "aes128gcm");
        let (salt, rest) = posted.body.split_at(16);
        assert_eq!(
            rest[..5],
            [0, 0, 16, 0, 65],
            "the size of records and of the key"
        );
        let (sender, sealed) = rest[5..].split_at(65);
        let theirs = PublicKey::from_sec1_bytes(sender).unwrap();
        let shared = ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), theirs.as_affine());
        let ours = self.secret.public_key().to_sec1_point(false);
        let info = [b"WebPush: info\0", ours.as_bytes(), sender].concat();
        let input: [u8; 32] = expand(&AUTH, shared.raw_secret_bytes(), &info);
        let key: [u8; 16] = expand(salt, &input, b"Content-Encoding: aes128gcm\0");
        let nonce: [u8; 12] = expand(salt, &input, b"Content-Encoding: nonce\0");
        let cipher = Aes128Gcm::new(&key.into());
        let mut opened = cipher.decrypt(&Nonce::from(nonce), sealed).unwrap();
        assert_eq!(opened.pop(), Some(2), "one record, without padding");
        serde_json::from_slice(&opened).unwrap()
    }

    /// Checks who has sent it, as a push service does.
    #[track_caller]
    pub(crate) fn prove(&self, posted: &Posted, public_key: &str) {
        let header = posted.headers["authorization"]
            .strip_prefix("vapid t=")
            .unwrap();
        let (token, key) = header.split_once(", k=").unwrap();
        assert_eq!(key, public_key);
        let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&decode(signature)).unwrap();
        let key = VerifyingKey::from_sec1_bytes(&decode(key)).unwrap();
        key.verify(signed.as_bytes(), &signature).unwrap();
        let claims = decode(signed.split_once('.').unwrap().1);
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let origin = self.url.strip_suffix("/push/secret-part").unwrap();
        assert_eq!(claims["aud"], origin);
    }
}

fn expand<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; N] {
    let mut output = [0; N];
    let hkdf = Hkdf::<Sha256>::new(Some(salt), input);
    hkdf.expand(info, &mut output).unwrap();
    output
}

fn serve(stream: TcpStream, answers: &Mutex<Vec<String>>, taken: &Sender<Posted>) {
    let mut reader = BufReader::new(stream);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        // A daemon that was killed hangs up in the middle.
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    let length = headers["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let answer = {
        let mut answers = answers.lock().unwrap();
        if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        }
    };
    // Told first: who hears of the answer may look at once.
    drop(taken.send(Posted { headers, body }));
    let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    drop(reader.get_mut().write_all(answer.as_bytes()));
}
