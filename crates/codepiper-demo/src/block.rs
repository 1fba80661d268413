//! The blocks of the conversation: what the agent prints, and how it looks.

use crate::command::Ended;
use crate::line::{Keep, Line, Style, paragraph};
use crate::text;

/// Rows of a prompt that are echoed, and of a command's output that are shown.
const ECHOED: usize = 6;
const OUTPUT: usize = 6;

/// What the agent says.
pub(crate) fn said(words: &str, cols: usize) -> Vec<Line> {
    spaced(paragraph(
        "● ",
        Style::Plain,
        &text::visible(words),
        Style::Plain,
        cols,
    ))
}

/// A tool that it uses.
pub(crate) fn call(shown: &str, cols: usize) -> Vec<Line> {
    let mut rows = paragraph("● ", Style::Good, &text::visible(shown), Style::Bold, cols);
    rows.truncate(ECHOED);
    spaced(rows)
}

/// What went wrong with the answer.
pub(crate) fn error(words: &str, cols: usize) -> Vec<Line> {
    spaced(paragraph(
        "● ",
        Style::Bad,
        &text::visible(words),
        Style::Bad,
        cols,
    ))
}

/// A word about what stands above.
pub(crate) fn below(words: &str, style: Style, cols: usize) -> Vec<Line> {
    paragraph("  ⎿  ", Style::Dim, &text::visible(words), style, cols)
}

/// The end of a command's output, and its status.
pub(crate) fn output(ended: &Ended, cols: usize) -> Vec<Line> {
    let room = cols.saturating_sub(5).max(1);
    let output = text::plain(&ended.output);
    let hidden = output.len().saturating_sub(OUTPUT);
    let mut rows: Vec<(Style, String)> = Vec::new();
    if hidden > 0 {
        let ending = if hidden == 1 { "" } else { "s" };
        rows.push((Style::Dim, format!("… {hidden} line{ending} above")));
    }
    rows.extend(
        output[hidden..]
            .iter()
            .map(|row| (Style::Plain, text::clip(row, room))),
    );
    let style = if ended.succeeded() {
        Style::Dim
    } else {
        Style::Bad
    };
    rows.push((style, ended.status()));
    let lead = |at| if at == 0 { "  ⎿  " } else { "     " };
    rows.into_iter()
        .enumerate()
        .map(|(at, (style, row))| Line::new(Style::Dim, lead(at)).and(style, row))
        .collect()
}

/// The first rows of a prompt.
pub(crate) fn echo(prompt: &str, cols: usize) -> Vec<Line> {
    let room = cols.saturating_sub(2).max(1);
    // Enough to fill the rows, whatever the rest is.
    let seen: String = prompt.chars().take(ECHOED * room + 1).collect();
    let mut rows = paragraph(
        "> ",
        Style::Dim,
        text::visible(&seen).trim_end(),
        Style::Dim,
        cols,
    );
    if rows.len() > ECHOED || seen.len() < prompt.len() {
        rows.truncate(ECHOED);
        let (lines, bytes) = (prompt.lines().count(), prompt.len());
        rows.push(Line::new(
            Style::Dim,
            format!("  … {lines} lines, {bytes} bytes in all"),
        ));
    }
    spaced(rows)
}

/// The demo agent's visiting card.
pub(crate) fn header(cwd: &str, cols: usize) -> Vec<Line> {
    let mut lines = paragraph(
        "✳ ",
        Style::Accent,
        "CodePiper demo agent",
        Style::Bold,
        cols,
    );
    for text in [
        "It plays a script. No model, no account, no network.",
        "Try: SAY: hello   More: /help",
        cwd,
    ] {
        lines.extend(paragraph(
            "  ",
            Style::Plain,
            &text::visible(text),
            Style::Dim,
            cols,
        ));
    }
    lines
}

/// The directives, for `/help`.
pub(crate) fn help(cols: usize) -> Vec<Line> {
    const ROWS: [(&str, &str); 12] = [
        ("SAY: text", "prints the text"),
        ("RUN: command", "asks, then runs it"),
        ("WRITE: path", "asks, then writes a file"),
        ("ASK: question", "asks you something"),
        ("QUOTE: path", "says what a file says"),
        ("SLOW: 5000", "works for 5000 ms"),
        ("FAIL", "ends like an API error"),
        ("EXIT: code", "exits with that code"),
        ("!command", "runs a shell without asking"),
        ("/clear", "clears the conversation"),
        ("/exit", "exits, as Ctrl-C twice does"),
        ("\\ + Enter", "starts a new line"),
    ];
    let mut lines = said("The demo agent plays these, one a line:", cols);
    let row = |(word, does): &(&str, &str)| {
        Line::new(Style::Plain, format!("  {word:<15}"))
            .and(Style::Dim, *does)
            .keep(Keep::Detail)
    };
    lines.extend(ROWS.iter().map(row));
    lines
}

fn spaced(mut lines: Vec<Line>) -> Vec<Line> {
    lines.insert(0, Line::air());
    lines
}
