use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Auth {
    #[command(subcommand)]
    pub(crate) command: AuthCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Say whether there is a password and an authenticator, and how many are signed in.
    Status,
    /// Set another password, without the old one. Every sign-in ends.
    ///
    /// The password is read from the terminal, or from standard input.
    ResetPassword(Reset),
    /// Take the authenticator away: the password opens the set-up of another one.
    #[command(visible_alias = "mfa-reset")]
    ResetMfa,
    /// List the browsers that are signed in.
    #[command(visible_alias = "sessions")]
    SignIns,
    /// End a sign-in, or all of them.
    #[command(visible_alias = "revoke-sessions")]
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Make one up, and print it.
    #[arg(long)]
    pub(crate) generate: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Which: the beginning of its id.
    #[arg(required_unless_present = "all")]
    pub(crate) sign_in: Option<String>,
    /// All of them.
    #[arg(long, conflicts_with = "sign_in")]
    pub(crate) all: bool,
}
