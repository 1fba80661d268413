//! A file on the command line, or standard input (`-`).

use std::io::Read as _;

use crate::error::CliError;

/// What the file says.
pub(super) fn text(file: &str) -> Result<String, CliError> {
    let (read, name) = if file == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes).map(|_| bytes);
        (read, "standard input".to_owned())
    } else {
        (fs_err::read(file), format!("`{file}`"))
    };
    let bytes = read.map_err(|error| CliError::usage(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|b| *b == b'\n').count();
        let message = format!("{name} is not UTF-8 in line {line}");
        CliError::failed("not_utf8", message)
    })
}
