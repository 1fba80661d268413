use std::io::{self, BufReader, Read};

use serde::Deserialize;
use serde_json::value::RawValue;

/// No event of an agent is larger; a tool call that is, is denied instead of judged.
const LARGEST: u64 = 64 << 20;

/// What the agent told its hook.
#[derive(Debug)]
pub(super) struct Payload {
    /// The event's name.
    pub(super) event: String,
    /// The document as it came, byte for byte: the daemon judges and keeps what the agent meant,
    /// not what we understood.
    pub(super) document: Box<RawValue>,
}

/// Why there is nothing to send.
#[derive(Debug)]
pub(super) enum Unusable {
    /// More than [`LARGEST`].
    TooLarge { event: Option<String> },
    /// No JSON object, or one of which nobody says what event it is.
    Unreadable(String),
}

/// The only part of a payload that matters here.
#[derive(Deserialize)]
struct Named {
    hook_event_name: Option<String>,
    event: Option<String>,
}

impl Named {
    fn name(self) -> Option<String> {
        let name = self.hook_event_name.or(self.event);
        name.filter(|name| !name.is_empty())
    }
}

impl Payload {
    /// Reads standard input to its end. `event` is what it is where it does not say so itself.
    pub(super) fn read(event: Option<&str>) -> Result<Self, Unusable> {
        let mut input = io::stdin().lock();
        let mut bytes = Vec::new();
        let read = input.by_ref().take(LARGEST + 1).read_to_end(&mut bytes);
        read.map_err(|error| Unusable::Unreadable(format!("cannot read the payload: {error}")))?;
        if bytes.len() as u64 > LARGEST {
            return Err(too_large(&bytes, input, event));
        }
        Self::parse(bytes, event)
    }

    fn parse(bytes: Vec<u8>, event: Option<&str>) -> Result<Self, Unusable> {
        let not_json = |why: &dyn std::fmt::Display| {
            Unusable::Unreadable(format!("the payload is no JSON document: {why}"))
        };
        let text = String::from_utf8(bytes).map_err(|error| not_json(&error))?;
        let document = RawValue::from_string(text).map_err(|error| not_json(&error))?;
        // The daemon would refuse it, and a refusal is no decision.
        if !document.get().starts_with('{') {
            return Err(not_json(&"it is no object"));
        }
        let event = serde_json::from_str(document.get())
            .ok()
            .and_then(Named::name)
            .or_else(|| event.map(str::to_owned))
            .ok_or_else(|| {
                Unusable::Unreadable("the payload has no text `hook_event_name`".to_owned())
            })?;
        Ok(Self { event, document })
    }
}

/// The name may stand anywhere in the document, so it is read to its end, but not kept.
fn too_large(beginning: &[u8], rest: impl Read, event: Option<&str>) -> Unusable {
    let document = beginning.chain(BufReader::new(rest));
    let named: Result<Named, _> = serde_json::from_reader(document);
    Unusable::TooLarge {
        event: named
            .ok()
            .and_then(Named::name)
            .or_else(|| event.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Payload, Unusable> {
        Payload::parse(text.as_bytes().to_vec(), None)
    }

    #[test]
    fn the_document_stays_as_it_came() {
        let text = r#"{"b":1.0e2, "hook_event_name":"Stop","a":"\ud83d \u0041","b":1}"#;
        let payload = parse(&format!(" {text}\n")).unwrap();
        assert_eq!(payload.document.get(), text);
        assert_eq!(payload.event, "Stop");
    }

    #[test]
    fn an_event_may_be_named_the_short_way() {
        assert_eq!(parse(r#"{"event":"Stop"}"#).unwrap().event, "Stop");
    }

    #[test]
    fn no_depth_hides_an_event() {
        let deep = format!(
            r#"{{"x":{}{},"event":"Stop"}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(parse(&deep).unwrap().event, "Stop");
    }

    #[test]
    fn what_names_no_event_is_unusable() {
        for text in [
            "",
            "{",
            "[]",
            "{}",
            "1",
            r#"{"event":7}"#,
            r#"{"event":""}"#,
            r#"["Stop"]"#,
            "{\"event\":\"\u{1}\"}",
        ] {
            assert!(
                matches!(parse(text), Err(Unusable::Unreadable(_))),
                "{text:?}"
            );
        }
        assert!(Payload::parse(b"{\"event\":\"\xff\"}".to_vec(), Some("Stop")).is_err());
    }

    #[test]
    fn who_calls_may_name_the_event_that_the_payload_does_not() {
        for (text, event) in [
            ("{}", "PreToolUse"),
            (r#"{"hook_event_name":7}"#, "PreToolUse"),
            (r#"{"hook_event_name":""}"#, "PreToolUse"),
            (r#"{"event":"Stop","event":"Stop"}"#, "PreToolUse"),
            (r#"{"event":"Stop"}"#, "Stop"),
        ] {
            let payload = Payload::parse(text.into(), Some("PreToolUse")).unwrap();
            assert_eq!(payload.event, event, "{text}");
        }
    }

    #[test]
    fn the_name_is_found_behind_the_limit() {
        let Unusable::TooLarge { event } =
            too_large(br#"{"x":"lo"#, &br#"ng","event":"PreToolUse"}"#[..], None)
        else {
            panic!("it is too large");
        };
        assert_eq!(event.as_deref(), Some("PreToolUse"));
        let Unusable::TooLarge { event } = too_large(b"{", &b""[..], Some("PreToolUse")) else {
            panic!("it is too large");
        };
        assert_eq!(event.as_deref(), Some("PreToolUse"));
    }
}
