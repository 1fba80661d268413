//! Known programs that are told to run something else: by an option, a script or a command of
//! their own. A rule that allows such a program does not mean that.

use super::Word;
use super::command::base;
use super::variables;

const WHY: &str = "it is told to run something else";

/// Options that name a program, or a file that does: short letters, and long names of which the
/// beginning will do.
const OPTIONS: &[(&str, &str, &[&str])] = &[
    (
        "tar",
        "IF",
        &[
            "checkpoint-action",
            "to-command",
            "use-compress-program",
            "info-script",
            "new-volume-script",
            "rsh-command",
            "rmt-command",
            "transform",
            "xform",
        ],
    ),
    ("rsync", "e", &["rsh", "rsync-path"]),
    ("scp", "SFD", &[]),
    ("sftp", "SFDb", &[]),
    ("man", "PHC", &["pager", "html", "config-file"]),
    ("make", "f", &["file", "makefile", "eval"]),
    ("zip", "", &["unzip-command"]),
    (
        "gdb",
        "xP",
        &[
            "ex",
            "eval-command",
            "iex",
            "init-eval-command",
            "command",
            "init-command",
            "python",
        ],
    ),
    ("vim", "csSu", &["cmd"]),
    ("rg", "", &["pre", "hostname-bin"]),
    ("sort", "", &["compress-program"]),
    ("sed", "f", &["file"]),
    (
        "awk",
        "fEilD",
        &[
            "file",
            "exec",
            "include",
            "load",
            "debug",
            "dump-variables",
            "profile",
            "pretty-print",
        ],
    ),
    ("bat", "", &["pager"]),
    (
        "less",
        "k",
        &["lesskey-file", "lesskey-src", "lesskey-content"],
    ),
    ("ssh", "F", &[]),
    ("split", "", &["filter"]),
    ("wget", "", &["use-askpass"]),
    // Build tools: another program on the way, or settings from elsewhere.
    (
        "npm",
        "",
        &["script-shell", "node-options", "userconfig", "globalconfig"],
    ),
    ("cargo", "", &["config"]),
    (
        "go",
        "",
        &["exec", "toolexec", "vettool", "overlay", "modfile"],
    ),
    ("pytest", "p", &[]),
    (
        "gcc",
        "",
        &["wrapper", "specs", "fplugin", "Xclang", "config"],
    ),
    ("gradle", "I", &["init-script"]),
    ("eslint", "", &["rulesdir", "resolve-plugins-relative-to"]),
    ("bazel", "", &["run_under", "bazelrc"]),
    ("mypy", "", &["python-executable"]),
    ("sqlite3", "", &["init", "cmd"]),
];

/// Options of build tools that name another project. One in the workspace is as good as this one.
const PLACES: &[(&str, &[&str])] = &[
    ("npm", &["-C", "--prefix", "--dir", "--cwd"]),
    ("cargo", &["-C", "--manifest-path"]),
    ("make", &["-C", "-I", "--directory", "--include-dir"]),
    ("go", &["-C", "--C"]),
    ("gradle", &["-p", "-b", "--project-dir", "--build-file"]),
    ("mvn", &["-f", "--file"]),
    ("ninja", &["-C", "-f"]),
];

/// Whether one of these leads out of the working directory.
fn leads_away(program: &str, texts: &[&str]) -> bool {
    let Some((_, options)) = PLACES.iter().find(|(name, _)| *name == program) else {
        return false;
    };
    let is_away =
        |value: &str| value.starts_with(['/', '~']) || value.split('/').any(|it| it == "..");
    texts.iter().enumerate().any(|(at, text)| {
        options
            .iter()
            .any(|option| match text.strip_prefix(option) {
                Some("") => texts.get(at + 1).is_some_and(|value| is_away(value)),
                Some(value) => is_away(value.trim_start_matches('=')),
                None => false,
            })
    })
}

