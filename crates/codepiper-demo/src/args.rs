//! The command line, spelled as the real agents spell it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use uuid::Uuid;

/// What the demo agent was started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoArgs {
    /// The first prompt, taken at once. A leading `!` in it is plain text, as in the real agents.
    pub prompt: Option<String>,
    /// The id of a new conversation; chosen by the agent when absent.
    pub session_id: Option<Uuid>,
    /// The id of a conversation to go on with; its transcript is appended to.
    pub resume: Option<Uuid>,
    /// Go on with the old conversation in a new one.
    pub fork: bool,
    /// Where the JSONL transcript goes; none is written when absent.
    pub transcript: Option<PathBuf>,
    /// Never ask for permission.
    pub skip_permissions: bool,
    /// A file in the format of Claude Code's settings; its hooks are run.
    pub settings: Option<PathBuf>,
}

/// A command line that does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgsError {
    /// An option that the demo agent does not have.
    UnknownOption(String),
    /// An option without its value.
    MissingValue(&'static str),
    /// A session id that is no UUID.
    NotAnId(String),
    /// Both `--session-id` and `--resume`, without `--fork-session`.
    NewAndResumed,
    /// `--fork-session` without `--resume`.
    ForkOfNothing,
    /// More than one prompt.
    SecondPrompt(String),
}

impl fmt::Display for ArgsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOption(option) => write!(f, "`{option}` is no option of the demo agent"),
            Self::MissingValue(option) => write!(f, "`{option}` needs a value"),
            Self::NotAnId(text) => write!(f, "`{text}` is no session id (a UUID is)"),
            Self::NewAndResumed => write!(
                f,
                "`--session-id` and `--resume` exclude each other without `--fork-session`"
            ),
            Self::ForkOfNothing => write!(f, "`--fork-session` needs `--resume`"),
            Self::SecondPrompt(text) => write!(f, "one prompt at a time, and `{text}` is a second"),
        }
    }
}

impl std::error::Error for ArgsError {}

impl DemoArgs {
    /// Reads a command line without the program's name:
    /// `[--session-id UUID | --resume UUID [--fork-session]] [--transcript PATH] [--settings FILE]
    /// [--dangerously-skip-permissions] [--] [PROMPT]`.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, ArgsError> {
        let mut parsed = Self::default();
        let mut args = args.into_iter();
        let mut options = true;
        while let Some(arg) = args.next() {
            let text = arg.to_string_lossy().into_owned();
            let (name, inline) = match text.split_once('=') {
                Some((name, _)) if name.starts_with("--") => {
                    (name, Some(text[name.len() + 1..].into()))
                }
                _ => (text.as_str(), None),
            };
            let mut value = |option| {
                inline
                    .clone()
                    .or_else(|| args.next())
                    .ok_or(ArgsError::MissingValue(option))
            };
            match name {
                "--" if options => options = false,
                "--session-id" if options => parsed.session_id = Some(id(&value("--session-id")?)?),
                "--resume" if options => parsed.resume = Some(id(&value("--resume")?)?),
                "--fork-session" if options => parsed.fork = true,
                "--transcript" if options => {
                    parsed.transcript = Some(value("--transcript")?.into());
                }
                "--settings" if options => parsed.settings = Some(value("--settings")?.into()),
                "--dangerously-skip-permissions" if options => parsed.skip_permissions = true,
                name if options && name.starts_with('-') => {
                    return Err(ArgsError::UnknownOption(name.to_owned()));
                }
                _ if parsed.prompt.is_some() => return Err(ArgsError::SecondPrompt(text)),
                _ => parsed.prompt = Some(text),
            }
        }
        if parsed.session_id.is_some() && parsed.resume.is_some() && !parsed.fork {
            return Err(ArgsError::NewAndResumed);
        }
        if parsed.fork && parsed.resume.is_none() {
            return Err(ArgsError::ForkOfNothing);
        }
        Ok(parsed)
    }
}

fn id(value: &OsString) -> Result<Uuid, ArgsError> {
    let text = value.to_string_lossy();
    Uuid::parse_str(&text).map_err(|_| ArgsError::NotAnId(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<DemoArgs, ArgsError> {
        DemoArgs::parse(args.iter().map(OsString::from))
    }

    #[test]
    fn options_and_the_prompt_are_read() {
        let id = "0190f3a2-0000-7000-8000-000000000001";
        let read = parse(&[
            "--session-id",
            id,
            "--transcript=/tmp/a=b.jsonl",
            "--dangerously-skip-permissions",
            "--settings",
            "settings.json",
            "SAY: hi",
        ]);
        assert_eq!(
            read,
            Ok(DemoArgs {
                prompt: Some("SAY: hi".into()),
                session_id: Uuid::parse_str(id).ok(),
                resume: None,
                fork: false,
                transcript: Some("/tmp/a=b.jsonl".into()),
                skip_permissions: true,
                settings: Some("settings.json".into()),
            })
        );
    }

    #[test]
    fn a_prompt_after_two_dashes_may_look_like_an_option() {
        assert_eq!(parse(&["--", "-x"]).unwrap().prompt.as_deref(), Some("-x"));
    }

    #[test]
    fn what_does_not_parse_is_named() {
        assert_eq!(
            parse(&["--model"]),
            Err(ArgsError::UnknownOption("--model".into()))
        );
        assert_eq!(
            parse(&["--resume"]),
            Err(ArgsError::MissingValue("--resume"))
        );
        assert_eq!(
            parse(&["--resume", "x"]),
            Err(ArgsError::NotAnId("x".into()))
        );
        assert_eq!(parse(&["a", "b"]), Err(ArgsError::SecondPrompt("b".into())));
    }
}
