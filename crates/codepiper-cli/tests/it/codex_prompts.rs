//! Prompts whose shape Codex's prompt box makes look like something else.

use crate::codex::{FakeCodex, reply};

/// What the model got as the last words of a person.
fn last_words(fake: &FakeCodex, part: &str) -> String {
    let requests = fake.model.requests();
    let found = requests.iter().rev().find_map(|request| {
        let items = request.body["input"].as_array()?.iter().rev();
        let mut texts = items.filter_map(|item| item["content"][0]["text"].as_str());
        texts.find(|text| text.contains(part)).map(str::to_owned)
    });
    found.unwrap()
}

fn lines(count: usize, last: &str) -> String {
    let lines = (1..count).map(|n| format!("line {n}\n"));
    lines.collect::<String>() + last
}

#[test]
fn lists_and_prompts_taller_than_the_box_arrive_whole() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let dialog = "1. Yes, proceed (y)\n2. No (esc)\n\nPress enter to confirm or esc to cancel\n";
    let shapes = [
        (
            ["120", "30"],
            vec![
                "1. do a\n2. do b\n3. SAY: x\nSAY: a list".to_owned(),
                format!("{dialog}SAY: a dialog"),
                lines(18, "SAY: just full"),
                lines(40, "SAY: forty lines"),
            ],
        ),
        (
            ["40", "10"],
            vec![
                lines(12, "SAY: twelve lines"),
                format!("{}\nSAY: wrapped", "word ".repeat(90).trim_end()),
            ],
        ),
    ];
    for ([cols, rows], prompts) in shapes {
        let id = fake.start(&home, &["--cols", cols, "--rows", rows]);
        for prompt in prompts {
            let said = prompt.rsplit("SAY: ").next().unwrap();
            let answer = reply(&home, &id, &prompt);
            assert!(answer.ends_with(said), "{answer}");
            assert_eq!(last_words(&fake, said), prompt);
        }
        // What somebody left is taken away, however tall it is.
        let left = lines(40, "left behind");
        home.run(&["send", &id, &left, "--no-newline"]).ok();
        assert_eq!(reply(&home, &id, "SAY: the next"), "the next");
        assert_eq!(last_words(&fake, "the next"), "SAY: the next");
        home.run(&["stop", &id]).ok();
    }
}
