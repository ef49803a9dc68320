//! How do colours get into a table? As marks of no width, which become colours, or nothing, when all is laid out.

use std::env;

use super::Printer;
use super::printer::printable;

/// Opens orange: hostile. Orange and blue are told apart whatever the colour vision.
const HOSTILE: char = '\u{2061}';
/// Opens blue: conciliatory.
const CONCILIATORY: char = '\u{2062}';
/// Ends either.
const END: char = '\u{2063}';

/// Whether a person who wants colours reads standard output: on a terminal, unless `NO_COLOR` is set (no-color.org).
pub(super) fn is_wanted(printer: &Printer) -> bool {
    printer.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Marks text as hostile where `net` is negative, as conciliatory where it is positive.
pub(super) fn mark(text: &str, net: f64) -> String {
    if net < 0.0 {
        format!("{HOSTILE}{text}{END}")
    } else if net > 0.0 {
        format!("{CONCILIATORY}{text}{END}")
    } else {
        text.to_owned()
    }
}

/// Turns marks into colours, or drops them.
pub(super) fn finish(text: &str, is_coloured: bool) -> String {
    let mut finished = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            HOSTILE if is_coloured => finished.push_str("\u{1b}[38;5;166m"),
            CONCILIATORY if is_coloured => finished.push_str("\u{1b}[38;5;32m"),
            END if is_coloured => finished.push_str("\u{1b}[39m"),
            HOSTILE | CONCILIATORY | END => {}
            _ => finished.push(c),
        }
    }
    finished
}

/// Text from input as it can stand in a cell: on one line, without characters that steer the terminal or look like
/// marks.
pub(super) fn cell(text: &str) -> String {
    let is_steering = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    let text: String = text.chars().filter(|&c| !is_steering(c)).collect();
    printable(&text.replace(['\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::{cell, finish, mark};

    #[test]
    fn marks_become_colours_or_nothing() {
        let marked = format!("{} {} {}", mark("-1", -1.0), mark("+1", 1.0), mark("0", 0.0));
        assert_eq!(finish(&marked, false), "-1 +1 0");
        assert_eq!(
            finish(&marked, true),
            "\u{1b}[38;5;166m-1\u{1b}[39m \u{1b}[38;5;32m+1\u{1b}[39m 0"
        );
    }

    #[test]
    fn a_cell_takes_nothing_from_input_that_steers_the_terminal() {
        assert_eq!(cell("a\u{1b}[2J\nb\u{202e}c\u{2061}d"), "a\u{fffd}[2J bcd");
    }
}
