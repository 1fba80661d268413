//! Programs that run another one somewhere else, or among much that they do besides. A rule that
//! allows them means that too; one that denies looks at every word that may be a program.

use super::super::Word;
use super::Inner;

/// What `program` may run.
pub(super) fn inner(program: &str, arguments: &[Word]) -> Option<Inner> {
    let begins: &[&str] = match program {
        name if name.starts_with("ld-linux") || name.starts_with("ld.so") => &[],
        "cargo" => &["watch", "xwatch"],
        "screen" | "npx" | "bunx" | "pnpx" | "hyperfine" | "nix-shell" | "direnv" | "dtach"
        | "abduco" | "zellij" | "faketime" | "cpulimit" | "chpst" | "softlimit" | "tini"
        | "dumb-init" | "gosu" | "su-exec" | "start-stop-daemon" | "daemonize" | "bwrap"
        | "capsh" | "mosh" | "entr" | "valgrind" | "perf" | "rlwrap" | "ts-node"
        | "proxychains" | "proxychains4" | "tsocks" | "chronic" | "ts" | "cgexec" | "runcon"
        | "schedtool" | "trickle" | "s6-setuidgid" | "setuidgid" | "envdir" | "envuidgid"
        | "multitime" | "ccache" | "sccache" | "distcc" | "nodemon" | "watchexec" | "reflex"
        | "concurrently" | "wsl" | "dotenv" | "dotenvx" | "aws-vault" | "chamber" | "envchain"
        | "with-contenv" | "ssh-agent" | "dbus-launch" | "xvfb-run" | "startx" | "xinit"
        | "xterm" | "gnome-terminal" | "konsole" | "alacritty" | "kitty" | "wezterm" | "pipx"
        | "uvx" | "just" | "vagrant" | "ansible" | "flatpak" | "flatpak-spawn" | "snap"
        | "distrobox" | "toolbox" | "gdb" | "lldb" | "rr" | "apptainer" | "singularity"
        | "nsjail" | "systemd-nspawn" | "cargo-watch" | "pueue" | "tsp" | "sem" => &[],
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" | "kubectl"
        | "oc" | "lxc" | "incus" | "machinectl" => &["exec", "run", "shell"],
        "tmux" => &[
            "new",
            "new-session",
            "neww",
            "new-window",
            "splitw",
            "split-window",
            "respawnp",
            "respawn-pane",
            "respawnw",
            "respawn-window",
            "run",
            "run-shell",
            "if",
            "if-shell",
            "popup",
            "display-popup",
            "pipep",
            "pipe-pane",
            "send",
            "send-keys",
        ],
        "uv" | "poetry" | "bundle" | "pipenv" | "pdm" | "hatch" | "rye" | "pixi" | "conda"
        | "mamba" | "mise" | "asdf" | "rbenv" | "pyenv" | "nodenv" | "npm" | "pnpm" | "yarn"
        | "nix" | "devbox" | "op" | "doppler" => &["exec", "run", "x", "dlx", "shell", "develop"],
        _ => return None,
    };
    if begins.is_empty() {
        return Some(Inner::Guess(arguments.to_vec()));
    }
    let at = arguments
        .iter()
        .position(|word| begins.contains(&word.text.as_str()))?;
    Some(Inner::Guess(arguments[at + 1..].to_vec()))
}
