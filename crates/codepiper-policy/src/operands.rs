//! Which words of known commands are files, and what is done to them.

use crate::shell::Word;

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// The files among a command's words.
#[derive(Debug, Default)]
pub(crate) struct Operands<'a> {
    /// Each file; none where its path is computed.
    pub(crate) files: Vec<(Mode, Option<String>)>,
    /// Whether these are all.
    pub(crate) are_all: bool,
    /// Where the command goes before it opens them.
    pub(crate) directory: Option<&'a Word>,
}

impl Operands<'_> {
    pub(crate) fn one(mode: Mode, word: &Word) -> Self {
        Self {
            files: vec![(mode, word.path.clone())],
            are_all: true,
            directory: None,
        }
    }
}

/// How a program takes its operands.
enum Shape {
    /// It opens no file.
    None,
    /// All are read.
    Read,
    /// All are written or removed.
    Write,
    /// The first is no file, the others are read.
    PatternThenRead,
    /// The first is no file, the others are changed.
    WordThenWrite,
    /// All but the last are read, the last is written.
    Copy,
}

fn shape(program: &str) -> Option<Shape> {
    Some(match program {
        "echo" | "printf" | "true" | "false" | ":" | "pwd" | "whoami" | "id" | "uname"
        | "sleep" | "seq" | "basename" | "dirname" | "which" | "type" | "exit" | "return"
        | "break" | "continue" | "wait" => Shape::None,
        "cat" | "head" | "tail" | "less" | "more" | "wc" | "nl" | "tac" | "rev" | "cut"
        | "file" | "stat" | "ls" | "ll" | "diff" | "cmp" | "comm" | "paste" | "md5sum"
        | "sha1sum" | "sha256sum" | "sha512sum" | "cksum" | "xxd" | "od" | "hexdump"
        | "strings" | "readlink" | "realpath" | "du" | "df" | "tree" | "bat" | "fold"
        | "column" | "cd" | "test" | "[" | "find" | "fd" | "sort" | "uniq" | "zcat" | "base64"
        | "pushd" | "source" | "." => Shape::Read,
        "grep" | "egrep" | "fgrep" | "rg" | "jq" | "sed" | "gsed" | "awk" | "gawk" => {
            Shape::PatternThenRead
        }
        "rm" | "rmdir" | "touch" | "mkdir" | "tee" | "truncate" | "shred" | "unlink" | "mkfifo"
        | "mv" | "vi" | "vim" | "nano" | "trash" => Shape::Write,
        "chmod" | "chown" | "chgrp" => Shape::WordThenWrite,
        "cp" | "ln" | "install" => Shape::Copy,
        _ => return None,
    })
}

