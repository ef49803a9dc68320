//! What stands after a place where a sentence might end?

use super::scan::is_line_break;
use super::words;

/// What the next word begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// A small letter.
    Lower,
    /// A capital, or a small letter of a name that begins with one (`iPhone`, `al-Qaeda`).
    Upper,
    /// A letter of a script without capitals.
    Caseless,
    /// A digit, or a currency's sign before one.
    Digit,
    /// No word on this line within a few characters.
    Nothing,
}

/// The next word, and the marks before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Following<'t> {
    /// From the first mark or letter to the end of the text.
    pub(super) rest: &'t str,
    /// The next word, without the marks before it.
    pub(super) word: &'t str,
    /// From the end of the word on.
    pub(super) after: &'t str,
    /// What the word begins with.
    pub(super) first: First,
    /// Whether a list's bullet stands before it.
    pub(super) has_bullet: bool,
    /// Whether a dash stands before it.
    pub(super) has_dash: bool,
}

impl<'t> Following<'t> {
    /// Reads from `at`, which must not stand in white space.
    pub(super) fn read(text: &'t str, at: usize) -> Self {
        let rest = &text[at..];
        let has_bullet = bullet(rest);
        let has_dash =
            !has_bullet && rest.starts_with(['-', '–', '—', '―']) || rest.starts_with("--");
        let (mut word, mut after) = ("", "");
        for (offset, c) in rest.char_indices().take(12) {
            if c.is_alphanumeric() || is_currency(c) {
                word = leading_word(&rest[offset..]);
                after = &rest[offset + word.len()..];
                break;
            }
            if is_line_break(c) {
                break;
            }
        }
        Self { rest, word, after, first: First::of(word), has_bullet, has_dash }
    }

    /// Whether the word is one that opens a sentence far oftener than it follows an abbreviation.
    pub(super) fn is_starter(&self) -> bool {
        words::is_starter(self.word)
            && self.after.starts_with([' ', ',', '\n', '\'', '’', '\u{a0}'])
    }

    /// Whether the line begins as a list's item does: a bullet, `(a)`, `b)`, `3.`, `IV.`
    pub(super) fn is_list_item(&self) -> bool {
        let label = self.rest.strip_prefix('(').unwrap_or(self.rest);
        let length = label.bytes().take(5).take_while(u8::is_ascii_alphanumeric).count();
        let (label, after) = label.split_at(length);
        let ends = if self.rest.starts_with('(') {
            after.starts_with(')')
        } else {
            after.starts_with([')', '.'])
        };
        let goes_on = after.get(1..).is_some_and(|rest| rest.starts_with([' ', '\t', '\u{a0}']));
        self.has_bullet || ends && goes_on && words::is_label(label)
    }

    /// Whether the line begins with a label in brackets: `(iv)`.
    pub(super) fn is_bracketed_item(&self) -> bool {
        self.rest.starts_with('(') && self.is_list_item()
    }

    /// Whether the line begins as a speaker's does in a transcript: `Vladimir Putin: …`, `Q: …`
    pub(super) fn is_speaker(&self) -> bool {
        let line = head(self.rest, 80);
        let Some((name, after)) = line.split_once(':') else { return false };
        let mut parts = name.split(' ');
        let is_name = |part: &str| {
            part.starts_with(char::is_uppercase) || matches!(part, "of" | "the" | "and" | "for")
        };
        (after.is_empty() || after.starts_with([' ', '\n']))
            && parts.clone().count() <= 8
            && !name.is_empty()
            && parts.all(is_name)
    }

    /// Whether a bracket that names an agency, and then a dash, follow: `(Reuters) - …`
    pub(super) fn is_dateline_end(&self) -> bool {
        let Some(inside) = head(self.rest, 48).strip_prefix('(') else { return false };
        let Some((_, after)) = inside.split_once(')') else { return false };
        after.trim_start().starts_with(['-', '–', '—', '―'])
    }

    /// Whether names and then a verb of saying follow, as after a quotation: `Mr. Moon told …`
    pub(super) fn is_attribution(&self) -> bool {
        if self.rest.starts_with(|c: char| !c.is_uppercase()) || words::is_starter(self.word) {
            return false;
        }
        let mut parts = head(self.rest, 80).split([' ', '\n']).take(8);
        let is_name = |part: &str| {
            part.starts_with(char::is_uppercase) || matches!(part, "of" | "the" | "al" | "bin")
        };
        let after = parts.by_ref().find(|part| !is_name(part));
        after.is_some_and(|part| words::is_verb_of_saying(part.trim_end_matches(['.', ',', ':'])))
    }
}

impl First {
    fn of(word: &str) -> Self {
        let mut chars = word.chars();
        match chars.next() {
            None => Self::Nothing,
            Some(c) if c.is_lowercase() && is_lower_name(word) => Self::Upper,
            Some(c) if c.is_lowercase() => Self::Lower,
            Some(c) if c.is_uppercase() => Self::Upper,
            Some(c) if c.is_numeric() || is_currency(c) => Self::Digit,
            Some(_) => Self::Caseless,
        }
    }
}

/// At most `n_bytes` of `text`, cut at a character's boundary.
fn head(text: &str, n_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(n_bytes)]
}

fn leading_word(text: &str) -> &str {
    let head = head(text, 48);
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || is_currency(c);
    &head[..head.find(|c| !is_part(c)).unwrap_or(head.len())]
}

/// `iPhone`, `eBay`, `al-Qaeda`, `el-Sisi`: names whose first letter stays small.
fn is_lower_name(word: &str) -> bool {
    let is_capital = |n: usize| word.chars().nth(n).is_some_and(char::is_uppercase);
    let article =
        ["al-", "el-", "as-", "an-", "ar-", "ad-"].iter().any(|article| word.starts_with(article));
    is_capital(1) || article && is_capital(3)
}

fn bullet(rest: &str) -> bool {
    let mut chars = rest.chars();
    let is_mark = chars.next().is_some_and(|c| {
        matches!(
            c,
            '-' | '–'
                | '*'
                | '•'
                | '·'
                | '▪'
                | '■'
                | '●'
                | '○'
                | '◦'
                | '‣'
                | '►'
                | '▶'
                | '✓'
        )
    });
    is_mark && chars.next().is_some_and(|c| matches!(c, ' ' | '\t' | '\u{a0}'))
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₩' | '₽' | '₹' | '₺' | '₪' | '₴')
}
