//! What the lines of recorded conversations mean, and that no line makes a reader fall.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use codepiper_model::{Note, ProviderId, Said, Tokens};
use codepiper_providers::{ReaderState, provider};

const RECORDED: [(ProviderId, &str); 2] = [
    (ProviderId::ClaudeCode, "claude-code/2.1.197/conversations"),
    (ProviderId::Codex, "codex/0.169.0/conversations"),
];

/// The recorded conversations of an agent, in the order of their names.
fn recorded(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_conversation = |path: &PathBuf| path.extension().is_some_and(|it| it == "jsonl");
    let mut paths: Vec<PathBuf> = entries.filter(is_conversation).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// Every line with what it means, as a person can check it.
fn meaning(agent: ProviderId, text: &str) -> String {
    let mut state = ReaderState::default();
    let mut told = String::new();
    for (number, line) in text.lines().enumerate() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let kinds = [&value["type"], &value["subtype"], &value["payload"]["type"]];
        let item = [
            &value["attachment"]["type"],
            &value["payload"]["item"]["type"],
        ];
        let kinds: Vec<&str> = kinds
            .iter()
            .chain(&item)
            .filter_map(|it| it.as_str())
            .collect();
        writeln!(told, "{:3} {}", number + 1, kinds.join(" ")).unwrap();
        for note in provider(agent).read_line(line, &mut state).unwrap() {
            writeln!(told, "      {}", one_line(&note)).unwrap();
        }
    }
    told
}

fn one_line(note: &Note) -> String {
    match note {
        Note::Said(said) => {
            let Said {
                key,
                at,
                kind,
                text,
                agent_id,
                model,
                message_id,
                tool,
            } = said;
            let of = agent_id.as_deref().unwrap_or("-");
            let model = model.as_deref().unwrap_or("-");
            let message = message_id.as_deref().unwrap_or("-");
            let call = tool.as_ref().map_or_else(String::new, |tool| {
                format!(" {}({}) {}", tool.name, shown(&tool.input), tool.call_id)
            });
            let (kind, text) = (kind.as_str(), shown(text));
            format!(
                "{kind} {text}{call} | {at} key {key} agent {of} model {model} message {message}"
            )
        }
        Note::Result(result) => {
            let word = if result.is_error { "failed" } else { "result" };
            let took = result
                .duration_ms
                .map_or_else(String::new, |ms| format!(" {ms} ms"));
            format!(
                "{word} {} | {} of {}{took}",
                shown(&result.text),
                result.at,
                result.call_id
            )
        }
        Note::Usage(usage) => {
            let Tokens {
                input,
                output,
                cache_write_5m,
                cache_write_1h,
                cache_read,
                reasoning,
            } = usage.tokens;
            format!(
                "usage in {input} out {output} (reasoning {reasoning}) cache +{cache_write_5m} \
                 +{cache_write_1h} ={cache_read} | {} key {} model {} message {}",
                usage.at, usage.key, usage.model, usage.message_id
            )
        }
        Note::TurnEnded(turn) => {
            format!(
                "turn ended, {} ms | {} key {}",
                turn.duration_ms, turn.at, turn.key
            )
        }
        other @ (Note::SubAgent { .. } | Note::Continues { .. }) => format!("{other:?}"),
    }
}

fn shown(text: &str) -> String {
    let begin: String = text.chars().take(60).collect();
    format!("{begin:?}")
}

#[test]
fn every_line_means_what_the_expected_file_says() {
    for (agent, folder) in RECORDED {
        let recorded = recorded(folder);
        assert!(
            recorded.len() >= 3,
            "{folder}: {} recordings",
            recorded.len()
        );
        for (path, text) in recorded {
            let told = meaning(agent, &text);
            let expected = path.with_extension("expected.txt");
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                std::fs::write(&expected, &told).unwrap();
            }
            let expected = std::fs::read_to_string(&expected).unwrap();
            for (told, expected) in told.lines().zip(expected.lines()) {
                assert_eq!(told, expected, "{}", path.display());
            }
            assert_eq!(
                told.lines().count(),
                expected.lines().count(),
                "{}",
                path.display()
            );
        }
    }
}

/// What was said, in all conversations of an agent.
fn all_notes(agent: ProviderId, folder: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    for (_, text) in recorded(folder) {
        let mut state = ReaderState::default();
        for line in text.lines() {
            notes.extend(provider(agent).read_line(line, &mut state).unwrap());
        }
    }
    notes
}

