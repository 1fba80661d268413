use std::fmt;
use std::str::FromStr;

/// One key press: a character with its case, or a named key, with modifiers.
///
/// The names are those of the existing CodePiper (`enter`, `escape`, `shift+tab`, `ctrl+c`, `f5`);
/// named keys and modifiers are read in any case, a single character means itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    modifiers: String,
    base: Base,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Base {
    Named(&'static str),
    Char(char),
}

/// A name that is no key's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey(String);

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown key `{}`; a key is one character or one of enter, escape, tab, space, \
             backspace, delete, insert, up, down, left, right, home, end, pageup, pagedown, f1-f12, \
             with ctrl+, alt+ or shift+ before it",
            self.0
        )
    }
}

impl std::error::Error for UnknownKey {}

const NAMED: [(&str, &str); 34] = [
    ("enter", "Enter"),
    ("return", "Enter"),
    ("escape", "Escape"),
    ("esc", "Escape"),
    ("tab", "Tab"),
    ("btab", "BTab"),
    ("space", "Space"),
    ("backspace", "BSpace"),
    ("bspace", "BSpace"),
    ("delete", "DC"),
    ("insert", "IC"),
    ("up", "Up"),
    ("down", "Down"),
    ("left", "Left"),
    ("right", "Right"),
    ("home", "Home"),
    ("end", "End"),
    ("pageup", "PPage"),
    ("pagedown", "NPage"),
    ("ppage", "PPage"),
    ("npage", "NPage"),
    ("minus", "-"),
    ("f1", "F1"),
    ("f2", "F2"),
    ("f3", "F3"),
    ("f4", "F4"),
    ("f5", "F5"),
    ("f6", "F6"),
    ("f7", "F7"),
    ("f8", "F8"),
    ("f9", "F9"),
    ("f10", "F10"),
    ("f11", "F11"),
    ("f12", "F12"),
];

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(text.chars().take(40).collect());
        let mut rest = text;
        let mut modifiers = String::new();
        // A lone `+`, or one behind a modifier, is the key itself.
        while let Some((name, behind)) = rest
            .split_once(['+', '-'])
            .filter(|(n, b)| !n.is_empty() && !b.is_empty())
        {
            let letter = match name.to_ascii_lowercase().as_str() {
                "ctrl" | "control" | "c" => 'C',
                "alt" | "meta" | "m" => 'M',
                "shift" | "s" => 'S',
                _ => return Err(unknown()),
            };
            if modifiers.contains(letter) {
                return Err(unknown());
            }
            modifiers.push(letter);
            rest = behind;
        }
        let lower = rest.to_ascii_lowercase();
        let mut chars = rest.chars();
        let base = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Base::Char(c),
            _ => {
                let named = NAMED.iter().find(|(name, _)| *name == lower);
                Base::Named(named.ok_or_else(unknown)?.1)
            }
        };
        if base == Base::Named("Tab") && modifiers == "S" {
            return Ok(Self {
                modifiers: String::new(),
                base: Base::Named("BTab"),
            });
        }
        Ok(Self { modifiers, base })
    }
}

impl Key {
    /// The key's name in tmux's own spelling.
    pub(crate) fn tmux_name(&self) -> String {
        let mut name = String::new();
        for modifier in self.modifiers.chars() {
            name.push(modifier);
            name.push('-');
        }
        match self.base {
            Base::Named(base) => name.push_str(base),
            Base::Char(' ') => name.push_str("Space"),
            // tmux's own parser would take these as syntax.
            Base::Char(c @ (';' | '#' | '"' | '\'' | '$' | '~' | '{' | '}' | '\\')) => {
                name.push('\\');
                name.push(c);
            }
            Base::Char(c) => name.push(c),
        }
        name
    }

    /// Whether it is a character that goes where text goes.
    pub fn is_text(&self) -> bool {
        self.plain_char().is_some()
    }

    /// The character, for a key that is nothing but one.
    pub fn plain_char(&self) -> Option<char> {
        match (&self.base, self.modifiers.is_empty()) {
            (Base::Char(c), true) => Some(*c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tmux_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        text.parse::<Key>().unwrap().tmux_name()
    }

    #[test]
    fn names_of_the_existing_codepiper_work() {
        assert_eq!(name("enter"), "Enter");
        assert_eq!(name("Escape"), "Escape");
        assert_eq!(name("shift+tab"), "BTab");
        assert_eq!(name("ctrl+c"), "C-c");
        assert_eq!(name("C-c"), "C-c");
        assert_eq!(name("alt+left"), "M-Left");
        assert_eq!(name("ctrl+space"), "C-Space");
        assert_eq!(name("pagedown"), "NPage");
    }

    #[test]
    fn a_character_keeps_its_case() {
        assert_eq!("G".parse::<Key>().unwrap().plain_char(), Some('G'));
        assert_eq!("+".parse::<Key>().unwrap().plain_char(), Some('+'));
        assert_eq!("-".parse::<Key>().unwrap().plain_char(), Some('-'));
        assert_eq!(" ".parse::<Key>().unwrap().plain_char(), Some(' '));
    }

    #[test]
    fn words_that_are_no_key_are_refused_instead_of_typed() {
        for text in [
            "",
            "nonsense",
            "hyper+x",
            "ctrl+ctrl+x",
            "\n",
            "ctrl+nonsense",
        ] {
            assert!(text.parse::<Key>().is_err(), "{text:?}");
        }
    }
}
