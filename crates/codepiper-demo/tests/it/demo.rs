//! What the agent does by itself.

use crate::support::Pane;

const ID: &str = "0190f3a2-0000-7000-8000-000000000001";

#[test]
fn a_prompt_gets_a_reply() {
    let pane = Pane::start(&["--session-id", ID]);
    pane.idle();
    pane.submit("hello there");
    let screen = pane.see("● The CodePiper demo agent read “hello there”.");
    assert!(screen.contains("> hello there\n"), "{screen}");
    pane.idle();
    let [user, assistant, took] = &pane.transcript()[..] else {
        panic!("{:?}", pane.told())
    };
    assert_eq!(took["subtype"], "turn_duration");
    assert_eq!(user["message"]["content"], "hello there");
    assert_eq!(user["sessionId"], ID);
    assert_eq!(user["cwd"], pane.folder.path().to_string_lossy().as_ref());
    assert_eq!(assistant["parentUuid"], user["uuid"]);
    assert_eq!(assistant["message"]["stop_reason"], "end_turn");
    assert_eq!(pane.mode("transcript.jsonl"), 0o600);
}

#[test]
fn the_first_prompt_may_be_an_argument_and_its_bang_is_text() {
    let pane = Pane::start(&["!touch ran"]);
    pane.see("read “!touch ran”");
    assert!(!pane.path("ran").exists());
}

#[test]
fn yes_runs_the_command() {
    let pane = Pane::start(&["RUN: echo made; touch made; exit 3"]);
    let screen = pane.see(" Do you want to proceed?");
    let dialog = " Bash command\n\n   echo made; touch made; exit 3\n\n Do you want to proceed?\n \
                  ❯ 1. Yes\n   2. Yes, and don't ask again for this command\n   3. No\n\n \
                  Esc to cancel\n";
    assert!(screen.contains(dialog), "{screen}");
    assert_eq!(pane.title(), "✳ demo");
    assert!(!pane.path("made").exists());
    pane.keys(&["1"]);
    pane.see("  ⎿  made\n     Exit code 3\n\n● The command failed: Exit code 3.");
    assert!(pane.path("made").exists());
    pane.idle();
    assert_eq!(
        pane.told(),
        [
            "user: RUN: echo made; touch made; exit 3",
            "tool_use: \"Bash\" {\"command\":\"echo made; touch made; exit 3\",\
             \"description\":\"Run a scripted command\"}",
            "tool_result: \"Exit code 3\\nmade\\n\"",
            "assistant: The command failed: Exit code 3.",
        ]
    );
}

#[test]
fn no_runs_nothing_and_ends_the_turn() {
    for answer in ["3", "Escape", "C-c"] {
        let pane = Pane::start(&["RUN: touch made\nSAY: never"]);
        pane.see("❯ 1. Yes");
        pane.keys(&[answer]);
        pane.see("  ⎿  Rejected");
        let screen = pane.idle();
        assert!(
            !screen.contains("● never") && !pane.path("made").exists(),
            "{screen}"
        );
        let told = pane.told();
        assert!(
            told[2].contains("The user doesn't want to proceed"),
            "{told:?}"
        );
        assert_eq!(
            told[3..],
            ["user: [Request interrupted by user for tool use]"]
        );
    }
}

#[test]
fn arrows_and_enter_choose_and_a_standing_permission_holds() {
    let pane = Pane::start(&["RUN: echo x >> log\nRUN: echo x >> log\nRUN: echo y >> log"]);
    pane.see("❯ 1. Yes");
    pane.keys(&["Down"]);
    pane.see("❯ 2. Yes");
    pane.keys(&["Enter"]);
    pane.see("   echo y >> log");
    assert_eq!(std::fs::read_to_string(pane.path("log")).unwrap(), "x\nx\n");
}

#[test]
fn a_paste_into_a_dialog_is_dropped_and_its_enter_answers() {
    let pane = Pane::start(&["RUN: touch made"]);
    pane.see("❯ 1. Yes");
    pane.paste("3\nplease do not");
    pane.keys(&["Enter"]);
    pane.see("● The command succeeded.");
    assert!(pane.path("made").exists());
    assert!(pane.idle().contains("\n>\n"));
}