#[test]
fn recordings_hold_each_kind_of_thing_that_happens() {
    for (agent, folder) in RECORDED {
        let notes = all_notes(agent, folder);
        let said: Vec<&Said> = notes
            .iter()
            .filter_map(|note| {
                if let Note::Said(said) = note {
                    Some(said)
                } else {
                    None
                }
            })
            .collect();
        for kind in [
            "prompt",
            "reply",
            "thinking",
            "tool_call",
            "sub_agent",
            "compaction",
            "error",
        ] {
            assert!(
                said.iter().any(|said| said.kind.as_str() == kind),
                "{folder}: no {kind}"
            );
        }
        let is_prompt = |text: &str| {
            let is_it = |said: &&&Said| said.kind.as_str() == "prompt" && said.text == text;
            said.iter().filter(is_it).count()
        };
        assert_eq!(is_prompt("SAY: typed meanwhile"), 1, "{folder}");
        let machinery = said
            .iter()
            .find(|said| said.text.starts_with("<command-") || said.text.starts_with("<local-"));
        assert_eq!(machinery, None, "{folder}");
        assert_eq!(
            is_prompt("SAY: after resume"),
            1 + usize::from(agent == ProviderId::ClaudeCode)
        );
        // Only what is of a kind that nobody knows is kept as it stands there.
        assert!(
            !said.iter().any(|said| said.kind.as_str() == "other"),
            "{folder}"
        );
        let has = |is_it: fn(&Note) -> bool| notes.iter().any(is_it);
        assert!(
            has(|note| matches!(note, Note::Result(result) if result.is_error)),
            "{folder}"
        );
        assert!(
            has(|note| matches!(note, Note::SubAgent { .. })),
            "{folder}"
        );
        assert!(has(|note| matches!(note, Note::TurnEnded(_))), "{folder}");
    }
}

#[test]
fn lines_of_unknown_kinds_are_kept_and_what_is_no_line_is_refused() {
    for (agent, folder) in RECORDED {
        let mut state = ReaderState::default();
        let unknown =
            r#"{"type":"of-next-year","timestamp":"2026-11-23T10:00:00Z","payload":{"a":1}}"#;
        let notes = provider(agent).read_line(unknown, &mut state).unwrap();
        let [Note::Said(said)] = &notes[..] else {
            panic!("{notes:?}")
        };
        assert_eq!((said.kind.as_str(), said.text.as_str()), ("other", unknown));
        let again = provider(agent).read_line(unknown, &mut state).unwrap();
        assert_eq!(again, notes, "the same line has the same name");

        let (_, text) = recorded(folder).swap_remove(0);
        let whole = text.lines().find(|line| line.len() > 200).unwrap();
        for broken in [
            &whole[..whole.len() / 2],
            &whole[1..],
            "",
            "null",
            "[]",
            "7",
            "\"a\"",
            "{}",
        ] {
            let before = state.clone();
            let read = provider(agent).read_line(broken, &mut state);
            assert!(read.is_err(), "{broken:?} means {read:?}");
            assert_eq!(state, before, "what cannot be read changes nothing");
        }
    }
}

/// A line of an answer in which one field was replaced.
fn answer(usage: &str, rest: &str) -> String {
    format!(
        r#"{{"type":"assistant","uuid":"u","timestamp":"2026-11-23T10:00:00Z",{rest}"message":{{
        "id":"m","model":"model-x","usage":{usage},"content":[{{"type":"text","text":"words"}}]}}}}"#
    )
}

