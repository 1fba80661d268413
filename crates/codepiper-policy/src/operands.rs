//! Which words of known commands are files, and what is done to them.

use crate::braces;
use crate::git;
use crate::options::{self, Effect};
use crate::shell::{HOME, MANY, ONE, Word, speaks};

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
    /// What may be a file, or may be none. Only a `deny` or an `ask` looks at these.
    pub(crate) possible: Vec<(Mode, String)>,
    /// Whether an option makes the program do more than it does without.
    pub(crate) does_more: bool,
    /// Where the command goes before it opens them.
    pub(crate) directory: Option<&'a Word>,
}

impl Operands<'_> {
    pub(crate) fn one(mode: Mode, word: &Word) -> Self {
        Self {
            files: vec![(mode, word.path.clone())],
            are_all: true,
            possible: guesses(word).map(|path| (mode, path)).collect(),
            ..Self::default()
        }
    }

    /// A file, or what its computed path might be.
    fn add(&mut self, mode: Mode, word: &Word) {
        self.files.push((mode, word.path.clone()));
        self.possible.extend(guesses(word).map(|path| (mode, path)));
    }

    pub(crate) fn may_be(&mut self, mode: Mode, word: &Word) {
        let paths = word.path.clone().into_iter().chain(guesses(word));
        self.possible.extend(paths.map(|path| (mode, path)));
    }

    /// The quoted parts of a text in another language, `open(".env")`.
    fn may_be_in_text(&mut self, text: &str) {
        const PARTS_MAX: usize = 64;
        let ends = |c: char| c.is_whitespace() || "\"'`()[]{}<>;,|&".contains(c);
        let parts = text.split(ends).filter(|part| part.contains(['.', '/']));
        for part in parts.take(PARTS_MAX) {
            let home = part.strip_prefix('~').filter(|rest| rest.starts_with('/'));
            let path = home.map_or_else(|| part.to_owned(), |rest| format!("{HOME}{rest}"));
            self.possible.push((Mode::Read, path));
        }
    }

    /// Any word of a program whose operands are not known may be a file that it reads, and so may
    /// the value of any option.
    fn may_be_any(&mut self, program: &str, arguments: &[Word]) {
        let mut rest = arguments.iter();
        while let Some(word) = rest.next() {
            let text = word.text.as_str();
            if matches!(program, "docker" | "podman" | "nerdctl") && text.contains([':', '=']) {
                let path = word.path.as_deref().unwrap_or(&word.guess);
                for part in path.split([':', '=', ',']).filter(|part| part.len() > 1) {
                    let part = part.replacen("~/", &format!("{HOME}/"), 1);
                    self.possible.push((Mode::Read, part));
                }
            }
            if let Some(path) = text.strip_prefix("file://") {
                self.possible.push((Mode::Read, path.to_owned()));
            } else if text.contains("://") {
                // The address of something elsewhere.
            } else if !text.starts_with('-') {
                self.may_be(Mode::Read, word);
            } else if options::given(&[program], word, None).1 {
                rest.next();
            } else if let Some((name, _)) = text.split_once('=').filter(|_| text.starts_with("--"))
            {
                self.may_be(Mode::Read, &options::without(word, name.len() + 1));
            } else if !text.starts_with("--") && text.len() > 2 && text.is_char_boundary(2) {
                self.may_be(Mode::Read, &options::without(word, 2));
            }
        }
    }
}

