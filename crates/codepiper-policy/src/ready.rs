/// A set of policies that needs nothing but to be applied.
#[derive(Clone, Copy, Debug)]
pub struct ReadySet {
    /// The id of its set.
    pub id: &'static str,
    /// Its file.
    pub text: &'static str,
}

/// The sets that come with this, the most careful first.
pub const READY_SETS: [ReadySet; 3] = [
    ReadySet {
        id: "read-only",
        text: include_str!("../ready/read-only.yaml"),
    },
    ReadySet {
        id: "cautious",
        text: include_str!("../ready/cautious.yaml"),
    },
    ReadySet {
        id: "balanced",
        text: include_str!("../ready/balanced.yaml"),
    },
];