#[test]
fn numbers_that_cannot_be_cost_the_usage_and_not_the_words() {
    let read = |agent, line: &str| provider(agent).read_line(line, &mut ReaderState::default());
    for usage in [
        r#"{"input_tokens":9223372036854775807,"output_tokens":1}"#,
        r#"{"input_tokens":36893488147419103232}"#,
        r#"{"input_tokens":-5}"#,
        r#"{"output_tokens":5.5}"#,
        r#"{"cache_read_input_tokens":"5"}"#,
        "[]",
        "7",
    ] {
        let why = read(ProviderId::ClaudeCode, &answer(usage, "")).unwrap_err();
        let [Note::Said(said)] = &why.notes[..] else {
            panic!("{usage}: {why:?}")
        };
        assert_eq!(said.text, "words");
    }
    let nulls = r#""isMeta":null,"isCompactSummary":null,"isApiErrorMessage":null,"subtype":null,"#;
    for (usage, rest, sum) in [
        ("null", nulls, None),
        (
            r#"{"input_tokens":3,"cache_creation_input_tokens":null,"cache_creation":null}"#,
            "",
            Some(3),
        ),
        (
            r#"{"cache_creation_input_tokens":4,"cache_creation":{"ephemeral_1h_input_tokens":null}}"#,
            nulls,
            Some(4),
        ),
    ] {
        let notes = read(ProviderId::ClaudeCode, &answer(usage, rest)).unwrap();
        assert!(matches!(&notes[0], Note::Said(said) if said.text == "words"));
        let told = notes.get(1).map(|note| match note {
            Note::Usage(usage) => usage.tokens.total(),
            other => panic!("{other:?}"),
        });
        assert_eq!(told, sum, "{usage}");
    }
    let result = r#"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t",
        "is_error":null,"content":"out"}]}}"#;
    let notes = read(ProviderId::ClaudeCode, result).unwrap();
    assert!(matches!(&notes[..], [Note::Result(result)] if !result.is_error));

    for (count, is_read) in [
        ("null", true),
        ("7", true),
        ("-7", false),
        ("1e30", false),
        ("2199023255552", false),
    ] {
        let line = format!(
            r#"{{"type":"token_usage_record","payload":{{"response_id":"r","usage":{{"input_tokens":{count}}}}}}}"#
        );
        assert_eq!(read(ProviderId::Codex, &line).is_ok(), is_read, "{count}");
    }
    for (agent, line) in [
        (
            ProviderId::ClaudeCode,
            r#"{"type":"system","subtype":"turn_duration","durationMs":9223372036854775807}"#,
        ),
        (
            ProviderId::Codex,
            r#"{"type":"event_msg","payload":{"type":"task_complete","turn_id":"t","duration_ms":9223372036854775807}}"#,
        ),
    ] {
        assert!(read(agent, line).is_err(), "{line}");
    }
}

#[test]
fn what_is_new_within_a_line_of_a_known_kind_is_kept() {
    let novel = r#"{"type":"novel_block","text":"new"}"#;
    let message = r#"{"type":"assistant","uuid":"u","message":{"id":"m","content":[
        {"type":"text","text":"words"},NOVEL,{"type":"image","source":{}}]}}"#;
    let message = message.replace("NOVEL", novel);
    let agent = provider(ProviderId::ClaudeCode);
    let notes = agent
        .read_line(&message, &mut ReaderState::default())
        .unwrap();
    let [Note::Said(words), Note::Said(kept)] = &notes[..] else {
        panic!("{notes:?}")
    };
    assert_eq!(
        (words.kind.as_str(), words.text.as_str()),
        ("reply", "words")
    );
    assert_eq!((kept.kind.as_str(), kept.text.as_str()), ("other", novel));
    assert_ne!(words.key, kept.key);

    let (claude, codex) = (ProviderId::ClaudeCode, ProviderId::Codex);
    for (agent, line, is_kept) in [
        (
            claude,
            r#"{"type":"system","subtype":"new_thing","content":"of next year"}"#,
            true,
        ),
        (
            claude,
            r#"{"type":"system","subtype":"compact_boundary"}"#,
            false,
        ),
        (
            codex,
            r#"{"type":"response_item","payload":{"type":"new_thing"}}"#,
            true,
        ),
        (
            codex,
            r#"{"type":"response_item","payload":{"type":"message"}}"#,
            false,
        ),
        (
            codex,
            r#"{"type":"event_msg","payload":{"type":"new_thing"}}"#,
            true,
        ),
        (
            codex,
            r#"{"type":"event_msg","payload":{"type":"exec_command_begin"}}"#,
            false,
        ),
        (
            codex,
            r#"{"type":"event_msg","payload":{"type":"item_completed","item":{"type":"New"}}}"#,
            true,
        ),
        (
            codex,
            r#"{"type":"event_msg","payload":{"type":"item_completed","item":{"type":"FileChange"}}}"#,
            false,
        ),
    ] {
        let notes = provider(agent)
            .read_line(line, &mut ReaderState::default())
            .unwrap();
        let kept = notes.iter().any(|note| {
            matches!(note, Note::Said(said) if said.kind.as_str() == "other" && said.text == line)
        });
        assert_eq!(kept, is_kept, "{line}: {notes:?}");
    }
}

