use serde::{Deserialize, Serialize};

/// What keeps an agent from doing what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Its model cannot be reached or fails, and it tries again.
    Retrying,
    /// Somebody interrupted the turn.
    Interrupted,
    /// Somebody refused what the agent asked leave for, which ended the turn.
    Rejected,
    /// Its model cannot be reached or failed, and it has given up.
    ApiError,
    /// The conversation is too long for its model.
    ContextFull,
    /// What the account or the key may use is used up.
    UsageLimit,
    /// Nobody is signed in, the sign-in has run out, or the key is refused.
    SignInNeeded,
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Retrying,
        Self::Interrupted,
        Self::Rejected,
        Self::ApiError,
        Self::ContextFull,
        Self::UsageLimit,
        Self::SignInNeeded,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retrying => "retrying",
            Self::Interrupted => "interrupted",
            Self::Rejected => "rejected",
            Self::ApiError => "api_error",
            Self::ContextFull => "context_full",
            Self::UsageLimit => "usage_limit",
            Self::SignInNeeded => "sign_in_needed",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether nothing will come of a further prompt until a person has acted.
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::UsageLimit | Self::SignInNeeded)
    }

    /// Whether a turn that ends like that has failed.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::ApiError | Self::ContextFull | Self::UsageLimit | Self::SignInNeeded => true,
            Self::Retrying | Self::Interrupted | Self::Rejected => false,
        }
    }
}

/// A trouble, with what the agent says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What it is.
    pub kind: TroubleKind,
    /// The agent's own words, on one line.
    pub detail: Option<String>,
}

impl Trouble {
    /// Words that are longer are cut.
    const LONGEST: usize = 300;

    /// A trouble in the agent's words, which are brought onto one line.
    pub fn new(kind: TroubleKind, words: &str) -> Self {
        let words: Vec<&str> = words.split_whitespace().collect();
        let detail: String = words.join(" ").chars().take(Self::LONGEST).collect();
        Self {
            kind,
            detail: Some(detail).filter(|detail| !detail.is_empty()),
        }
    }

    /// Why a prompt failed whose turn ended like that: the kind, and the agent's words.
    pub fn reason(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.kind.as_str()),
            None => self.kind.as_str().to_owned(),
        }
    }

    /// The kind that such a reason begins with.
    pub fn kind_of_reason(reason: &str) -> Option<TroubleKind> {
        TroubleKind::named(reason.split(": ").next().unwrap_or_default())
    }
}
