//! What an agent wants to do, in one line for a person.
//!
//! Somebody says yes or no to what stands there, so nothing is left out, and the agent's text can
//! neither move the cursor nor change its own reading order.

use std::fmt::Write as _;

use serde_json::Value;

/// What a tool call is about: the command, the file or the address, otherwise everything.
pub(crate) fn of(tool_input: &Value) -> String {
    const NAMING: [&str; 5] = ["command", "file_path", "notebook_path", "url", "query"];
    let named = NAMING.iter().find_map(|name| tool_input[*name].as_str());
    named.map_or_else(|| visible(&tool_input.to_string()), visible)
}

/// The text with every character shown that would otherwise do something.
pub(crate) fn visible(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // They have pictures of their own, which no command contains: `\n` it might.
            '\0'..='\x1f' => line.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => line.push('\u{2421}'),
            c if c.is_control() || is_unseen(c) => {
                let _ = write!(line, "\\u{{{:x}}}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// Whether a character has no width or turns the direction of those around it.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_an_agents_text_acts() {
        let text = "echo a\nrm\tx\x1b[2K\x07\x7f\u{9b}2J\u{202e}\u{200b} é 漢字 a\\nb";
        assert_eq!(
            visible(text),
            "echo a␊rm␉x␛[2K␇␡\\u{9b}2J\\u{202e}\\u{200b} é 漢字 a\\nb"
        );
    }

    #[test]
    fn a_call_is_about_what_names_its_thing() {
        for (input, line) in [
            (json!({"description": "d", "command": "ls\n"}), "ls␊"),
            (json!({"content": "c", "file_path": "/x"}), "/x"),
            (json!({"url": "https://x"}), "https://x"),
            (json!({"command": 7}), r#"{"command":7}"#),
            (json!({"x": "\u{202e}"}), "{\"x\":\"\\u{202e}\"}"),
            (json!(null), "null"),
        ] {
            assert_eq!(of(&input), line);
        }
    }
}
