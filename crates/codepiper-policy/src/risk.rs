//! What a tool call could do at worst, as far as the tool's name and paths tell.

use std::path::{Component, Path, PathBuf};

use codepiper_model::{Risk, RiskClass, ToolCall};

/// Says what `call` could do at worst. A shell line is not looked into: it may do anything.
pub fn risk(call: &ToolCall) -> Risk {
    let argument = |name: &str| call.tool_input.get(name).and_then(|value| value.as_str());
    let (class, reason) = match call.tool_name.as_str() {
        "Read" | "Glob" | "Grep" | "LS" | "NotebookRead" => {
            (RiskClass::Read, "the tool only reads".to_owned())
        }
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" => {
            match argument("file_path").or_else(|| argument("notebook_path")) {
                Some(path) if is_inside(&call.cwd, Path::new(path)) => (
                    RiskClass::WriteWorkspace,
                    format!("it writes `{path}`, below the working directory"),
                ),
                Some(path) => (
                    RiskClass::WriteOutside,
                    format!("it writes `{path}`, outside the working directory"),
                ),
                None => (RiskClass::Unknown, "it names no file".to_owned()),
            }
        }
        "WebFetch" | "WebSearch" => (
            RiskClass::Network,
            "the tool talks to other machines".to_owned(),
        ),
        "Bash" => (
            RiskClass::Unknown,
            "a shell line may do anything".to_owned(),
        ),
        other => (RiskClass::Unknown, format!("`{other}` may do anything")),
    };
    Risk {
        class,
        reasons: vec![reason],
    }
}

/// Whether `path` lies below `dir` by its letters; links are not followed.
fn is_inside(dir: &Path, path: &Path) -> bool {
    let mut plain = PathBuf::new();
    for part in dir.join(path).components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain.starts_with(dir)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(tool: &str, input: serde_json::Value) -> RiskClass {
        let call = ToolCall {
            tool_name: tool.to_owned(),
            tool_input: input,
            cwd: "/work/app".into(),
            session_id: None,
            provider: None,
        };
        risk(&call).class
    }

    #[test]
    fn a_path_is_judged_after_its_dots() {
        let write = |path: &str| class("Write", json!({ "file_path": path }));
        assert_eq!(write("/work/app/src/a.rs"), RiskClass::WriteWorkspace);
        assert_eq!(write("a.rs"), RiskClass::WriteWorkspace);
        assert_eq!(write("/work/app/../other"), RiskClass::WriteOutside);
        assert_eq!(write("/work/application"), RiskClass::WriteOutside);
    }

    #[test]
    fn what_is_not_known_is_unknown() {
        assert_eq!(class("Bash", json!({"command": "ls"})), RiskClass::Unknown);
        assert_eq!(class("mcp__x__y", json!({})), RiskClass::Unknown);
        assert_eq!(class("Write", json!({})), RiskClass::Unknown);
        assert_eq!(class("Grep", json!({})), RiskClass::Read);
    }
}
