use std::path::Path;

use codepiper_tmux::Screen;

/// What the real program wrote, fed to our screen, must show what tmux showed.
#[test]
fn our_screen_shows_what_tmux_shows_for_recorded_bytes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claude-code/2.1.197");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "bytes")
        {
            continue;
        }
        let expected = std::fs::read_to_string(path.with_extension("capture.txt")).unwrap();
        let mut expected: Vec<&str> = expected.lines().map(str::trim_end).collect();
        expected.resize(30, "");
        let mut screen = Screen::new(120, 30);
        screen.feed(&std::fs::read(&path).unwrap());
        assert_eq!(screen.view().lines, expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} recordings");
}
