//! The files that a call reads and writes.

use std::path::{Path, PathBuf};

use codepiper_model::ToolCall;

use crate::braces;
use crate::files::plain;
use crate::operands::{self, Operands};
use crate::shell::{Command, HOME, MANY, ONE, Redirect, Word};
use crate::{Context, operands::Mode, patch};

/// One file that is read or written.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) mode: Mode,
    /// The file itself.
    pub(crate) real: Name,
    /// The file by the letters of its path, where that is another one.
    pub(crate) written: Option<Name>,
    /// Below a root of the workspace.
    pub(crate) is_inside: bool,
    /// Whether it is one: a word may be a file or something else.
    pub(crate) is_certain: bool,
}

/// A path in the spellings that a pattern may be meant for: whole, below the home directory, and
/// below the first root of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) texts: Vec<String>,
    /// The same with a `/`: a directory is what is in it.
    pub(crate) as_directory: Vec<String>,
}

impl Name {
    fn new(path: &Path, root: &Path, context: &Context<'_>) -> Self {
        let mut texts = vec![path.to_string_lossy().into_owned()];
        if let Some(below) = context.home.and_then(|home| path.strip_prefix(home).ok()) {
            texts.push(format!("~/{}", below.display()));
        }
        if let Ok(below) = path.strip_prefix(root) {
            texts.push(below.to_string_lossy().into_owned());
        }
        let as_directory = texts.iter().map(|text| format!("{text}/")).collect();
        Self {
            texts,
            as_directory,
        }
    }

    /// The whole path.
    pub(crate) fn whole(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }
}

/// What is known of a call's files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accesses {
    pub(crate) list: Vec<Access>,
    /// Whether these are all.
    pub(crate) are_all: bool,
    /// Whether an option makes the program do more than it does without.
    pub(crate) does_more: bool,
}

/// Paths that mean another file in every process.
fn is_of_a_process(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    match parts.as_slice() {
        ["proc", _, rest @ ..] => rest.iter().any(|part| {
            matches!(*part, "cwd" | "root" | "fd" | "task" | "exe" | "map_files") || *part == ".."
        }),
        ["dev", "fd" | "tcp" | "udp", ..] => true,
        _ => false,
    }
}

/// `/proc/self/cwd/x` as the file that it most likely is, for those rules that deny.
fn through_process(path: &Path, cwd: &Path) -> Option<PathBuf> {
    let text = path.to_str()?;
    let mut parts = text.split('/').filter(|part| !part.is_empty());
    match parts.next()? {
        "proc" => {}
        // `/dev/fd` is a link to there.
        "dev" => drop(parts.next()),
        _ => return None,
    }
    let mut base = None;
    for part in parts.by_ref() {
        match part {
            "cwd" => base = Some(cwd.to_path_buf()),
            "root" => base = Some(PathBuf::from("/")),
            _ => continue,
        }
        break;
    }
    Some(base?.join(parts.collect::<PathBuf>()))
}

struct Resolver<'a> {
    cwd: &'a Path,
    context: &'a Context<'a>,
    found: Accesses,
}

