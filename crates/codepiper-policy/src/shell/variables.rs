//! The variables of a line, and those that decide which program a name means, or what a program
//! loads or runs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How many bytes the values of a line's variables may add to its words: `a=$a$a` doubles them.
const BYTES_MAX: usize = 64 * 1024;

/// The values that a line gives to its variables.
#[derive(Debug)]
pub(super) struct Variables {
    values: RefCell<BTreeMap<String, String>>,
    bytes_left: Cell<usize>,
}

impl Variables {
    pub(super) fn new() -> Self {
        Self {
            values: RefCell::default(),
            bytes_left: Cell::new(BYTES_MAX),
        }
    }

    pub(super) fn set(&self, name: &str, value: &str) {
        self.values
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    /// A variable's value; none where it is not known, or too much was put in already.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let values = self.values.borrow();
        let value = values.get(name)?;
        let bytes_left = self.bytes_left.get().checked_sub(value.len())?;
        self.bytes_left.set(bytes_left);
        Some(value.clone())
    }
}

/// What stands in `${…}`: the variable, and what is done to its value.
pub(super) fn changed(inner: &str) -> (&str, &str) {
    let inner = inner.strip_prefix('!').unwrap_or(inner);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = inner.find(|c| !is_part(c)).unwrap_or(inner.len());
    if end == 0 {
        return (inner, "");
    }
    inner.split_at(end)
}

/// `:-default`, `-default`, `:=default`, `=default`
pub(super) fn default(change: &str) -> Option<(char, &str)> {
    let rest = change.strip_prefix(':').unwrap_or(change);
    let how = rest.chars().next().filter(|c| matches!(c, '-' | '='))?;
    Some((how, &rest[1..]))
}

/// A value as a change leaves it, where that is plain to see.
pub(super) fn apply(value: String, change: &str) -> String {
    let number = |text: &str| text.trim().parse::<usize>().ok();
    if change.starts_with(",,") {
        return value.to_lowercase();
    }
    if change.starts_with("^^") {
        return value.to_uppercase();
    }
    if let Some(prefix) = change.strip_prefix('#') {
        let prefix = prefix.trim_start_matches('#');
        return value.strip_prefix(prefix).unwrap_or(&value).to_owned();
    }
    if let Some(suffix) = change.strip_prefix('%') {
        let suffix = suffix.trim_start_matches('%');
        return value.strip_suffix(suffix).unwrap_or(&value).to_owned();
    }
    if let Some(rest) = change.strip_prefix('/') {
        let (from, to) = rest
            .trim_start_matches('/')
            .split_once('/')
            .unwrap_or((rest, ""));
        if !from.is_empty() {
            return value.replace(from, to);
        }
    }
    if let Some((from, length)) = change
        .strip_prefix(':')
        .map(|rest| match rest.split_once(':') {
            Some((from, length)) => (number(from), number(length)),
            None => (number(rest), None),
        })
        && let Some(from) = from
    {
        let rest = value.chars().skip(from);
        return rest.take(length.unwrap_or(usize::MAX)).collect();
    }
    value
}

/// Whether a value for `name` could make an allowed command do something else.
pub(super) fn is_dangerous(name: &str) -> bool {
    const WHOLE: [&str; 66] = [
        "AS",
        "CPP",
        "FC",
        "NM",
        "STRIP",
        "RANLIB",
        "YACC",
        "LEX",
        "MAKE",
        "MAKESHELL",
        "HOSTCC",
        "HOSTCXX",
        "PYTHONEXECUTABLE",
        "PYTHONUSERBASE",
        "VIRTUAL_ENV",
        "PSQLRC",
        "PHPRC",
        "BAZELRC",
        "DISPLAY",
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "GH_HOST",
        "DOTNET_ROOT",
        "IFS",
        "ENV",
        "PS0",
        "PS1",
        "PS4",
        "HOME",
        "SHELL",
        "EDITOR",
        "VISUAL",
        "PAGER",
        "BROWSER",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "RUSTC",
        "RUSTDOC",
        "CC",
        "CXX",
        "LD",
        "AR",
        "MAKEFLAGS",
        "TERMINFO",
        "HISTFILE",
        "ZDOTDIR",
        "WGETRC",
        "INPUTRC",
        "NETRC",
        "SCREENRC",
        "VIMINIT",
        "EXINIT",
        "NULLCMD",
        "READNULLCMD",
        "MAKEFILES",
        "PYTHONBREAKPOINT",
        "PYTHONWARNINGS",
        "GLIBC_TUNABLES",
        "DOTNET_STARTUP_HOOKS",
        "KUBECONFIG",
        "GOROOT",
        "TERMCAP",
        "HOSTALIASES",
        "SYSTEM_WGETRC",
        "CURL_HOME",
        "XDG_CONFIG_HOME",
    ];
    const BEGINNINGS: [&str; 31] = [
        "CC_",
        "CXX_",
        "CMAKE_",
        "COMPOSER",
        "COVERAGE_",
        "GOCACHEPROG",
        "GOENV",
        "GOAUTH",
        "GOTOOL",
        "PYTEST_",
        "RSYNC_CON",
        "TERMINFO",
        "TF_CLI_",
        "LD_",
        "DYLD_",
        "BASH",
        "SHELLOPTS",
        "PROMPT_COMMAND",
        "GIT_",
        "SSH_",
        "LESS",
        "PERL5",
        "RUBY",
        "NPM_CONFIG_",
        "npm_config_",
        "CARGO_",
        "MAN",
        "XDG_",
        "OPENSSL_",
        "PERL",
        "RUSTUP_",
    ];
    const ENDS: [&str; 20] = [
        "_CC",
        "_CXX",
        "_LINKER",
        "_CONFIG_DIR",
        "GEMFILE",
        "PATH",
        "PRELOAD",
        "OPTIONS",
        "OPTS",
        "OPT",
        "FLAGS",
        "WRAPPER",
        "PAGER",
        "EDITOR",
        "COMMAND",
        "ASKPASS",
        "_CONFIG",
        "PROXY",
        "_HOME",
        "_RSH",
    ];
    let upper = name.to_ascii_uppercase();
    WHOLE.contains(&name)
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
        || ENDS.iter().any(|end| upper.ends_with(end))
}

/// The name in `NAME=value`, `NAME+=value` and `NAME[i]=value`.
pub(super) fn assigned(word: &str) -> Option<&str> {
    let (left, _) = word.split_once('=')?;
    let name = left.strip_suffix('+').unwrap_or(left);
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    is_name(name).then_some(name)
}

/// Whether a shell would take it for a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit())
}