/// The files that `words` open.
pub(crate) fn of(words: &[Word]) -> Operands<'_> {
    let Some((program, arguments)) = words.split_first() else {
        return Operands::default();
    };
    let program = program.text.rsplit('/').next().unwrap_or_default();
    match program {
        "dd" => return dd(arguments),
        "tar" | "bsdtar" | "gtar" => return tar(arguments),
        "git" => return git(arguments),
        "curl" | "wget" => return download(arguments),
        _ => {}
    }
    let Some(shape) = shape(program) else {
        return Operands::default();
    };
    let mut operands = Operands {
        are_all: true,
        ..Operands::default()
    };
    let mut plain: Vec<&Word> = Vec::new();
    let mut target = None;
    let mut pattern_is_given = false;
    let mut edits = false;
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if text == "--" {
            plain.extend(rest.by_ref());
            break;
        }
        if matches!(program, "find") && text.starts_with(['-', '(', '!']) {
            operands.are_all &= find(word, rest.as_slice(), &mut operands.files);
            break;
        }
        if !text.starts_with('-') || text == "-" {
            // `less +!rm` runs a command.
            operands.are_all &= !(text.starts_with('+') && matches!(program, "less" | "more"));
            plain.push(word);
            continue;
        }
        if takes_value(program, text) {
            rest.next();
            continue;
        }
        match (program, text) {
            ("cp" | "mv" | "ln" | "install", "-t" | "--target-directory") => target = rest.next(),
            ("sort" | "tree", "-o" | "--output") => {
                let file = rest.next().and_then(|word| word.path.clone());
                operands.files.push((Mode::Write, file));
            }
            (
                "grep" | "egrep" | "fgrep" | "rg" | "sed" | "gsed",
                "-e" | "--regexp" | "--expression",
            ) => {
                pattern_is_given = true;
                rest.next();
            }
            ("sed" | "gsed", option)
                if option.starts_with("--in-place")
                    || !option.starts_with("--") && option.contains('i') =>
            {
                edits = true;
            }
            // A value may be a file.
            (_, option)
                if option.contains(['/', '~'])
                    || option.contains("file")
                    || option.contains("output") =>
            {
                operands.are_all = false;
            }
            (
                "grep" | "egrep" | "fgrep" | "awk" | "gawk" | "sed" | "gsed" | "jq" | "yq" | "rg",
                option,
            ) if !option.starts_with("--") && option.contains(['f', 'L']) => {
                operands.are_all = false;
            }
            // These name a program.
            (_, option)
                if ["program", "pager", "exec", "--pre", "config"]
                    .iter()
                    .any(|part| option.contains(part)) =>
            {
                operands.are_all = false;
            }
            ("fd", option) if option.contains(['x', 'X']) => operands.are_all = false,
            ("file", option) if option.contains(['C', 'f', 'm']) => operands.are_all = false,
            ("sort" | "tree" | "rg", option)
                if option.starts_with("-o") || option.starts_with("--pre") =>
            {
                operands.are_all = false;
            }
            _ => {}
        }
    }
    // What such a program does is in its script.
    if matches!(program, "awk" | "gawk" | "sed" | "gsed" | "vi" | "vim")
        && (pattern_is_given || !is_simple_script(program, &plain))
    {
        operands.are_all = false;
    }
    let skipped = usize::from(
        matches!(shape, Shape::WordThenWrite)
            || matches!(shape, Shape::PatternThenRead) && !pattern_is_given,
    );
    let last = plain.len().wrapping_sub(1);
    for (i, word) in plain.iter().enumerate() {
        let mode = match shape {
            Shape::None => continue,
            _ if i < skipped => continue,
            Shape::PatternThenRead if edits => Mode::Write,
            Shape::Read if matches!(program, "uniq" | "xxd") && i == 1 => Mode::Write,
            Shape::Copy if i == last && target.is_none() && i > 0 => Mode::Write,
            Shape::Read | Shape::PatternThenRead | Shape::Copy => Mode::Read,
            Shape::Write | Shape::WordThenWrite => Mode::Write,
        };
        if word.text != "-" {
            operands.files.push((mode, word.path.clone()));
        }
    }
    if let Some(target) = target {
        operands.files.push((Mode::Write, target.path.clone()));
    }
    // A script may stand in an option.
    let in_option = |word: &Word| {
        let text = word.text.as_str();
        text.starts_with("--expression")
            || text.starts_with('-') && !text.starts_with("--") && text.contains('e')
    };
    if matches!(program, "sed" | "gsed") && arguments.iter().any(in_option) {
        operands.are_all = false;
    }
    // Without a path these look at the directory they are in.
    if operands.files.is_empty()
        && matches!(
            program,
            "ls" | "ll" | "find" | "fd" | "tree" | "du" | "rg" | "grep" | "egrep" | "fgrep"
        )
    {
        operands.files.push((Mode::Read, Some(".".to_owned())));
    }
    operands
}

/// Whether the next word is the option's value, and no file.
fn takes_value(program: &str, option: &str) -> bool {
    match program {
        "head" | "tail" => matches!(option, "-n" | "-c"),
        "cut" => matches!(option, "-d" | "-f" | "-c" | "-b"),
        "fold" => option == "-w",
        "sort" => matches!(option, "-k" | "-t" | "-S"),
        "grep" | "egrep" | "fgrep" | "rg" => matches!(option, "-m" | "-A" | "-B" | "-C"),
        "xxd" => matches!(option, "-l" | "-s" | "-c"),
        _ => false,
    }
}

