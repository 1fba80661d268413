//! What a terminal shows together with the rows above it. tmux is asked for it, who keeps more of
//! a cell than we do, and it is joined with the stream of output at one exact place.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::client::lock;
use crate::control::Reply;
use crate::link::{Link, PANE, State};
use crate::rows::separate;
use crate::{Snapshot, TmuxError};

/// How long tmux may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Asks for the picture with the last `lines` rows above the screen.
pub(crate) async fn take(link: &Arc<Link>, lines: u32) -> Result<Snapshot, TmuxError> {
    let query = format!(
        "display-message -p -t {PANE} '{FACTS}' ; capture-pane -p -e -N -t {PANE} -S -{lines} -E -1 \
         ; capture-pane -p -e -N -a -q -t {PANE} ; capture-pane -p -e -N -t {PANE}"
    );
    let client = lock(&link.client).clone().ok_or(TmuxError::Gone)?;
    let (sender, receiver) = oneshot::channel();
    let holder = Arc::clone(link);
    let then = move |replies: Vec<Reply>| {
        let known = Known::read(&replies);
        drop(sender.send(known.map(|known| draw(&lock(&holder.state), &known))));
    };
    client.send_then(query.into(), 4, then).await?;
    let picture = timeout(ANSWER, receiver).await;
    picture
        .ok()
        .and_then(Result::ok)
        .flatten()
        .ok_or(TmuxError::Gone)
}

/// The picture of what is known without tmux.
pub(crate) fn of_screen(state: &State) -> Snapshot {
    let (cols, rows) = state.screen.size();
    let mut bytes = b"\x1bc".to_vec();
    bytes.extend_from_slice(&state.screen.state());
    bytes.extend_from_slice(state.dialect.unfinished());
    Snapshot {
        place: state.place(),
        cols,
        rows,
        bytes: bytes.into(),
    }
}

/// What is asked beside the rows, in the order of [`Facts`].
const FACTS: &str = "#{history_size}|#{alternate_on}|#{alternate_saved_x}|#{alternate_saved_y}|\
    #{scroll_region_upper}|#{scroll_region_lower}|#{origin_flag}|#{wrap_flag}|#{insert_flag}|\
    #{cursor_x}|#{cursor_y}|#{pane_height}|#{pane_tabs}";

/// How a terminal is set, and where its cursor is.
struct Facts {
    has_history: bool,
    is_alternate: bool,
    /// The cursor of the other screen, while a program has the alternate one.
    hidden_cursor: (u16, u16),
    /// The first and the last row that scroll, from 0.
    region: (u16, u16),
    /// Whether rows are counted from the first that scrolls.
    is_relative: bool,
    wraps: bool,
    inserts: bool,
    /// One column too far where the next character wraps.
    cursor: (u16, u16),
    height: u16,
    tabs: Vec<u16>,
}

impl Facts {
    fn read(line: &str) -> Option<Self> {
        let (numbers, tabs) = line.rsplit_once('|')?;
        let numbers: Vec<u32> = numbers.split('|').map(|n| n.parse().unwrap_or(0)).collect();
        let [history, small @ ..] = &numbers[..] else {
            return None;
        };
        let small: Vec<u16> = small
            .iter()
            .map(|&n| u16::try_from(n).unwrap_or(0))
            .collect();
        let [
            alternate,
            hidden_x,
            hidden_y,
            upper,
            lower,
            origin,
            wrap,
            insert,
            x,
            y,
            height,
        ] = small[..]
        else {
            return None;
        };
        Some(Self {
            has_history: *history > 0,
            is_alternate: alternate == 1,
            hidden_cursor: (hidden_x, hidden_y),
            region: (upper, lower),
            is_relative: origin == 1,
            wraps: wrap == 1,
            inserts: insert == 1,
            cursor: (x, y),
            height,
            tabs: tabs.split(',').filter_map(|n| n.parse().ok()).collect(),
        })
    }
}

/// Rows with their colours.
type Rows = Vec<Vec<u8>>;