#[test]
fn nothing_is_asked_when_permissions_are_skipped() {
    let pane = Pane::start(&[
        "--dangerously-skip-permissions",
        "RUN: true\nWRITE: made.txt",
    ]);
    pane.see("● The file is written.");
    let text = std::fs::read_to_string(pane.path("made.txt")).unwrap();
    assert_eq!(text, "Written by the CodePiper demo agent.\n");
}

#[test]
fn a_file_is_written_when_allowed_and_errors_are_shown() {
    let pane = Pane::start(&["WRITE: a.txt\nWRITE: none/b.txt"]);
    let screen = pane.see(" Do you want to create a.txt?");
    assert!(screen.contains(" Create file\n"), "{screen}");
    assert!(
        screen.contains("   2. Yes, allow all edits during this session\n"),
        "{screen}"
    );
    pane.keys(&["2"]);
    pane.see("  ⎿  Wrote 37 bytes to a.txt");
    pane.see("  ⎿  Error writing none/b.txt: No such file");
    pane.see("● The file was not written.");
}

#[test]
fn a_question_is_answered_by_number_or_by_text() {
    let pane = Pane::start(&["ASK: Which one?\nASK: And then?"]);
    pane.see(" ❯ 1. Option A\n   2. Option B\n   3. Type something\n");
    pane.keys(&["2"]);
    pane.see("  ⎿  Option B");
    pane.see(" And then?\n ❯ 1. Option A");
    pane.keys(&["3"]);
    pane.see(" ❯ 3. Type something");
    pane.submit("something else, 1 of 2");
    pane.see("● You chose: something else, 1 of 2");
}

#[test]
fn a_long_paste_arrives_whole() {
    let mut lines: Vec<String> = (0..2000)
        .map(|line| format!("{line:05} é \t {}", "x".repeat(38)))
        .collect();
    lines.push("end".into());
    let text = lines.join("\n");
    assert!(text.len() > 100_000);
    let pane = Pane::start(&[]);
    pane.idle();
    pane.paste(&text);
    pane.see(&format!("[Pasted text, 2001 lines, {} bytes]", text.len()));
    pane.keys(&["Enter"]);
    pane.see("● The CodePiper demo agent read “00000 é");
    pane.idle();
    assert_eq!(pane.transcript()[0]["message"]["content"], text);
}

#[test]
fn a_short_paste_of_several_lines_is_one_prompt() {
    let pane = Pane::start(&[]);
    pane.idle();
    pane.paste("SAY: one\nSAY: two");
    pane.see("> SAY: one\n  SAY: two\n");
    pane.keys(&["Enter"]);
    pane.see("● one\n\n● two\n");
    pane.idle();
    assert_eq!(
        pane.told(),
        [
            "user: SAY: one\nSAY: two",
            "assistant: one",
            "assistant: two"
        ]
    );
    let [_, one, two, _] = &pane.transcript()[..] else {
        panic!()
    };
    assert_eq!(one["message"]["id"], two["message"]["id"]);
}

#[test]
fn a_new_line_needs_ctrl_j_or_a_backslash() {
    let pane = Pane::start(&[]);
    pane.idle();
    pane.type_text("SAY: one");
    pane.keys(&["C-j"]);
    pane.submit("SAY: two\\");
    pane.submit("SAY: three");
    pane.see("● one\n\n● two\n\n● three\n");
}

#[test]
fn escape_interrupts_work_and_kills_the_command() {
    let pane = Pane::start(&["SLOW: 60000\nSAY: never"]);
    pane.see("✻ Working… (esc to interrupt)");
    pane.keys(&["Escape"]);
    pane.see("  ⎿  Interrupted");
    pane.idle();
    pane.submit("!echo $$ > shell; trap '' TERM; sleep 60 & echo $! > sleep; wait");
    pane.until("the command's start", || {
        pane.path("sleep").metadata().ok()?.len().checked_sub(2)
    });
    pane.keys(&["Escape"]);
    pane.until("the command's end", || {
        let alive = |name| {
            let id = std::fs::read_to_string(pane.path(name)).unwrap();
            let status = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
            // Nobody may be there to reap the orphan.
            status.is_ok_and(|status| !status.contains(") Z "))
        };
        (!alive("shell") && !alive("sleep")).then_some(())
    });
    pane.idle();
    pane.submit("!yes");
    pane.see("Working…");
    pane.keys(&["Escape"]);
    pane.until("three interruptions", || {
        (pane.screen().matches("  ⎿  Interrupted").count() == 3).then_some(())
    });
    pane.idle();
    assert_eq!(
        pane.told()[..2],
        [
            "user: SLOW: 60000\nSAY: never",
            "user: [Request interrupted by user]"
        ]
    );
}

