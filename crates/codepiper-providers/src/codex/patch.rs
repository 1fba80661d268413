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

/// The patch in a line that does nothing but give it to `apply_patch`. Codex takes such a line for
/// the tool itself, and no shell ever sees it.
pub(super) fn in_command(line: &str) -> Option<&str> {
    let document = line.trim_start().strip_prefix("apply_patch")?;
    let document = document.trim_start().strip_prefix("<<")?;
    let (word, body) = document.split_once('\n')?;
    let word = word.trim().trim_matches(['\'', '"']);
    let mut end = 0;
    for row in body.split_inclusive('\n') {
        if row.trim_end() == word {
            let is_last = body[end + row.len()..].trim().is_empty();
            let patch = body[..end].trim_end();
            let is_whole =
                patch.starts_with("*** Begin Patch\n") && patch.ends_with("\n*** End Patch");
            return (is_last && is_whole).then_some(patch);
        }
        end += row.len();
    }
    None
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
    fn a_line_that_only_patches_is_its_patch() {
        let patch = "*** Begin Patch\n*** Delete File: /a\n*** End Patch";
        for line in [
            format!("apply_patch <<'EOF'\n{patch}\nEOF\n"),
            format!("apply_patch << \"EOF\"\n{patch}\nEOF"),
        ] {
            assert_eq!(in_command(&line), Some(patch), "{line}");
        }
        for line in [
            format!("apply_patch <<'EOF'\n{patch}\nEOF\nrm x"),
            format!("cd / && apply_patch <<'EOF'\n{patch}\nEOF"),
            format!("apply_patch <<'EOF' && rm x\n{patch}\nEOF"),
            "apply_patch <<'EOF'\nx\nEOF".to_owned(),
            format!("apply_patch '{patch}'"),
        ] {
            assert_eq!(in_command(&line), None, "{line}");
        }
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