/// All that tmux knows.
struct Known {
    facts: Facts,
    /// The rows above the screen.
    above: Rows,
    /// The other screen, while a program has the alternate one.
    hidden: Rows,
    screen: Rows,
}

impl Known {
    fn read(replies: &[Reply]) -> Option<Self> {
        let [facts, above, hidden, screen] = replies else {
            return None;
        };
        let facts = Facts::read(&facts.first())?;
        // Where there is nothing above, tmux gives the first row of the screen.
        let above = if facts.has_history {
            &above.lines[..]
        } else {
            &[]
        };
        let hidden = if facts.is_alternate {
            &hidden.lines[..]
        } else {
            &[]
        };
        Some(Self {
            above: separate(above),
            hidden: separate(hidden),
            screen: separate(&screen.lines),
            facts,
        })
    }
}

fn draw(state: &State, known: &Known) -> Snapshot {
    let (cols, rows) = state.screen.size();
    let Known { facts, above, .. } = known;
    let mut bytes = b"\x1bc".to_vec();
    for row in above {
        bytes.extend_from_slice(row);
        bytes.extend_from_slice(b"\r\n");
    }
    if !above.is_empty() {
        // So far that the last of them leaves the screen.
        bytes.extend(std::iter::repeat_n(b'\n', usize::from(rows) - 1));
    }
    if facts.is_alternate {
        for (i, row) in (0..rows).zip(&known.hidden) {
            place(&mut bytes, (0, i));
            bytes.extend_from_slice(row);
        }
        place(&mut bytes, facts.hidden_cursor);
        bytes.extend_from_slice(b"\x1b[?1049h");
    }
    let title = state.screen.view().title.replace(char::is_control, "");
    bytes.extend_from_slice(format!("\x1b]2;{title}\x07").as_bytes());
    bytes.extend_from_slice(state.screen.grounds().as_bytes());
    draw_screen(&mut bytes, known, (cols, rows));
    bytes.extend_from_slice(state.screen.modes().as_bytes());
    bytes.extend_from_slice(state.dialect.unfinished());
    Snapshot {
        place: state.place(),
        cols,
        rows,
        bytes: bytes.into(),
    }
}

fn draw_screen(bytes: &mut Vec<u8>, known: &Known, (cols, rows): (u16, u16)) {
    let Known { facts, screen, .. } = known;
    let (x, y) = facts.cursor;
    for (i, row) in (0..rows).zip(screen).filter(|(i, _)| *i != y) {
        place(bytes, (0, i));
        bytes.extend_from_slice(row);
    }
    let mut settings = String::new();
    // Writing to a String cannot fail.
    if facts.tabs.iter().ne((1..=(cols - 1) / 8)
        .map(|n| n * 8)
        .collect::<Vec<_>>()
        .iter())
    {
        settings.push_str("\x1b[3g");
        for tab in &facts.tabs {
            let _ = write!(settings, "\x1b[{}G\x1bH", tab + 1);
        }
    }
    let (upper, lower) = facts.region;
    if facts.region != (0, facts.height.saturating_sub(1)) {
        let _ = write!(settings, "\x1b[{};{}r", upper + 1, lower + 1);
    }
    let mut first = 0;
    if facts.is_relative {
        settings.push_str("\x1b[?6h");
        first = upper;
    }
    bytes.extend_from_slice(settings.as_bytes());
    // The row of the cursor is the last, so that the cursor waits behind it where the next
    // character wraps.
    let y_counted = y.saturating_sub(first);
    place(bytes, (0, y_counted));
    bytes.extend_from_slice(screen.get(usize::from(y)).map_or(&[][..], Vec::as_slice));
    if x < cols {
        place(bytes, (x, y_counted));
    }
    if !facts.wraps {
        bytes.extend_from_slice(b"\x1b[?7l");
    }
    if facts.inserts {
        bytes.extend_from_slice(b"\x1b[4h");
    }
}

/// Moves the cursor to that column and row.
fn place(bytes: &mut Vec<u8>, (x, y): (u16, u16)) {
    bytes.extend_from_slice(format!("\x1b[{};{}H", y + 1, x + 1).as_bytes());
}
