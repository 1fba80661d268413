/// The longest line that is kept; what is longer is no more known exactly.
const LONGEST: usize = 2 * 1024 * 1024;

/// What one key, or one piece of text, does to the line that is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke<'a> {
    /// It is added at the end; it may have several lines.
    Text(&'a str),
    /// The last character goes.
    Erase,
    /// Everything back to the beginning of the line goes.
    Clear,
    /// Something else: the cursor moves, a completion or an older line comes.
    Edit,
}

/// The line that stands in an agent's prompt, put together from what was typed into it: however
/// that was split over calls and clients, the line is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedLine {
    text: String,
    is_exact: bool,
}

impl TypedLine {
    /// A prompt in which nothing stands.
    pub const fn empty() -> Self {
        Self {
            text: String::new(),
            is_exact: true,
        }
    }

    /// A prompt in which anything may stand.
    pub const fn unknown() -> Self {
        Self {
            text: String::new(),
            is_exact: false,
        }
    }

    /// What was typed, as far as it is known.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether that is all that stands there, as long as nobody else typed.
    pub const fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Takes in what is typed next.
    pub fn take(&mut self, stroke: Stroke<'_>) {
        match stroke {
            Stroke::Text(text) if self.text.len() + text.len() <= LONGEST => {
                self.text.push_str(text);
            }
            Stroke::Erase => drop(self.text.pop()),
            // Agents clear one row or all of them.
            Stroke::Clear if !self.text.contains('\n') => self.text.clear(),
            Stroke::Text(_) | Stroke::Clear | Stroke::Edit => self.is_exact = false,
        }
    }
}
