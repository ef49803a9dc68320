//! Where might a sentence end? Stops with what clings to them, and white space with line breaks in it.

use std::ops::Range;

/// How a stop is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One full stop, which may also mark an abbreviation, a number, an initial.
    Period,
    /// Three dots, in whatever form.
    Ellipsis,
    /// A question or exclamation mark, or the full stop of a script that has no other use for it.
    Strong,
    /// A full stop, question or exclamation mark of a script that doesn't put a space after it.
    Wide,
}

/// One or more marks that may end a sentence, with the closing quotation marks and brackets after them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// How the marks are to be read.
    pub(super) kind: Kind,
    /// The byte where the marks begin.
    pub(super) start: usize,
    /// The byte after the marks.
    pub(super) marks_end: usize,
    /// The byte after all that clings to them.
    pub(super) end: usize,
    /// Whether a quotation mark closes after the marks.
    pub(super) closes_quote: bool,
    /// Whether a bracket closes after the marks.
    pub(super) closes_bracket: bool,
}

/// The first byte from `from` on that may begin a stop or a line break.
pub(super) fn next_candidate(text: &str, from: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let is_candidate = match bytes[at] {
            b'.' | b'!' | b'?' | b'\n' | b'\r' | 0x0b | 0x0c => true,
            0xc2 | 0xd6 | 0xd8 | 0xdb | 0xe0..=0xe3 | 0xef => {
                char_at(text, at).is_some_and(|c| is_mark(c) || is_line_break(c))
            }
            _ => false,
        };
        if is_candidate {
            return char_at(text, at).map(|c| (at, c));
        }
        at += 1;
    }
    None
}

impl Stop {
    /// Reads the stop that begins at `start`.
    pub(super) fn read(text: &str, start: usize) -> Self {
        let (mut end, mut kind, mut n_dots) = (start, Kind::Period, 0);
        while let Some(c) = char_at(text, end).filter(|c| is_mark(*c)) {
            match c {
                '.' => n_dots += 1,
                '…' => n_dots += 3,
                _ if is_wide(c) => kind = Kind::Wide,
                _ if kind != Kind::Wide => kind = Kind::Strong,
                _ => (),
            }
            end += c.len_utf8();
            // `. . .`: the spaces between the dots belong to the ellipsis.
            while c == '.' && text[end..].starts_with(" .") && is_spaced_ellipsis(text, end) {
                end += 2;
                n_dots += 1;
            }
        }
        if kind == Kind::Period && n_dots > 1 {
            kind = Kind::Ellipsis;
        }
        let stop =
            Self { kind, start, marks_end: end, end, closes_quote: false, closes_bracket: false };
        stop.with_closers(text)
    }

    /// Takes in quotation marks, brackets and footnote numbers that stand directly after the marks.
    fn with_closers(mut self, text: &str) -> Self {
        loop {
            let rest = &text[self.end..];
            let Some(c) = rest.chars().next() else { return self };
            match c {
                ')' | ']' | '}' | '）' | '］' | '】' => self.closes_bracket = true,
                '"' | '\'' | '”' | '’' | '»' | '›' | '」' | '』' | '》' | '〉' | '″' =>
                {
                    self.closes_quote = true;
                }
                // Closes a quotation in German; opens one in English.
                '“' | '‘' if ends_word(&rest[c.len_utf8()..]) => self.closes_quote = true,
                '[' => match footnote(rest) {
                    Some(length) => {
                        self.end += length;
                        continue;
                    }
                    None => return self,
                },
                ' ' | '\u{a0}' | '\u{202f}' => return self.with_spaced_closer(text, c),
                _ => return self,
            }
            self.end += c.len_utf8();
        }
    }

    /// `… ! »`: French leaves a space before the mark that closes a quotation, careless texts do before any.
    fn with_spaced_closer(mut self, text: &str, space: char) -> Self {
        let rest = &text[self.end + space.len_utf8()..];
        if let Some(after) = rest.strip_prefix(['»', '”']).filter(|after| ends_word(after)) {
            self.end = text.len() - after.len();
            self.closes_quote = true;
        }
        self
    }
}

/// The white space from `from` on, and the number of line breaks in it.
pub(super) fn white_space(text: &str, from: usize) -> (Range<usize>, usize) {
    let (mut end, mut n_breaks, mut previous) = (from, 0, ' ');
    for c in text[from..].chars() {
        if !c.is_whitespace() {
            break;
        }
        match c {
            '\n' if previous == '\r' => (),
            '\u{2029}' => n_breaks += 2,
            _ => n_breaks += usize::from(is_line_break(c)),
        }
        end += c.len_utf8();
        previous = c;
    }
    (from..end, n_breaks)
}

/// The byte after the emoji that follow `from` on its line, which go with the sentence before them; else `from`.
pub(super) fn emoji_end(text: &str, from: usize) -> usize {
    let mut end = from;
    for (at, c) in text[from..].char_indices() {
        if matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{200d}')
        {
            end = from + at + c.len_utf8();
        } else if c != ' ' {
            break;
        }
    }
    end
}

/// The character at a byte, which must be a boundary.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether the character breaks a line; a page break is one like any other.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether the character may end a sentence: the sentence terminals (UAX #29 `STerm`, `ATerm`) of the scripts
/// in which news is written today.
fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‼' | '‽' | '⁇' | '⁈' | '⁉') || is_wide(c) || is_foreign(c)
}

fn is_foreign(c: char) -> bool {
    matches!(
        c,
        '\u{589}' // Armenian
            | '\u{61d}'
            ..='\u{61f}' | '\u{6d4}' // Arabic, Urdu
            | '\u{964}' | '\u{965}' // Devanagari, Bengali and their kin
            | '\u{104a}' | '\u{104b}' // Burmese
            | '\u{1362}' | '\u{1367}' | '\u{1368}' // Ethiopic
            | '\u{17d4}' | '\u{17d5}' // Khmer
            | '\u{1803}' | '\u{1809}' // Mongolian
    )
}

fn is_wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．' | '﹒' | '﹖' | '﹗')
}

fn is_spaced_ellipsis(text: &str, at: usize) -> bool {
    text[at..].starts_with(" . .") || text[..at].ends_with(". .")
}

/// The length of `[12]` at the start of `rest`.
fn footnote(rest: &str) -> Option<usize> {
    let n_digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    let is_closed = rest.as_bytes().get(1 + n_digits) == Some(&b']');
    (is_closed && (1..=3).contains(&n_digits)).then_some(n_digits + 2)
}

fn ends_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| !c.is_alphanumeric())
}