impl Resolver<'_> {
    fn add(&mut self, mode: Mode, path: &Path) {
        if path.to_string_lossy().contains([MANY, ONE]) {
            self.found.are_all = false;
        }
        if is_of_a_process(path) {
            self.found.are_all = false;
            if let Some(path) = through_process(path, self.cwd) {
                let access = self.access(mode, &path);
                self.found.list.push(access);
            }
            return;
        }
        let access = self.access(mode, path);
        self.found.list.push(access);
    }

    fn access(&mut self, mode: Mode, path: &Path) -> Access {
        let written = plain(path);
        let found = self.context.files.real(path);
        self.found.are_all &= found.is_some();
        let given = self.context.roots.iter().map(PathBuf::as_path);
        let own = given.clone().next().unwrap_or(self.cwd);
        let roots = given.chain(self.context.roots.is_empty().then_some(self.cwd));
        let mut real_roots = roots
            .filter(|root| root.is_absolute() && root.parent().is_some())
            .filter_map(|root| self.context.files.real(root));
        let is_inside = found
            .as_ref()
            .is_some_and(|real| real_roots.any(|root| real.starts_with(root)));
        let real = found.unwrap_or_else(|| written.clone());
        let name = |path: &Path| Name::new(path, own, self.context);
        Access {
            mode,
            written: (written != real).then(|| name(&written)),
            real: name(&real),
            is_inside,
            is_certain: true,
        }
    }

    /// `~me/x`, where that is the home directory that is known.
    fn of_user(&self, path: &str) -> Option<PathBuf> {
        let (user, rest) = path.strip_prefix('~')?.split_once('/')?;
        let home = self.context.home?;
        (home.file_name()? == user).then(|| home.join(rest))
    }

    /// A path as it stands in a word, seen from every directory that it may be seen from.
    fn add_word(&mut self, mode: Mode, path: Option<&str>, bases: Option<&[PathBuf]>) {
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            self.found.are_all = false;
            return;
        };
        if let Some(rest) = path.strip_prefix(HOME) {
            match self.context.home {
                Some(home) => self.add(mode, &home.join(rest.trim_start_matches('/'))),
                None => self.found.are_all = false,
            }
        } else if let Some(path) = self.of_user(path) {
            self.add(mode, &path);
        } else if path.starts_with('/') {
            self.add(mode, Path::new(path));
        } else {
            if bases.is_none() {
                self.found.are_all = false;
            }
            let here = [self.cwd.to_path_buf()];
            for base in bases.unwrap_or(&here) {
                self.add(mode, &base.join(path));
            }
        }
    }
}

/// The files of a tool that is no shell.
pub(crate) fn of_tool(call: &ToolCall, context: &Context<'_>) -> Accesses {
    let mode = match call.tool_name.as_str() {
        "Read" | "NotebookRead" | "Glob" | "Grep" | "LS" => Mode::Read,
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" | patch::TOOL => Mode::Write,
        _ => return Accesses::default(),
    };
    let argument = |name: &str| call.tool_input.get(name).and_then(|value| value.as_str());
    let mut resolver = Resolver {
        cwd: &call.cwd,
        context,
        found: Accesses {
            are_all: true,
            ..Accesses::default()
        },
    };
    let mut named: Vec<&str> = ["file_path", "notebook_path", "path"]
        .into_iter()
        .filter_map(argument)
        .collect();
    let searches = matches!(call.tool_name.as_str(), "Glob" | "Grep" | "LS");
    if named.is_empty() && searches {
        named.push(".");
    }
    let pattern = argument("pattern").filter(|_| call.tool_name == "Glob");
    let searched = pattern.map(|pattern| searched(pattern, named.last().copied()));
    if let Some(searched) = &searched {
        resolver.found.are_all &= searched.are_all;
        named.extend(searched.bases.iter().map(String::as_str));
    }
    if call.tool_name == patch::TOOL {
        let (files, are_all) = patch::files(argument("command").unwrap_or_default());
        named.extend(files);
        resolver.found.are_all &= are_all;
    }
    resolver.found.are_all &= !named.is_empty();
    for path in named {
        let home = path
            .strip_prefix('~')
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let path = home.map_or_else(|| path.to_owned(), |rest| format!("{HOME}{rest}"));
        resolver.add_word(mode, Some(&path), Some(std::slice::from_ref(&call.cwd)));
    }
    resolver.found
}

/// Where a glob begins to search.
struct Searched {
    bases: Vec<String>,
    /// Whether it stays below these.
    are_all: bool,
}

