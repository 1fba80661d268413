use codepiper_tmux::Screen;

use crate::support::Fixture;

#[tokio::test]
async fn the_stream_makes_the_same_screen_as_tmux() {
    let fixture = Fixture::new().await;
    let pane = fixture
        .launch("for i in $(seq 100); do printf 'line %d \\033[3%dmcolour\\033[m é 漢字 🎉\\n' $i $((i % 8)); done; printf '\\033[5;3Hplaced\\033[K\\033[10;1H\\033[2Ldone'; cat")
        .await;
    let view = pane.until_text("done").await;
    assert_eq!(view.lines, pane.captured().await);
}

#[tokio::test]
async fn snapshot_plus_stream_equals_the_screen() {
    let fixture = Fixture::new().await;
    let pane = fixture
        .launch("echo first; read x; echo second; printf '\\033[2;5Hlast'; cat")
        .await;
    pane.until_text("first").await;
    let snapshot = pane.pane.snapshot();
    pane.pane
        .input()
        .await
        .keys(&["enter".parse().unwrap()])
        .await
        .unwrap();
    pane.until_text("last").await;
    let mut viewer = Screen::new(snapshot.cols, snapshot.rows);
    viewer.feed(&snapshot.bytes);
    viewer.feed(
        &pane
            .pane
            .read_from(snapshot.place.offset, usize::MAX)
            .unwrap()
            .bytes,
    );
    assert_eq!(viewer.view().lines, pane.pane.view().lines);
    assert_eq!(viewer.view().cursor, pane.pane.view().cursor);
}

#[tokio::test]
async fn a_picture_has_the_rows_above_and_the_screen_that_a_program_hides() {
    let fixture = Fixture::new().await;
    let pane = fixture
        .launch("seq -f 'row %g' 100; printf '\\033[?1049h\\033[2;6r\\033[3;4Hon top'; cat")
        .await;
    let view = pane.until_text("on top").await;
    let picture = pane.pane.picture(50).await;
    let bytes = String::from_utf8_lossy(&picture.bytes).into_owned();
    let has = |row: &str| bytes.contains(&format!("{row}\r\n"));
    let first = 100 - usize::from(picture.rows) + 2 - 50;
    assert!(
        has(&format!("row {first}")) && !has(&format!("row {}", first - 1)),
        "{bytes:?}"
    );
    let mut viewer = Screen::new(picture.cols, picture.rows);
    viewer.feed(&picture.bytes);
    assert_eq!(
        (viewer.view().lines, viewer.view().cursor),
        (view.lines, view.cursor)
    );
    viewer.feed(b"\x1b[?1049l");
    let shown = viewer.view();
    let last = usize::from(shown.cursor.1) - 1;
    assert_eq!((shown.lines[last].as_str(), shown.cursor.0), ("row 100", 0));
    // Where nothing stands above, nothing is made up.
    let fixture = Fixture::new().await;
    let pane = fixture.launch("echo alone; cat").await;
    pane.until_text("alone").await;
    let picture = pane.pane.picture(50).await;
    assert_eq!(
        String::from_utf8_lossy(&picture.bytes)
            .matches("alone")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_flood_neither_blocks_the_program_nor_spoils_the_screen() {
    let fixture = Fixture::new().await;
    let pane = fixture.launch("seq 1 300000; echo flood over; cat").await;
    let view = pane.until_text("flood over").await;
    assert_eq!(view.lines, pane.captured().await);
    let (oldest, end) = pane.pane.offsets();
    assert!(end - oldest <= 2 * 1024 * 1024, "{oldest}..{end}");
}

#[tokio::test]
async fn a_resize_is_followed_by_program_and_screen() {
    let fixture = Fixture::new().await;
    let pane = fixture
        .launch("trap 'stty size' WINCH; echo a line that is wrapped when the terminal is narrow; while :; do read x; done")
        .await;
    pane.until_text("narrow").await;
    pane.pane.resize(30, 12).await.unwrap();
    pane.until_text("12 30").await;
    let captured = pane.captured().await;
    let view = pane
        .until("the re-flowed screen", |view| view.lines == captured)
        .await;
    assert_eq!(view.size, (30, 12));
    assert_eq!(pane.pane.size(), (30, 12));
}

#[tokio::test]
async fn the_title_is_known() {
    let fixture = Fixture::new().await;
    let pane = fixture
        .launch("printf '\\033]0;✳ a name\\007ready'; cat")
        .await;
    assert_eq!(
        pane.until("the title", |v| v.title == "✳ a name")
            .await
            .title,
        "✳ a name"
    );
}