#[test]
fn prompts_that_come_meanwhile_are_queued() {
    let pane = Pane::start(&["SAY: first\nSLOW: 60000"]);
    pane.see("● first");
    pane.submit("SAY: second");
    pane.see("1 prompt queued");
    pane.submit("SAY: third");
    pane.see("2 prompts queued");
    pane.keys(&["Escape"]);
    pane.see("● third");
    pane.idle();
    let says: Vec<String> = pane
        .told()
        .into_iter()
        .filter(|line| line.starts_with("assistant"))
        .collect();
    assert_eq!(
        says,
        ["assistant: first", "assistant: second", "assistant: third"]
    );
}

#[test]
fn an_error_of_the_api_ends_the_turn() {
    let pane = Pane::start(&["FAIL\nSAY: never"]);
    pane.see("● API Error: 500 the demo agent was told to fail");
    assert!(!pane.idle().contains("● never"));
    let entries = pane.transcript();
    assert_eq!(entries[1]["isApiErrorMessage"], true);
    assert_eq!(entries.len(), 2);
}

#[test]
fn the_ways_to_exit_and_their_codes() {
    let ways: [(&[&str], &str); 5] = [
        (&["EXIT: 7", "Enter"], "7"),
        (&["EXIT: 0", "Enter"], "0"),
        (&["/exit", "Enter"], "0"),
        (&["C-d"], "0"),
        (&["x", "C-c", "C-c", "C-c"], "0"),
    ];
    for (keys, code) in ways {
        let pane = Pane::start(&[]);
        pane.idle();
        pane.keys(keys);
        assert_eq!(pane.exit_code(), code, "{keys:?}");
        // The box is gone and the conversation stays.
        let screen = pane.screen();
        assert!(
            screen.contains("It plays a script.") && !screen.contains("───"),
            "{screen}"
        );
    }
}

#[test]
fn ctrl_c_clears_then_warns_then_exits() {
    let pane = Pane::start(&[]);
    pane.idle();
    pane.type_text("half a thought");
    pane.see("> half a thought");
    pane.keys(&["C-c"]);
    pane.see("\n>\n");
    pane.keys(&["C-c"]);
    pane.see("  Press Ctrl-C again to exit");
    pane.type_text("no");
    pane.idle();
    pane.keys(&["C-u", "C-c", "C-c"]);
    assert_eq!(pane.exit_code(), "0");
}

#[test]
fn the_title_tells_working_from_idle() {
    let pane = Pane::start(&["SLOW: 60000"]);
    pane.until("the first working title", || {
        (pane.title() == "⠂ demo").then_some(())
    });
    pane.until("the second working title", || {
        (pane.title() == "⠐ demo").then_some(())
    });
    pane.keys(&["Escape"]);
    pane.idle();
    pane.submit("RUN: true");
    pane.see("❯ 1. Yes");
    assert_eq!(pane.title(), "✳ demo");
}

/// The reply and the idle title reach the terminal together.
#[test]
fn the_last_line_is_written_before_the_title_turns_idle() {
    let pane = Pane::start(&[]);
    pane.idle();
    for turn in 1..=5 {
        pane.submit(&format!("SAY: {turn}"));
        pane.see(&format!("● {turn}\n"));
        assert_eq!(
            (pane.title().as_str(), pane.transcript().len()),
            ("✳ demo", 3 * turn)
        );
    }
}

#[test]
fn commands_to_the_agent() {
    let pane = Pane::start(&[]);
    pane.idle();
    pane.submit("/nonsense now");
    pane.see("● Unknown command: /nonsense\n");
    pane.submit("!echo shell; echo error >&2");
    pane.see("  ⎿  shell\n     error\n     Exit code 0");
    pane.submit(" !touch made");
    pane.see("read “!touch made”");
    assert!(!pane.path("made").exists());
    pane.idle();
    pane.submit("/clear");
    pane.until("a clear screen", || {
        (!pane.history().contains("nonsense")).then_some(())
    });
    assert!(
        pane.idle().starts_with("✳ CodePiper demo agent\n"),
        "{}",
        pane.history()
    );
}

