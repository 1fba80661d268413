use std::fmt::Write as _;

use serde_json::json;

use super::*;

#[test]
fn every_part_has_its_place() {
    let text =
        "name: x\nrules:\n  - id: a\n    command: ['ls *', \"b\"]\n  - {id: b, args: {n: 1}}\n";
    let yaml = Yaml::parse(text).unwrap();
    let expected = json!({ "name": "x", "rules": [
        { "id": "a", "command": ["ls *", "b"] },
        { "id": "b", "args": { "n": 1 } },
    ]});
    assert_eq!(yaml.value(), &expected);
    for (path, line, column) in [
        ("name", 1, 7),
        ("rules", 3, 3),
        ("rules[0].command[1]", 4, 23),
        ("rules[1].args.n", 5, 23),
        // What is not there is missing in what is.
        ("rules[1].action", 5, 5),
        ("rules[7].id", 3, 3),
        ("description", 1, 1),
    ] {
        let error = yaml.error_at(path, "no");
        assert_eq!(error.line_and_column, Some((line, column)), "{path}");
    }
    let error = yaml.error_at_key("rules[0].command", "what?");
    assert_eq!(error.to_string(), "line 4, column 5: what?");
    assert_eq!(
        error.snippet.unwrap(),
        "4 |     command: ['ls *', \"b\"]\n  |     ^"
    );
}

#[test]
fn json_is_yaml() {
    let value =
        json!({ "a": "é\n\"", "b": [1, -2, 2.5, null, true, {}, []], "c d": { "e": "yes" } });
    for text in [value.to_string(), format!("{value:#}")] {
        assert_eq!(Yaml::parse(&text).unwrap().value(), &value);
    }
}

#[test]
fn words_and_versions_are_texts() {
    let yaml = Yaml::parse("a: yes\nb: off\nc: 007\nd: 1_000\ne: 2026-01-01\n").unwrap();
    let expected = json!({ "a": "yes", "b": "off", "c": "007", "d": "1_000", "e": "2026-01-01" });
    assert_eq!(yaml.value(), &expected);
}

#[test]
fn what_cannot_be_read_says_where() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let before = vec![format!("*a{}", i - 1); 10].join(", ");
        writeln!(bomb, "a{i}: &a{i} [{before}]").unwrap();
    }
    let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(29), "]".repeat(29));
    let chain = format!("a0: &a0 {}\na1: &a1 {}\n", nested("x"), nested("*a0"));
    let many = format!("a: [{}]", "1, ".repeat(30_000));
    for (text, line, column, message) in [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "`a` is there twice"),
        ("a:\n\t- b\n", 2, 2, "tab"),
        ("a: b: c\n", 1, 5, "mapping"),
        ("%x\n", 2, 1, "document start"),
        (
            "\"\\e[2J\": 1\n\"\\e[2J\": 1\n",
            2,
            1,
            "` [2J` is there twice",
        ),
        ("a: 'x\n", 1, 4, "quote"),
        ("a: *b\n", 1, 4, "unknown value"),
        ("a: .nan\n", 1, 4, ".nan"),
        ("a: 1\n---\nb: 1\n", 2, 1, "one document"),
        (&bomb, 5, 10, "20000 values"),
        (&many, 1, 59_996, "20000 values"),
        (&"[".repeat(500), 1, 256, "limit"),
        (&"- ".repeat(100), 1, 65, "deeper than 32"),
        (&"a: [".repeat(100_000), 1, 65, "deeper than 32"),
        (&chain, 2, 38, "deeper than 32"),
    ] {
        let error = Yaml::parse(text).unwrap_err();
        let start: String = text.chars().take(40).collect();
        assert_eq!(
            error.line_and_column,
            Some((line, column)),
            "{start}: {error}"
        );
        assert!(error.message.contains(message), "{start}: {error}");
        assert!(!error.message.contains("line"), "{start}: {error}");
        let snippet = error.snippet.unwrap();
        assert!(snippet.ends_with('^') && snippet.len() < 300, "{snippet}");
    }
    let error = Yaml::parse(&"#".repeat(YAML_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(error.line_and_column, None);
}

#[test]
fn what_is_written_is_what_is_read() {
    let texts = vec![
        "",
        "yes",
        "null",
        "~",
        "1e3",
        "0x1",
        "- a",
        "a: b",
        "#c",
        "!x",
        "*x",
        "&x",
        "%d",
        "@x",
        "`q`",
        "it's",
        "\"",
        "\\",
        "a\nb",
        "a\nb\n",
        "\n",
        " a",
        "a ",
        "\t",
        "a\tb",
        "{a}",
        "[x]",
        "?",
        "| x",
        "\u{85}x",
        "\u{feff}",
        "\0",
        "\u{2028}",
        "é漢",
        "<<",
        "=",
        "2026-01-01",
        "007",
        "...",
        "---",
        "a long text that goes on and on until it is longer than one line of a file should ever be, twice",
        " a long text that begins with a blank and goes on until it is longer than one line is  wide  ",
    ];
    let value = json!({ "list": texts, "no": {}, "none": [], "keys": texts.iter().map(|t| (*t, 1)).collect::<HashMap<_, _>>() });
    let text = to_yaml(&value).unwrap();
    assert_eq!(Yaml::parse(&text).unwrap().value(), &value, "{text}");
    let simple = json!({ "name": "x", "rules": [{ "id": "a", "command": ["ls *", "cat"] }] });
    assert_eq!(
        to_yaml(&simple).unwrap(),
        "name: x\nrules:\n  - command:\n      - ls *\n      - cat\n    id: a\n"
    );
}
