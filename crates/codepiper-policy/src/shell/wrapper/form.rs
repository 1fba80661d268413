//! Programs that take another program behind their own options.

use super::super::Word;
use super::super::variables;
use super::options::{self, Read};
use super::{Inner, UNKNOWN_OPTION, script};

/// How a wrapper takes its command.
pub(super) struct Form {
    name: &'static str,
    /// Its options, as [`options::read`] takes them.
    short: &'static str,
    long: &'static str,
    /// How many operands come before the command.
    operands: usize,
    /// What it adds to the command by itself.
    added: Option<&'static str>,
    /// Whether the words are joined and read by a shell.
    by_shell: bool,
}

const fn form(
    name: &'static str,
    short: &'static str,
    long: &'static str,
    operands: usize,
) -> Form {
    Form {
        name,
        short,
        long,
        operands,
        added: None,
        by_shell: false,
    }
}

const SUDO: &str = "askpass background bell preserve-env edit set-home list login non-interactive \
    preserve-groups stdin shell validate no-update user= group= host= prompt= close-from= chdir= \
    chroot= role= type= other-user= command-timeout= remove-timestamp reset-timestamp";
const SETPRIV: &str = "dump nnp no-new-privs clear-groups keep-groups init-groups reset-env \
    ambient-caps= inh-caps= bounding-set= ruid= euid= rgid= egid= reuid= regid= groups= \
    securebits= pdeathsig= ptracer= selinux-label= apparmor-profile= seccomp-filter= \
    landlock-access= landlock-rule= list-caps";
const SYSTEMD_RUN: &str = "user system scope unit= property= description= slice= slice-inherit \
    expand-environment= remain-after-exit send-sighup host= machine= service-type= uid= gid= \
    nice= working-directory= same-dir setenv= pty pty-late pipe quiet collect wait on-active= \
    on-boot= on-startup= on-unit-active= on-unit-inactive= on-calendar= path-property= \
    socket-property= timer-property= no-block shell background= no-ask-password job-mode=";
const XARGS: &str = "null arg-file= delimiter= eof replace max-lines max-args= open-tty \
    max-procs= interactive process-slot-var= no-run-if-empty max-chars= show-limits verbose exit";
const UNSHARE: &str = "mount uts ipc net pid user cgroup time fork kill-child mount-proc \
    map-user= map-group= map-users= map-groups= map-root-user map-current-user map-auto \
    propagation= setgroups= root= wd= setuid= setgid= keep-caps boottime= monotonic=";
const NSENTER: &str = "all target= mount uts ipc net pid cgroup user time setuid= setgid= \
    preserve-credentials root wd wdns= no-fork env follow-context join-cgroup";

