use codepiper_model::Channel;

/// What an agent's program says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its version, where it says one.
    pub version: Option<String>,
    /// The best way in which it can be heard and answered.
    pub channel: Channel,
    /// Arguments of ours that it does not know.
    pub unknown: &'static [&'static str],
}

/// The first word that is a version, such as in `codex-cli 0.169.0` and `2.1.197 (Claude Code)`.
pub(crate) fn version(said: &str) -> Option<String> {
    let is_version =
        |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    said.split_whitespace().find(is_version).map(str::to_owned)
}
