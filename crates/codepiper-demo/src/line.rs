//! One row of the screen: styled text, and how much it matters when rows are short.

use crate::text;

/// How a stretch of text looks. Colours only from the terminal's own palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Accent,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[31m",
            Self::Accent => "\x1b[36m",
        }
    }
}

/// What goes first when a frame has more lines than the terminal has rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keep {
    /// An empty line between things.
    Air,
    /// Rules and hints.
    Trim,
    /// Titles and the continuation of what is longer than a row.
    Detail,
    /// What a person needs to answer well.
    Useful,
    /// What there is no answering without.
    Always,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    spans: Vec<(Style, String)>,
    pub(crate) keep: Keep,
    /// The column at which the cursor stands, when it stands on this row.
    pub(crate) focus: Option<usize>,
}

impl Line {
    pub(crate) fn new(style: Style, text: impl Into<String>) -> Self {
        Self {
            spans: vec![(style, text.into())],
            keep: Keep::Always,
            focus: None,
        }
    }

    pub(crate) fn air() -> Self {
        Self {
            spans: Vec::new(),
            keep: Keep::Air,
            focus: None,
        }
    }

    /// A rule over the whole width.
    pub(crate) fn rule(cols: usize) -> Self {
        Self::new(Style::Dim, "─".repeat(cols)).keep(Keep::Trim)
    }

    pub(crate) fn and(mut self, style: Style, text: impl Into<String>) -> Self {
        self.spans.push((style, text.into()));
        self
    }

    pub(crate) fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    pub(crate) fn focus(mut self, col: usize) -> Self {
        self.focus = Some(col);
        self
    }

    /// Columns that the row takes.
    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|(_, text)| text::width(text)).sum()
    }

    /// The row cut to `cols`.
    pub(crate) fn clipped(mut self, cols: usize) -> Self {
        let mut room = cols;
        for (_, text) in &mut self.spans {
            *text = text::clip(text, room);
            room = room.saturating_sub(text::width(text));
        }
        self.focus = self.focus.map(|col| col.min(cols.saturating_sub(1)));
        self
    }

    /// The bytes that draw the row.
    pub(crate) fn draw(&self, out: &mut String) {
        for (style, text) in &self.spans {
            let code = style.code();
            out.push_str(code);
            out.push_str(text);
            if !code.is_empty() {
                out.push_str("\x1b[0m");
            }
        }
    }
}

/// A text behind a mark, wrapped, its further rows aligned under the first.
pub(crate) fn paragraph(
    mark: &str,
    mark_style: Style,
    text: &str,
    style: Style,
    cols: usize,
) -> Vec<Line> {
    let indent = text::width(mark);
    let room = cols.saturating_sub(indent).max(1);
    let rows = text.split('\n').flat_map(|line| text::wrap(line, room));
    rows.enumerate()
        .map(|(at, row)| {
            let lead = if at == 0 {
                mark.to_owned()
            } else {
                " ".repeat(indent)
            };
            let keep = if at == 0 { Keep::Always } else { Keep::Detail };
            Line::new(mark_style, lead).and(style, row).keep(keep)
        })
        .collect()
}