const FORMS: [Form; 51] = [
    form(
        "env",
        "iu:C:S:0va:",
        "ignore-environment null unset= chdir= split-string= block-signal default-signal \
         ignore-signal list-signal-handling debug argv0=",
        0,
    ),
    form("sudo", "AbBEeHiKklnPsSvVNu:g:h:p:C:D:T:R:r:t:U:a:", SUDO, 0),
    form("doas", "Lnsu:C:a:", "", 0),
    form(
        "run0",
        "u:g:D:",
        "user= group= setenv= chdir= unit= property= description= slice= slice-inherit nice= \
         machine= pty pipe background= no-ask-password shell-prompt-prefix= via-shell same-root-dir",
        0,
    ),
    form("pkexec", "u:", "user= disable-internal-agent keep-cwd", 0),
    form("setpriv", "d", SETPRIV, 0),
    form("nohup", "", "", 0),
    form(
        "time",
        "apqvlhf:o:",
        "append portability quiet verbose format= output=",
        0,
    ),
    form("nice", "0123456789n:", "adjustment=", 0),
    form("ionice", "tc:n:p:P:u:", "ignore class= classdata=", 0),
    form(
        "chrt",
        "abdefimoprRvT:P:D:",
        "all-tasks max pid verbose batch deadline ext fifo idle other rr reset-on-fork \
         sched-runtime= sched-period= sched-deadline=",
        1,
    ),
    form("taskset", "apc", "all-tasks pid cpu-list", 1),
    form(
        "numactl",
        "alkp:P:i:C:N:m:w:",
        "all localalloc interleave= preferred= preferred-many= physcpubind= cpunodebind= membind= \
         balancing weighted-interleave=",
        0,
    ),
    form(
        "timeout",
        "fpvs:k:",
        "foreground preserve-status verbose signal= kill-after=",
        1,
    ),
    form(
        "gtimeout",
        "fpvs:k:",
        "foreground preserve-status verbose signal= kill-after=",
        1,
    ),
    form("setsid", "cfw", "ctty fork wait", 0),
    form("stdbuf", "i:o:e:", "input= output= error=", 0),
    form("unbuffer", "p", "", 0),
    form("command", "pvV", "", 0),
    form("builtin", "", "", 0),
    form("exec", "cla:", "", 0),
    // What stands before a command in `zsh`, and what is left of `time -- rm x`.
    form("noglob", "", "", 0),
    form("nocorrect", "", "", 0),
    form("-", "", "", 0),
    form("--", "", "", 0),
    form("repeat", "", "", 1),
    form("chroot", "", "groups= userspec= skip-chdir", 1),
    form(
        "fakeroot",
        "ul:s:i:b:",
        "lib= faked= unknown-is-real fd-base=",
        0,
    ),
    form("unshare", "muinpUCTfrcS:G:R:w:l:", UNSHARE, 0),
    form(
        "nsenter",
        "am::u::i::n::p::C::U::T::r::w::FeZct:S:G:W:",
        NSENTER,
        0,
    ),
    form(
        "prlimit",
        "p:",
        "pid= core data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime \
         sigpending stack cpu as",
        0,
    ),
    form(
        "strace",
        "cCdfFhiknqrtTvVwxyYzZDA::o:e:p:s:u:E:a:I:O:S:X:P:b:U:",
        "",
        0,
    ),
    form("ltrace", "bcCfhiLrStTVA:a:D:e:F:l:n:o:p:s:u:w:x:", "", 0),
    form("caffeinate", "disumt:w:", "", 0),
    form("systemd-run", "rGtPqSdp:E:u:M:H:", SYSTEMD_RUN, 0),
    form("busybox", "", "", 0),
    form("toybox", "", "", 0),
    form("firejail", "", "", 0),
    form("dbus-run-session", "", "config-file= dbus-daemon=", 0),
    form("entr", "acdnprsxz", "", 0),
    form("setarch", "vRFZLXBIST3", "", 0),
    form("linux32", "vRFZLXBIST3", "", 0),
    form("linux64", "vRFZLXBIST3", "", 0),
    Form {
        added: Some("{}"),
        ..form("xargs", "0oprtxe::i::l::I:n:P:L:d:a:E:s:R:J:S:", XARGS, 0)
    },
    Form {
        added: Some("{}"),
        by_shell: true,
        ..form(
            "parallel",
            "0kmtuXqrvzj:P:S:N:n:L:I:a:d:C:s:",
            "jobs= null keep-order verbose dry-run bar progress eta halt= delay= retries= colsep= \
             arg-file= will-cite",
            0,
        )
    },
    Form {
        by_shell: true,
        ..form(
            "watch",
            "bcCegprtwxd::n:q:s:",
            "beep color no-color differences errexit chgexit interval= precise no-title exec \
             no-wrap equexit= no-rerun",
            0,
        )
    },
    Form {
        by_shell: true,
        ..form(
            "ssh",
            "46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:p:P:Q:R:S:W:w:",
            "",
            1,
        )
    },
    Form {
        by_shell: true,
        ..form("eval", "", "", 0)
    },
    form(
        "flock",
        "sxeunoFw:E:c:",
        "shared exclusive unlock nonblock nb wait= timeout= conflict-exit-code= close no-fork \
         command= verbose",
        1,
    ),
    form("proot", "", "", 0),
    form("torsocks", "", "", 0),
];

