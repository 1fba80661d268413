//! From a key to its echo: through the daemon, and through a bare control-mode client.

use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::home::Home;
use crate::http::{Connection, find};
use crate::table::{Table, Times};
use crate::{Result, pause};

/// Prompts that are typed, and the keys of each.
const ROUNDS: u8 = 10;
const KEYS: u8 = 20;

/// Before each key: what the one before it set off is over by then, on both sides.
const QUIET: Duration = Duration::from_millis(20);

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let mut home = Home::new()?;
    home.start()?;
    let sessions = home.demo_sessions(1)?;
    let [session] = &sessions[..] else {
        return Err("not one session".into());
    };
    let keys = format!("/sessions/{session}/keys");
    let mut daemon = home.connect()?;
    let mut stream = home.connect()?;
    stream.open_stream(&format!("/sessions/{session}/output/stream"))?;
    let mut bare = Bare::start(&home)?;
    // What was drawn before it attached a control client is not told.
    until("/help", || {
        bare.command("capture-pane -p")?;
        bare.piece()
    })?;

    let (mut through, mut direct, mut answered) =
        (Times::default(), Times::default(), Times::default());
    for round in 0..ROUNDS {
        // The box before a key never shows what it shows after it, nor does that of the round
        // before: each begins with another letter.
        let mut shown = String::from("> ");
        for key in 0..KEYS {
            let letter = char::from(b'a' + (round + key) % 26);
            shown.push(letter);

            pause(QUIET);
            let begin = Instant::now();
            press(&mut daemon, &keys, &letter.to_string())?;
            until(&shown, || stream.piece())?;
            through.push(begin.elapsed());
            daemon.answer()?;
            answered.push(begin.elapsed());

            pause(QUIET);
            let begin = Instant::now();
            bare.command(&format!("send-keys -t %0 -H {:02x}", u32::from(letter)))?;
            until(&shown, || bare.piece())?;
            direct.push(begin.elapsed());
        }
        press(&mut daemon, &keys, "ctrl+u")?;
        daemon.answer()?;
        bare.command("send-keys -t %0 C-u")?;
    }

    let ratio = through.median() / direct.median();
    table.note("key to echo, bare control-mode client", direct.both());
    table.note("key to echo, through the daemon", through.both());
    table.judge(
        "key to echo, ratio of the medians",
        format!("{ratio:.2}"),
        "at most 2",
        ratio <= 2.0,
    );
    table.note("key to the daemon's answer", answered.both());
    Ok(())
}

fn press(daemon: &mut Connection, path: &str, key: &str) -> Result<()> {
    daemon.send("POST", path, &format!(r#"{{"keys":["{key}"]}}"#))
}

/// Reads pieces until `text` stands in them.
fn until(text: &str, mut piece: impl FnMut() -> Result<Vec<u8>>) -> Result<()> {
    let mut seen = Vec::new();
    while find(&seen, text.as_bytes()).is_none() {
        seen.extend(piece()?);
    }
    Ok(())
}
