//! What a person says about lines of a difference, as one prompt.

use std::fmt::Write as _;
use std::path::Path;

use super::GitReview;
use super::names::checked_path;
use crate::EngineError;

const COMMENTS_MAX: usize = 100;
const TEXT_MAX: usize = 10_000;

/// The most lines that are quoted of one place.
const QUOTED_MAX: usize = 20;

/// A comment on lines of a file.
#[derive(Clone, Debug)]
pub struct LineComment {
    /// The file.
    pub path: String,
    /// Whether the lines are those of the last commit, and not of the file as it is.
    pub is_old: bool,
    /// The first line, counted from 1.
    pub line: usize,
    /// The last one.
    pub end_line: usize,
    /// What is said about them.
    pub text: String,
}

impl GitReview {
    /// The prompt that says all of it at once.
    pub async fn comments(
        &self,
        cwd: &Path,
        comments: &[LineComment],
        note: Option<&str>,
    ) -> Result<String, EngineError> {
        if comments.is_empty() || comments.len() > COMMENTS_MAX {
            let message = format!("`comments` takes 1 to {COMMENTS_MAX} comments");
            return Err(EngineError::invalid("comments", message));
        }
        let mut prompt = match comments.len() {
            1 => "A comment on your changes:\n".to_owned(),
            many => format!("{many} comments on your changes:\n"),
        };
        for (i, comment) in comments.iter().enumerate() {
            comment.check(i)?;
            let quoted = self.quoted(cwd, comment).await?;
            // Writing to a string does not fail.
            let _ = write!(
                prompt,
                "\n{}. {}\n{quoted}{}\n",
                i + 1,
                comment.place(),
                comment.text.trim()
            );
        }
        if let Some(note) = note.map(str::trim).filter(|note| !note.is_empty()) {
            let _ = write!(prompt, "\n{note}\n");
        }
        Ok(prompt.trim_end().to_owned())
    }

    /// The lines themselves, where they are there.
    async fn quoted(&self, cwd: &Path, comment: &LineComment) -> Result<String, EngineError> {
        let commit = if comment.is_old {
            "HEAD"
        } else {
            "WORKING_TREE"
        };
        let content = match self.file(cwd, commit, &comment.path).await {
            Ok(file) => file.content,
            Err(EngineError::NotFound { .. }) => String::new(),
            Err(error) => return Err(error),
        };
        let lines = content.lines().skip(comment.line - 1);
        let count = (comment.end_line - comment.line + 1).min(QUOTED_MAX);
        Ok(lines.take(count).fold(String::new(), |quoted, line| {
            let line: String = line.chars().take(400).collect();
            quoted + "> " + &line + "\n"
        }))
    }
}

impl LineComment {
    fn check(&self, i: usize) -> Result<(), EngineError> {
        checked_path(&format!("comments[{i}].path"), &self.path)?;
        if self.line < 1 || self.end_line < self.line {
            let field = format!("comments[{i}].line");
            let message = format!("`{field}` is counted from 1, and `endLine` is not before it");
            return Err(EngineError::invalid(field, message));
        }
        if self.text.trim().is_empty() || self.text.len() > TEXT_MAX {
            let field = format!("comments[{i}].text");
            let message = format!("`{field}` takes 1 to {TEXT_MAX} bytes");
            return Err(EngineError::invalid(field, message));
        }
        Ok(())
    }

    fn place(&self) -> String {
        let lines = if self.end_line > self.line {
            format!("lines {}-{}", self.line, self.end_line)
        } else {
            format!("line {}", self.line)
        };
        let when = if self.is_old {
            " before the change"
        } else {
            ""
        };
        format!("{}, {lines}{when}:", self.path)
    }
}
