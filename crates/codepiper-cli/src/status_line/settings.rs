//! The status line that the person has, as Claude Code would find it.

use std::path::PathBuf;

use serde_json::Value;

use super::chained::IS_CHAINED;

/// The command that would draw if ours did not: of the settings of the user, the project and this
/// working copy the last one that has a say counts.
pub(super) fn own_command(told: &str) -> Option<String> {
    // It calls us itself; one line is enough.
    if std::env::var_os(IS_CHAINED).is_some() {
        return None;
    }
    let told: Value = serde_json::from_str(told).unwrap_or_default();
    let project = told["workspace"]["project_dir"].as_str();
    let project = project.map(|dir| PathBuf::from(dir).join(".claude"));
    let files = [
        user_folder().map(|dir| dir.join("settings.json")),
        project.as_ref().map(|dir| dir.join("settings.json")),
        project.as_ref().map(|dir| dir.join("settings.local.json")),
    ];
    let settings: Vec<Value> = files
        .into_iter()
        .flatten()
        .filter_map(|path| serde_json::from_str(&fs_err::read_to_string(path).ok()?).ok())
        .collect();
    command(&settings)
}

/// `settings` from the weakest to the strongest.
fn command(settings: &[Value]) -> Option<String> {
    let strongest = |of: fn(&Value) -> &Value| settings.iter().rev().map(of).find(|v| !v.is_null());
    if strongest(|it| &it["disableAllHooks"]).is_some_and(|off| off == true) {
        return None;
    }
    let kind = strongest(|it| &it["statusLine"]["type"])?;
    let command = strongest(|it| &it["statusLine"]["command"])?.as_str()?;
    (kind == "command" && !command.trim().is_empty()).then(|| command.to_owned())
}

fn user_folder() -> Option<PathBuf> {
    let named = std::env::var_os("CLAUDE_CONFIG_DIR").filter(|dir| !dir.is_empty());
    named
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".claude")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_strongest_settings_with_a_say_count() {
        let line =
            |command: &str| json!({ "statusLine": { "type": "command", "command": command } });
        let made = |settings: &[Value]| command(settings);
        assert_eq!(made(&[]), None);
        assert_eq!(made(&[line("user")]).unwrap(), "user");
        assert_eq!(
            made(&[line("user"), json!({}), line("mine")]).unwrap(),
            "mine"
        );
        let padded = json!({ "statusLine": { "padding": 0 } });
        assert_eq!(made(&[line("user"), padded]).unwrap(), "user");
        let off = json!({ "disableAllHooks": true });
        assert_eq!(made(&[line("user"), off.clone()]), None);
        let on = json!({ "disableAllHooks": false });
        assert_eq!(made(&[off, line("project"), on]).unwrap(), "project");
        for nonsense in [line(" "), json!({ "statusLine": "x" }), json!([]), json!(7)] {
            assert_eq!(made(std::slice::from_ref(&nonsense)), None, "{nonsense}");
        }
    }
}
