use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An agent CLI that CodePiper knows how to run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderId {
    /// Anthropic's Claude Code.
    ClaudeCode,
    /// `OpenAI`'s Codex.
    Codex,
    /// The small scripted agent inside the binary.
    Demo,
}

impl ProviderId {
    /// Every provider, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::ClaudeCode, Self::Codex, Self::Demo];

    /// The name on the wire and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::Demo => "demo",
        }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProvider(String);

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown provider `{}`; known are ", self.0)?;
        for (i, provider) in ProviderId::ALL.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}`{provider}`")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownProvider {}

impl FromStr for ProviderId {
    type Err = UnknownProvider;

    /// Reads a provider's name; `claude` is an alias that the existing CodePiper accepts.
    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        let name = if text == "claude" {
            "claude-code"
        } else {
            text
        };
        Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == name)
            .ok_or_else(|| UnknownProvider(text.chars().take(64).collect()))
    }
}

/// The way in which an agent is heard and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A server that holds the agent's conversation, beside its hooks.
    AppServer,
    /// Its hooks.
    #[default]
    Hooks,
    /// Its screen: no rule on its tool calls is asked.
    Screen,
}

impl Channel {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppServer => "app-server",
            Self::Hooks => "hooks",
            Self::Screen => "screen",
        }
    }
}

/// How a provider does a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Native {
    /// Through a channel the agent offers for it.
    Native,
    /// By reading its screen and typing.
    Screen,
    /// Not at all.
    None,
}

/// What works with a provider today, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// How it is known what the agent is doing.
    pub activity: Native,
    /// How its requests for permission are answered.
    pub permissions: Native,
    /// How it is known that a prompt was taken.
    pub prompt_receipts: Native,
    /// Whether the agent can be told to run without asking.
    pub supports_dangerous_mode: bool,
    /// Whether a session can carry on an earlier conversation of the agent.
    pub supports_resume: bool,
}
