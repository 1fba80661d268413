use std::fmt;

use serde::de::{self, Expected, Unexpected};

/// The longest name of a field, in characters, that an answer repeats.
const SHOWN_MAX: usize = 200;

/// Which part of a request does not fit, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) field: Option<String>,
    pub(crate) message: String,
}

/// Why a part does not fit.
#[derive(Debug)]
pub(crate) enum Reason {
    Unknown(&'static [&'static str]),
    Missing(String),
    Twice(String),
    Kind {
        found: &'static str,
        wanted: &'static str,
    },
    Choice {
        found: String,
        known: &'static [&'static str],
    },
    Other(String),
}

impl Reason {
    pub(super) fn about(self, path: Option<String>) -> Misfit {
        let below = |key: &str| match &path {
            Some(path) => format!("{path}.{key}"),
            None => key.to_owned(),
        };
        let field = match &self {
            Self::Missing(key) | Self::Twice(key) => Some(below(key)),
            _ => path,
        };
        let field = field.map(|field| shortened(&field, SHOWN_MAX));
        let subject = match &field {
            Some(field) => format!("`{field}`"),
            None => "the body".to_owned(),
        };
        let message = match self {
            Self::Unknown([]) => format!("{subject} is not known here; leave it out"),
            Self::Unknown(known) => {
                format!("{subject} is not known here; known are {}", listed(known))
            }
            Self::Missing(_) => format!("{subject} is missing"),
            Self::Twice(_) => format!("{subject} is there twice"),
            Self::Kind { found, wanted } => format!("{subject} is {found}; it has to be {wanted}"),
            Self::Choice { found, known } => {
                let found = shortened(&found, 40);
                format!(
                    "{subject} is `{found}`; it has to be one of {}",
                    listed(known)
                )
            }
            Self::Other(why) => format!("{subject}: {}", shortened(&why, SHOWN_MAX)),
        };
        Misfit { field, message }
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Reason {}

impl de::Error for Reason {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }

    // What was found instead may be a secret.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Other(format!("it has to be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Other(format!("it has to be {expected}"))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown(known)
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        let found = found.to_owned();
        Self::Choice { found, known }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field.to_owned())
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Twice(field.to_owned())
    }
}
