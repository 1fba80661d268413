//! What agents used, to the token, and what that costs.

use codepiper_fake_model::{Kind, Request};
use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::fleet::{Fleet, say};
use crate::support::TestHome;

/// Tokens in, out, put into the cache, read from it, and how many answers those are of.
pub(crate) type Counted = [u64; 5];

/// A home in which agents may do everything but what has `denied` in it.
pub(crate) fn furnished(furnish: fn(&mut TestHome)) -> TestHome {
    let mut home = TestHome::bare();
    furnish(&mut home);
    home.start_daemon();
    home.policy(&json!([
        { "id": "all", "action": "allow", "tool": "*" },
        { "id": "no", "action": "deny", "tool": "*", "args": { "command": "*denied*" } },
    ]));
    home
}

/// What a turn that does not end well leaves.
pub(crate) fn fails(home: &TestHome, id: &str, prompt: &str) {
    let done = home.run(&["send", id, prompt, "--wait", "--timeout", "60"]);
    assert_eq!(done.code, 1, "{done:?}");
}

/// Tools, an interrupt, failures, retries, compaction, a resume and a fork.
fn live_through_all(home: &TestHome, id: &str, own: &[&str]) {
    home.run(&["wait", id, "--timeout", "30"]).ok();
    let send = |prompt: &str| {
        home.run(&["send", id, prompt, "--wait", "--timeout", "60"])
            .ok();
    };
    send("THINK: let me think about this\nSAY: first answer");
    send("SAY: before\nRUN: echo one; echo two\nSAY: after");
    send("RUN: touch denied-one\nSAY: was denied");
    for prompt in own {
        send(prompt);
    }
    home.run(&[
        "send",
        id,
        "SAY: long words that take their time\nSLOW: 60000",
    ])
    .ok();
    home.until("the answer has begun", || {
        home.run(&["tail", id]).stdout.contains("long")
    });
    home.run(&["interrupt", id]).ok();
    fails(home, id, "FAIL");
    send("SAY: before it is made short");
    home.run(&["slash", id, "compact"]).ok();
    home.until("it was made short", || {
        let done = home.run(&["conversation", id, "-n", "1000", "--json"]).ok();
        done.stdout.contains("\"kind\":\"compaction\"")
    });
    home.run(&["wait", id, "--timeout", "30"]).ok();
    say(home, id, "after it was made short");
    home.run(&["stop", id]).ok();
    home.run(&["resume", id]).ok();
    home.run(&["wait", id, "--timeout", "30"]).ok();
    say(home, id, "after the resume");
    let fork = home.run(&["fork", id, "--json"]).ok().json();
    let fork = fork["session"]["id"].as_str().unwrap();
    home.run(&["wait", fork, "--timeout", "30"]).ok();
    say(home, fork, "in the fork");
    say(home, id, "in the original");
}

/// Claude writes neither titles down nor the summaries of `/compact`.
pub(crate) fn is_in_transcript(request: &Request) -> bool {
    let messages = request.body["messages"].as_array();
    // What Claude reminds the model of may stand behind it.
    let last = messages.into_iter().flatten().rev().take(2);
    let is_summary = last.map(Value::to_string).any(|text| {
        text.contains("detailed summary") && text.contains("Tool calls will be rejected")
    });
    request.kind == Kind::Turn && !is_summary
}

/// What the model served whole, of what a transcript holds.
pub(crate) fn served(requests: &[Request], is_held: impl Fn(&Request) -> bool) -> Counted {
    let held = requests.iter().filter(|one| is_held(one));
    let mut sum = Counted::default();
    for usage in held.filter_map(|one| one.usage.as_ref()) {
        let count = |pointer: &str| usage.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
        let of_openai = count("/input_tokens_details/cached_tokens");
        let cached = count("/cache_read_input_tokens") + of_openai;
        let answer = [
            count("/input_tokens") - of_openai,
            count("/output_tokens"),
            count("/cache_creation_input_tokens"),
            cached,
            1,
        ];
        sum.iter_mut()
            .zip(answer)
            .for_each(|(sum, one)| *sum += one);
    }
    sum
}

fn counted(sum: &Value) -> Counted {
    let names = ["input", "output", "cacheWrite5m", "cacheRead", "answers"];
    names.map(|name| sum[name].as_u64().unwrap())
}

