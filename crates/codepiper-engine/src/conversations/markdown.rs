//! A conversation as a document.

use std::fmt::Write as _;

use codepiper_model::{
    ConversationEntry, ConversationKind, ConversationTool, UsageCost, is_unseen,
};

/// A document that is being written.
#[derive(Default)]
pub(super) struct Document {
    text: String,
    /// What was told of answers, or turns, that are not over yet: of one for each agent at most.
    costs: Vec<Cost>,
}

/// What an answer, or a turn, cost; it stands below the last entry of that.
struct Cost {
    agent_id: Option<String>,
    message_id: Option<String>,
    model: Option<String>,
    usage: UsageCost,
}

impl Document {
    /// Adds an entry.
    pub(super) fn add(&mut self, entry: &ConversationEntry) {
        let over = self.costs.iter().position(|cost| {
            cost.agent_id == entry.agent_id && cost.message_id != entry.message_id
        });
        // What is not shown ends nothing.
        if let Some(over) = over.filter(|_| entry.kind != ConversationKind::Other) {
            write_cost(&self.costs.remove(over), &mut self.text);
        }
        write(entry, &mut self.text);
        if let Some(usage) = entry.usage {
            self.costs.push(Cost {
                agent_id: entry.agent_id.clone(),
                message_id: entry.message_id.clone(),
                model: entry.model.clone(),
                usage,
            });
        }
    }

    /// The whole of it.
    pub(super) fn finish(mut self) -> String {
        for cost in &self.costs {
            write_cost(cost, &mut self.text);
        }
        self.text
    }
}

fn write_cost(cost: &Cost, document: &mut String) {
    let Cost { model, usage, .. } = cost;
    let model = plain(model.as_deref().unwrap_or("unknown model"));
    let tokens = usage.tokens;
    let price = usage
        .cost_usd
        .map_or_else(|| "no price".to_owned(), |dollars| format!("${dollars:.4}"));
    let by = cost.agent_id.as_deref();
    let by = by.map_or_else(String::new, |id| format!("sub-agent {} · ", plain(id)));
    let (read, written) = (tokens.read(), tokens.output);
    let _infallible = writeln!(
        document,
        "*{by}{model} · {read} tokens read, {written} written · {price}*\n"
    );
}

fn write(entry: &ConversationEntry, document: &mut String) {
    let who = match entry.kind {
        ConversationKind::Prompt => "Prompt",
        ConversationKind::Reply => "Reply",
        ConversationKind::Thinking => "Thinking",
        ConversationKind::ToolCall => "Tool",
        ConversationKind::SubAgent => "Sub-agent",
        ConversationKind::Compaction => "Summary of all before",
        ConversationKind::Error => "Error",
        ConversationKind::Other => return,
    };
    let by = entry
        .agent_id
        .as_deref()
        .map(|id| format!(" (sub-agent {})", plain(id)));
    let by = by.unwrap_or_default();
    let _infallible = writeln!(document, "## {who}{by}\n\n*{}*\n", entry.at);
    match &entry.tool {
        Some(tool) => write_call(tool, document),
        None => quote(&entry.text, document),
    }
}

fn write_call(tool: &ConversationTool, document: &mut String) {
    let name = tool.name.as_deref().unwrap_or("unknown");
    let _infallible = writeln!(document, "{}\n", code(name));
    fence(&format!("{:#}", tool.input), "json", document);
    if let Some(result) = &tool.result {
        let how = if tool.is_error { "Failed" } else { "Result" };
        let _infallible = writeln!(document, "{how}:\n");
        fence(result, "", document);
    }
}

/// A name in a line of the document, which is nothing but its characters there.
fn plain(name: &str) -> String {
    const MARKS: &str = r"\`*_[]<>&#|~!";
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if MARKS.contains(c) {
            text.push('\\');
        }
        text.push(if is_unseen(c) { '\u{fffd}' } else { c });
    }
    text
}

/// A name as code in a line: between more backticks than are in it.
fn code(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect();
    let marks = "`".repeat(longest_run(&name) + 1);
    // A blank keeps the marks apart from what begins or ends with one; it is none of the code.
    let blank = if name.starts_with('`') || name.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{marks}{blank}{name}{blank}{marks}")
}

/// How many backticks there are in a row at most.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// What was said, still Markdown: a quote ends every fence and every tag in it, and no heading in it
/// is one of the document. A bare carriage return ends a line, too.
fn quote(text: &str, document: &mut String) {
    for line in text.replace("\r\n", "\n").trim_end().split(['\n', '\r']) {
        let _infallible = writeln!(document, "> {line}");
    }
    document.push('\n');
}

/// A block whose fence is longer than any in the text.
fn fence(text: &str, language: &str, document: &mut String) {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let _infallible = writeln!(
        document,
        "{fence}{language}\n{}\n{fence}\n",
        text.trim_end()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_nothing_but_its_characters() {
        assert_eq!(code("mcp__a__b"), "`mcp__a__b`");
        assert_eq!(code("`x``\n# y"), "``` `x``\u{fffd}# y ```");
        assert_eq!(plain("claude-opus-4-8"), "claude-opus-4-8");
        assert_eq!(
            plain("m* [a](b)\n# \u{202e}"),
            "m\\* \\[a\\](b)\u{fffd}\\# \u{fffd}"
        );
    }

    #[test]
    fn whatever_is_quoted_stays_in_its_quote() {
        let mut document = String::new();
        quote(
            "a\r\n```rust\n\n# no heading\r# nor this\n<!-- open",
            &mut document,
        );
        let quoted = "> a\n> ```rust\n> \n> # no heading\n> # nor this\n> <!-- open\n\n";
        assert_eq!(document, quoted);
    }
}
