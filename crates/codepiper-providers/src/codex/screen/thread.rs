/// Whether a dialog is one of this sub-agent's: it says whose by the end of the conversation's id.
pub fn dialog_is_of(lines: &[String], thread_id: &str) -> bool {
    let end = thread_id.rsplit('-').next().unwrap_or_default();
    let whose = format!("({end})");
    let mut lines = lines.iter().map(|line| line.trim());
    !end.is_empty() && lines.any(|line| line.starts_with("Thread: ") && line.ends_with(&whose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_names_the_sub_agent() {
        // Recorded from Codex 0.169.0.
        let shown = "  Would you like to run the following command?\n\n  \
                     Thread: Agent (094e06b8c198)\n\n  $ touch first";
        let lines: Vec<String> = shown.lines().map(str::to_owned).collect();
        assert!(dialog_is_of(&lines, "01a20884-3d34-7a11-a92a-094e06b8c198"));
        assert!(!dialog_is_of(
            &lines,
            "01a20884-3ae2-7d13-af4a-fb8892028b5f"
        ));
        assert!(!dialog_is_of(&lines, ""));
    }
}