/// A `sed` script without commands that read, write or run: printing lines and replacing text.
fn is_simple_script(program: &str, plain: &[&Word]) -> bool {
    let script = plain.first().map_or("", |word| word.text.as_str());
    let prints =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '$' | 'p' | 'd' | 'q' | ';' | ' ');
    let replaces = || {
        let parts: Vec<&str> = script.split('/').collect();
        matches!(parts.as_slice(), ["s", _, _, flags] if flags.chars().all(|c| matches!(c, 'g' | 'i' | 'I' | 'p') || c.is_ascii_digit()))
            && !script.contains('\n')
    };
    matches!(program, "sed" | "gsed") && (script.chars().all(prints) || replaces())
}

/// What the expression of `find` does to files; whether that is known.
fn find(first: &Word, rest: &[Word], files: &mut Vec<(Mode, Option<String>)>) -> bool {
    let expression = || {
        std::iter::once(first)
            .chain(rest)
            .map(|word| word.text.as_str())
    };
    if expression().any(|text| text == "-delete") {
        files.push((Mode::Write, None));
    }
    let is_known = |text: &str| {
        !text.starts_with("-fprint")
            && !text.starts_with("-fls")
            && !text.starts_with("-files0")
            && text != "-delete"
    };
    expression().all(is_known)
}

fn dd(arguments: &[Word]) -> Operands<'_> {
    let mut operands = Operands {
        are_all: true,
        ..Operands::default()
    };
    for word in arguments {
        for (prefix, mode) in [("if=", Mode::Read), ("of=", Mode::Write)] {
            if word.text.starts_with(prefix) {
                let path = word
                    .path
                    .as_deref()
                    .and_then(|path| path.strip_prefix(prefix));
                operands.files.push((mode, path.map(str::to_owned)));
            }
        }
    }
    operands
}

fn tar(arguments: &[Word]) -> Operands<'_> {
    let mut operands = Operands::default();
    let Some((first, rest)) = arguments.split_first() else {
        return operands;
    };
    let letters = first.text.trim_start_matches('-');
    let is_short = letters.ends_with('f')
        && letters
            .chars()
            .all(|letter| "cxtruvzjJpkf".contains(letter));
    let writes_archive = letters.contains(['c', 'r', 'u']);
    let mut rest = rest.iter();
    if is_short && let Some(archive) = rest.next() {
        let mode = if writes_archive {
            Mode::Write
        } else {
            Mode::Read
        };
        operands.files.push((mode, archive.path.clone()));
        operands.are_all = writes_archive || letters.contains('t');
    }
    if letters.contains('x') {
        operands.files.push((Mode::Write, Some(".".to_owned())));
        operands.are_all = is_short;
    }
    while let Some(word) = rest.next() {
        if matches!(word.text.as_str(), "-C" | "--directory") {
            operands.directory = rest.next();
        } else if word.text.starts_with('-') {
            operands.are_all = false;
        } else if writes_archive {
            operands.files.push((Mode::Read, word.path.clone()));
        }
    }
    operands
}

/// `git -C dir`: what a command of git opens depends on more than its words.
fn git(arguments: &[Word]) -> Operands<'_> {
    let at = arguments.iter().position(|word| word.text == "-C");
    let directory = at.and_then(|at| arguments.get(at + 1));
    Operands {
        files: directory
            .map(|word| (Mode::Read, word.path.clone()))
            .into_iter()
            .collect(),
        ..Operands::default()
    }
}

/// Where a download goes.
fn download(arguments: &[Word]) -> Operands<'_> {
    let mut operands = Operands::default();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        match word.text.as_str() {
            "-o" | "-O" | "--output" | "--output-document" => {
                if let Some(path) = rest.next() {
                    operands.files.push((Mode::Write, path.path.clone()));
                }
            }
            "-T" | "--upload-file" | "-K" | "--config" => {
                if let Some(path) = rest.next() {
                    operands.files.push((Mode::Read, path.path.clone()));
                }
            }
            text => {
                if let Some((_, path)) = text
                    .split_once('@')
                    .filter(|(name, _)| !name.contains("://"))
                {
                    operands.files.push((Mode::Read, Some(path.to_owned())));
                }
            }
        }
    }
    operands
}
