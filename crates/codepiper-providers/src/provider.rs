use std::path::{Path, PathBuf};

use codepiper_model::{
    Capabilities, Channel, LaunchSpec, Native, Note, PromptText, ProviderId, StatusLine,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Claim, HookAnswer, HookCommand, HookReading, Installed, Malformed, ModelSwitch, ReaderState,
    Reading, ScreenText, claude, installed,
};

/// What a session is asked to be, as far as its agent is concerned.
#[derive(Clone, Debug)]
pub struct LaunchRequest<'a> {
    /// The agent's program.
    pub program: &'a Path,
    /// Where it starts, with links resolved.
    pub cwd: &'a Path,
    /// The session's own directory, where the files of the launch are written.
    pub dir: &'a Path,
    /// Further arguments, as the person gave them.
    pub args: &'a [String],
    /// The model to use.
    pub model: Option<&'a str>,
    /// Run without asking.
    pub dangerous: bool,
    /// The first prompt.
    pub prompt: Option<&'a PromptText>,
    /// Which conversation of the agent's own.
    pub conversation: Conversation<'a>,
    /// How it calls its hooks.
    pub hooks: HookCommand<'a>,
    /// How it is to be heard and answered.
    pub channel: Channel,
    /// Arguments that its version does not know: see [`Installed::unknown`].
    pub unknown: &'a [&'static str],
    /// The environment the agent will have.
    pub home: Home<'a>,
}

/// A conversation, by the agent's own name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversation<'a> {
    /// A new one gets this name.
    New(&'a str),
    /// An old one goes on.
    Resume(&'a str),
    /// A new one goes on where an old one is now.
    Fork {
        /// The old one, which stays as it is.
        from: &'a str,
        /// The name of the new one.
        to: &'a str,
    },
}

impl<'a> Conversation<'a> {
    /// The name that the session's conversation has from then on.
    pub const fn name(self) -> &'a str {
        match self {
            Self::New(name) | Self::Resume(name) | Self::Fork { to: name, .. } => name,
        }
    }
}

/// Why an agent would not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A name for programs.
    pub code: &'static str,
    /// Why.
    pub message: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// What says where transcripts are.
#[derive(Clone, Copy, Debug)]
pub struct TranscriptPlace<'a> {
    /// Where the agent keeps its things.
    pub home: Home<'a>,
    /// Where the conversation takes place, with links resolved.
    pub cwd: &'a Path,
    /// The session's own directory.
    pub dir: &'a Path,
}

/// How each thing can be done with an agent: through a channel of its own, by its screen and keys,
/// or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Support {
    /// Hearing of its events, and forbidding a tool call.
    pub hooks: Native,
    /// Answering its requests for leave.
    pub approvals: Native,
    /// Giving it another model.
    pub model_switch: Native,
    /// Reading what was said.
    pub transcript: Native,
    /// Ending a turn.
    pub interrupt: Native,
    /// Counting its tokens.
    pub usage: Native,
}

/// Command lines of an agent; `{id}` stands for its name of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LaunchHints {
    /// The argument that lets it run without asking.
    pub dangerous_flag: &'static str,
    /// Goes on with a conversation.
    pub resume: &'static str,
    /// Goes on with a copy of one.
    pub fork: &'static str,
}

/// Where an agent keeps its things: its environment, and the files it would find there.
#[derive(Clone, Copy)]
pub struct Home<'a> {
    /// The value of a variable.
    pub var: &'a dyn Fn(&str) -> Option<String>,
    /// The contents of a file.
    pub file: &'a dyn Fn(&Path) -> Option<String>,
}

impl<'a> LaunchRequest<'a> {
    /// What says where its transcript is.
    pub const fn transcript_place(&self) -> TranscriptPlace<'a> {
        TranscriptPlace {
            home: self.home,
            cwd: self.cwd,
            dir: self.dir,
        }
    }
}

impl std::fmt::Debug for Home<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Home")
    }
}

/// An agent CLI.
pub trait Provider: Sync {
    /// Its name.
    fn id(&self) -> ProviderId;

    /// What people call it.
    fn label(&self) -> &'static str;

    /// The program to look for; `None` when it is inside our own binary.
    fn program(&self) -> Option<&'static str>;

    /// How to get it.
    fn install_hint(&self) -> &'static str;

    /// How to sign in.
    fn sign_in_hint(&self) -> &'static str;

    /// What works with it, over that channel.
    fn capabilities(&self, channel: Channel) -> Capabilities;

    /// What to ask its program: the arguments of each question.
    fn questions(&self) -> &'static [&'static [&'static str]] {
        &[&["--version"]]
    }

    /// What its program says of itself, in its answers to the [questions](Self::questions).
    fn installed(&self, answers: &[Option<String>]) -> Installed {
        let said = answers.first().and_then(Option::as_deref);
        Installed {
            version: said.and_then(installed::version),
            channel: Channel::Hooks,
            unknown: &[],
        }
    }

    /// The version that everything here was seen with.
    fn seen(&self) -> &'static str;

    /// How things are done with it, over that channel.
    fn support(&self, channel: Channel) -> Support;

