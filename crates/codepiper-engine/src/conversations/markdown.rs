//! A conversation as a document.

use std::fmt::Write as _;

use codepiper_model::{ConversationEntry, ConversationKind, ConversationTool};

/// Adds an entry to a document.
pub(super) fn write(entry: &ConversationEntry, document: &mut String) {
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
        .map(|id| format!(" (sub-agent {id})"));
    let by = by.unwrap_or_default();
    let _infallible = writeln!(document, "## {who}{by}\n\n*{}*\n", entry.at);
    match &entry.tool {
        Some(tool) => write_call(tool, document),
        None if entry.kind == ConversationKind::Reply => {
            let _infallible = writeln!(document, "{}\n", entry.text);
        }
        None => quote(&entry.text, document),
    }
}

fn write_call(tool: &ConversationTool, document: &mut String) {
    let name = tool.name.as_deref().unwrap_or("unknown");
    let _infallible = writeln!(document, "`{name}`\n");
    fence(&format!("{:#}", tool.input), "json", document);
    if let Some(result) = &tool.result {
        let how = if tool.is_error { "Failed" } else { "Result" };
        let _infallible = writeln!(document, "{how}:\n");
        fence(result, "", document);
    }
}

fn quote(text: &str, document: &mut String) {
    for line in text.lines() {
        let _infallible = writeln!(document, "> {line}");
    }
    document.push('\n');
}

/// A block whose fence is longer than any in the text.
fn fence(text: &str, language: &str, document: &mut String) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _infallible = writeln!(
        document,
        "{fence}{language}\n{}\n{fence}\n",
        text.trim_end()
    );
}
