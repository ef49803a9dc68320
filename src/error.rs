//! What went wrong, and what can the user do about it?

use std::fmt;
use std::path::PathBuf;

/// A record that was read but could not be used: skipped, counted and shown, never lost silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file that the record stands in; `-` for standard input.
    pub path: PathBuf,
    /// The line of the record's first byte, from 1; the row number in formats without lines.
    pub line: u64,
    /// Why it was skipped: lower case, without a full stop.
    pub reason: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.reason)
    }
}

impl std::error::Error for Skipped {}

/// An error that carries advice, printed after a blank line as `hint: …`.
#[derive(Debug)]
pub struct Hinted {
    /// What went wrong.
    pub source: anyhow::Error,
    /// What the user can do about it.
    pub hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)
    }
}

impl std::error::Error for Hinted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
    }
}

/// Adds a hint to an error.
pub trait WithHint<T> {
    /// Attaches advice, computed only when there is an error.
    fn hint(self, advice: impl FnOnce() -> String) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> WithHint<T> for Result<T, E> {
    fn hint(self, advice: impl FnOnce() -> String) -> anyhow::Result<T> {
        self.map_err(|error| Hinted { source: error.into(), hint: advice() }.into())
    }
}