    /// What people type to do by themselves what sessions do.
    fn launch_hints(&self) -> LaunchHints;

    /// Whether these arguments of its own let it run without asking.
    fn is_dangerous(&self, _args: &[String]) -> bool {
        false
    }

    /// Whether these arguments of its own let it do more unasked than it would without them.
    fn widens(&self, args: &[String]) -> bool {
        self.is_dangerous(args)
    }

    /// Whether somebody is signed in.
    fn signed_in(&self, home: Home<'_>) -> bool;

    /// Why it would not start like that, where that is known beforehand.
    fn refusal(&self, _request: &LaunchRequest<'_>, _is_root: bool) -> Option<Refusal> {
        None
    }

    /// The arguments and files of a launch.
    fn launch(&self, request: &LaunchRequest<'_>) -> LaunchSpec;

    /// Where it writes a conversation down, once somebody has said something in it.
    fn transcript(&self, place: &TranscriptPlace<'_>, conversation: &str) -> Option<PathBuf>;

    /// Where its transcripts are that have more in their names than the conversation, with which
    /// each of them ends: somewhere below these folders. None where
    /// [`transcript`](Self::transcript) tells the place.
    fn transcript_folders(&self, _home: Home<'_>) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The folder below which all its transcripts are, from the place of one of them.
    fn transcript_root<'a>(&self, transcript: &'a Path) -> Option<&'a Path> {
        // `<root>/<folder of the directory>/<conversation>.jsonl`
        transcript.parent()?.parent()
    }

    /// What a line of a transcript says; `state` is what the lines before it left.
    fn read_line(&self, line: &str, state: &mut ReaderState) -> Result<Vec<Note>, Malformed> {
        claude::line::read(line, state)
    }

    /// The folder in which the transcripts of the sub-agents of a conversation appear.
    fn sub_agents_folder(&self, transcript: &Path) -> Option<PathBuf> {
        Some(transcript.with_extension("").join("subagents"))
    }

    /// The sub-agent whose transcript this is, a file of that folder.
    fn sub_agent_of(&self, transcript: &Path) -> Option<String> {
        let name = transcript.file_name()?.to_str()?;
        let name = name.strip_prefix("agent-")?.strip_suffix(".jsonl")?;
        Some(name.to_owned())
    }

    /// Whether its hook before a tool call can say nothing but no. Then an `ask` is held open there
    /// until a person has answered, and an `allow` counts when the agent asks for leave.
    fn hook_only_forbids(&self) -> bool {
        false
    }

    /// What an event of its hooks says.
    fn read_hook(&self, event: &str, data: &Value) -> HookReading;

    /// What the agent tells its status line; `None` where no program of ours draws that.
    fn read_status_line(&self, _data: &Value) -> Option<StatusLine> {
        None
    }

    /// The answer to a hook, in the words that it reads on standard output; `None` where this
    /// event takes none.
    fn hook_answer(&self, event: &str, answer: HookAnswer<'_>) -> Option<String>;

    /// What its screen says.
    fn read_screen(&self, screen: ScreenText<'_>) -> Reading;

    /// What its screen says went wrong with the latest turn, or goes wrong with the one under way.
    fn read_trouble(&self, _screen: ScreenText<'_>) -> Option<Claim> {
        None
    }

    /// What stands in its prompt box, its rows as they are wrapped; `None` where there is no box.
    fn typed_text(&self, screen: ScreenText<'_>) -> Option<String>;

    /// What its screen says became of `/model NAME`; `None` as long as it says nothing, and where
    /// there is no such command.
    fn model_switch(&self, _screen: ScreenText<'_>, _name: &str) -> Option<ModelSwitch> {
        None
    }

    /// Whether it takes this prompt for a wish to leave, however it is disarmed.
    fn is_farewell(&self, _text: &str) -> bool {
        false
    }

    /// What Enter may make of the text in the box: an agent may take the first of a menu that it
    /// shows instead of what was typed.
    fn completions(&self, _screen: ScreenText<'_>) -> Vec<String> {
        Vec::new()
    }
}

/// Claude Code's argument for running without asking, and the demo agent's.
pub(crate) const UNASKED: &str = "--dangerously-skip-permissions";

/// The most bytes that all arguments of a launch may have together; a longer first prompt is
/// typed. Linux takes more, but a prompt that long is no argument any more.
pub(crate) const ARGUMENTS_MAX: usize = 12 * 1024;

/// Adds the first prompt as the last argument where it fits, and says whether it did.
pub(crate) fn push_prompt(argv: &mut Vec<String>, prompt: Option<&PromptText>) -> bool {
    let Some(prompt) = prompt else { return false };
    let taken: usize = argv.iter().map(|arg| arg.len() + 1).sum();
    if taken + prompt.as_str().len() >= ARGUMENTS_MAX {
        return false;
    }
    argv.push("--".to_owned());
    argv.push(prompt.as_str().to_owned());
    true
}

/// A directory named by a variable, or a folder of the home directory.
pub(crate) fn directory(home: Home<'_>, variable: &str, folder: &str) -> Option<PathBuf> {
    let named = (home.var)(variable)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from((home.var)("HOME")?).join(folder)))
}