/// Checks what is counted of so many sessions.
#[track_caller]
pub(crate) fn check_totals(home: &TestHome, sessions: usize, expected: Counted) {
    let total = |view: &str| home.run(&["analytics", view, "--json"]).ok().json()["total"].clone();
    home.until("every answer is counted", || {
        counted(&total("tokens"))[4] >= expected[4]
    });
    assert_eq!(counted(&total("tokens")), expected);
    // The last turn may end in between.
    home.until("counted anew it is the same", || {
        total("tokens") == total("rebuild")
    });
    let sums = home.run(&["analytics", "sessions", "--json"]).ok().json();
    let rows = sums["rows"].as_array().unwrap();
    let mut all = Counted::default();
    for row in rows {
        all.iter_mut()
            .zip(counted(row))
            .for_each(|(sum, one)| *sum += one);
    }
    assert_eq!((rows.len(), all), (sessions, expected), "{sums}");
}

#[test]
fn what_claude_used_is_what_was_served_to_the_token() {
    let fake = FakeClaude::new();
    let home = furnished(FakeClaude::furnish);
    let id = fake.start(&home, &[]);
    live_through_all(
        &home,
        &id,
        &[
            "RUN: echo aa\nRUN: echo bb\nTOGETHER\nSAY: both",
            r#"TOOL: Agent {"description":"sub work","prompt":"RUN: touch fromsub\nSAY: sub reply","subagent_type":"general-purpose"}"#,
        ],
    );
    fails(&home, &id, "FAIL: 529");
    say(&home, &id, "at the end");
    let requests = fake.requests();
    check_totals(&home, 2, served(&requests, is_in_transcript));
    let shown = home.run(&["conversation", &id, "-n", "1000"]).ok().stdout;
    assert!(
        shown.contains("prompt\n  /compact\n") && !shown.contains("command-"),
        "{shown}"
    );
    let left_out = requests
        .iter()
        .filter(|one| one.usage.is_some() && !is_in_transcript(one));
    assert_eq!(
        left_out.count(),
        2,
        "a title and a summary, which no transcript holds"
    );
}

#[test]
fn what_codex_used_is_what_was_served_to_the_token() {
    let fake = FakeCodex::new();
    let home = furnished(FakeCodex::furnish);
    let id = fake.start(&home, &[]);
    live_through_all(
        &home,
        &id,
        &[
            "ESCALATE: touch made\nSAY: made",
            "TOOL: multi_agent_v1__spawn_agent {\"message\":\"SAY: inner reply\"}\nWAIT: 3000\nSAY: outer",
        ],
    );
    fails(&home, &id, "SAY: half\nFAIL");
    say(&home, &id, "at the end");
    check_totals(&home, 2, served(&fake.model.requests(), |_| true));
}

/// Dollars for a million tokens of the fake models, and of no other.
pub(crate) const PRICES: &str = "[[price]]\nmodel = 'fake-codex'\ninput = 1\noutput = 10\n\
    [[price]]\nmodel = 'claude-opus*'\ninput = 2\noutput = 20\n";

/// A home with prices of its own.
pub(crate) fn priced(prices: &str) -> TestHome {
    let mut home = TestHome::bare();
    Fleet::furnish(&mut home);
    let folder = home.path(".codepiper");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("prices.toml"), prices).unwrap();
    home.start_daemon();
    home
}

#[test]
fn own_prices_that_cannot_be_read_are_told_wherever_costs_are() {
    let home = priced("[[price]]\nmodel = 'x'\ninput = 1\noutputs = 1\n");
    let file = home.path(".codepiper/prices.toml");
    let told = format!("`{}`, line 4: unknown field `outputs`", file.display());
    for view in ["overview", "costs"] {
        let run = home.run(&["analytics", view]).ok();
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        let answer = home.run(&["analytics", view, "--json"]).ok().json();
        let problem = answer["pricesProblem"].as_str().unwrap_or_default();
        assert!(problem.starts_with(&told), "{answer}");
    }
    let shown = home.run(&["doctor"]).stdout;
    assert!(shown.contains(&told), "{shown}");

    std::fs::remove_file(file).unwrap();
    home.run(&["daemon", "restart"]).ok();
    let run = home.run(&["analytics", "costs"]).ok();
    assert!(!run.stderr.contains("prices"), "{}", run.stderr);
}