#[test]
fn a_clock_that_was_ahead_once_moves_no_later_usage() {
    let mut state = ReaderState::default();
    let mut read = |name: &str, parent: &str, at: &str| {
        let line = format!(
            r#"{{"type":"assistant","uuid":"{name}","parentUuid":"{parent}","timestamp":"{at}",
            "message":{{"id":"{name}","model":"model-x","usage":{{"input_tokens":1}},
            "content":[{{"type":"text","text":"words"}}]}}}}"#
        );
        let agent = provider(ProviderId::ClaudeCode);
        let notes = agent.read_line(&line, &mut state).unwrap();
        let [Note::Said(said), Note::Usage(usage)] = &notes[..] else {
            panic!("{notes:?}")
        };
        (said.at.to_string(), usage.at.to_string())
    };
    let (ahead, now) = ("2099-01-01T00:00:00.000Z", "2026-11-23T10:00:00.000Z");
    let both = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(read("a", "", ahead), both(ahead, ahead));
    // They stay in order, each with its own day.
    assert_eq!(read("b", "a", now), both(ahead, now));
    assert_eq!(read("c", "b", now), both(ahead, now));
}

#[test]
fn a_long_result_is_read_whole() {
    let long = "x".repeat(3_000_000);
    let line = serde_json::json!({
        "type": "user", "uuid": "u", "timestamp": "2026-11-23T10:00:00Z",
        "message": { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "t", "content": long.as_str() }] },
    });
    let mut state = ReaderState::default();
    let notes = provider(ProviderId::ClaudeCode)
        .read_line(&line.to_string(), &mut state)
        .unwrap();
    let [Note::Result(result)] = &notes[..] else {
        panic!("not a result")
    };
    assert!(result.text == long);
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }
}

/// What a value may be instead.
const OTHER: [&str; 12] = [
    "null",
    "true",
    "-1",
    "1e400",
    "18446744073709551616",
    "\"\"",
    "[]",
    "{}",
    "[[[]]]",
    "\"\\ud800\"",
    "{\"type\":\"text\",\"text\":7}",
    "\"9999-12-31T23:59:59Z\"",
];

fn mutated(line: &str, others: &[&str], dice: &mut Dice) -> String {
    let mut bytes = line.as_bytes().to_vec();
    for _ in 0..=dice.below(3) {
        let place = dice.below(bytes.len());
        match dice.below(6) {
            0 if !bytes.is_empty() => {
                bytes[place] ^= 1 << dice.below(8);
            }
            1 => bytes.truncate(place),
            2 => {
                let other = others[dice.below(others.len())].as_bytes();
                bytes.truncate(place);
                bytes.extend(&other[dice.below(other.len())..]);
            }
            // A value of another kind where one stands.
            _ => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let values: Vec<usize> = text.match_indices(':').map(|(place, _)| place).collect();
                let Some(&begin) = values.get(dice.below(values.len())) else {
                    continue;
                };
                let rest = &text[begin + 1..];
                let end = serde_json::Deserializer::from_str(rest)
                    .into_iter::<serde::de::IgnoredAny>()
                    .next()
                    .map_or(0, |_| value_end(rest));
                let other = OTHER[dice.below(OTHER.len())];
                bytes = format!("{}:{other}{}", &text[..begin], &rest[end..]).into_bytes();
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn value_end(text: &str) -> usize {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset(),
        _ => 0,
    }
}

#[test]
fn no_line_makes_a_reader_panic() {
    let is_soak = std::env::var_os("CODEPIPER_SOAK").is_some();
    let rounds = if is_soak { 2_000_000 } else { 20_000 };
    let mut read = 0;
    for (agent, folder) in RECORDED {
        let recorded = recorded(folder);
        let lines: Vec<&str> = recorded.iter().flat_map(|(_, text)| text.lines()).collect();
        // Short lines are mutated as thoroughly as long ones, and faster.
        let lines: Vec<&str> = lines.into_iter().filter(|line| line.len() < 4000).collect();
        let mut dice = Dice(if is_soak { seed() } else { 7 });
        let mut state = ReaderState::default();
        for _ in 0..rounds {
            let line = mutated(lines[dice.below(lines.len())], &lines, &mut dice);
            let before = state.clone();
            let notes = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                provider(agent).read_line(&line, &mut state)
            }));
            let notes = notes.unwrap_or_else(|_| panic!("{agent:?} falls over {line}\n{before:?}"));
            read += usize::from(notes.is_ok_and(|notes| !notes.is_empty()));
        }
    }
    assert!(
        read > rounds / 10,
        "only {read} of these lines meant anything"
    );
}

fn seed() -> u64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let seed = u64::try_from(now.as_nanos() & u128::from(u64::MAX)).unwrap() | 1;
    #[expect(clippy::print_stderr, reason = "by which a failure can be seen again")]
    {
        eprintln!("seed {seed}");
    }
    seed
}
