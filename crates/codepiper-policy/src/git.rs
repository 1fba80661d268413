//! What commands of git read.

use crate::operands::{Mode, Operands};
use crate::options::{self, Effect};
use crate::shell::Word;

pub(crate) use crate::shell::git_option_takes_value as option_takes_value;

/// `git -C dir`: what a command of git opens depends on more than its words, each of which may be
/// a file, or a revision with one.
pub(crate) fn operands(arguments: &[Word]) -> Operands<'_> {
    let mut operands = Operands::default();
    let mut rest = arguments.iter();
    let mut subcommand = "";
    while let Some(word) = rest.next() {
        match word.text.as_str() {
            "-C" => {
                operands.directory = rest.next();
                let path = operands.directory.map(|word| word.path.clone());
                operands.files.extend(path.map(|path| (Mode::Read, path)));
            }
            "-c" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env" => {
                rest.next();
            }
            option if option.starts_with('-') => {}
            name => {
                subcommand = name;
                break;
            }
        }
    }
    let words = rest.as_slice();
    let names_only = matches!(
        subcommand,
        "check-ignore" | "check-attr" | "ls-files" | "status"
    ) || subcommand == "rm" && words.iter().any(|word| word.text == "--cached");
    if names_only {
        return operands;
    }
    let programs = ["git", &format!("git-{subcommand}")];
    let mut is_pattern = subcommand == "grep";
    let mut is_option = true;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if is_option && text == "--" {
            is_option = false;
            is_pattern = false;
        } else if is_option && text.starts_with('-') {
            let (given, takes_next) = options::given(&programs, word, rest.as_slice().first());
            for option in given {
                match (option.effect, option.value) {
                    (Effect::Reads, Some(value)) => operands.may_be(Mode::Read, &value),
                    (Effect::Writes, Some(value)) => operands.may_be(Mode::Write, &value),
                    _ => {}
                }
            }
            if takes_next {
                rest.next();
            }
            // `-L 1,5:file`
            operands.may_be_revision(word);
        } else if is_pattern {
            is_pattern = false;
        } else if !text.contains("://") {
            operands.may_be(Mode::Read, word);
            operands.may_be_revision(word);
        }
    }
    operands
}

impl Operands<'_> {
    /// `HEAD:file`, `:(top)file`
    fn may_be_revision(&mut self, word: &Word) {
        if let Some((before, path)) = word.text.rsplit_once(':') {
            let magic = path.split_once(')').filter(|_| path.starts_with('('));
            let skipped = magic.map_or(0, |(magic, _)| magic.len() + 1);
            let length = before.len() + 1 + skipped;
            self.may_be(Mode::Read, &options::without(word, length));
        }
    }
}

/// The commands that change nothing, with options that are known to keep it so.
pub(crate) fn reads(arguments: &[&str]) -> bool {
    match arguments.split_first() {
        Some((
            &("status" | "log" | "diff" | "show" | "blame" | "rev-parse" | "ls-files" | "describe"
            | "shortlog" | "grep" | "cat-file" | "rev-list" | "merge-base" | "ls-tree"
            | "name-rev"),
            rest,
        )) => are_harmless(rest),
        Some((&"branch", rest)) => rest.iter().all(|word| {
            matches!(
                *word,
                "-a" | "-v" | "-vv" | "-r" | "--list" | "--show-current"
            )
        }),
        Some((&"remote", rest)) => matches!(rest, [] | ["-v"]),
        Some((&"stash", rest)) => {
            matches!(rest.first(), Some(&("list" | "show"))) && are_harmless(&rest[1..])
        }
        _ => false,
    }
}

/// Whether each option is known, by its whole name: what only begins like it may be another one.
fn are_harmless(arguments: &[&str]) -> bool {
    const LONG: &str = " abbrev abbrev-commit abbrev-ref absolute-git-dir after all all-match always \
        ancestry-path author author-date-order before binary boundary branch branches break bisect \
        cached cc candidates check cherry cherry-mark cherry-pick children color color-moved \
        color-words column combined-all-paths committer compact-summary contains context count \
        cumulative date date-order decorate decorate-refs deleted diff-algorithm diff-filter dirstat \
        dirty email encoding eol error-unmatch exact-match exclude exclude-standard exit-code \
        extended-regexp files-with-matches files-without-match find-copies find-copies-harder \
        find-object find-renames first-parent fixed-strings follow fork-point format full-diff \
        full-history full-index full-name function-context git-common-dir git-dir glob graph grep \
        grep-reflog heading histogram ignore-all-space ignore-blank-lines ignore-case \
        ignore-cr-at-eol ignore-matching-lines ignore-space-at-eol ignore-space-change \
        ignore-submodules ignored incremental independent indent-heuristic inter-hunk-context invert-grep \
        invert-match is-ancestor is-bare-repository is-inside-git-dir is-inside-work-tree left-only \
        left-right line-number line-porcelain long match max-age max-count max-depth max-parents \
        merge-base merges message min-age min-parents minimal modified name-only name-status no-abbrev \
        no-abbrev-commit no-ahead-behind no-color no-decorate no-ext-diff no-merges no-notes no-patch \
        no-prefix no-relative no-rename-empty no-renames no-textconv no-walk not null numbered numstat \
        object-only objects octopus oneline only-matching others parents patch patch-with-stat \
        patience perl-regexp pickaxe-all pickaxe-regex points-at porcelain pretty quiet raw \
        regexp-ignore-case relative relative-date remotes renames reverse right-only root score-debug \
        short shortstat show-cdup show-function show-prefix show-stash show-toplevel \
        show-superproject-working-tree simplify-by-decoration simplify-merges since skip sort source \
        sparse stage staged stat stat-count stat-graph-width stat-name-width stat-width submodule \
        summary symbolic symbolic-full-name tags text topo-order unified unmerged until \
        untracked-files verify walk-reflogs word-diff word-diff-regex word-regexp ";
    // Not `-O`, which runs a program or reads a file, `-f` and `-X`, which read one.
    let mut options = arguments.iter().take_while(|word| **word != "--");
    options.all(|word| match word.strip_prefix("--") {
        Some(long) => {
            let name = long.split('=').next().unwrap_or_default();
            LONG.split(' ').any(|known| known == name)
        }
        None => match word.strip_prefix('-') {
            Some(short) => !short.contains(['O', 'f', 'X']),
            None => true,
        },
    })
}
