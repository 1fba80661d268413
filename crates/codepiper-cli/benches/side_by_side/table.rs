//! The table, and what is said of many times at once.

use std::io::Write as _;
use std::time::Duration;

use crate::Result;

/// What was measured, in the order it was.
#[derive(Default)]
pub(crate) struct Table {
    lines: Vec<[String; 4]>,
}

impl Table {
    /// A figure that is to be read beside others.
    pub(crate) fn note(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        let none = String::new();
        self.lines
            .push([what.into(), figure.into(), none.clone(), none]);
    }

    /// A figure and what is expected of it.
    pub(crate) fn judge(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        expected: &str,
        holds: bool,
    ) {
        let verdict = if holds { "ok" } else { "OVER" };
        self.lines.push([
            what.into(),
            figure.into(),
            expected.to_owned(),
            verdict.to_owned(),
        ]);
    }

    /// Prints everything, below a line that says what it was measured with.
    pub(crate) fn print(&self, machine: &str) -> Result<()> {
        let head = ["WHAT", "FIGURE", "EXPECTED", ""].map(str::to_owned);
        let mut widths = [0; 4];
        for line in std::iter::once(&head).chain(&self.lines) {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "{machine}\n")?;
        for [what, figure, expected, verdict] in std::iter::once(&head).chain(&self.lines) {
            let [first, second, third, _] = widths;
            let line = format!("{what:first$}  {figure:second$}  {expected:third$}  {verdict}");
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(out.flush()?)
    }
}

/// How long something took, many times.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All of them, one after the other.
    pub(crate) fn sum(&self) -> Duration {
        self.0.iter().sum()
    }

    /// How many there were in a second, when all took so long.
    pub(crate) fn per_second(&self, took: Duration) -> f64 {
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        f64::from(count) / took.as_secs_f64()
    }

    /// The time that this share of all did not exceed, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or_default().as_secs_f64() * 1000.0
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(crate) fn both(&self) -> String {
        let (median, high) = (self.median(), self.percentile(95));
        format!("p50 {median:.2} ms, p95 {high:.2} ms")
    }
}
