use codepiper_engine::BackupContents;
use codepiper_model::SystemClock;

use super::Context;
use crate::cli::Backup;
use crate::error::CliError;
use crate::{output, place};

/// Works with a daemon and without one: it reads the files.
pub(super) fn run(context: &Context, args: &Backup) -> Result<(), CliError> {
    let config = place::config(context.client.socket().to_owned())?;
    let to = std::path::absolute(&args.file)?;
    let contents = codepiper_engine::back_up(&config, &SystemClock, &to, args.force)?;
    if context.json {
        return output::json(&contents);
    }
    output::line(format!("`{}` is written and was read", to.display()))?;
    output::line(told(&contents))?;
    output::note("the key of the secrets is in it: keep it where nobody else can read it");
    Ok(())
}

/// What was found in a backup, for a person.
pub(super) fn told(contents: &BackupContents) -> String {
    let BackupContents {
        secrets,
        decisions,
        entries,
    } = contents;
    format!(
        "secrets that can be opened: {secrets}; the audit verifies: {decisions} decisions, {entries} \
         other entries"
    )
}
