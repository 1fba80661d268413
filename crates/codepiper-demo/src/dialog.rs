//! A numbered dialog as the real agents draw it: digits act at once, arrows move, Enter takes the
//! highlighted option, Esc cancels. Text and pastes meanwhile are dropped, their Enter is not.

use crate::input::Input;

/// A question with numbered options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialog {
    pub(crate) title: &'static str,
    /// What the question is about, a line each.
    pub(crate) detail: Vec<String>,
    pub(crate) question: String,
    pub(crate) options: Vec<&'static str>,
    /// The text of the last option, when that one is to be typed.
    pub(crate) field: Option<String>,
    pub(crate) selected: usize,
    pub(crate) hint: &'static str,
}

/// How a dialog ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The option at this index.
    Chosen(usize),
    Typed(String),
    Cancelled,
}

impl Dialog {
    pub(crate) fn permission(
        title: &'static str,
        detail: Vec<String>,
        question: String,
        always: &'static str,
    ) -> Self {
        Self {
            title,
            detail,
            question,
            options: vec!["Yes", always, "No"],
            field: None,
            selected: 0,
            hint: "Esc to cancel",
        }
    }

    /// Without the option that would answer later calls too.
    pub(crate) fn once(mut self) -> Self {
        self.options
            .retain(|option| matches!(*option, "Yes" | "No"));
        self
    }

    /// Does this outcome turn down what was asked for?
    pub(crate) fn is_refused(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Chosen(option) => self.options[*option] == "No",
            Outcome::Typed(_) => false,
            Outcome::Cancelled => true,
        }
    }

    pub(crate) fn question(question: String) -> Self {
        Self {
            title: "Question",
            detail: Vec::new(),
            question,
            options: vec!["Option A", "Option B", "Type something"],
            field: Some(String::new()),
            selected: 0,
            hint: "Enter to select · Esc to cancel",
        }
    }

    /// Is the cursor in the text field?
    pub(crate) fn is_typing(&self) -> bool {
        self.field.is_some() && self.selected + 1 == self.options.len()
    }

    /// Takes a key; answers how the dialog ended, if it did.
    pub(crate) fn press(&mut self, input: Input) -> Option<Outcome> {
        let last = self.options.len() - 1;
        match input {
            Input::Escape | Input::Ctrl('c') => return Some(Outcome::Cancelled),
            Input::Up => self.selected = self.selected.saturating_sub(1),
            Input::Down => self.selected = last.min(self.selected + 1),
            Input::Enter if self.is_typing() => {
                let text = self.field.as_deref().unwrap_or_default().trim();
                return (!text.is_empty()).then(|| Outcome::Typed(text.to_owned()));
            }
            Input::Enter => return Some(Outcome::Chosen(self.selected)),
            input if self.is_typing() => self.edit(input),
            Input::Char(char @ '1'..='9') => {
                let option = char as usize - '1' as usize;
                if option == last && self.field.is_some() {
                    self.selected = last;
                } else if option <= last {
                    return Some(Outcome::Chosen(option));
                }
            }
            Input::Char(_)
            | Input::Ctrl(_)
            | Input::NewLine
            | Input::Backspace
            | Input::Paste(_) => {}
        }
        None
    }

    fn edit(&mut self, input: Input) {
        let Some(field) = &mut self.field else { return };
        match input {
            Input::Char(char) => field.push(char),
            Input::Backspace => drop(field.pop()),
            Input::Ctrl('u') => field.clear(),
            Input::Paste(text) => field.push_str(&text.replace('\n', " ")),
            Input::Ctrl(_)
            | Input::Enter
            | Input::NewLine
            | Input::Escape
            | Input::Up
            | Input::Down => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(dialog: &mut Dialog, inputs: &[Input]) -> Option<Outcome> {
        inputs
            .iter()
            .cloned()
            .fold(None, |ended, input| ended.or_else(|| dialog.press(input)))
    }

    #[test]
    fn permission_keys() {
        let table: Vec<(Vec<Input>, Option<Outcome>)> = vec![
            (vec![Input::Char('1')], Some(Outcome::Chosen(0))),
            (vec![Input::Char('3')], Some(Outcome::Chosen(2))),
            (
                vec![
                    Input::Char('4'),
                    Input::Char('y'),
                    Input::Ctrl('d'),
                    Input::NewLine,
                ],
                None,
            ),
            (vec![Input::Enter], Some(Outcome::Chosen(0))),
            (
                vec![
                    Input::Down,
                    Input::Down,
                    Input::Down,
                    Input::Up,
                    Input::Enter,
                ],
                Some(Outcome::Chosen(1)),
            ),
            (vec![Input::Escape], Some(Outcome::Cancelled)),
            (vec![Input::Ctrl('c')], Some(Outcome::Cancelled)),
            (vec![Input::Paste("3\nno".into())], None),
            (
                vec![Input::Paste("no".into()), Input::Enter],
                Some(Outcome::Chosen(0)),
            ),
        ];
        for (keys, ended) in table {
            let mut dialog =
                Dialog::permission("Bash command", vec![], "Proceed?".into(), "Always");
            assert_eq!(press(&mut dialog, &keys), ended, "{keys:?}");
        }
    }

    #[test]
    fn an_answer_may_be_typed() {
        let mut dialog = Dialog::question("Which?".into());
        assert_eq!(press(&mut dialog, &[Input::Char('3'), Input::Enter]), None);
        let keys = [
            Input::Char('4'),
            Input::Char('x'),
            Input::Backspace,
            Input::Char('2'),
            Input::Enter,
        ];
        assert_eq!(press(&mut dialog, &keys), Some(Outcome::Typed("42".into())));
    }

    #[test]
    fn the_options_of_a_question_are_numbered_too() {
        let mut dialog = Dialog::question("Which?".into());
        assert_eq!(
            press(&mut dialog, &[Input::Char('2')]),
            Some(Outcome::Chosen(1))
        );
    }
}