/// Programs that take the options of another one.
fn family(program: &str) -> &str {
    match program {
        "gtar" | "bsdtar" => "tar",
        "gmake" => "make",
        "ex" | "vi" | "view" | "nvim" | "vimdiff" | "rvim" | "gvim" => "vim",
        "gawk" | "mawk" | "nawk" => "awk",
        "gsed" => "sed",
        "gfind" => "find",
        "more" => "less",
        "gsort" => "sort",
        "batcat" => "bat",
        "pnpm" | "yarn" | "bun" => "npm",
        "py.test" => "pytest",
        "cc" | "g++" | "c++" | "clang" | "clang++" => "gcc",
        "gradlew" => "gradle",
        "mvnw" => "mvn",
        "bazelisk" => "bazel",
        other => other,
    }
}

/// Why it cannot be told what `words` would run.
pub(super) fn doubt(words: &[Word]) -> Option<&'static str> {
    let (program, arguments) = words.split_first()?;
    let program = family(base(&program.text));
    let texts: Vec<&str> = arguments.iter().map(|word| word.text.as_str()).collect();
    let has_option = OPTIONS
        .iter()
        .find(|(name, ..)| *name == program)
        .is_some_and(|(_, short, long)| {
            // What comes after `--` is for the program that is built.
            let mut own = texts.iter().take_while(|text| **text != "--");
            own.any(|text| names(text, short, long))
        });
    (has_option || is_told(program, &texts) || leads_away(program, &texts)).then_some(WHY)
}

/// Whether an option is one of these.
fn names(text: &str, short: &str, long: &[&str]) -> bool {
    if let Some(written) = text.strip_prefix("--") {
        let name = written.split('=').next().unwrap_or(written);
        return !name.is_empty() && long.iter().any(|long| long.starts_with(name));
    }
    let Some(letters) = text.strip_prefix('-') else {
        return false;
    };
    // Also `gdb -ex`, and long names with one dash.
    let name = letters.split('=').next().unwrap_or(letters);
    long.contains(&name)
        || letters
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .any(|letter| short.contains(letter))
}

/// The same by other words than options.
fn is_told(program: &str, texts: &[&str]) -> bool {
    match program {
        "tar" => texts
            .first()
            .is_some_and(|text| !text.starts_with('-') && text.contains(['I', 'F'])),
        "awk" => texts.iter().any(|text| {
            let writes = ["-d", "-o", "-p"];
            awk(text) || writes.iter().any(|option| text.starts_with(option))
        }),
        "cmake" => texts.iter().any(|text| matches!(*text, "-C" | "-E" | "-P")),
        "gcc" => texts.iter().any(|text| text.starts_with("-B")),
        "sed" => sed(texts),
        "vim" => texts.iter().any(|text| {
            let line = text.strip_prefix('+');
            line.is_some_and(|line| !line.bytes().all(|b| b.is_ascii_digit()))
        }),
        "less" => texts
            .iter()
            .any(|text| text.starts_with('+') && text.contains(['!', '|'])),
        "make" => texts.iter().any(|text| {
            let name = text.split_once('=').map_or("", |(name, _)| name);
            let name = name.trim_end_matches([':', '+', '?', '!', ' ']);
            let is_evaluated = text.contains("$(") || text.contains("${") || text.contains("!=");
            name.ends_with("SHELL") || variables::is_dangerous(name) || is_evaluated
        }),
        "psql" => texts.iter().any(|text| text.contains("\\!")),
        "sqlite3" => texts.iter().any(|text| {
            let text = text.trim_start();
            text.starts_with('.') || text.contains("load_extension")
        }),
        // What a diff is written to, or made by.
        "git" => texts.iter().any(|text| {
            let name = text.split('=').next().unwrap_or(text);
            let is_named = |long: &str| name.len() > 4 && long.starts_with(name);
            is_named("--ext-diff") || is_named("--output")
        }),
        "ssh" | "scp" | "sftp" => texts.iter().any(|text| {
            let text = text.to_ascii_lowercase();
            ["command", "include", "provider", "xauthlocation"]
                .iter()
                .any(|end| is_setting(&text, end))
        }),
        "zip" => texts.iter().any(|text| text.starts_with("-TT")),
        "find" => texts
            .iter()
            .any(|text| text.starts_with("-fprint") || *text == "-fls"),
        _ => false,
    }
}