/// What the path of a computed word might be.
fn guesses(word: &Word) -> impl Iterator<Item = String> {
    let is_known = word.path.is_some();
    let has_braces = word.text.contains('{') && !word.text.contains(['$', '`']);
    let choices = if is_known || !has_braces {
        None
    } else {
        braces::expanded(&word.text)
    };
    // Of `$X/a` only what follows is known: it is below a directory, and not below the root.
    let is_rest = word.text.starts_with(['$', '`']) && word.text.ends_with(&word.guess);
    let guess = if is_rest {
        word.guess.trim_start_matches('/')
    } else {
        &word.guess
    };
    let guess = if is_known { "" } else { guess };
    let parts: Vec<String> = guess.split_whitespace().map(str::to_owned).collect();
    let paths = choices.into_iter().flatten().chain(parts);
    paths.map(|path| {
        let path = match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{HOME}{rest}"),
            _ => path,
        };
        path.replace('*', &MANY.to_string())
            .replace('?', &ONE.to_string())
    })
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
        | "break" | "continue" | "wait" | "date" | "hostname" => Shape::None,
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
    if speaks(program) {
        let mut operands = Operands::default();
        operands.may_be_any(program, arguments);
        for word in arguments {
            operands.may_be_in_text(&word.text);
        }
        return operands;
    }
    let special = match program {
        "dd" => Some(dd(arguments)),
        "tar" | "bsdtar" | "gtar" => Some(tar(arguments)),
        "git" => return git::operands(arguments),
        "curl" | "wget" => Some(download(arguments)),
        "scp" | "rsync" => Some(copy(arguments)),
        _ => None,
    };
    let Some(shape) = shape(program).filter(|_| special.is_none()) else {
        let mut operands = special.unwrap_or_default();
        operands.may_be_any(program, arguments);
        return operands;
    };
    let mut operands = Operands {
        are_all: true,
        ..Operands::default()
    };
    let mut plain: Vec<&Word> = Vec::new();
    let mut has_target = false;
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
        let (given, takes_next) = options::given(&[program], word, rest.as_slice().first());
        if given.is_empty() {
            operands.are_all &= is_harmless(program, text);
            if !matches!(shape, Shape::None) {
                operands.may_be_any(program, std::slice::from_ref(word));
            }
        }
        for option in given {
            operands.are_all &= option.is_exact && option.effect != Effect::Acts;
            operands.does_more |= matches!(option.effect, Effect::Acts | Effect::Writes);
            has_target |= option.effect == Effect::Target;
            pattern_is_given |= matches!(option.effect, Effect::Pattern | Effect::ReadsPattern);
            if option.effect == Effect::Edits {
                edits = true;
                // The backup goes where its suffix says.
                operands.are_all &= !text.contains('/');
            }
            let Some(value) = option.value else { continue };
            match option.effect {
                Effect::Reads | Effect::ReadsPattern => operands.add(Mode::Read, &value),
                Effect::Writes | Effect::Target => operands.add(Mode::Write, &value),
                Effect::Acts => operands.may_be(Mode::Read, &value),
                Effect::Value | Effect::Pattern | Effect::Edits => {}
            }
        }
        if takes_next {
            rest.next();
        }
    }
    if program == "jq"
        && plain
            .first()
            .is_some_and(|word| is_more_than_a_filter(&word.text))
    {
        operands.are_all = false;
        operands.does_more = true;
    }
    if program == "find" {
        names_of(arguments, &mut operands);
    }
    // What such a program does is in its script.
    if matches!(program, "awk" | "gawk" | "sed" | "gsed" | "vi" | "vim")
        && (pattern_is_given || !is_simple_script(program, &plain))
    {
        operands.are_all = false;
        if let Some(script) = plain.first() {
            operands.may_be_in_text(&script.text);
        }
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
            Shape::Copy if i == last && !has_target && i > 0 => Mode::Write,
            Shape::Read | Shape::PatternThenRead | Shape::Copy => Mode::Read,
            Shape::Write | Shape::WordThenWrite => Mode::Write,
        };
        if word.text != "-" {
            operands.add(mode, word);
        }
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

/// Whether an option of which nothing is known looks as if it names no file and no program.
fn is_harmless(program: &str, option: &str) -> bool {
    const PARTS: [&str; 8] = [
        "/", "~", "file", "output", "program", "pager", "exec", "config",
    ];
    let is_short = !option.starts_with("--");
    let names = PARTS.iter().any(|part| option.contains(part));
    let reads = matches!(program, "awk" | "gawk" | "sed" | "gsed")
        && is_short
        && option.contains(['f', 'L']);
    !names && !reads
}

/// Whether a filter of `jq` looks at more than its input: the environment, or modules.
fn is_more_than_a_filter(filter: &str) -> bool {
    const NAMES: [&str; 5] = ["env", "ENV", "import", "include", "input_filename"];
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    NAMES.iter().any(|name| {
        filter.match_indices(name).any(|(at, _)| {
            let before = filter[..at].chars().next_back();
            let after = filter[at + name.len()..].chars().next();
            !before.is_some_and(|c| is_part(c) || c == '.') && !after.is_some_and(is_part)
        })
    })
}

/// `scp`, `rsync`: all but the last are read, the last is written, where they are on this machine.
fn copy(arguments: &[Word]) -> Operands<'_> {
    let mut operands = Operands::default();
    let mut words = arguments.iter().filter(|word| !word.text.starts_with('-'));
    if let Some(target) = words.next_back().filter(|word| !word.text.contains(':')) {
        operands.may_be(Mode::Write, target);
    }
    operands
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

/// The names that `find` looks for, below where it begins, unless it leaves them out.
fn names_of(arguments: &[Word], operands: &mut Operands<'_>) {
    let is_expression = |word: &&Word| word.text.starts_with(['-', '(', '!']);
    let begins: Vec<&str> = arguments
        .iter()
        .take_while(|word| !is_expression(word))
        .filter_map(|word| word.path.as_deref())
        .collect();
    for (at, pair) in arguments.windows(2).enumerate() {
        let kind = pair[0].text.as_str();
        let is_path = matches!(kind, "-path" | "-ipath" | "-wholename");
        let is_left_out = at > 0 && matches!(arguments[at - 1].text.as_str(), "!" | "-not")
            || arguments
                .get(at + 2)
                .is_some_and(|word| word.text == "-prune");
        if is_left_out || !(is_path || matches!(kind, "-name" | "-iname")) {
            continue;
        }
        let name = pair[1].text.trim_start_matches("./");
        let name = name
            .replace('*', &MANY.to_string())
            .replace('?', &ONE.to_string());
        if is_path {
            operands.possible.push((Mode::Read, name.clone()));
        }
        for begin in if begins.is_empty() {
            &["."][..]
        } else {
            &begins
        } {
            operands
                .possible
                .push((Mode::Read, format!("{begin}/{name}")));
        }
    }
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
    if let Some(at) = arguments
        .iter()
        .position(|word| matches!(word.text.as_str(), "-C" | "--directory"))
    {
        operands.directory = arguments.get(at + 1);
    }
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
                    .or_else(|| text.split_once("=<"))
                    .filter(|(name, _)| !name.contains("://"))
                {
                    operands.files.push((Mode::Read, Some(path.to_owned())));
                }
            }
        }
    }
    operands
}