/// The directories that a glob names before its first `*`, seen from `directory`.
fn searched(pattern: &str, directory: Option<&str>) -> Searched {
    let expanded = braces::expanded(pattern);
    let mut searched = Searched {
        bases: Vec::new(),
        are_all: expanded.is_some() && !pattern.contains(['(', '\\']),
    };
    for pattern in expanded.unwrap_or_default() {
        let glob = pattern.find(['*', '?', '[', '{', '(', '\\']);
        let end = glob.map_or(Some(pattern.len()), |at| {
            pattern[..at].rfind('/').map(|at| at + 1)
        });
        let (base, rest) = pattern.split_at(end.unwrap_or_default());
        searched.are_all &= !rest.split('/').any(|part| part == "..");
        if base.is_empty() {
            continue;
        }
        let is_whole = base.starts_with(['/', '~']);
        searched.bases.push(match directory.filter(|_| !is_whole) {
            Some(directory) => format!("{directory}/{base}"),
            None => base.to_owned(),
        });
    }
    searched
}

/// How many commands, and how many files of theirs, are looked at of those that a command may run.
const INNER_MAX: usize = 64;

/// The files of a command. `directories` are those that the line may have gone to.
pub(crate) fn of_command(
    command: &Command,
    directories: Option<&[Word]>,
    call: &ToolCall,
    context: &Context<'_>,
) -> Accesses {
    let Operands {
        files,
        are_all,
        possible,
        does_more,
        directory,
    } = match command.redirect {
        Some(Redirect::Read) => Operands::one(Mode::Read, &command.words[1]),
        Some(Redirect::Write) => Operands::one(Mode::Write, &command.words[1]),
        None => operands::of(&command.words),
    };
    let mut bases = directories.map(|directories| bases(&call.cwd, directories, context));
    if let Some(directory) = directory {
        bases = bases.and_then(|bases| {
            let inside = bases.iter().map(|base| resolved(base, directory, context));
            inside.collect()
        });
    }
    let mut resolver = Resolver {
        cwd: &call.cwd,
        context,
        found: Accesses {
            are_all: are_all && command.is_by_name,
            does_more,
            ..Accesses::default()
        },
    };
    for (mode, path) in files {
        resolver.add_word(mode, path.as_deref(), bases.as_deref());
    }
    let certain = resolver.found.list.len();
    let are_all = resolver.found.are_all;
    // What it may run besides opens files as well.
    let inner: Vec<_> = command
        .may_run
        .iter()
        .filter(|inner| inner.redirect.is_none())
        .take(INNER_MAX)
        .map(|inner| operands::of(&inner.words))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    for operands in &inner {
        let named = operands
            .files
            .iter()
            .filter_map(|(mode, path)| Some((*mode, path.as_ref()?)));
        let others = operands.possible.iter().map(|(mode, path)| (*mode, path));
        for (mode, path) in named.chain(others) {
            let is_name = path.contains(['.', '/', HOME, '~']);
            if is_name && seen.len() < INNER_MAX && seen.insert((mode == Mode::Write, path)) {
                resolver.add_word(mode, Some(path), bases.as_deref());
            }
        }
    }
    for (mode, path) in possible.iter().filter(|(_, path)| !path.is_empty()) {
        resolver.add_word(*mode, Some(path), bases.as_deref());
    }
    resolver.found.are_all = are_all;
    for access in &mut resolver.found.list[certain..] {
        access.is_certain = false;
    }
    resolver.found
}

/// Every directory that a relative path of the line may be seen from.
fn bases(cwd: &Path, directories: &[Word], context: &Context<'_>) -> Vec<PathBuf> {
    const BASES_MAX: usize = 16;
    let mut bases = vec![cwd.to_path_buf()];
    for directory in directories {
        for base in bases.clone() {
            if let Some(base) = resolved(&base, directory, context)
                && bases.len() < BASES_MAX
                && !bases.contains(&base)
            {
                bases.push(base);
            }
        }
    }
    bases
}

fn resolved(base: &Path, directory: &Word, context: &Context<'_>) -> Option<PathBuf> {
    let path = directory.path.as_deref()?;
    match path.strip_prefix(HOME) {
        Some(rest) => Some(context.home?.join(rest.trim_start_matches('/'))),
        None => Some(base.join(path)),
    }
}
