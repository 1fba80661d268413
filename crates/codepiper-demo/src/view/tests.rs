use proptest::prelude::*;

use super::*;
use crate::tool::Call;

fn shown(frame: &Frame) -> String {
    let row = |line: &Line| {
        let mut out = String::new();
        line.draw(&mut out);
        text::plain(&out).concat()
    };
    frame.lines.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn prompt(text: &str) -> Prompt {
    let mut prompt = Prompt::default();
    text.chars().for_each(|char| prompt.push(char));
    prompt
}

fn draw(face: Face<'_>, text: &str, cols: usize, rows: usize) -> Frame {
    let prompt = prompt(text);
    let state = State {
        prompt: &prompt,
        queued: 0,
        leaving: false,
    };
    frame(face, &state, Size { cols, rows })
}

#[test]
fn idle_is_a_box_between_rules() {
    let frame = draw(Face::Idle, "one\ntwo", 12, 9);
    assert_eq!(
        shown(&frame),
        "\n────────────\n> one\n  two\n────────────\n  CodePiper…"
    );
    assert_eq!(frame.lines[3].focus, Some(5));
    assert_eq!(frame.title, "✳ demo");
}

#[test]
fn five_rows_are_enough_to_work_and_to_ask() {
    let frame = draw(Face::Working(4), "", 20, 5);
    assert_eq!(
        shown(&frame),
        "✻ Working… (esc to …\n────────────────────\n>\n────────────────────"
    );
    assert_eq!(frame.title, "⠐ demo");
    let call = Call::run("t".into(), "touch x");
    let frame = draw(Face::Asking(&call.dialog), "", 20, 5);
    assert_eq!(
        shown(&frame),
        "   touch x\n Do you want to\n ❯ 1. Yes\n   2. Yes, and\n   3. No"
    );
}

#[test]
fn a_dialog_looks_like_claudes() {
    let call = Call::run("t".into(), "touch x");
    let frame = draw(Face::Asking(&call.dialog), "", 60, 30);
    let rule = "─".repeat(60);
    assert_eq!(
        shown(&frame),
        format!(
            "\n{rule}\n Bash command\n\n   touch x\n\n Do you want to proceed?\n ❯ 1. Yes\n   \
             2. Yes, and don't ask again for this command\n   3. No\n\n Esc to cancel"
        )
    );
}

#[test]
fn of_a_long_text_the_end_is_shown() {
    let text: Vec<String> = (0..30).map(|line| line.to_string()).collect();
    let frame = draw(Face::Idle, &text.join("\n"), 40, 30);
    assert!(shown(&frame).contains("> 22\n  23\n"), "{}", shown(&frame));
    assert!(shown(&frame).contains("  29\n"));
}

proptest! {
    #[test]
    fn a_frame_fits_its_terminal(
        text in "[a-z漢 \n]{0,60}",
        cols in 1_usize..60,
        rows in 1_usize..20,
        selected in 0_usize..3,
        face in 0..4,
    ) {
        let mut dialog = if face == 2 {
            Call::run("t".into(), &text).dialog
        } else {
            Call::ask("t".into(), &text).dialog
        };
        dialog.selected = selected;
        let face = match face {
            0 => Face::Idle,
            1 => Face::Working(1),
            _ => Face::Asking(&dialog),
        };
        let frame = draw(face, &text, cols, rows);
        prop_assert!(frame.lines.len() <= rows);
        prop_assert!(frame.lines.iter().all(|line| line.width() <= cols));
        let focus: Vec<usize> = frame.lines.iter().filter_map(|line| line.focus).collect();
        prop_assert!(focus.len() == 1 && focus[0] < cols, "{focus:?}");
    }
}
