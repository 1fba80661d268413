use super::arguments::Wish;
use crate::Refusal;

/// What a session may do without asking, in the terms of Codex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    pub(super) sandbox: Sandbox,
    /// Whether a person may be asked for more.
    pub(super) asks: bool,
}

/// What the system keeps commands from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sandbox {
    /// Everything but reading.
    ReadOnly,
    /// What is outside of the folder and the temporary ones, and the network.
    Workspace,
    /// Nothing.
    None,
}

impl Sandbox {
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::ReadOnly, Self::Workspace, Self::None];
        all.into_iter().find(|sandbox| sandbox.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::Workspace => "workspace-write",
            Self::None => "danger-full-access",
        }
    }
}

impl Mode {
    /// Reads; asks for everything else.
    pub const READ_ONLY: Self = Self::asking(Sandbox::ReadOnly);
    /// Works in the sandbox: its folder and the temporary ones, without the network; asks for more.
    pub const WORKSPACE: Self = Self::asking(Sandbox::Workspace);
    /// No sandbox; asks where the model finds it right.
    pub const HOST_ACCESS: Self = Self::asking(Sandbox::None);
    /// No sandbox, and nobody is asked.
    pub const DANGEROUS: Self = Self {
        sandbox: Sandbox::None,
        asks: false,
    };

    /// The arguments of Codex that ask for [`HOST_ACCESS`](Self::HOST_ACCESS).
    pub const HOST_ACCESS_ARGUMENTS: [&str; 4] = [
        "--sandbox",
        "danger-full-access",
        "--ask-for-approval",
        "on-request",
    ];

    const fn asking(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            asks: true,
        }
    }

    /// The mode that a person asks for with `dangerous` and with arguments of Codex; what they leave
    /// open is as in [`WORKSPACE`](Self::WORKSPACE).
    pub fn asked_for(dangerous: bool, args: &[String]) -> Result<Self, Refusal> {
        let wish = Wish::of(dangerous, args)?;
        Ok(Self {
            sandbox: wish.sandbox.unwrap_or(Self::WORKSPACE.sandbox),
            asks: wish.asks.unwrap_or(Self::WORKSPACE.asks),
        })
    }

    /// Whether these arguments leave the mode open.
    pub fn is_open(args: &[String]) -> bool {
        Wish::of(false, args) == Ok(Wish::default())
    }

    /// The sandbox's name.
    pub const fn sandbox(self) -> &'static str {
        self.sandbox.name()
    }

    /// The name of when a person is asked.
    pub const fn approvals(self) -> &'static str {
        if self.asks { "on-request" } else { "never" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_for(dangerous: bool, args: &[&str]) -> Result<Mode, &'static str> {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        Mode::asked_for(dangerous, &args).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_mode_is_asked_for_in_each_of_codexes_ways() {
        let read_only_unasked = Mode {
            sandbox: Sandbox::ReadOnly,
            asks: false,
        };
        for (args, mode) in [
            (&[][..], Mode::WORKSPACE),
            (&["--full-auto"], Mode::WORKSPACE),
            (&["-s", "read-only"], Mode::READ_ONLY),
            (&["--sandbox=read-only", "-anever"], read_only_unasked),
            (&["-c", "sandbox_mode='read-only'"], Mode::READ_ONLY),
            (&["-csandbox_mode=danger-full-access"], Mode::HOST_ACCESS),
            (&Mode::HOST_ACCESS_ARGUMENTS, Mode::HOST_ACCESS),
            (&["--yolo"], Mode::DANGEROUS),
            (
                &[
                    "-c",
                    "\"approval_policy\"=never",
                    "-c",
                    "'sandbox_mode' = 'danger-full-access'",
                ],
                Mode::DANGEROUS,
            ),
            (
                &[
                    "-s",
                    "danger-full-access",
                    "-c",
                    r#"approval_policy = "never""#,
                ],
                Mode::DANGEROUS,
            ),
        ] {
            assert_eq!(asked_for(false, args), Ok(mode), "{args:?}");
        }
        assert_eq!(asked_for(true, &[]), Ok(Mode::DANGEROUS));
        assert_eq!(asked_for(true, &["--yolo"]), Ok(Mode::DANGEROUS));
    }

    #[test]
    fn what_contradicts_itself_or_is_unknown_is_refused() {
        assert_eq!(
            asked_for(true, &["-s", "read-only"]),
            Err("mode_contradicts")
        );
        let twice = ["--yolo", "-a", "on-request"];
        assert_eq!(asked_for(false, &twice), Err("mode_contradicts"));
        for args in [&["-s", "none"][..], &["-a", "untrusted"], &["-s"]] {
            assert_eq!(asked_for(false, args), Err("mode_unknown"), "{args:?}");
        }
    }
}
