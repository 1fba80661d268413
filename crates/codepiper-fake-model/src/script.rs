//! The script in a prompt: what it says, and which part of it the next answer plays.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::recorder::hex;

#[cfg(test)]
mod tests;

/// One thing that the model does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Say(String),
    Think(String),
    Wait(Duration),
    Fail(Failure),
    Use(Tool),
}

/// A tool, in the words of the script; each API gives it the name and the input of its agent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tool {
    Run(String),
    Escalate(String),
    Read(String),
    Write(String),
    Ask(String),
    Named { name: String, input: Value },
}

/// What a prompt tells the model to do.
#[derive(Debug, PartialEq)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    /// Over how long the words of each text are spread.
    pub(crate) slow: Duration,
    /// Whether uses of tools in a row are of one answer.
    pub(crate) together: bool,
    /// How much of the account's limits is used, of five hours and of seven days; percent.
    pub(crate) limits: Option<(u32, u32)>,
}

impl Script {
    pub(crate) fn parse(prompt: &str) -> Self {
        let mut script = Self {
            steps: Vec::new(),
            slow: Duration::ZERO,
            together: false,
            limits: None,
        };
        for line in prompt.lines() {
            let line = line.trim();
            let (word, rest) = line.split_once(':').unwrap_or((line, ""));
            let rest = rest.trim();
            let step = match word {
                "SAY" => Step::Say(rest.to_owned()),
                "LINES" => Step::Say(numbered_lines(rest)),
                "ECHO" if rest.is_empty() => Step::Say(fingerprint(prompt)),
                "THINK" => Step::Think(rest.to_owned()),
                "RUN" => Step::Use(Tool::Run(rest.to_owned())),
                "ESCALATE" => Step::Use(Tool::Escalate(rest.to_owned())),
                "READ" => Step::Use(Tool::Read(rest.to_owned())),
                "WRITE" => Step::Use(Tool::Write(rest.to_owned())),
                "ASK" => Step::Use(Tool::Ask(rest.to_owned())),
                "TOOL" => Step::Use(named(rest)),
                "WAIT" => Step::Wait(milliseconds(rest)),
                "FAIL" => Step::Fail(Failure::parse(rest)),
                "SLOW" => {
                    script.slow = milliseconds(rest);
                    continue;
                }
                "LIMITS" => {
                    script.limits = rest
                        .split_once(' ')
                        .and_then(|(short, long)| Some((short.parse().ok()?, long.parse().ok()?)));
                    continue;
                }
                "TOGETHER" => {
                    script.together = true;
                    continue;
                }
                _ => continue,
            };
            match (script.steps.last_mut(), step) {
                (Some(Step::Say(text)), Step::Say(more)) => {
                    text.push('\n');
                    text.push_str(&more);
                }
                (_, step) => script.steps.push(step),
            }
        }
        if script.steps.is_empty() {
            let first = prompt.lines().map(str::trim).find(|line| !line.is_empty());
            let text = format!(
                "Glad to help. You said: {}",
                excerpt(first.unwrap_or("nothing"))
            );
            script.steps.push(Step::Say(text));
        }
        script
    }

    /// The script of a request that an agent makes for itself.
    pub(crate) fn saying(text: &str) -> Self {
        Self {
            steps: vec![Step::Say(text.to_owned())],
            slow: Duration::ZERO,
            together: false,
            limits: None,
        }
    }

    /// Why an answer fails before its first byte. Without a stream an answer fails as a whole.
    pub(crate) fn refusal(&self, streams: bool) -> Option<Failure> {
        let mut steps = self.steps.iter();
        let failure = steps.find_map(|step| match step {
            Step::Fail(failure) => Some(Some(*failure)),
            Step::Say(_) | Step::Think(_) | Step::Use(_) if streams => Some(None),
            Step::Say(_) | Step::Think(_) | Step::Use(_) | Step::Wait(_) => None,
        });
        failure.flatten()
    }

    /// How long an answer takes that comes as a whole.
    pub(crate) fn duration(&self) -> Duration {
        let waits = self.steps.iter().map(|step| match step {
            Step::Wait(silence) => *silence,
            _ => Duration::ZERO,
        });
        self.slow + waits.sum::<Duration>()
    }

    /// The steps of the answer that follows these tool results: up to the next use of a tool, and
    /// never without a word.
    pub(crate) fn answer(&self, results: &[String]) -> Vec<Step> {
        let is_tool = |step: &Step| matches!(step, Step::Use(_));
        let mut rest = self.steps.as_slice();
        for _ in results {
            let used = rest.iter().position(is_tool);
            rest = &rest[used.map_or(rest.len(), |used| used + 1)..];
        }
        let end = match rest.iter().position(is_tool) {
            Some(first) if self.together => {
                let row = rest[first..].iter().take_while(|step| is_tool(step));
                first + row.count()
            }
            Some(first) => first + 1,
            None => rest.len(),
        };
        let mut steps = rest[..end].to_vec();
        let silent = |step: &Step| matches!(step, Step::Think(_) | Step::Wait(_));
        if steps.iter().all(silent) {
            let told = match results.last() {
                Some(result) => format!("Result: {}", excerpt(result.lines().next().unwrap_or(""))),
                None => "Done.".to_owned(),
            };
            steps.push(Step::Say(told));
        }
        steps
    }
}

/// The pieces in which a text is streamed.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

fn milliseconds(text: &str) -> Duration {
    Duration::from_millis(text.parse().unwrap_or(0))
}

fn numbered_lines(count: &str) -> String {
    let count: usize = count.parse().unwrap_or(1);
    let lines: Vec<String> = (1..=count)
        .map(|n| format!("- line {n} of {count}"))
        .collect();
    lines.join("\n")
}

fn named(rest: &str) -> Tool {
    let (name, input) = rest.split_once(' ').unwrap_or((rest, "{}"));
    let input = serde_json::from_str(input).unwrap_or_else(|_| Value::String(input.to_owned()));
    Tool::Named {
        name: name.to_owned(),
        input,
    }
}

/// What `ECHO` replies to `prompt`.
pub fn fingerprint(prompt: &str) -> String {
    format!(
        "sha256={} bytes={}",
        hex(&Sha256::digest(prompt)),
        prompt.len()
    )
}

fn excerpt(line: &str) -> String {
    const LONGEST: usize = 200;
    line.chars().take(LONGEST).collect()
}
