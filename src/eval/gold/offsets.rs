//! Where does a target stand? Offsets in the unit that the file counts in, or the places where its name stands.

use serde::Deserialize;

use super::form::Reason;
use super::row::Stretch;
use crate::text::Span;

/// What a file's offsets count, from 0; the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offsets {
    /// Unicode code points, as Python and R count.
    #[default]
    Chars,
    /// Bytes of UTF-8, as Rust and Go count.
    Bytes,
    /// UTF-16 code units, as JavaScript, Java and brat count.
    Utf16,
}

impl Offsets {
    /// The bytes of a range; `None` where it is empty, reversed, outside the text or splits a character.
    pub fn span(self, text: &str, start: usize, end: usize) -> Option<Span> {
        match self {
            Self::Chars => Span::from_chars(text, start..end),
            Self::Bytes => Span::new(text, start..end),
            Self::Utf16 => Span::new(text, byte_of_unit(text, start)?..byte_of_unit(text, end)?),
        }
    }

    /// The stretches that a row speaks of, if the text says there what the row says: one where it gives offsets, else
    /// every place where the name stands.
    pub(super) fn places(self, text: &str, stretch: &Stretch) -> Result<Vec<Span>, Reason> {
        let Stretch { mention, start, end } = stretch;
        let (start, end) = match (start, end) {
            (Some(start), Some(end)) => (*start, *end),
            (None, None) => return places_of(text, mention),
            (Some(_), None) => return Err("missing field `end`".to_owned()),
            (None, Some(_)) => return Err("missing field `start`".to_owned()),
        };
        match self.span(text, start, end) {
            None => Err(format!("`{mention}` at {start}..{end} lies outside the text or is empty")),
            Some(span) if span.of(text) != mention => {
                Err(format!("`{mention}` is not at {start}..{end} but `{}`", span.of(text)))
            }
            Some(span) => Ok(vec![span]),
        }
    }
}

/// The byte at which the UTF-16 unit of this number begins; `None` within a character or behind the end.
fn byte_of_unit(text: &str, unit: usize) -> Option<usize> {
    let mut n_units = 0;
    for (byte, c) in text.char_indices() {
        if n_units >= unit {
            return (n_units == unit).then_some(byte);
        }
        n_units += c.len_utf16();
    }
    (n_units == unit).then_some(text.len())
}

/// Every place where a name stands as words of its own; if there is none, in whatever case of its ASCII letters.
fn places_of(text: &str, mention: &str) -> Result<Vec<Span>, Reason> {
    if mention.is_empty() {
        return Err("a mention that is empty".to_owned());
    }
    let find = |text: &str, mention: &str| -> Vec<Span> {
        let ends = text.match_indices(mention).map(|(start, found)| start..start + found.len());
        ends.filter(|range| is_apart(text, range.start, range.end))
            .filter_map(|range| Span::new(text, range))
            .collect()
    };
    let exact = find(text, mention);
    let found = if exact.is_empty() {
        find(&text.to_ascii_lowercase(), &mention.to_ascii_lowercase())
    } else {
        exact
    };
    if found.is_empty() {
        Err(format!("`{mention}` does not stand in the text"))
    } else {
        Ok(found)
    }
}

/// Whether no letter or digit goes on before or behind.
fn is_apart(text: &str, start: usize, end: usize) -> bool {
    let inside = &text[start..end];
    let goes_on = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric)
    };
    !goes_on(inside.chars().next(), text[..start].chars().next_back())
        && !goes_on(inside.chars().next_back(), text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::row::Stretch;
    use super::{Offsets, places_of};

    #[test]
    fn every_unit_finds_the_same_stretch() {
        let text = "Ø 😀 Oslo";
        for (offsets, start, end) in
            [(Offsets::Chars, 4, 8), (Offsets::Bytes, 8, 12), (Offsets::Utf16, 5, 9)]
        {
            let span = offsets.span(text, start, end).unwrap();
            assert_eq!(span.of(text), "Oslo", "{offsets:?}");
        }
        assert_eq!(Offsets::Utf16.span(text, 3, 5), None);
        assert_eq!(Offsets::Bytes.span(text, 1, 5), None);
    }

    #[test]
    fn a_name_without_offsets_is_found_wherever_it_stands_as_a_word() {
        let at = |text: &str, name: &str| -> Vec<usize> {
            places_of(text, name).unwrap().iter().map(|span| span.start()).collect()
        };
        assert_eq!(at("Iran, Iranian and Iran", "Iran"), [0, 18]);
        assert_eq!(at("the IRAN deal", "Iran"), [4]);
        assert!(places_of("Iranian", "Iran").unwrap_err().contains("does not stand"));
        assert!(places_of("Iranian", "").is_err());
    }

    #[test]
    fn half_an_offset_is_told() {
        let stretch = Stretch { mention: "a".to_owned(), start: Some(0), end: None };
        assert_eq!(Offsets::Chars.places("a", &stretch).unwrap_err(), "missing field `end`");
    }

    proptest! {
        #[test]
        fn units_agree_on_every_stretch(text in "[a😀ßØ\u{301} ]{0,12}", start in 0usize..14, end in 0usize..14) {
            let chars = Offsets::Chars.span(&text, start, end);
            if let Some(span) = chars {
                let units = |at: usize| text[..at].encode_utf16().count();
                prop_assert_eq!(Offsets::Utf16.span(&text, units(span.start()), units(span.end())), chars);
                prop_assert_eq!(Offsets::Bytes.span(&text, span.start(), span.end()), chars);
            }
        }

        #[test]
        fn no_offsets_make_it_panic(text in ".{0,12}", name in ".{0,4}", start in 0usize..40, end in 0usize..40) {
            for offsets in [Offsets::Chars, Offsets::Bytes, Offsets::Utf16] {
                if let Some(span) = offsets.span(&text, start, end) {
                    prop_assert!(!span.of(&text).is_empty());
                }
            }
            for span in places_of(&text, &name).unwrap_or_default() {
                prop_assert!(span.of(&text).eq_ignore_ascii_case(&name));
            }
        }
    }
}
