use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use codepiper_api::{BodyStream, ErrorBody};
use fs_err::os::unix::fs::OpenOptionsExt as _;

use super::{Context, add_decisions, add_entries, add_times};
use crate::cli::Export;
use crate::error::CliError;
use crate::output;
use crate::url::Query;

pub(super) async fn run(context: &Context, args: &Export) -> Result<(), CliError> {
    let of_entries = &args.of_entries;
    if !args.entries && (of_entries.kind.is_some() || of_entries.decision_id.is_some()) {
        let message = "`--kind` and `--decision-id` are for entries; give `--entries`";
        return Err(CliError::usage(message));
    }
    let mut query = Query::default();
    query.add("format", Some(args.format.as_str()));
    query.add("entries", args.entries.then_some(true));
    add_decisions(&mut query, &context.client, &args.which).await?;
    add_entries(&mut query, of_entries);
    add_times(&mut query, &args.times);
    // What makes no sense is refused before a file is made or lost.
    let stream = context
        .client
        .stream(&query.behind("/audit/export"))
        .await?;
    let Some(path) = &args.output else {
        return copy(stream, output::document(), "what was printed").await;
    };
    let file = create(path, args.force)?;
    let name = format!("`{}`", path.display());
    copy(stream, file, &name).await?;
    output::note(format!("{name} is written"));
    Ok(())
}

fn create(path: &Path, force: bool) -> Result<fs_err::File, CliError> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let message = format!("there is a file `{}` already", path.display());
            let body = ErrorBody::new("file_exists", message);
            CliError::Failed(body.with_hint("choose another, or give `--force`"))
        }
        _ => error.into(),
    })?;
    // One that was there may have been for others to read. A device or a pipe stays as it is.
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Writes everything down. What breaks off must not pass for a whole.
async fn copy(mut stream: BodyStream, mut to: impl Write, what: &str) -> Result<(), CliError> {
    let incomplete = |why: String| {
        let message = format!("{what} is incomplete: {why}");
        CliError::failed("export_incomplete", message)
    };
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| incomplete(error.to_string()))?;
        match to.write_all(&piece) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Err(error.into()),
            written => written.map_err(|error| incomplete(error.to_string()))?,
        }
    }
    to.flush().map_err(|error| incomplete(error.to_string()))
}
