//! Where in a text? A half-open byte range that cannot split a character.

use std::ops::Range;

/// A half-open range of **bytes** in one text; not empty, both ends on `char` boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// Returns `None` when the range is empty, reversed, out of bounds or splits a `char`.
    pub fn new(text: &str, bytes: Range<usize>) -> Option<Self> {
        let is_valid = bytes.start < bytes.end && text.get(bytes.clone()).is_some();
        is_valid.then_some(Self { start: bytes.start, end: bytes.end })
    }

    /// Converts a range of Unicode code points, the unit in which most labelled sets give offsets.
    ///
    /// Returns `None` when the range is empty, reversed or out of bounds.
    pub fn from_chars(text: &str, chars: Range<usize>) -> Option<Self> {
        let mut bounds = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let start = bounds.nth(chars.start)?;
        let end = bounds.nth(chars.end.checked_sub(chars.start)?.checked_sub(1)?)?;
        Self::new(text, start..end)
    }

    /// The first byte.
    pub fn start(self) -> usize {
        self.start
    }

    /// The byte after the last.
    pub fn end(self) -> usize {
        self.end
    }

    /// The length in bytes; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a span is never empty")]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// The bytes as a range, to index with.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The stretch of `text` under the span; `text` must be the one it was made for.
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Whether the two share a byte; adjacent spans do not.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies within `self`.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same span seen from a text that begins `bytes` further on, or `None` if it begins before that.
    pub fn relative_to(self, bytes: usize) -> Option<Self> {
        Some(Self { start: self.start.checked_sub(bytes)?, end: self.end.checked_sub(bytes)? })
    }

    /// The same span seen from a text of which this one's text is the stretch from `bytes` on.
    #[must_use]
    pub fn shifted_by(self, bytes: usize) -> Self {
        Self { start: self.start + bytes, end: self.end + bytes }
    }

    /// The range in code points, counted from the start of `text`.
    pub fn chars(self, text: &str) -> Range<usize> {
        let start = text[..self.start].chars().count();
        start..start + self.of(text).chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::Span;
    use proptest::prelude::*;

    #[test]
    fn a_span_never_splits_a_character() {
        assert_eq!(Span::new("é", 0..1), None);
        assert_eq!(Span::new("é", 0..2).map(|span| span.of("é").to_owned()), Some("é".to_owned()));
    }

    #[test]
    fn adjacent_spans_do_not_overlap() {
        let (left, right) = (Span::new("abcd", 0..2).unwrap(), Span::new("abcd", 2..4).unwrap());
        assert!(!left.overlaps(right) && !right.overlaps(left));
    }

    proptest! {
        #[test]
        fn code_points_and_bytes_convert_both_ways(text in "\\PC{1,40}", from in 0usize..40, len in 1usize..40) {
            let n_chars = text.chars().count();
            let (from, to) = (from.min(n_chars - 1), (from + len).min(n_chars));
            prop_assume!(from < to);
            let span = Span::from_chars(&text, from..to).unwrap();
            prop_assert_eq!(span.chars(&text), from..to);
            let expected: String = text.chars().skip(from).take(to - from).collect();
            prop_assert_eq!(span.of(&text), expected);
        }
    }
}
