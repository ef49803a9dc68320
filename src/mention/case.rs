//! Is a name written as its case rule wants it?

use super::actor::CaseRule;
use super::fold::{fold, is_hyphen, is_word_char, strip};

/// Compares a stretch of text with an alias, letter by letter, diacritics and everything between words aside.
///
/// [`CaseRule::Name`] takes the alias as written or all in capitals. As written leaves two freedoms: a word that the
/// alias writes small may begin with a capital (`Republic Of Korea`), and the part of a person's name after a hyphen
/// may begin small (`Kim Jong-un` for `Kim Jong Un`).
pub(super) fn is_written_as(surface: &str, alias: &str, rule: CaseRule, is_person: bool) -> bool {
    if surface == alias {
        return true;
    }
    let initials = (surface.bytes().next(), alias.bytes().next());
    if let (Some(b'a'..=b'z'), Some(b'A'..=b'Z')) = initials
        && rule != CaseRule::Any
    {
        return false;
    }
    let (mut text, mut name) = (Letters::of(surface), Letters::of(alias));
    let (mut is_exact, mut is_as_written, mut has_small) = (true, true, false);
    loop {
        let (letter, wanted) = match (text.next(), name.next()) {
            (Some(letter), Some(wanted)) => (letter, wanted),
            (None, None) => break,
            _ => return false,
        };
        if letter.is_initial != wanted.is_initial || !same_but_case(letter.c, wanted.c) {
            return false;
        }
        has_small |= letter.c.is_lowercase();
        if letter.c != wanted.c {
            let may_differ = letter.is_initial
                && (letter.c.is_uppercase() || is_person && letter.follows_hyphen);
            (is_exact, is_as_written) = (false, is_as_written && may_differ);
        }
    }
    match rule {
        CaseRule::Any => true,
        CaseRule::Exact => is_exact,
        CaseRule::Name => is_as_written || !has_small,
    }
}

fn same_but_case(a: char, b: char) -> bool {
    if a == b {
        return true;
    }
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(&b);
    }
    let small = |c: char| {
        let mut letters = ['\0'; 4];
        let mut at = 0;
        fold(c, |letter| {
            if let Some(slot) = letters.get_mut(at) {
                *slot = letter;
            }
            at += 1;
        });
        letters
    };
    small(a) == small(b)
}

#[derive(Clone, Copy)]
struct Letter {
    c: char,
    is_initial: bool,
    follows_hyphen: bool,
}

/// The letters of a text without diacritics, each knowing whether it begins a word.
struct Letters<'a> {
    chars: std::str::Chars<'a>,
    /// Further letters of a character that is spelled out.
    pending: [Option<char>; 3],
    gap: Option<char>,
    is_start: bool,
}

impl<'a> Letters<'a> {
    fn of(text: &'a str) -> Self {
        Self { chars: text.chars(), pending: [None; 3], gap: None, is_start: true }
    }
}

impl Iterator for Letters<'_> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        loop {
            if let Some(c) = self.pending[0].take() {
                self.pending.rotate_left(1);
                return Some(Letter { c, is_initial: false, follows_hyphen: false });
            }
            let c = self.chars.next()?;
            if !is_word_char(c) {
                self.gap = Some(c);
                continue;
            }
            let (mut first, mut n_letters) = (None, 0);
            strip(c, |letter| {
                if n_letters == 0 {
                    first = Some(letter);
                } else if let Some(slot) = self.pending.get_mut(n_letters - 1) {
                    *slot = Some(letter);
                }
                n_letters += 1;
            });
            let Some(c) = first else { continue };
            let follows_hyphen = self.gap.is_some_and(is_hyphen);
            let is_initial = self.gap.take().is_some() || self.is_start;
            self.is_start = false;
            return Some(Letter { c, is_initial, follows_hyphen });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CaseRule, is_written_as};

    fn rules(surface: &str, alias: &str) -> [bool; 3] {
        [CaseRule::Name, CaseRule::Exact, CaseRule::Any]
            .map(|rule| is_written_as(surface, alias, rule, false))
    }

    #[test]
    fn a_name_is_as_written_or_all_in_capitals() {
        assert_eq!(rules("South Korea", "South Korea"), [true, true, true]);
        assert_eq!(rules("SOUTH KOREA", "South Korea"), [true, false, true]);
        assert_eq!(rules("south korea", "South Korea"), [false, false, true]);
        assert_eq!(rules("south Korea", "South Korea"), [false, false, true]);
        assert_eq!(rules("us", "US"), [false, false, true]);
    }

    #[test]
    fn small_words_of_a_name_may_be_capitals() {
        assert_eq!(rules("Republic Of Korea", "Republic of Korea"), [true, false, true]);
        assert_eq!(rules("The Houthis", "the Houthis"), [true, false, true]);
    }

    #[test]
    fn diacritics_do_not_count_but_other_letters_do() {
        assert_eq!(rules("Erdogan", "Erdoğan"), [true, true, true]);
        assert_eq!(rules("ERDOĞAN", "Erdogan"), [true, false, true]);
        assert_eq!(rules("Erdogam", "Erdogan"), [false, false, false]);
        assert_eq!(rules("Erdogans", "Erdogan"), [false, false, false]);
        assert_eq!(rules("STRASSE", "Straße"), [true, false, true]);
    }

    #[test]
    fn hyphened_given_names_may_go_on_small_for_persons_alone() {
        assert!(is_written_as("Kim Jong-un", "Kim Jong Un", CaseRule::Name, true));
        assert!(!is_written_as("Kim Jong un", "Kim Jong Un", CaseRule::Name, true));
        assert!(!is_written_as("Guinea-bissau", "Guinea-Bissau", CaseRule::Name, false));
    }
}
