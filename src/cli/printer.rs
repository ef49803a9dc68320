//! Where does talk go? Data to standard output, talk to standard error, neither with control characters from input.

use std::io::{self, IsTerminal, Write};

use crate::error::Hinted;

/// The only thing in the program that prints.
#[derive(Debug, Default)]
pub struct Printer;

impl Printer {
    /// Writes data to standard output: as it is into a file or a pipe; on a terminal control characters become `�`.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub fn data(&mut self, text: &str) -> io::Result<()> {
        if self.is_terminal() { self.painted(&printable(text)) } else { self.painted(text) }
    }

    /// Writes text to standard output with the colours that are in it; what comes from input in it is printable already.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub fn painted(&mut self, text: &str) -> io::Result<()> {
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// Tells the user something, on a line of standard error; control characters become `�`.
    pub fn say(&mut self, text: &str) {
        // Nobody can be told that standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{}", printable(text));
    }

    /// Prints an error, its causes and its hint.
    pub fn fail(&mut self, error: &anyhow::Error) {
        self.say(&format!("error: {error}"));
        for cause in error.chain().skip(1) {
            self.say(&format!("  caused by: {cause}"));
        }
        if let Some(hinted) = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>()) {
            self.say(&format!("\nhint: {}", hinted.hint));
        }
    }

    /// Whether a person reads standard output.
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }
}

/// Replaces control characters, so that text from an archive can't drive the terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{FFFD}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn escape_sequences_from_input_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{9b}1m\n"), "a\u{fffd}[31mb\u{fffd}1m\n");
    }
}