/// Whether a script of `awk` runs a program, or writes a file.
fn awk(script: &str) -> bool {
    let runs = ["system", "getline"];
    // `@include`, `@load`, and `@f(…)`, which calls what a variable names.
    let mut marks = script.match_indices('@').map(|(at, _)| &script[at + 1..]);
    let is_called = marks.any(|rest| {
        let rest = rest.trim_start();
        let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        rest.starts_with("include")
            || rest.starts_with("load")
            || name.len() < rest.len() && name.trim_start().starts_with('(')
    });
    let mut writes = script.match_indices('>').map(|(at, _)| &script[at + 1..]);
    script.replace("||", "").contains('|')
        || runs.iter().any(|word| script.contains(word))
        || is_called
        || writes.any(|rest| rest.trim_start().starts_with('"'))
}

/// Whether a setting of ssh, `ProxyCommand=x` for one, has a name that ends so.
fn is_setting(text: &str, end: &str) -> bool {
    let name = text.split(['=', ' ']).next().unwrap_or_default();
    name.trim_start_matches("-o").ends_with(end)
}

/// Whether a script of `sed` has `e` or `w`, as a command or behind `s`. What is no script, a file
/// for one, is judged by its own word.
fn sed(texts: &[&str]) -> bool {
    let mut scripts = Vec::new();
    let mut first = None;
    let mut rest = texts.iter();
    while let Some(text) = rest.next() {
        if let Some(written) = text
            .strip_prefix("--")
            .filter(|written| !written.is_empty())
        {
            let (name, value) = match written.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (written, None),
            };
            if "expression".starts_with(name) {
                scripts.extend(value.or_else(|| rest.next().copied()));
            } else if "line-length".starts_with(name) && value.is_none() {
                rest.next();
            }
        } else if let Some(letters) = text.strip_prefix('-') {
            // What follows `i` is the end of a name, what follows `e` a script.
            match letters.find(['e', 'i', 'l']).map(|at| letters.split_at(at)) {
                Some((_, "e")) => scripts.extend(rest.next()),
                Some((_, "l")) => drop(rest.next()),
                Some((_, script)) => scripts.extend(script.strip_prefix('e')),
                None => {}
            }
        } else {
            first = first.or(Some(*text));
        }
    }
    if scripts.is_empty() {
        scripts.extend(first);
    }
    // Whether `[/]` hides a `/` is not the same in every `sed`.
    let is_told = |script: &&str| runs_or_writes(script, false) || runs_or_writes(script, true);
    scripts.iter().any(is_told)
}

/// Reads a script of `sed` as far as addresses, `s` and `y` go.
fn runs_or_writes(script: &str, has_classes: bool) -> bool {
    let mut rest = script.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            'e' | 'w' | 'W' => return true,
            // To the end of its line.
            'a' | 'i' | 'c' | 'r' | 'R' | '#' => while rest.next_if(|c| *c != '\n').is_some() {},
            // A label.
            'b' | 't' | 'T' | ':' => {
                while rest.next_if(|c| *c == ' ').is_some() {}
                while rest
                    .next_if(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .is_some()
                {}
            }
            '/' => past(&mut rest, '/', has_classes),
            '\\' => {
                if let Some(end) = rest.next() {
                    past(&mut rest, end, has_classes);
                }
            }
            's' | 'y' => {
                let Some(end) = rest.next() else { return false };
                past(&mut rest, end, has_classes);
                past(&mut rest, end, has_classes);
                while let Some(flag) = rest.next_if(char::is_ascii_alphanumeric) {
                    if matches!(flag, 'e' | 'w') {
                        return true;
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// Walks past the next `end` that is not escaped, nor in brackets where these count.
fn past(rest: &mut impl Iterator<Item = char>, end: char, has_classes: bool) {
    while let Some(c) = rest.next() {
        if c == '\\' {
            rest.next();
        } else if c == '[' && has_classes {
            // A `]` that comes first means itself.
            let first = rest.next();
            let first = if first == Some('^') {
                rest.next()
            } else {
                first
            };
            if first.is_some() {
                rest.find(|c| *c == ']');
            }
        } else if c == end {
            return;
        }
    }
}
