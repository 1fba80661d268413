use std::fmt::Write as _;

use crate::Key;

/// What of our configuration a person may choose.
#[derive(Clone, Debug)]
pub struct ConfigOptions {
    /// The key that leaves an attached terminal; every other key reaches the agent.
    pub detach_key: Key,
}

/// The configuration of our tmux servers. The user's own never applies: it could rename, rebind
/// or restart what we rely on.
pub fn render_config(options: &ConfigOptions) -> String {
    // macOS ships no description of tmux's own terminal.
    let terminal = if cfg!(target_os = "macos") {
        "screen-256color"
    } else {
        "tmux-256color"
    };
    let mut text = format!("set -g default-terminal {terminal}\n");
    text.push_str(
        "# Written by CodePiper; changes are lost.\n\
         set -ga terminal-features ',*:RGB'\n\
         set -g history-limit 50000\n\
         set -g remain-on-exit on\n\
         set -gq remain-on-exit-format ''\n\
         set -g status off\n\
         set -s escape-time 0\n\
         set -s focus-events on\n\
         set -s extended-keys on\n\
         set -s exit-unattached off\n\
         set -s exit-empty on\n\
         set -g destroy-unattached off\n\
         set -g window-size latest\n\
         set -g allow-rename off\n\
         set -g automatic-rename off\n\
         set -g update-environment ''\n\
         set -g visual-bell off\n\
         set -g bell-action none\n\
         set -g prefix None\n\
         set -g prefix2 None\n\
         unbind-key -a -T prefix\n\
         unbind-key -a -T root\n\
         bind-key -T root WheelUpPane if -F '#{||:#{pane_in_mode},#{mouse_any_flag}}' \
         { send-keys -M } { copy-mode -e; send-keys -M }\n\
         set -g mouse on\n",
    );
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "bind-key -T root {} detach-client",
        options.detach_key.tmux_name()
    );
    text
}