/// How the program of this name takes another one.
pub(super) fn of(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

/// What `form` runs with these arguments.
pub(super) fn run(form: &Form, arguments: &[Word], input: Option<&str>) -> Vec<Inner> {
    let mut found = Vec::new();
    let mut rest = arguments;
    let mut operands = form.operands;
    while let Some((word, after)) = rest.split_first() {
        let text = word.text.as_str();
        if text == "--" {
            rest = after.get(operands.min(after.len())..).unwrap_or_default();
            break;
        }
        let is_option = text.len() > 1 && text.starts_with('-')
            || form.name == "nice" && text.starts_with('+')
            || form.name == "env" && text == "-";
        if is_option {
            let read = match text {
                "-" => Read::Flags,
                _ if form.name == "nice" && text.starts_with(['+', '-']) && is_number(text) => {
                    Read::Flags
                }
                _ => options::read(text, form.short, form.long),
            };
            rest = after;
            match read {
                Read::Flags => {
                    if form.name == "command" && text.contains(['v', 'V']) {
                        return found;
                    }
                }
                Read::Value(name, attached) => {
                    let next = after.first();
                    if attached.is_none() {
                        rest = after.get(1..).unwrap_or_default();
                    }
                    let value = || match attached {
                        Some(value) if word.is_computed() => Some(Word::computed(value)),
                        Some(value) => Some(Word::literal(value)),
                        None => next.cloned(),
                    };
                    match (form.name, name) {
                        ("env", "S" | "split-string") => {
                            found.extend(value().map(|value| split(&value, rest)));
                            found.push(Inner::Unknown("`env` splits a text into words"));
                            return found;
                        }
                        ("time", "o" | "output") => {
                            found.push(Inner::Unknown("it writes a file"));
                        }
                        ("flock", "c" | "command") => {
                            found.extend(value().as_ref().map(script));
                            return found;
                        }
                        ("env" | "run0", "C" | "chdir") | ("sudo" | "run0", "D" | "chdir") => {
                            found.extend(value().map(Inner::Directory));
                        }
                        ("sudo", "R" | "chroot")
                        | ("unshare", "R" | "w" | "root" | "wd")
                        | ("systemd-run", "working-directory") => {
                            found.push(Inner::Unknown("it runs in another place"));
                        }
                        _ => {}
                    }
                }
                Read::Unknown => {
                    found.push(Inner::Unknown(UNKNOWN_OPTION));
                    found.push(Inner::Guess(after.to_vec()));
                }
            }
            continue;
        }
        let is_assignment = matches!(form.name, "env" | "sudo" | "doas") && text.contains('=');
        if is_assignment {
            if variables::assigned(text).is_none_or(variables::is_dangerous) {
                found.push(Inner::Unknown("a variable is set that decides what runs"));
            }
            rest = after;
            continue;
        }
        if operands == 0 {
            break;
        }
        operands -= 1;
        rest = after;
    }
    found.extend(command(form, rest, input));
    found
}

/// The command behind the options.
fn command(form: &Form, rest: &[Word], input: Option<&str>) -> Vec<Inner> {
    let mut found = Vec::new();
    let Some((program, arguments)) = rest.split_first() else {
        let starts_shell = matches!(
            form.name,
            "sudo"
                | "doas"
                | "run0"
                | "pkexec"
                | "chroot"
                | "unshare"
                | "nsenter"
                | "ssh"
                | "firejail"
                | "fakeroot"
                | "proot"
                | "setarch"
                | "linux32"
                | "linux64"
        );
        if starts_shell {
            found.push(Inner::Unknown("it starts a shell"));
        }
        return found;
    };
    // The name of an architecture may stand there, and who knows what.
    if program.is_computed() || form.name == "setarch" {
        found.push(Inner::Guess(arguments.to_vec()));
    }
    if form.by_shell {
        let line: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
        found.push(Inner::Script(line.join(" ")));
        if form.added.is_some() || rest.iter().any(Word::is_computed) {
            found.push(Inner::Unknown("its arguments are only known when it runs"));
        }
        return found;
    }
    let mut argv = rest.to_vec();
    argv.extend(form.added.map(|added| Word {
        guess: input.unwrap_or(added).replace('\0', " "),
        ..Word::computed(added)
    }));
    found.push(Inner::Argv(argv));
    found
}

/// `env -S 'A=b rm' x`: the text is more of its own arguments.
fn split(text: &Word, rest: &[Word]) -> Inner {
    let text = text.text.replace("\\_", " ");
    let words = std::iter::once(text.as_str()).chain(rest.iter().map(|word| word.text.as_str()));
    Inner::Script(format!("env {}", words.collect::<Vec<_>>().join(" ")))
}

fn is_number(text: &str) -> bool {
    text[1..]
        .trim_start_matches(['+', '-'])
        .bytes()
        .all(|b| b.is_ascii_digit())
}
