/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {message}")]
pub struct PolicyError {
    /// The part that is wrong, such as `rules[0].args.command`.
    pub path: String,
    /// Why.
    pub message: String,
}

impl PolicyError {
    /// Names the part and says why.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// The same error, seen from one level above.
    #[must_use]
    pub fn inside(mut self, parent: &str) -> Self {
        self.path = format!("{parent}.{}", self.path);
        self
    }
}
