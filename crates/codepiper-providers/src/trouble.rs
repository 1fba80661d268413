use codepiper_model::Trouble;

/// A trouble that a screen tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What went wrong.
    pub trouble: Trouble,
    /// Whether nothing that an agent says can look like that. Otherwise its hooks or its transcript
    /// decide.
    pub is_certain: bool,
}

impl Claim {
    pub(crate) const fn certain(trouble: Trouble) -> Self {
        Self {
            trouble,
            is_certain: true,
        }
    }
}
