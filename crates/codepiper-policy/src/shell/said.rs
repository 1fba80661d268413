//! What a command writes, where that stands in the line: a shell may read it.

use super::Word;
use super::command::base;
use super::script::Cursor;

/// The longest text that is followed through a pipe.
const BYTES_MAX: usize = 64 * 1024;

/// How many arguments are looked at for what a program is told.
const ARGUMENTS_MAX: usize = 100;

/// The text that `words` write, in every way that it may be meant, one below the other. Nobody
/// allows what is read from a pipe, so finding too much does no harm.
pub(super) fn by(words: &[Word], input: Option<&str>) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    let texts: Vec<&str> = arguments
        .iter()
        .map(|word| word.guess.as_str())
        .skip_while(|word| word.starts_with('-'))
        .collect();
    let said = match base(&program.text) {
        "echo" | "print" => {
            let line = texts.join(" ");
            let unescaped = without_escapes(&line);
            if unescaped == line {
                line
            } else {
                format!("{line}\n{unescaped}")
            }
        }
        "printf" => printed(&texts),
        "find" | "gfind" => {
            let names = texts.windows(2).filter(|pair| pair[0].ends_with("name"));
            names.map(|pair| pair[1]).collect::<Vec<_>>().join(" ")
        }
        // Whatever stands between may let it pass.
        _ => input?.to_owned(),
    };
    (said.len() <= BYTES_MAX).then_some(said)
}

/// The texts in which `words` may be told what to run, where `is_told` or the program is one that
/// reads a language.
pub(super) fn told<'a>(words: &'a [Word], input: Option<&'a str>, is_told: bool) -> Vec<&'a str> {
    let Some((program, arguments)) = words.split_first() else {
        return Vec::new();
    };
    let reads_lines = matches!(
        base(&program.text),
        "at" | "batch"
            | "crontab"
            | "ed"
            | "ex"
            | "vi"
            | "vim"
            | "nvim"
            | "parallel"
            | "ssh"
            | "gdb"
            | "make"
            | "sed"
            | "awk"
            | "curl"
            | "wget"
    );
    let is_language = speaks(base(&program.text));
    let mut texts = Vec::new();
    if is_told || is_language {
        let arguments = arguments.iter().take(ARGUMENTS_MAX);
        texts.extend(arguments.map(|word| word.text.as_str()));
    }
    if reads_lines || is_language {
        texts.extend(input);
    }
    texts
}

/// Whether a program reads programs of its own language, and may be given one as an argument.
pub(crate) fn speaks(program: &str) -> bool {
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    matches!(
        name,
        "python"
            | "pypy"
            | "node"
            | "nodejs"
            | "deno"
            | "bun"
            | "perl"
            | "ruby"
            | "php"
            | "lua"
            | "luajit"
            | "tclsh"
            | "expect"
            | "osascript"
            | "Rscript"
            | "pwsh"
            | "powershell"
            | "emacs"
            | "guile"
            | "groovy"
            | "jshell"
            | "socat"
            | "nc"
            | "ncat"
            | "netcat"
            | "psql"
            | "mysql"
            | "cmd.exe"
    )
}

/// A format with its values put in, as often as there are any.
fn printed(texts: &[&str]) -> String {
    let Some((format, values)) = texts.split_first() else {
        return String::new();
    };
    let format = without_escapes(format);
    let mut values = values.iter();
    let mut said = String::new();
    loop {
        let left = values.len();
        let mut rest = format.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                said.push(c);
            } else if let Some(kind) = rest.find(char::is_ascii_alphabetic) {
                let value = values.next().map_or("", |value| *value);
                if kind == 'b' {
                    said.push_str(&without_escapes(value));
                } else {
                    said.push_str(value);
                }
            }
        }
        if values.len() == left || values.len() == 0 || said.len() > BYTES_MAX {
            return said;
        }
    }
}

fn without_escapes(text: &str) -> String {
    let mut rest = Cursor::new(text);
    let mut plain = String::new();
    while let Some(c) = rest.next() {
        if c == '\\' {
            plain.extend(rest.ansi_escape());
        } else {
            plain.push(c);
        }
    }
    plain
}
