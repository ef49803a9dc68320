//! What does a line break mean? In one text it ends a paragraph, in another it only wraps a line.

use super::scan::char_at;

/// Line breaks to look at before deciding.
const MAX_BREAKS: usize = 4096;
/// The longest line, in bytes, that counts as wrapped.
const MAX_WIDTH: usize = 140;

/// How a text uses single line breaks; a blank line always ends a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each line is a paragraph.
    Paragraphs,
    /// Some breaks end a paragraph, some stand in the middle of a sentence.
    Mixed,
    /// Lines are filled up to a width.
    Wrapped {
        /// The usual length of a full line, in bytes.
        width: usize,
    },
}

impl Layout {
    /// Judges by the lines that go on with a small letter, which no paragraph begins with.
    pub(super) fn of(text: &str) -> Self {
        let (mut n_breaks, mut lengths) = (0, Vec::new());
        let mut previous = 0;
        for line in text.lines().take(2 * MAX_BREAKS).map(str::trim) {
            if previous > 0 && !line.is_empty() {
                n_breaks += 1;
                if char_at(line, 0).is_some_and(char::is_lowercase) {
                    lengths.push(previous);
                }
            }
            previous = line.len();
        }
        lengths.sort_unstable();
        let quantile =
            |tenths: usize| lengths.get(lengths.len() * tenths / 10).copied().unwrap_or(0);
        let is_even = quantile(8) <= MAX_WIDTH && quantile(2) * 2 >= quantile(8);
        if lengths.len() * 50 <= n_breaks {
            Self::Paragraphs
        } else if lengths.len() * 10 >= n_breaks * 3 && is_even {
            Self::Wrapped { width: quantile(8) }
        } else {
            Self::Mixed
        }
    }

    /// Whether a line of this length, in bytes, ended before it was full.
    pub(super) fn is_short(self, length: usize) -> bool {
        matches!(self, Self::Wrapped { width } if length * 10 < width * 6)
    }
}
