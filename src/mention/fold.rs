//! When are two spellings the same? Letters compared without case and without diacritics.

use unicode_normalization::char::decompose_canonical;

/// Whether a character is part of a word: a letter, a digit, or a mark or joiner on one.
pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    (c.is_alphanumeric() && !is_apostrophe(c)) || is_ignored(c) || is_mark(c)
}

/// Whether each character of the script is a word of its own here, since it writes no spaces (or, for Hangul,
/// joins particles to names): an alias then matches anywhere in a run of them.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// A mark that stands on the character before it.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}

/// The characters that serve as an apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}'
            | '\u{2019}'
            | '\u{02BB}'
            | '\u{02BC}'
            | '\u{02BE}'
            | '\u{02BF}'
            | '\u{FF07}'
            | '`'
    )
}

/// The characters that serve as a hyphen between the parts of a compound.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            | '\u{2011}'
            | '\u{2012}'
            | '\u{2013}'
            | '\u{2212}'
            | '\u{FE63}'
            | '\u{FF0D}'
    )
}

/// Invisible, and no difference between two spellings: soft hyphen, joiners, variation selectors.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}')
}

/// Gives the letter without its diacritics, its case kept: `Ğ` is `G`, `ß` is `ss`, a lone accent nothing.
///
/// Only marks of the Latin, Greek and Cyrillic kind (U+0300 to U+036F) go; those of other scripts tell words apart.
pub(super) fn strip(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        return emit(c);
    }
    if let Some(letters) = spelled_out(c) {
        return letters.chars().for_each(emit);
    }
    decompose_canonical(c, |part| {
        if !matches!(part, '\u{0300}'..='\u{036F}') && !is_ignored(part) {
            emit(part);
        }
    });
}

/// Gives the letter without diacritics and in lower case.
pub(super) fn fold(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        return emit(c.to_ascii_lowercase());
    }
    strip(c, |part| part.to_lowercase().for_each(&mut emit));
}

/// A text folded letter by letter, everything between its words being one space.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_gap = false;
    for c in text.chars() {
        if !is_word_char(c) {
            is_gap = true;
            continue;
        }
        // Not every word character leaves a letter: `❤️` ends in a variation selector.
        fold(c, |letter| {
            if std::mem::take(&mut is_gap) && !out.is_empty() {
                out.push(' ');
            }
            out.push(letter);
        });
    }
    out
}

/// Letters that Unicode does not decompose, as English texts spell them.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'ə' => "a",
        'Ə' => "A",
        'þ' => "th",
        'Þ' => "Th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{folded, is_word_char};
    use proptest::prelude::*;

    #[test]
    fn diacritics_and_case_fold_away() {
        assert_eq!(folded("Erdoğan"), "erdogan");
        assert_eq!(folded("Erdog\u{306}an"), "erdogan");
        assert_eq!(folded("İSTANBUL"), "istanbul");
        assert_eq!(folded("Lech Wałęsa"), "lech walesa");
        assert_eq!(folded("Straße"), folded("STRASSE"));
    }

    #[test]
    fn marks_that_tell_words_apart_stay() {
        assert_ne!(folded("が"), folded("か"));
    }

    #[test]
    fn whatever_stands_between_words_is_one_space() {
        assert_eq!(folded("Norway \u{2764}\u{fe0f} Iceland \u{2764}\u{fe0f}"), "norway iceland");
        assert_eq!(folded("  U.S.\u{2011}South\n Korea "), "u s south korea");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,30}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn every_letter_is_a_word_character(letters in "\\p{L}{1,20}") {
            prop_assert!(letters.chars().all(|c| is_word_char(c) || super::is_apostrophe(c)));
        }
    }
}
