/// A workflow that needs nothing but to be given its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyWorkflow {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its file.
    pub text: &'static str,
}

/// The workflows that come with this.
pub const fn templates() -> &'static [ReadyWorkflow] {
    &[
        ReadyWorkflow {
            name: "implement-review-fix",
            description: "Implement a task, review it, and fix what the review finds",
            text: include_str!("../templates/implement-review-fix.yaml"),
        },
        ReadyWorkflow {
            name: "parallel-research",
            description: "Research a topic from three sides at once and join what is found",
            text: include_str!("../templates/parallel-research.yaml"),
        },
        ReadyWorkflow {
            name: "test-until-green",
            description: "Run a command, and let an agent fix what fails, until it passes",
            text: include_str!("../templates/test-until-green.yaml"),
        },
    ]
}
