//! What a terminal shows together with the rows above it. Those are kept by tmux alone, so they are
//! asked for, and joined with the screen at one exact place in the stream.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::client::lock;
use crate::control::Reply;
use crate::link::{Link, PANE, State};
use crate::{Snapshot, TmuxError};

/// How long tmux may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Asks for the picture with the last `lines` rows above the screen.
pub(crate) async fn take(link: &Arc<Link>, lines: u32) -> Result<Snapshot, TmuxError> {
    let query = format!(
        "display-message -p -t {PANE} '#{{history_size}}|#{{alternate_on}}|#{{alternate_saved_x}}|\
         #{{alternate_saved_y}}|#{{scroll_region_upper}}|#{{scroll_region_lower}}|#{{origin_flag}}' \
         ; capture-pane -p -e -t {PANE} -S -{lines} -E -1 ; capture-pane -p -e -a -q -t {PANE}"
    );
    let client = lock(&link.client).clone().ok_or(TmuxError::Gone)?;
    let (sender, receiver) = oneshot::channel();
    let holder = Arc::clone(link);
    let then = move |replies: Vec<Reply>| {
        let picture = Above::read(&replies).map(|above| draw(&lock(&holder.state), &above));
        drop(sender.send(picture));
    };
    client.send_then(query.into(), 3, then).await?;
    let picture = timeout(ANSWER, receiver).await;
    picture
        .ok()
        .and_then(Result::ok)
        .flatten()
        .ok_or(TmuxError::Gone)
}

/// The picture of what is known without tmux.
pub(crate) fn of_screen(state: &State) -> Snapshot {
    draw(state, &Above::default())
}

/// Rows with their colours.
type Rows = Vec<Vec<u8>>;

/// What tmux knows beside the screen.
#[derive(Default)]
struct Above {
    /// The rows above the screen.
    rows: Rows,
    /// The other screen, while a program has the alternate one, and where its cursor is.
    hidden: Option<(Rows, (u16, u16))>,
    /// The first and the last row that scroll, from 0.
    region: Option<(u16, u16)>,
    /// Whether rows are counted from the first that scrolls.
    is_relative: bool,
}

impl Above {
    fn read(replies: &[Reply]) -> Option<Self> {
        let [facts, above, hidden] = replies else {
            return None;
        };
        let line = facts.first();
        let numbers = line
            .split('|')
            .map(|field| field.parse::<u32>().unwrap_or(0));
        let numbers: Vec<u32> = numbers.collect();
        let [history, alternate, x, y, upper, lower, origin] = numbers[..] else {
            return None;
        };
        let small = |n: u32| u16::try_from(n).unwrap_or(0);
        Some(Self {
            // Where there is nothing above, tmux gives the first row of the screen.
            rows: if history > 0 {
                above.lines.clone()
            } else {
                Vec::new()
            },
            hidden: (alternate == 1).then(|| (hidden.lines.clone(), (small(x), small(y)))),
            region: Some((small(upper), small(lower))),
            is_relative: origin == 1,
        })
    }
}

fn draw(state: &State, above: &Above) -> Snapshot {
    let (cols, rows) = state.screen.size();
    let mut bytes = b"\x1bc".to_vec();
    for row in &above.rows {
        bytes.extend_from_slice(row);
        bytes.extend_from_slice(b"\r\n");
    }
    if !above.rows.is_empty() {
        // So far that the last of them leaves the screen.
        bytes.extend_from_slice(b"\x1b[m");
        bytes.extend(std::iter::repeat_n(b'\n', usize::from(rows) - 1));
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    if let Some((hidden, (x, y))) = &above.hidden {
        for (i, row) in hidden.iter().enumerate().take(rows.into()) {
            bytes.extend_from_slice(format!("\x1b[{};1H", i + 1).as_bytes());
            bytes.extend_from_slice(row);
        }
        let _ = write!(text, "\x1b[m\x1b[{};{}H\x1b[?1049h", y + 1, x + 1);
    }
    let view = state.screen.view();
    let title = view.title.replace(char::is_control, "");
    let _ = write!(text, "\x1b]2;{title}\x07{}", state.screen.drawn());
    if let Some((upper, lower)) = above.region.filter(|region| *region != (0, rows - 1)) {
        let (col, row) = view.cursor;
        let _ = write!(text, "\x1b[{};{}r", upper + 1, lower + 1);
        let first = if above.is_relative {
            text.push_str("\x1b[?6h");
            upper
        } else {
            0
        };
        let _ = write!(text, "\x1b[{};{}H", row.saturating_sub(first) + 1, col + 1);
    }
    bytes.extend_from_slice(text.as_bytes());
    Snapshot {
        place: state.place(),
        cols,
        rows,
        bytes: bytes.into(),
    }
}