#[test]
fn a_tiny_window_does() {
    let pane = Pane::sized(20, 5, &[]);
    pane.see(">");
    pane.submit("RUN: touch made");
    pane.see(" ❯ 1. Yes");
    pane.keys(&["1"]);
    pane.until("the file", || pane.path("made").exists().then_some(()));
    for (cols, rows) in [(1, 1), (2, 2), (3, 1), (1, 9), (20, 5)] {
        pane.resize(cols, rows);
        pane.type_text("漢x");
    }
    pane.keys(&["C-u"]);
    pane.see(&"─".repeat(20));
    pane.submit("SAY: well");
    pane.see("● well");
}

#[test]
fn a_resize_leaves_one_box_and_one_conversation() {
    let pane = Pane::sized(100, 30, &["SAY: something to see"]);
    pane.see("● something to see");
    pane.idle();
    pane.type_text("unsent");
    for (cols, rows) in [(60, 20), (31, 12), (120, 30), (44, 18), (90, 10), (100, 30)] {
        pane.resize(cols, rows);
        let rule = "─".repeat(cols);
        let whole = format!("{rule}\n> unsent\n{rule}\n  CodePiper demo agent · /help\n");
        pane.see(&whole);
        let history = pane.history();
        assert_eq!(
            history.matches("> unsent").count(),
            1,
            "{cols}x{rows}:\n{history}"
        );
        assert_eq!(
            history.matches("● something to see").count(),
            1,
            "{cols}x{rows}:\n{history}"
        );
        let rules = history.lines().filter(|line| line.starts_with("─")).count();
        assert_eq!(rules, 2, "{cols}x{rows}:\n{history}");
    }
}

#[test]
fn the_conversation_scrolls_into_the_history() {
    let script: Vec<String> = (0..40).map(|line| format!("SAY: line {line}")).collect();
    let pane = Pane::start(&[&script.join("\n")]);
    pane.see("● line 39");
    let history = pane.history();
    assert!(
        (0..40).all(|line| history.contains(&format!("● line {line}\n"))),
        "{history}"
    );
    assert_eq!(
        history.matches("CodePiper demo agent · /help").count(),
        1,
        "{history}"
    );
}

#[test]
fn a_session_is_resumed_into_its_transcript_and_not_begun_twice() {
    let pane = Pane::start(&["--session-id", ID, "SAY: one"]);
    pane.see("● one");
    pane.idle();
    pane.keys(&["C-d"]);
    assert_eq!(pane.exit_code(), "0");
    pane.restart(&["--resume", ID, "SAY: two"]);
    pane.see(&format!("  Resumed {ID}"));
    pane.see("● two");
    pane.idle();
    assert_eq!(
        pane.told(),
        [
            "user: SAY: one",
            "assistant: one",
            "user: SAY: two",
            "assistant: two"
        ]
    );
    assert!(
        pane.transcript()
            .iter()
            .all(|entry| entry["sessionId"] == ID)
    );
    // That is found out before a terminal is needed.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_codepiper-demo-agent"))
        .args(["--session-id", ID, "--transcript"])
        .arg(pane.path("transcript.jsonl"))
        .output()
        .unwrap();
    let error = format!("Error: Session ID {ID} is already in use.\n");
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into()
        ),
        (Some(1), error)
    );
}

#[test]
fn a_closed_terminal_ends_the_agent_and_its_command() {
    let pane = Pane::start(&[
        "--dangerously-skip-permissions",
        "RUN: echo $$ $PPID > ids; sleep 60",
    ]);
    let ids = pane.until("the command", || {
        std::fs::read_to_string(pane.path("ids"))
            .ok()
            .filter(|ids| ids.ends_with('\n'))
    });
    pane.tmux(&["kill-session", "-t", "demo"]);
    for id in ids.split_whitespace() {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        let alive = || {
            let status = std::fs::read_to_string(format!("/proc/{id}/stat"));
            status.is_ok_and(|status| !status.contains(") Z "))
        };
        while alive() {
            assert!(std::time::Instant::now() < end, "{id} is still there");
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
    }
}
