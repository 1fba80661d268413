//! Variables that decide which program a name means, or what a program loads or runs.

/// Whether a value for `name` could make an allowed command do something else.
pub(super) fn is_dangerous(name: &str) -> bool {
    const WHOLE: [&str; 26] = [
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
        "CURL_HOME",
        "WGETRC",
        "SYSTEM_WGETRC",
        "XDG_CONFIG_HOME",
    ];
    const BEGINNINGS: [&str; 14] = [
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
    ];
    const ENDS: [&str; 13] = [
        "PATH", "PRELOAD", "OPTIONS", "OPTS", "OPT", "FLAGS", "WRAPPER", "PAGER", "EDITOR",
        "COMMAND", "ASKPASS", "_CONFIG", "PROXY",
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
