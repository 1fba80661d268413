use std::path::Path;

use codepiper_tmux::Screen;
use serde_json::Value;

// What a real program wrote, fed to our screen, must show what tmux showed.

#[test]
fn our_screen_shows_what_tmux_shows_for_bytes_of_claude_code() {
    compare("claude-code/2.1.197");
}

#[test]
fn our_screen_shows_what_tmux_shows_for_bytes_of_codex() {
    compare("codex/0.169.0");
}

fn compare(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let mut seen = 0;
    let mut differences = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "bytes")
        {
            continue;
        }
        for difference in differences_in(&path) {
            differences.push(format!("{}: {difference}", path.display()));
        }
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} recordings in {}", folder.display());
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

fn differences_in(path: &Path) -> Vec<String> {
    let capture = std::fs::read_to_string(path.with_extension("capture.txt")).unwrap();
    let meta = std::fs::read_to_string(path.with_extension("meta.json")).unwrap();
    let meta: Value = serde_json::from_str(&meta).unwrap();
    let mut screen = Screen::new(120, 30);
    // What the pane was called before its program said anything.
    screen.set_title("host".to_owned());
    // Output comes in pieces, cut anywhere.
    for piece in std::fs::read(path).unwrap().chunks(7) {
        screen.feed(piece);
    }
    let view = screen.view();

    let mut expected: Vec<&str> = capture.lines().map(str::trim_end).collect();
    expected.resize(30, "");
    let mut differences: Vec<String> = expected
        .iter()
        .zip(&view.lines)
        .enumerate()
        .filter(|(_, (tmux, ours))| *tmux != ours)
        .map(|(row, (tmux, ours))| format!("row {row}\n  tmux {tmux:?}\n  ours {ours:?}"))
        .collect();
    let alternate = screen.state().starts_with(b"\x1b[?1049h");
    for (name, ours) in [
        ("title", Value::from(view.title)),
        ("cursor", Value::from(vec![view.cursor.0, view.cursor.1])),
        ("cursor_visible", Value::from(view.cursor_visible)),
        ("alternate", Value::from(alternate)),
    ] {
        // tmux hides the cursor of a dead pane, whatever its program wrote.
        if name == "cursor_visible" && meta["dead"] == true {
            continue;
        }
        // The recordings of Claude Code do not say which screen was shown.
        if meta.get(name).is_some_and(|tmux| *tmux != ours) {
            differences.push(format!("{name}: tmux {}, ours {ours}", meta[name]));
        }
    }
    differences
}
