use serde_json::Value;

use super::Context;
use crate::error::CliError;
use crate::output;

/// How things are done, by their names in the answer and in the table.
const SUPPORT: [(&str, &str); 7] = [
    ("id", "ID"),
    ("hooks", "HOOKS"),
    ("approvals", "APPROVALS"),
    ("modelSwitch", "MODEL"),
    ("transcript", "TRANSCRIPT"),
    ("interrupt", "INTERRUPT"),
    ("usage", "USAGE"),
];

pub(super) async fn run(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/providers").await?;
    if context.json {
        return output::json(&answer);
    }
    let none = Vec::new();
    let providers = answer["providers"].as_array().unwrap_or(&none);
    let head = ["ID", "VERSION", "SEEN WITH", "CHANNEL", "SIGNED IN"];
    output::table(head, &providers.iter().map(found).collect::<Vec<_>>())?;
    output::line("")?;
    let rows: Vec<_> = providers.iter().map(support).collect();
    output::table(SUPPORT.map(|(_, title)| title), &rows)?;
    let mut notes = providers.iter().flat_map(notes).peekable();
    if notes.peek().is_some() {
        output::line("")?;
    }
    notes.try_for_each(output::line)
}

fn found(provider: &Value) -> [String; 5] {
    let version = if provider["installed"] == true {
        text(&provider["version"]).unwrap_or("unknown")
    } else {
        "not there"
    };
    let signed_in = if provider["signedIn"] == true {
        "yes"
    } else {
        "no"
    };
    [
        text(&provider["id"]).unwrap_or_default(),
        version,
        text(&provider["seenVersion"]).unwrap_or_default(),
        text(&provider["channel"]).unwrap_or_default(),
        signed_in,
    ]
    .map(str::to_owned)
}

fn support(provider: &Value) -> [String; 7] {
    SUPPORT.map(|(name, _)| {
        let cell = match name {
            "id" => &provider["id"],
            name => &provider["support"][name],
        };
        let cell = text(cell).unwrap_or_default();
        if cell == "none" { "-" } else { cell }.to_owned()
    })
}

/// What is to be done about it, and what may not be as it is shown.
fn notes(provider: &Value) -> Vec<String> {
    let id = text(&provider["id"]).unwrap_or_default();
    let warnings = provider["warnings"].as_array().into_iter().flatten();
    let said = warnings.chain([&provider["hint"]]).filter_map(text);
    said.flat_map(|said| wrapped(&format!("{id}: {said}")))
        .collect()
}

/// The text in rows that fit on every terminal, all but the first of them indented.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 80;
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        let taken = rows.last().map_or(0, |row| row.chars().count());
        if taken > 0 && taken + 1 + word.chars().count() > WIDTH {
            rows.push(" ".to_owned());
        }
        if let Some(row) = rows.last_mut() {
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(word);
        }
    }
    rows
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
