use codepiper_model::ActivityState;

/// A terminal's screen as text.
#[derive(Clone, Copy, Debug)]
pub struct ScreenText<'a> {
    /// The rows from top to bottom, without trailing blanks.
    pub lines: &'a [String],
    /// The window's title.
    pub title: &'a str,
    /// Column and row of the cursor, from 0.
    pub cursor: (u16, u16),
    /// Whether the cursor is shown.
    pub cursor_visible: bool,
    /// Columns.
    pub cols: u16,
}

/// What a screen says about its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the agent is doing.
    pub state: ActivityState,
    /// What was seen, such as `trust_dialog`.
    pub kind: &'static str,
    /// Whether the prompt box is there to take a paste.
    pub has_box: bool,
    /// Whether the prompt box holds nothing that a person or we typed.
    pub box_empty: bool,
}

impl Reading {
    /// Nothing that is known stands there.
    pub const UNKNOWN: Self = Self {
        state: ActivityState::Unknown,
        kind: "unknown_screen",
        has_box: false,
        box_empty: false,
    };

    /// The kind of a screen whose agent waits for sub-agents only.
    pub const BACKGROUND: &'static str = "background_agents";

    /// Whether a prompt begins a turn now.
    pub fn takes_prompt(&self) -> bool {
        let is_free = self.state == ActivityState::Idle || self.kind == Self::BACKGROUND;
        self.has_box && is_free
    }

    /// A dialog is up: whatever is typed now would answer it.
    pub const fn dialog(state: ActivityState, kind: &'static str) -> Self {
        Self {
            state,
            kind,
            has_box: false,
            box_empty: false,
        }
    }

    /// Whether something is up that a typed text would answer.
    pub const fn is_dialog(&self) -> bool {
        self.state.needs_person()
    }
}
