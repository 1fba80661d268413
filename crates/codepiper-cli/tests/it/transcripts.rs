//! Transcripts are read once, whatever happens to them or to the daemon.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codepiper_store::Connection;
use serde_json::{Value, json};

use crate::support::TestHome;

fn is_soak() -> bool {
    std::env::var_os("CODEPIPER_SOAK").is_some()
}

/// A session of the demo agent whose transcript we write.
struct Written {
    home: TestHome,
    id: String,
    path: PathBuf,
}

impl Written {
    fn new() -> Self {
        let home = TestHome::new();
        let id = home.demo(&[]);
        let path = home.session(&id)["transcriptPath"].as_str().unwrap().into();
        Self { home, id, path }
    }

    fn append(&self, bytes: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path.parent().unwrap()).unwrap();
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    /// Puts a file of that text in the place of the transcript at once.
    fn replace(&self, text: &str) {
        std::fs::create_dir_all(self.path.parent().unwrap()).unwrap();
        let beside = self.path.with_extension("new");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, &self.path).unwrap();
    }

    /// The words of the conversation, in order.
    fn words(&self) -> Vec<String> {
        let path = format!("/sessions/{}/conversation?limit=200", self.id);
        let answer = self.home.call("GET", &path, &Value::Null);
        let entries = answer["entries"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["text"].as_str().unwrap().to_owned())
            .collect()
    }

    #[track_caller]
    fn until_words(&self, what: &str, expected: &[&str]) {
        let mut words = Vec::new();
        let is_so = || {
            words = self.words();
            words == expected
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut is_so = is_so;
        while !is_so() {
            assert!(
                Instant::now() < deadline,
                "{what}: {:?}\n{}",
                self.words(),
                self.home.daemon_log()
            );
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    fn problems(&self) -> Vec<Value> {
        let path = format!("/transcripts/problems?sessionId={}", self.id);
        let answer = self.home.call("GET", &path, &Value::Null);
        answer["problems"].as_array().unwrap().clone()
    }

    fn database(&self) -> Connection {
        database(&self.home)
    }

    /// Waits until all was read, and its words are indexed.
    fn until_read(&self, patience: Duration) {
        let size = i64::try_from(std::fs::metadata(&self.path).unwrap().len()).unwrap();
        let deadline = Instant::now() + patience;
        let db = self.database();
        let one = |sql: &str| {
            db.query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap_or(-1)
        };
        let behind = "SELECT count(*) FROM conversation WHERE (revision, id) >
             ((SELECT value FROM conversation_marks WHERE name = 'indexed'),
              (SELECT value FROM conversation_marks WHERE name = 'indexed_id'))";
        while one("SELECT max(offset) FROM transcripts") != size || one(behind) != 0 {
            let read = one("SELECT max(offset) FROM transcripts");
            assert!(
                Instant::now() < deadline,
                "{read} of {size}\n{}",
                self.home.daemon_log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

fn database(home: &TestHome) -> Connection {
    let db = Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db
}

fn reply(name: &str, text: &str) -> String {
    let line = json!({
        "type": "assistant", "uuid": name, "timestamp": "2026-11-23T10:00:00Z",
        "message": { "id": format!("msg_{name}"), "model": "claude-opus-4-8", "role": "assistant",
            "content": [{ "type": "text", "text": text }],
            "usage": { "input_tokens": 3, "output_tokens": 4 } },
    });
    format!("{line}\n")
}

/// One turn as Claude writes it, with a line that is none now and then.
fn turn(n: usize) -> String {
    let at = |part: usize| {
        let millis = 1_795_000_000_000 + i64::try_from(n * 60_000 + part * 900).unwrap();
        codepiper_model::Timestamp::from_millis(millis).to_string()
    };
    let mut text = String::new();
    let mut line = |value: Value| writeln!(text, "{value}").unwrap();
    let answer = |part: usize, block: Value, output: usize| {
        json!({ "type": "assistant", "uuid": format!("{n}-{part}"), "timestamp": at(part),
            "message": { "id": format!("msg_{n}"), "model": if n.is_multiple_of(2) { "claude-opus-4-8" } else { "model-x" },
                "role": "assistant", "content": [block],
                "usage": { "input_tokens": 10 + n, "output_tokens": output,
                    "cache_creation_input_tokens": 5, "cache_read_input_tokens": n } } })
    };
    line(
        json!({ "type": "user", "uuid": format!("{n}-0"), "timestamp": at(0),
        "message": { "role": "user", "content": format!("prompt {n} über alles") } }),
    );
    line(answer(
        1,
        json!({ "type": "thinking", "thinking": format!("thought {n}") }),
        1,
    ));
    line(answer(
        2,
        json!({ "type": "text", "text": format!("reply {n} {}", "word ".repeat(n % 90)) }),
        7,
    ));
    line(answer(
        3,
        json!({ "type": "tool_use", "id": format!("toolu_{n}"), "name": "Bash",
        "input": { "command": format!("echo {n}") } }),
        7 + n % 3,
    ));
    line(
        json!({ "type": "user", "uuid": format!("{n}-4"), "timestamp": at(4),
        "message": { "role": "user", "content": [{ "type": "tool_result",
            "tool_use_id": format!("toolu_{n}"), "is_error": n.is_multiple_of(5),
            "content": format!("result {n} {}", "out ".repeat(n % 400)) }] } }),
    );
    line(
        json!({ "type": "system", "subtype": "turn_duration", "uuid": format!("{n}-5"),
        "timestamp": at(5), "durationMs": 4500 + n }),
    );
    if n.is_multiple_of(7) {
        writeln!(text, "{{\"type\":\"assistant\",\"broken {n}").unwrap();
        writeln!(text, "{{\"type\":\"of-next-year\",\"n\":{n}}}").unwrap();
    }
    text
}

/// All that was made of transcripts, row for row. Deliberately absent: the names of sessions, and
/// `revision` with `seen_at`, which say when something was written down and not what.
fn rows(db: &Connection) -> Vec<String> {
    const OF: [&str; 9] = [
        "SELECT id, transcript_id, offset, key, at, kind, text, agent_id, model, message_id,
             call_id, tool, input, result, is_error, ended_at, duration_ms, sub_agent
         FROM conversation ORDER BY id",
        "SELECT key, m.name, at, message_id, input, output, cache_write_5m, cache_write_1h,
             cache_read, reasoning, cost
         FROM usage u JOIN usage_models m ON m.id = u.model ORDER BY key",
        "SELECT key, at, duration_ms FROM turns ORDER BY key",
        "SELECT m.name, u.* FROM usage_quarters u LEFT JOIN usage_models m ON m.id = u.model",
        "SELECT m.name, u.* FROM usage_days u LEFT JOIN usage_models m ON m.id = u.model",
        "SELECT m.name, u.* FROM usage_day_totals u LEFT JOIN usage_models m ON m.id = u.model",
        "SELECT transcript_id, offset, bytes, reason, begins FROM transcript_problems ORDER BY id",
        "SELECT offset, head, head_bytes, tail, reader FROM transcripts ORDER BY id",
        "SELECT rowid FROM conversation_words WHERE conversation_words MATCH 'reply OR result'
         ORDER BY rowid",
    ];
    let mut all = Vec::new();
    for sql in OF {
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values = (0..columns).map(|n| format!("{:?}", row.get_ref(n).unwrap()));
            all.push(values.collect::<Vec<_>>().join(" "));
        }
    }
    all
}

/// `kill -9` at random moments while a transcript is read: what came of it is what comes of reading
/// it in one go.
#[test]
fn a_killed_ingest_equals_an_uninterrupted_one_row_for_row() {
    let kills = if is_soak() { 200 } else { 20 };
    // Enough for a while between two kills.
    let turns_of_round = 120;
    let mut killed = Written::new();
    let mut dice = 88_172_645_463_325_252_u64;
    let mut whole = String::new();
    let mut places = HashSet::new();
    for round in 0..kills {
        let new: String = (0..turns_of_round)
            .map(|n| turn(round * turns_of_round + n))
            .collect();
        whole.push_str(&new);
        killed.append(&new);
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        std::thread::park_timeout(Duration::from_micros(dice % 120_000));
        killed.home.kill_daemon();
        let offset: i64 = killed
            .database()
            .query_row(
                "SELECT coalesce(max(offset), 0) FROM transcripts",
                [],
                |row| row.get(0),
            )
            .unwrap();
        if usize::try_from(offset).unwrap() < whole.len() {
            places.insert(offset);
        }
        killed.home.start_daemon();
    }
    killed.until_read(Duration::from_mins(1));
    let unbroken = Written::new();
    unbroken.replace(&whole);
    unbroken.until_read(Duration::from_mins(1));

    let (one, other) = (rows(&killed.database()), rows(&unbroken.database()));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
    assert!(
        one.len() > kills * turns_of_round * 8,
        "only {} rows",
        one.len()
    );
    assert!(places.len() >= 2, "killed in the middle only at {places:?}");
}

#[test]
fn each_line_counts_once_whatever_becomes_of_the_file() {
    let written = Written::new();
    let (first, second) = (reply("a", "first"), reply("b", "second"));
    // It is not there yet when the session begins, and a line may come in two parts.
    let (begin, end) = second.split_at(30);
    written.append(format!("{first}{begin}"));
    written.until_words("a line and a half", &["first"]);
    written.append(end);
    written.until_words("the other half", &["first", "second"]);

    let odd = b"{\"type\":\"user\",\"message\":{\"content\":\"no UTF-8: \xff\xfe\"}}\n";
    written.append(odd);
    let kept = ["first", "second", "no UTF-8: \u{fffd}\u{fffd}"];
    written.until_words("what is no UTF-8", &kept);
    written.append("\n{\"half\": \n\0\0\0\n");
    written.append(reply("c", "third"));
    let mut kept = kept.to_vec();
    kept.push("third");
    written.until_words("behind lines that are none", &kept);
    let problems = written.problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(
        problems[1]["offset"],
        json!(first.len() + second.len() + odd.len() + 1),
        "{problems:?}"
    );

    // Cut off, and begun again.
    File::create(&written.path).unwrap();
    written.append(reply("d", "after it was cut off"));
    kept.push("after it was cut off");
    written.until_words("cut off", &kept);
    // Moved away, and begun again, with what was there before and more.
    std::fs::rename(&written.path, written.path.with_extension("1")).unwrap();
    written.append(format!(
        "{}{}",
        reply("d", "after it was cut off"),
        reply("e", "rotated")
    ));
    kept.push("rotated");
    written.until_words("moved away", &kept);
    // Another one of the same length, by its name and in place.
    let size = std::fs::metadata(&written.path).unwrap().len();
    let text = format!(
        "{}{}",
        reply("f", "one of as many bytes"),
        reply("g", "another")
    );
    assert_eq!(size, text.len() as u64);
    written.replace(&text);
    kept.extend(["one of as many bytes", "another"]);
    written.until_words("one as long, by its name", &kept);
    let text = format!(
        "{}{}",
        reply("h", "in the place of that"),
        reply("i", "another")
    );
    let file = OpenOptions::new().write(true).open(&written.path).unwrap();
    file.write_all_at(text.as_bytes(), 0).unwrap();
    kept.extend(["in the place of that", "another"]);
    written.until_words("one as long, in place", &kept);
    // Gone, and back.
    std::fs::remove_file(&written.path).unwrap();
    written.append(format!("{text}{}", reply("j", "back")));
    kept.push("back");
    written.until_words("gone and back", &kept);

    // One that begins with more than enough of the same: by its name, and in place.
    let long = reply("k", &"long ".repeat(400));
    let with = |names: &[&str]| -> String { names.iter().map(|name| reply(name, name)).collect() };
    let until_all = |names: &[&str]| {
        let are_there = || {
            let words = written.words();
            names
                .iter()
                .all(|name| words.iter().any(|word| word == name))
        };
        written.home.until(&names.concat(), are_there);
    };
    written.replace(&format!("{long}{}", with(&["l1", "l2", "l3"])));
    until_all(&["l1", "l2", "l3"]);
    let names = ["m1", "m2", "m3", "m4", "m5", "m6"];
    written.replace(&format!("{long}{}", with(&names)));
    until_all(&names);
    let names = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];
    let text = format!("{long}{}", with(&names));
    let file = OpenOptions::new().write(true).open(&written.path).unwrap();
    file.write_all_at(text.as_bytes(), 0).unwrap();
    until_all(&names);
    assert_eq!(written.problems().len(), 2, "{:?}", written.problems());

    let usage: i64 = written
        .database()
        .query_row("SELECT answers FROM usage_days", [], |row| row.get(0))
        .unwrap();
    assert_eq!(usage, 28, "one for each reply");
}

#[test]
fn a_folder_that_is_moved_away_and_made_anew_is_followed() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    let folder = written.path.parent().unwrap();
    let mut kept = vec!["first"];
    for (n, names) in [["b", "c"], ["d", "e"]].into_iter().enumerate() {
        if n == 0 {
            std::fs::rename(folder, folder.with_extension("bak")).unwrap();
        } else {
            std::fs::remove_dir_all(folder).unwrap();
        }
        for name in names {
            written.append(reply(name, name));
            kept.push(name);
            written.until_words("in the new folder", &kept);
        }
    }
}

#[test]
fn what_is_written_after_the_end_of_a_session_is_read() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    written.home.run(&["stop", &written.id]).ok();
    let mut kept = vec!["first"];
    for name in ["b", "c", "d"] {
        written.append(reply(name, name));
        kept.push(name);
        written.until_words("after the end", &kept);
    }
    // Of a last line only its end may be missing, which may come later.
    written.append(reply("e", "e").trim_end());
    kept.push("e");
    written.until_words("a line without an end", &kept);
    written.append(format!("\n{}", reply("f", "f")));
    kept.push("f");
    written.until_words("behind it", &kept);
    assert!(written.problems().is_empty(), "{:?}", written.problems());
}

#[test]
fn a_line_that_breaks_off_at_the_end_is_told_until_it_goes_on() {
    let mut written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    written.home.run(&["stop", &written.id]).ok();
    // A daemon that starts waits for no late lines.
    written.home.kill_daemon();
    let second = reply("b", "second");
    let (begin, end) = second.split_at(40);
    written.append(begin);
    written.home.start_daemon();
    written
        .home
        .until("it is told", || !written.problems().is_empty());
    let problems = written.problems();
    let expected = json!([
        problems[0]["offset"],
        problems[0]["bytes"],
        problems[0]["reason"]
    ]);
    let offset = reply("a", "first").len();
    assert_eq!(expected, json!([offset, 40, "the file ends within it"]));
    assert_eq!(problems.len(), 1);

    written.home.run(&["resume", &written.id]).ok();
    written.append(format!("{end}{}", reply("c", "third")));
    written.until_words("it goes on", &["first", "second", "third"]);
    assert!(written.problems().is_empty(), "{:?}", written.problems());
}

#[test]
fn a_time_that_is_none_is_told_and_loses_no_words() {
    let written = Written::new();
    let odd = reply("b", "second").replace("2026-11-23T10:00:00Z", "yesterday");
    written.append(format!(
        "{}{odd}{}",
        reply("a", "first"),
        reply("c", "third")
    ));
    written.until_words("all words", &["first", "second", "third"]);
    let problems = written.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(
        problems[0]["reason"],
        "its time cannot be read: `yesterday`"
    );
    assert_eq!(problems[0]["offset"], json!(reply("a", "first").len()));
}

/// Nothing can be written for a while, as on a full disk; no line comes afterwards.
#[test]
fn what_could_not_be_written_down_is_tried_again() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    let db = written.database();
    db.execute_batch(
        "CREATE TRIGGER no_room BEFORE UPDATE ON transcripts
         BEGIN SELECT RAISE(ABORT, 'no room'); END;",
    )
    .unwrap();
    written.append(reply("b", "second"));
    let log = || written.home.daemon_log();
    let failed = || log().matches("cannot write a transcript down").count();
    written.home.until("it failed twice", || failed() >= 2);
    let tries = failed();
    assert!(tries <= 3, "{tries} tries");
    db.execute_batch("DROP TRIGGER no_room").unwrap();
    written.until_words("written down", &["first", "second"]);
}

#[test]
fn a_transcript_behind_a_link_is_followed() {
    let written = Written::new();
    let (place, elsewhere) = (written.path.clone(), written.home.path("elsewhere"));
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::create_dir(&elsewhere).unwrap();
    let file = elsewhere.join("t.jsonl");
    std::os::unix::fs::symlink(&file, &place).unwrap();
    let mut kept = vec![];
    for name in ["a", "b", "c"] {
        written.append(reply(name, name));
        kept.push(name);
        let begin = Instant::now();
        written.until_words("behind the link", &kept);
        assert!(begin.elapsed() < Duration::from_secs(4), "not at once");
    }
    // Another one.
    let other = written.home.path("other.jsonl");
    std::fs::write(&other, reply("d", "d")).unwrap();
    std::os::unix::fs::symlink(&other, place.with_extension("new")).unwrap();
    std::fs::rename(place.with_extension("new"), &place).unwrap();
    kept.push("d");
    written.until_words("another link", &kept);
    written.append(reply("e", "e"));
    kept.push("e");
    written.until_words("behind that", &kept);
}

#[test]
fn a_folder_far_above_that_is_moved_away_is_missed() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    let above = written.path.ancestors().nth(2).unwrap();
    std::fs::rename(above, above.with_extension("bak")).unwrap();
    written.append(reply("b", "second"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while written.words() != ["first", "second"] {
        assert!(Instant::now() < deadline, "{:?}", written.words());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

#[test]
fn a_sub_agent_that_begins_later_is_followed() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("the conversation itself", &["first"]);
    let folder = written.path.with_extension("").join("subagents");
    std::fs::create_dir_all(&folder).unwrap();
    let line = reply("s", "from below").replacen('{', "{\"agentId\":\"x1\",", 1);
    std::fs::write(folder.join("agent-x1.jsonl"), line).unwrap();
    written.until_words("its sub-agent", &["first", "from below"]);
    let path = format!("/sessions/{}/conversation", written.id);
    let answer = written.home.call("GET", &path, &Value::Null);
    assert_eq!(answer["entries"][1]["agentId"], "x1", "{answer}");
}

#[test]
fn lines_of_many_megabytes_are_read_or_kept_aside() {
    let written = Written::new();
    written.append(reply("a", &"long ".repeat(10_000_000)));
    let too_long = reply("b", &"x".repeat(65 << 20));
    written.append(&too_long);
    written.append(reply("c", "behind"));
    let mut words = Vec::new();
    written.home.until("what stands behind is read", || {
        words = written.words();
        words.last().is_some_and(|last| last == "behind")
    });
    assert_eq!(words.len(), 2);
    assert!(words[0].starts_with("long long ") && words[0].ends_with('…'));
    let problems = written.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0]["bytes"], json!(too_long.len()));
    assert_eq!(problems[0]["reason"], "longer than 64 MiB");
}

#[test]
fn a_line_is_in_the_conversation_within_a_second() {
    let written = Written::new();
    written.append(reply("a", "first"));
    written.until_words("it is followed", &["first"]);
    let mut best = Duration::MAX;
    for n in 0..5 {
        let (begin, text) = (Instant::now(), format!("line {n}"));
        written.append(reply(&text, &text));
        written
            .home
            .until("it is there", || written.words().contains(&text));
        best = best.min(begin.elapsed());
    }
    assert!(best < Duration::from_secs(1), "{best:?}");
}

/// A picture, as tools return them, and now and then words.
fn big_line(n: usize, picture: &str) -> String {
    let content = if n.is_multiple_of(20) {
        json!([{ "type": "text", "text": format!("output {n} ").repeat(500) }])
    } else {
        json!([{ "type": "image", "source": { "type": "base64", "data": picture } }])
    };
    let line = json!({ "type": "user", "uuid": format!("u{n}"), "timestamp": "2026-11-23T10:00:00Z",
        "message": { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": format!("t{n}"), "content": content }] } });
    format!("{line}\n")
}

fn write_big(path: &Path, bytes: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let beside = path.with_extension("new");
    let mut file = BufWriter::new(File::create(&beside).unwrap());
    let picture = "iVBORw0KGgoAAAANSUhEUg".repeat(2000);
    let (mut written, mut n) = (0, 0);
    while written < bytes {
        let line = big_line(n, &picture);
        file.write_all(line.as_bytes()).unwrap();
        written += line.len();
        n += 1;
    }
    file.flush().unwrap();
    std::fs::rename(beside, path).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_transcript_of_gigabytes_takes_little_memory() {
    let bytes = if is_soak() { 2 << 30 } else { 200 << 20 };
    let written = Written::new();
    write_big(&written.path, bytes);
    written.until_read(Duration::from_secs(if is_soak() { 1800 } else { 180 }));
    let db = written.database();
    let count: u32 = db
        .query_row("SELECT count(*) FROM conversation", [], |row| row.get(0))
        .unwrap();
    assert!(
        usize::try_from(count).unwrap() > bytes / 50_000,
        "{count} entries"
    );
    let pid = written.home.daemon_pid();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let most = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let most: usize = most.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most < 150 * 1024, "{most} KiB were resident at once");
}
