//! What stands between quotation marks? Ranges of a part, over sentences and paragraphs.

use std::ops::Range;

/// The quotations of a text as byte ranges, their marks included; in order, not overlapping.
///
/// Straight, curly, low and angle marks; single ones where they stand outside words. A quotation ends at the end of
/// its paragraph unless the next one begins with an opening mark: then it goes on, as one range for each paragraph.
pub(super) fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for paragraph in text.split_inclusive("\n\n") {
        in_paragraph(paragraph, at, &mut found);
        at += paragraph.len();
    }
    found
}

fn in_paragraph(text: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |&(_, next)| next);
        match open {
            None => {
                if opens(c, before, after) {
                    open = Some((at, c));
                }
            }
            Some((from, mark)) if closes(mark, c, before, after) => {
                found.push(offset + from..offset + at + c.len_utf8());
                open = None;
            }
            Some(_) => {}
        }
        before = c;
    }
    // One that nothing ends goes to the end of the paragraph, if its mark can be nothing else.
    if let Some((from, mark)) = open
        && !matches!(mark, '\'' | '\u{2018}')
    {
        found.push(offset + from..offset + text.trim_end().len());
    }
}

fn opens(c: char, before: char, after: char) -> bool {
    let is_free = !before.is_alphanumeric();
    let is_held = !after.is_whitespace();
    match c {
        '"' | '\u{201C}' | '\u{201E}' | '\u{00AB}' | '\u{300C}' | '\u{FF02}' => is_held,
        '\u{201D}' => is_free && is_held && after.is_alphanumeric() && before.is_whitespace(),
        '\'' | '\u{2018}' => {
            let starts = before.is_whitespace() || matches!(before, '(' | '[' | '—' | '–' | ':');
            // `'tis`, `the '90s`: no quotation.
            starts && after.is_alphabetic()
        }
        _ => false,
    }
}

fn closes(mark: char, c: char, before: char, after: char) -> bool {
    let is_end = !after.is_alphanumeric();
    match mark {
        '"' | '\u{FF02}' => c == mark,
        '\u{201C}' | '\u{201D}' => c == '\u{201D}' || c == '"' && is_end,
        '\u{201E}' => matches!(c, '\u{201C}' | '\u{201D}'),
        '\u{00AB}' => c == '\u{00BB}',
        '\u{300C}' => c == '\u{300D}',
        // The apostrophe of a plural possessive, `the sailors'`, ends none: a letter's next mark would be a space
        // and a small letter, so only punctuation before the mark, or no further mark, makes it an end.
        '\'' | '\u{2018}' => {
            let own = if mark == '\'' { '\'' } else { '\u{2019}' };
            c == own && is_end && (!before.is_whitespace())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::quotations;
    use proptest::prelude::*;

    fn under(text: &str) -> Vec<&str> {
        quotations(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn every_pair_of_marks_is_known() {
        assert_eq!(under("He said \"no\" and \"never\"."), ["\"no\"", "\"never\""]);
        assert_eq!(under("“We don’t,” she said."), ["“We don’t,”"]);
        assert_eq!(under("«Non», dit-il. „Nein“, sagte er."), ["«Non»", "„Nein“"]);
        assert_eq!(under("‘It isn’t so,’ he said."), ["‘It isn’t so,’"]);
        assert_eq!(under("'Never,' he said. The '90s and 'tis."), ["'Never,'"]);
    }

    #[test]
    fn an_apostrophe_opens_nothing() {
        assert_eq!(under("Iran's and the sailors' boats weren’t there, the ’60s."), [""; 0]);
    }

    #[test]
    fn a_quotation_of_several_paragraphs_is_one_range_for_each() {
        assert_eq!(under("“One. Two.\n\n“Three,” he said."), ["“One. Two.", "“Three,”"]);
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_split_no_character(text in "[a-z '\"“”‘’«»„\n.é]{0,60}") {
            let mut last = 0;
            for range in quotations(&text) {
                prop_assert!(last <= range.start && range.start < range.end);
                prop_assert!(text.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
