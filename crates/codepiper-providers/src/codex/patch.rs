use std::fmt::Write as _;

use serde_json::Value;

/// Changes of files, as the app-server lists them, in the words of the tool that makes them: the
/// rules for `apply_patch` are the same wherever a call is heard of.
pub(super) fn patch(changes: &Value) -> Option<String> {
    let changes = changes.as_array().filter(|changes| !changes.is_empty())?;
    let mut patch = "*** Begin Patch\n".to_owned();
    for change in changes {
        let path = change["path"].as_str()?;
        let diff = change["diff"].as_str().unwrap_or_default();
        let kind = change["kind"]["type"].as_str()?;
        match kind {
            "add" => {
                writeln!(patch, "*** Add File: {path}").ok()?;
                for line in diff.lines() {
                    writeln!(patch, "+{line}").ok()?;
                }
            }
            "delete" => writeln!(patch, "*** Delete File: {path}").ok()?,
            "update" => {
                writeln!(patch, "*** Update File: {path}").ok()?;
                if let Some(moved) = change["kind"]["move_path"].as_str() {
                    writeln!(patch, "*** Move to: {moved}").ok()?;
                }
                for line in diff.lines() {
                    writeln!(patch, "{line}").ok()?;
                }
            }
            _ => return None,
        }
    }
    patch.push_str("*** End Patch");
    Some(patch)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_change_names_its_file() {
        let changes = json!([
            {"path": "/a", "kind": {"type": "add"}, "diff": "one\ntwo\n"},
            {"path": "/b", "kind": {"type": "delete"}, "diff": "gone\n"},
            {"path": "/c", "kind": {"type": "update", "move_path": "/d"}, "diff": "@@ -1 +1 @@\n-x\n+y\n"},
        ]);
        let expected = "*** Begin Patch\n*** Add File: /a\n+one\n+two\n*** Delete File: /b\n\
                        *** Update File: /c\n*** Move to: /d\n@@ -1 +1 @@\n-x\n+y\n*** End Patch";
        assert_eq!(patch(&changes).unwrap(), expected);
    }

    #[test]
    fn what_is_not_understood_is_no_patch() {
        assert_eq!(patch(&json!([])), None);
        assert_eq!(
            patch(&json!([{"path": "/a", "kind": {"type": "burn"}}])),
            None
        );
        assert_eq!(patch(&json!([{"kind": {"type": "add"}, "diff": ""}])), None);
    }
}