/// As a daemon has left them that took every number at its word.
#[test]
fn numbers_that_cannot_be_are_removed_by_a_rebuild_which_says_so() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let tokens = |view: &str| home.run(&["analytics", view, "--json"]).ok().json();
    for n in 1..=2 {
        say(&home, &id, "words");
        home.until("it is counted", || {
            let total = tokens("tokens")["total"].clone();
            (&total["answers"], &total["turns"]) == (&json!(n), &json!(n))
        });
    }
    let before = tokens("tokens")["total"].clone();
    let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.execute_batch(
        "UPDATE usage SET input = 9223372036854775807 WHERE id = (SELECT max(id) FROM usage);
         UPDATE turns SET duration_ms = 9223372036854775807
             WHERE key = (SELECT max(key) FROM turns);
         UPDATE usage_quarters SET input = 9223372036854775807;
         UPDATE usage_days SET input = 9223372036854775807;
         UPDATE usage_day_totals SET input = 9223372036854775807;",
    )
    .unwrap();
    let run = home.run(&["analytics", "rebuild"]).ok();
    for said in ["removed: 1 answers of more", "removed: 1 turns longer"] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let now = tokens("tokens")["total"].clone();
    assert_eq!((&now["answers"], &now["turns"]), (&json!(1), &json!(1)));
    assert_eq!(
        now["input"].as_u64().unwrap() * 2,
        before["input"].as_u64().unwrap(),
        "{before}"
    );
    let again = tokens("rebuild");
    assert_eq!(
        (&again["removedAnswers"], &again["removedTurns"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(again["total"], now);
}

#[test]
fn a_model_without_a_price_costs_no_other_price_and_is_said_to_have_none() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    say(&home, &id, "for nothing");
    home.until("the answer is counted", || {
        home.run(&["analytics", "tokens", "--json"]).ok().json()["total"]["answers"] == 1
    });
    let usage = home.run(&["analytics", "costs", "--json"]).ok().json();
    assert_eq!(
        (&usage["total"]["costUsd"], &usage["rows"][0]["costUsd"]),
        (&Value::Null, &Value::Null)
    );
    assert!(usage["total"]["output"].as_u64().unwrap() > 0, "{usage}");
    for view in ["overview", "tokens", "models", "costs", "sessions"] {
        let shown = home.run(&["analytics", view]).ok().stdout;
        assert!(
            shown.contains("no price") && !shown.contains('$'),
            "{view}: {shown}"
        );
    }
    let shown = home.run(&["conversation", &id]).ok().stdout;
    assert!(
        shown.contains("no price") && shown.contains("for nothing"),
        "{shown}"
    );
    let csv = home.run(&["analytics", "models", "--csv"]).ok().stdout;
    let rows: Vec<&str> = csv.lines().collect();
    assert!(
        rows[0].starts_with("model,answers,unpricedAnswers,"),
        "{csv}"
    );
    assert!(rows[1].contains(",1,1,") && rows[1].ends_with(','), "{csv}");
}

#[test]
fn what_a_fork_copied_counts_once_for_its_origin_and_outlives_it() {
    let fleet = Fleet::new();
    let home = priced(PRICES);
    for id in fleet.start(&home) {
        say(&home, &id, "in the original");
        let fork = home.run(&["fork", &id, "--json"]).ok().json();
        let fork = fork["session"]["id"].as_str().unwrap().to_owned();
        home.run(&["wait", &fork, "--timeout", "30"]).ok();
        say(&home, &fork, "in the fork");
        say(&home, &fork, "once more");
        let answers = |id: &str| {
            let sums = home.run(&["analytics", "tokens", "--session", id, "--json"]);
            sums.ok().json()["total"]["answers"].as_u64().unwrap()
        };
        home.until("all is counted", || {
            (answers(&id), answers(&fork)) == (1, 2)
        });

        // The fork's conversation is whole: what it came from, then its own.
        let said = |id: &str| -> Vec<String> {
            let done = home.run(&["conversation", id, "--json"]).ok().json();
            let entries = done["entries"].as_array().unwrap();
            let replies = entries.iter().filter(|entry| entry["kind"] == "reply");
            replies
                .map(|entry| entry["text"].as_str().unwrap().to_owned())
                .collect()
        };
        let whole = ["in the original", "in the fork", "once more"];
        assert_eq!(said(&fork), whole);
        assert_eq!(said(&id), whole[..1]);
        let found = |session: &str| {
            let done = home.run(&[
                "search",
                "original",
                "--role",
                "reply",
                "--session",
                session,
                "--json",
            ]);
            let found = done.ok().json()["found"].clone();
            found
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["sessionId"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (found(&id), found(&fork)),
            (vec![json!(id)], vec![json!(fork)])
        );

        // Without the original the fork still is; without both there is nothing but the numbers.
        home.run(&["delete", &id, "--stop", "--yes"]).ok();
        assert_eq!(said(&fork), whole);
        assert_eq!(found(&fork), [json!(fork)]);
        let deleted = home.run(&["delete", &fork, "--stop", "--yes"]).ok();
        assert!(
            deleted.stdout.contains("the analytics what it used"),
            "{deleted:?}"
        );
        let everywhere = home.run(&["search", "in the", "--json"]).ok().json();
        assert_eq!(everywhere["found"], json!([]));
        assert_eq!(home.run(&["conversation", &fork]).code, 3);
        assert_eq!((answers(&id), answers(&fork)), (1, 2));
    }
    let models = home.run(&["analytics", "models", "--json"]).ok().json();
    let costs: Vec<bool> = models["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["costUsd"].as_f64().is_some_and(|dollars| dollars > 0.0))
        .collect();
    assert_eq!(
        costs.iter().filter(|has_price| **has_price).count(),
        2,
        "{models}"
    );
    let partly = home.run(&["analytics"]).ok().stdout;
    assert!(partly.contains("for 6 of 9 answers"), "{partly}");
}

#[test]
fn days_begin_in_the_time_zone_that_is_set_and_stay_there() {
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    let usage = |home: &TestHome, query: &str| {
        home.call(
            "GET",
            &format!("/analytics/usage?range=all&{query}"),
            &Value::Null,
        )
    };
    home.until("it was counted", || {
        usage(&home, "by=day")["total"]["answers"] == 1
    });
    // No machine is there; a day begins fourteen hours before the one of UTC.
    let refused = home.run(&["settings", "timeZone", "Mars/Phobos"]);
    assert!(
        refused.code == 1 && refused.stderr.contains("`Mars/Phobos`"),
        "{refused:?}"
    );
    let set = home
        .run(&["settings", "timeZone", "pacific/kiritimati"])
        .ok();
    assert_eq!(set.stdout.trim(), "Pacific/Kiritimati");
    let check = |home: &TestHome, answers: i64| {
        let (days, hours) = (usage(home, "by=day"), usage(home, "by=hour"));
        assert_eq!(days["timeZone"], "Pacific/Kiritimati");
        let day = days["rows"][0]["key"].as_str().unwrap();
        assert!(
            hours["rows"][0]["key"].as_str().unwrap().starts_with(day),
            "{days} {hours}"
        );
        assert_eq!(days["total"]["answers"], answers, "{days}");
    };
    check(&home, 1);
    home.kill_daemon();
    home.start_daemon();
    check(&home, 1);
    home.run(&["send", &id, "SAY: more", "--wait"]).ok();
    home.until("it was counted", || {
        usage(&home, "by=day")["total"]["answers"] == 2
    });
    check(&home, 2);
    home.run(&["analytics", "rebuild"]).ok();
    check(&home, 2);
    home.run(&["settings", "timeZone", "null"]).ok();
    assert_ne!(usage(&home, "by=day")["timeZone"], "Pacific/Kiritimati");
}

#[test]
fn what_makes_no_sense_is_refused_in_words_that_help() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    for (args, code, said) in [
        (&["analytics", "--range", "week"][..], 2, "`today`"),
        (
            &["analytics", "--time-zone", "Mars/Phobos"],
            2,
            "`Mars/Phobos`",
        ),
        (&["analytics", "tools", "--by", "day"], 2, "`--by`"),
        (&["analytics", "rebuild", "--model", "x"], 2, "`rebuild`"),
        (&["analytics", "--csv", "--json"], 2, "`--csv`"),
        (&["analytics", "--session", "nobody"], 3, "`nobody`"),
        (&["analytics", "weather"], 2, "overview"),
        (&["conversation", "nobody"], 3, "`nobody`"),
        (&["conversation", &id, "--before", "x"], 1, "`before`"),
        (&["conversation", &id, "-n", "0"], 2, "1..=1000"),
        (&["search", "..."], 1, "`text`"),
        (&["search", "x", "--role", "person"], 2, "`prompt`"),
        (&["search", "x", "--since", "yesterday"], 2, "`7d`"),
    ] {
        let done = home.run(args);
        assert_eq!(done.code, code, "{args:?}: {done:?}");
        assert!(done.stderr.contains(said), "{args:?}: {done:?}");
    }
}
