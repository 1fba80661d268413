//! The frame below the conversation: spinner and prompt box, or a dialog. Values in, rows out, and
//! never more of them than the terminal has.

use crate::dialog::Dialog;
use crate::line::{Keep, Line, Style, paragraph};
use crate::prompt::Prompt;
use crate::screen::Frame;
use crate::terminal::Size;
use crate::text;

/// Rows of text in the prompt box, and of detail in a dialog.
const BOX_ROWS: usize = 8;
const DETAIL_ROWS: usize = 10;
/// Frames of the spinner between two titles: about half a second.
const FRAMES_PER_TITLE: usize = 4;

/// What the agent is at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face<'a> {
    Idle,
    /// Working, at this frame of the spinner.
    Working(usize),
    Asking(&'a Dialog),
}

/// What the frame is made from beside the face.
pub(crate) struct State<'a> {
    pub(crate) prompt: &'a Prompt,
    pub(crate) queued: usize,
    /// Ctrl-C was pressed once.
    pub(crate) leaving: bool,
}

pub(crate) fn frame(face: Face<'_>, state: &State<'_>, size: Size) -> Frame {
    let (title, lines) = match face {
        Face::Idle => ("✳ demo", prompt_box(None, state, size)),
        Face::Working(frame) => {
            let title = if (frame / FRAMES_PER_TITLE).is_multiple_of(2) {
                "⠂ demo"
            } else {
                "⠐ demo"
            };
            (title, prompt_box(Some(frame), state, size))
        }
        Face::Asking(dialog) => ("✳ demo", asked(dialog, size)),
    };
    let cursor_shown = match face {
        Face::Idle | Face::Working(_) => true,
        Face::Asking(dialog) => dialog.is_typing(),
    };
    Frame {
        title: title.to_owned(),
        lines: fit(lines, size),
        cursor_shown,
    }
}

fn prompt_box(working: Option<usize>, state: &State<'_>, size: Size) -> Vec<Line> {
    let mut lines = vec![Line::air()];
    if let Some(frame) = working {
        lines.extend([spinner(frame), Line::air()]);
    }
    lines.push(Line::rule(size.cols));
    lines.extend(prompt_rows(&state.prompt.shown(), size));
    lines.push(Line::rule(size.cols));
    let hint = match state.queued {
        _ if state.leaving => "  Press Ctrl-C again to exit".to_owned(),
        0 => "  CodePiper demo agent · /help".to_owned(),
        1 => "  CodePiper demo agent · 1 prompt queued".to_owned(),
        queued => format!("  CodePiper demo agent · {queued} prompts queued"),
    };
    lines.push(Line::new(Style::Dim, hint).keep(Keep::Trim));
    lines
}

/// The words stay the same so that they can be found; the mark beats.
fn spinner(frame: usize) -> Line {
    let mark = [Style::Accent, Style::Bold, Style::Accent, Style::Dim][frame % 4];
    Line::new(mark, "✻")
        .and(Style::Plain, " Working…")
        .and(Style::Dim, " (esc to interrupt)")
}

/// The end of the text, where the cursor is.
fn prompt_rows(shown: &str, size: Size) -> Vec<Line> {
    let room = size.cols.saturating_sub(3).max(1);
    // Folding no more than what can be seen keeps the box quick, whatever is typed into it.
    let tail: Vec<char> = shown.chars().rev().take(BOX_ROWS * room).collect();
    let tail: String = tail.into_iter().rev().collect();
    let rows = text::fold(&text::visible(&tail), room);
    let first = rows
        .len()
        .saturating_sub(BOX_ROWS.min(size.rows.saturating_sub(3).max(1)));
    let last = rows.len() - 1;
    let row = |(at, row): (usize, &String)| {
        let lead = if at == first { "> " } else { "  " };
        let line = Line::new(Style::Plain, lead).and(Style::Plain, row.as_str());
        if at == last {
            line.focus(2 + text::width(row))
        } else {
            line.keep(Keep::Useful)
        }
    };
    rows.iter().enumerate().skip(first).map(row).collect()
}

fn asked(dialog: &Dialog, size: Size) -> Vec<Line> {
    let cols = size.cols;
    let mut lines = vec![Line::air(), Line::rule(cols)];
    lines.push(Line::new(Style::Bold, format!(" {}", dialog.title)).keep(Keep::Detail));
    if !dialog.detail.is_empty() {
        lines.push(Line::air());
        lines.extend(detail(&dialog.detail, cols));
    }
    lines.push(Line::air());
    lines.extend(paragraph(
        " ",
        Style::Plain,
        &text::visible(&dialog.question),
        Style::Plain,
        cols,
    ));
    for (at, option) in dialog.options.iter().enumerate() {
        let chosen = at == dialog.selected;
        let typed = dialog
            .field
            .as_deref()
            .filter(|field| chosen && dialog.is_typing() && !field.is_empty());
        let words = typed.map_or_else(|| (*option).to_owned(), text::visible);
        let mark = format!(" {} {}. ", if chosen { "❯" } else { " " }, at + 1);
        let style = if chosen { Style::Accent } else { Style::Plain };
        let mut rows = paragraph(&mark, style, &words, style, cols.saturating_sub(1));
        if chosen {
            let last = rows.len() - 1;
            let col = if typed.is_some() {
                rows[last].width()
            } else {
                text::width(&mark)
            };
            let focused = rows
                .remove(last)
                .focus(if dialog.is_typing() { col } else { 1 });
            rows.push(focused.keep(Keep::Always));
        }
        lines.extend(rows);
    }
    lines.push(Line::air());
    lines.push(Line::new(Style::Dim, format!(" {}", dialog.hint)).keep(Keep::Trim));
    lines
}

/// What a dialog is about. Its first row matters most; what is not shown is counted.
fn detail(detail: &[String], cols: usize) -> Vec<Line> {
    let shown = text::visible(&detail.join("\n"));
    let mut rows = paragraph(
        "   ",
        Style::Plain,
        &shown,
        Style::Plain,
        cols.saturating_sub(1),
    );
    if let Some(hidden) = rows
        .len()
        .checked_sub(DETAIL_ROWS)
        .filter(|&hidden| hidden > 0)
    {
        rows.truncate(DETAIL_ROWS);
        rows.push(Line::new(Style::Dim, format!("   … {hidden} more rows")).keep(Keep::Useful));
    }
    if let Some(first) = rows.first_mut() {
        first.keep = Keep::Useful;
    }
    rows
}

/// Drops what matters least, last first, until the rows suffice; then what is far from the cursor.
/// Air and trimmings leave at least one row to the conversation.
fn fit(mut lines: Vec<Line>, size: Size) -> Vec<Line> {
    let rows = size.rows.max(1);
    for keep in [Keep::Air, Keep::Trim, Keep::Detail, Keep::Useful] {
        let room = if keep <= Keep::Trim { rows - 1 } else { rows };
        while lines.len() > room {
            let dropped = lines
                .iter()
                .rposition(|line| line.keep == keep && line.focus.is_none());
            let Some(at) = dropped else { break };
            lines.remove(at);
        }
    }
    if lines.len() > rows {
        let focus = lines
            .iter()
            .position(|line| line.focus.is_some())
            .unwrap_or(0);
        let first = focus.saturating_sub(rows - 1);
        lines = lines.into_iter().skip(first).take(rows).collect();
    }
    lines
        .into_iter()
        .map(|line| line.clipped(size.cols))
        .collect()
}

#[cfg(test)]
mod tests;
