//! Workflows to begin with, and what editors know of the format; without a daemon.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use codepiper_api::ErrorBody;
use codepiper_workflow::templates;
use serde_json::json;

use crate::error::CliError;
use crate::output;

pub(in crate::commands) fn list(as_json: bool) -> Result<(), CliError> {
    if as_json {
        let listed = templates().iter().map(|ready| {
            json!({ "name": ready.name, "description": ready.description, "source": ready.text })
        });
        return output::json(&json!({ "templates": listed.collect::<Vec<_>>() }));
    }
    let rows = templates().iter();
    let rows: Vec<_> = rows
        .map(|ready| [ready.name.to_owned(), ready.description.to_owned()])
        .collect();
    output::table(["NAME", "DESCRIPTION"], &rows)
}

/// Writes one into a file that is not there yet.
pub(in crate::commands) fn init(name: &str, file: Option<&Path>) -> Result<(), CliError> {
    let Some(ready) = templates().iter().find(|ready| ready.name == name) else {
        let message = format!("there is no template `{name}`");
        let body = ErrorBody::new("template_not_found", message);
        let hint = "`codepiper workflow templates` lists them";
        return Err(CliError::NotFound(body.with_hint(hint)));
    };
    if file == Some(Path::new("-")) {
        return output::raw(ready.text.as_bytes());
    }
    let file = file.map_or_else(|| PathBuf::from(format!("{name}.yaml")), Path::to_owned);
    let mut created = fs_err::File::create_new(&file)
        .map_err(|error| CliError::failed("unwritable", error.to_string()))?;
    created.write_all(ready.text.as_bytes())?;
    let file = output::harmless(&file.display().to_string());
    output::line(format!("{file} written"))?;
    output::note(format!(
        "run it with `codepiper workflow run {file} --wait`"
    ));
    Ok(())
}

pub(in crate::commands) fn schema() -> Result<(), CliError> {
    output::raw(codepiper_workflow::SCHEMA.as_bytes())
}
