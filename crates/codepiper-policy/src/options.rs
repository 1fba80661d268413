//! What the options of known programs do, as far as rules ask.

use crate::shell::Word;

/// What an option does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Its value is no file.
    Value,
    /// Its value is the pattern or the script that is an operand otherwise.
    Pattern,
    /// Its value is a file that is read.
    Reads,
    /// The same, and it stands for the pattern.
    ReadsPattern,
    /// Its value is a file that is written.
    Writes,
    /// Its value is where files are put, and no operand is.
    Target,
    /// It changes the operands, and may have a value of its own.
    Edits,
    /// It runs a program, reads what another file names, or changes something.
    Acts,
}

impl Effect {
    fn takes_value(self) -> bool {
        !matches!(self, Self::Edits | Self::Acts)
    }
}

/// An option that was given.
pub(crate) struct Given {
    pub(crate) effect: Effect,
    pub(crate) value: Option<Word>,
    /// Whether it is certainly this one: a long name may be cut short.
    pub(crate) is_exact: bool,
}

/// Programs, letters, long names, and what these do. Options that are not here do no harm.
type Row = (&'static str, &'static str, &'static str, Effect);

const GREPS: &str = "grep egrep fgrep";
const COPIES: &str = "cp mv ln install";
const LOGS: &str = "git-log git-diff git-show git-rev-list git-shortlog";

const ROWS: [Row; 65] = [
    ("sort", "o", "output", Effect::Writes),
    ("sort", "T", "temporary-directory", Effect::Writes),
    ("sort", "", "random-source", Effect::Reads),
    ("sort", "", "compress-program", Effect::Acts),
    (
        "sort",
        "ktS",
        "key field-separator buffer-size parallel batch-size",
        Effect::Value,
    ),
    ("sort wc du", "", "files0-from", Effect::Reads),
    ("sort wc du", "", "files0-from", Effect::Acts),
    ("du", "X", "exclude-from", Effect::Reads),
    (
        "du",
        "dBt",
        "max-depth block-size threshold exclude",
        Effect::Value,
    ),
    ("diff", "X", "from-file to-file exclude-from", Effect::Reads),
    (
        "diff",
        "xIFUCWD",
        "exclude ignore-matching-lines label",
        Effect::Value,
    ),
    (GREPS, "f", "file", Effect::ReadsPattern),
    (GREPS, "", "exclude-from", Effect::Reads),
    (GREPS, "e", "regexp", Effect::Pattern),
    (
        GREPS,
        "mABCdD",
        "max-count after-context before-context context include exclude exclude-dir label",
        Effect::Value,
    ),
    ("rg", "f", "file", Effect::ReadsPattern),
    ("rg", "", "ignore-file", Effect::Reads),
    ("rg", "e", "regexp", Effect::Pattern),
    ("rg", "L", "pre hostname-bin follow", Effect::Acts),
    (
        "rg",
        "mABCgtTjMrEd",
        "max-count after-context before-context context glob iglob type type-not replace sort",
        Effect::Value,
    ),
    ("fd", "xX", "exec exec-batch", Effect::Acts),
    (
        "fd",
        "C",
        "search-path base-directory ignore-file",
        Effect::Reads,
    ),
    (
        "fd",
        "etEdjcS",
        "extension type exclude max-depth",
        Effect::Value,
    ),
    ("file", "fm", "files-from magic-file", Effect::Reads),
    ("file", "Cfm", "compile files-from magic-file", Effect::Acts),
    ("file", "FeP", "separator exclude parameter", Effect::Value),
    ("tree", "o", "", Effect::Writes),
    ("tree", "R", "fromfile fromtabfile", Effect::Acts),
    ("tree", "PILHT", "filelimit", Effect::Value),
    ("base64", "o", "output", Effect::Writes),
    ("base64", "i", "input", Effect::Reads),
    ("base64", "w", "wrap", Effect::Value),
    ("date", "s", "set", Effect::Acts),
    ("date", "fr", "file reference", Effect::Reads),
    ("date", "d", "date", Effect::Value),
    ("hostname", "Fb", "file boot", Effect::Acts),
    (COPIES, "t", "target-directory", Effect::Target),
    (COPIES, "S", "suffix", Effect::Value),
    ("install", "mog", "mode owner group", Effect::Value),
    ("install", "", "strip-program", Effect::Acts),
    (
        "touch truncate chmod chown chgrp",
        "",
        "reference",
        Effect::Reads,
    ),
    ("touch truncate", "r", "", Effect::Reads),
    (
        "touch truncate mkdir",
        "dtsm",
        "date size mode",
        Effect::Value,
    ),
    ("head tail", "nc", "lines bytes", Effect::Value),
    (
        "cut",
        "dfcb",
        "delimiter fields characters bytes",
        Effect::Value,
    ),
    ("comm paste", "d", "delimiters", Effect::Value),
    (
        "uniq",
        "fsw",
        "skip-fields skip-chars check-chars",
        Effect::Value,
    ),
    ("fold", "w", "width", Effect::Value),
    ("xxd", "lsc", "", Effect::Value),
    ("stat", "c", "format printf", Effect::Value),
    (
        "less",
        "oOk",
        "log-file LOG-FILE lesskey-file",
        Effect::Acts,
    ),
    ("jq", "fL", "from-file slurpfile rawfile", Effect::Acts),
    ("sed gsed", "f", "file", Effect::ReadsPattern),
    ("sed gsed", "f", "file", Effect::Acts),
    ("sed gsed", "e", "expression", Effect::Pattern),
    ("sed gsed", "i", "in-place", Effect::Edits),
    ("sed gsed", "l", "line-length", Effect::Value),
    ("ssh scp sftp", "i", "", Effect::Value),
    ("git", "", "output", Effect::Writes),
    (
        "git",
        "",
        "contents ignore-revs-file pathspec-from-file exclude-from",
        Effect::Reads,
    ),
    (
        "git-commit git-tag git-merge git-notes",
        "F",
        "file",
        Effect::Reads,
    ),
    ("git-commit", "t", "template", Effect::Reads),
    (
        "git-commit git-tag git-merge git-notes git-stash",
        "m",
        "message",
        Effect::Value,
    ),
    (
        "git-archive git-format-patch",
        "o",
        "output-directory",
        Effect::Writes,
    ),
    (
        LOGS,
        "SGn",
        "grep author committer since until max-count",
        Effect::Value,
    ),
];

/// What the option `word` does, and whether it takes `next` for its value. A long name counts as
/// every known one that it is the beginning of.
pub(crate) fn given(programs: &[&str], word: &Word, next: Option<&Word>) -> (Vec<Given>, bool) {
    let rows = || {
        let is_of = |row: &&Row| row.0.split(' ').any(|name| programs.contains(&name));
        ROWS.iter().filter(is_of)
    };
    let mut found = Vec::new();
    let mut takes_next = false;
    if let Some(long) = word.text.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or_default();
        let attached = long
            .contains('=')
            .then(|| without(word, name.len() + "--=".len()));
        let has = |row: &&Row, fits: &dyn Fn(&str) -> bool| row.2.split(' ').any(fits);
        let is_exact = rows().any(|row| has(&row, &|known| known == name));
        for row in rows() {
            let fits = |known: &str| {
                known == name || !is_exact && !name.is_empty() && known.starts_with(name)
            };
            if !has(&row, &fits) {
                continue;
            }
            takes_next |= is_exact && attached.is_none() && row.3.takes_value();
            found.push(Given {
                effect: row.3,
                value: attached.clone().or_else(|| next.cloned()),
                is_exact,
            });
        }
        return (found, takes_next);
    }
    for (at, letter) in word.text.char_indices().skip(1) {
        let after = at + letter.len_utf8();
        let attached = (after < word.text.len()).then(|| without(word, after));
        let mut ends = false;
        for row in rows().filter(|row| row.1.contains(letter)) {
            ends |= row.3.takes_value();
            takes_next |= row.3.takes_value() && attached.is_none();
            found.push(Given {
                effect: row.3,
                value: attached.clone().or_else(|| next.cloned()),
                is_exact: true,
            });
        }
        if ends {
            break;
        }
    }
    (found, takes_next)
}

/// What is left of a word without the `length` bytes at its beginning.
pub(crate) fn without(word: &Word, length: usize) -> Word {
    let prefix = &word.text[..length];
    let strip = |text: &String| text.strip_prefix(prefix).map(str::to_owned);
    Word {
        text: word.text[length..].to_owned(),
        guess: strip(&word.guess).unwrap_or_default(),
        path: word.path.as_ref().and_then(strip),
        certainty: word.certainty,
        ..Word::default()
    }
}
