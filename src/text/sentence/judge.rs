//! Does a sentence end here? The rules for stops and for line breaks.

use super::following::{First, Following};
use super::layout::Layout;
use super::scan::{Kind, Stop, char_at};
use super::words::{self, Abbreviation};

/// A salutation's line, or a speaker's name by itself, is at most this long, in bytes.
const SALUTATION: usize = 36;
/// In a text of mixed lines, one at most this long may be a heading.
const HEADING: usize = 120;

/// Where in a text the reading stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// What its line breaks mean.
    pub(super) layout: Layout,
    /// The byte where the sentence that is being read begins.
    pub(super) sentence: usize,
    /// The byte where the line begins.
    pub(super) line: usize,
}

impl<'t> Place<'t> {
    /// Whether a stop ends the sentence; `n_breaks` line breaks and then `next` follow.
    pub(super) fn ends_at_stop(&self, stop: &Stop, n_breaks: usize, next: &Following<'_>) -> bool {
        if n_breaks > 1 {
            return true;
        }
        if n_breaks == 1
            && (next.has_bullet || next.is_bracketed_item() || self.breaks_after_stop(stop, next))
        {
            return true;
        }
        match stop.kind {
            Kind::Wide => true,
            Kind::Strong => self.ends_at_strong(stop, next),
            Kind::Ellipsis => self.ends_at_ellipsis(stop, next),
            Kind::Period => self.ends_at_period(stop, next),
        }
    }

    /// Whether the line break after a stop settles it.
    fn breaks_after_stop(&self, stop: &Stop, next: &Following<'_>) -> bool {
        let length = stop.end - self.line.min(stop.end);
        let settles = self.layout == Layout::Paragraphs || self.layout.is_short(length);
        let word = self.word_before(stop);
        let is_open = stop.kind == Kind::Period
            && (self.is_label(stop, word)
                || words::abbreviation(word) == Some(Abbreviation::Never));
        settles && next.first != First::Lower && !is_open
    }

    fn ends_at_strong(&self, stop: &Stop, next: &Following<'_>) -> bool {
        let is_aside = self.text[..stop.start].ends_with(['(', '[']);
        let is_name = stop.start == stop.marks_end - 1
            && !stop.closes_quote
            && matches!(self.word_before(stop), "Yahoo" | "Jeopardy")
            && !next.is_starter();
        next.first != First::Lower && !is_aside && !is_name && !is_attributed(stop, next)
    }

    fn ends_at_ellipsis(&self, stop: &Stop, next: &Following<'_>) -> bool {
        let before = &self.text[self.sentence.min(stop.start)..stop.start];
        let is_opening = !before.chars().take(8).any(char::is_alphanumeric);
        let is_omission = before.ends_with(['(', '[']);
        let is_pause = before.ends_with(char::is_whitespace) && stop.marks_end - stop.start != 4;
        let is_open =
            is_opening || is_omission || is_pause && !next.is_starter() && !stop.closes_quote;
        !is_open
            && matches!(next.first, First::Upper | First::Nothing)
            && !is_attributed(stop, next)
    }

    fn ends_at_period(&self, stop: &Stop, next: &Following<'_>) -> bool {
        let word = self.word_before(stop);
        if next.first == First::Lower || self.is_label(stop, word) || next.is_dateline_end() {
            return false;
        }
        if let Some(abbreviation) = words::abbreviation(word) {
            return ends_at_abbreviation(abbreviation, word, stop, next);
        }
        if self.is_initial(stop, word) {
            return next.is_starter() || stop.closes_quote;
        }
        let is_day =
            word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty();
        let is_dateline = words::is_month(next.word) && self.is_in_capitals(stop.start);
        let is_date = is_dateline || is_day && words::is_month(next.word);
        !is_date && !is_attributed(stop, next)
    }

    /// Whether one letter is an initial and not, as in `Plan B.`, a letter by itself.
    fn is_initial(&self, stop: &Stop, word: &str) -> bool {
        let mut chars = word.chars();
        let is_capital = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
        let before = self.text[..stop.start - word.len()].trim_end();
        is_capital && !words::precedes_letter(last_word(before))
    }

    /// Whether the word is a label, and all that there is of the sentence yet.
    fn is_label(&self, stop: &Stop, word: &str) -> bool {
        let before = self.text.get(self.sentence..stop.start - word.len());
        let is_first = before
            .is_some_and(|before| before.len() <= 8 && !before.contains(char::is_alphanumeric));
        is_first && words::is_label(word)
    }

    fn is_in_capitals(&self, end: usize) -> bool {
        let before = self.text.get(self.sentence..end).unwrap_or("");
        before.len() <= 40 && !before.contains(char::is_lowercase)
    }

    /// The word before a stop, with the stops within it; empty if it is longer than any abbreviation.
    fn word_before(&self, stop: &Stop) -> &'t str {
        last_word(&self.text[self.sentence.min(stop.start)..stop.start])
    }

    /// Whether a stop ends the sentence although no space follows: `It failed.The envoys left.`
    pub(super) fn ends_without_space(&self, stop: &Stop) -> bool {
        let next = Following::read(self.text, stop.end);
        let touches = next.rest.starts_with(next.word) && next.first == First::Upper;
        if stop.kind == Kind::Wide {
            return !(stop.closes_quote && next.rest.starts_with(['と', 'っ', 'な']));
        }
        if stop.kind == Kind::Ellipsis || !touches {
            return false;
        }
        if stop.closes_quote || stop.closes_bracket {
            return stop.closes_quote || next.is_starter();
        }
        let word = self.word_before(stop);
        let is_plain = word.len() > 2 && word.chars().all(char::is_alphabetic);
        let is_small = is_plain && !word.contains(char::is_uppercase);
        let second = next.word.chars().nth(1);
        let is_word = second.is_none_or(char::is_lowercase) && !next.word.ends_with('-');
        let is_address = next.after.starts_with(['/', '@', '=', '_']) || is_domain(next.word);
        is_word && !is_address && (is_small || is_plain && next.is_starter())
    }

    /// Whether a line break that follows no stop ends the sentence; `at` is where the white space begins.
    pub(super) fn ends_at_break(&self, at: usize, n_breaks: usize, next: &Following<'_>) -> bool {
        if n_breaks > 1 {
            return true;
        }
        let line = self.text[self.line.min(at)..at].trim_end();
        let goes_on = next.first == First::Lower || is_open_line(line);
        match self.layout {
            Layout::Wrapped { .. } => self.ends_at_wrap(line, next),
            _ if next.is_list_item() || next.is_speaker() => true,
            _ if goes_on || is_speaker_alone(line) => false,
            Layout::Paragraphs => {
                !line.ends_with(',') || line.len() > SALUTATION && !next.is_starter()
            }
            Layout::Mixed => line.ends_with([':', ';']) || self.is_heading(line, next),
        }
    }

    /// In a wrapped text, a line that isn't full ends its paragraph, unless it is a page's number.
    fn ends_at_wrap(&self, line: &str, next: &Following<'_>) -> bool {
        let is_item = next.has_bullet && !next.rest.starts_with('-');
        let is_page = self.sentence < self.line && !line.contains(char::is_alphabetic);
        let goes_on =
            next.first == First::Lower || line.ends_with(',') || is_open_line(line) || is_page;
        is_item || self.layout.is_short(line.len()) && !goes_on
    }

    /// In a text of mixed lines, whether this one is a heading, a date, a reference or an ornament.
    fn is_heading(&self, line: &str, next: &Following<'_>) -> bool {
        let is_whole = self.sentence >= self.line && line.len() <= HEADING && !line.ends_with(',');
        let is_known = !line.contains(char::is_alphabetic)
            || words::is_cross_reference(line)
            || is_date(line)
            || is_date(next.rest);
        let mut parts = line.split(' ');
        let opens = parts.next().is_some_and(words::is_starter);
        let is_long = parts.clone().count() >= 3;
        let is_in_name = parts.next_back().is_some_and(|part| part.starts_with(char::is_uppercase));
        is_whole && (is_known || next.is_starter() || is_long && !opens && !is_in_name)
    }
}

/// Whether the quotation that closes here is followed by its speaker.
fn is_attributed(stop: &Stop, next: &Following<'_>) -> bool {
    let is_signed = next.has_dash && next.first == First::Upper;
    stop.closes_quote && (is_signed || stop.kind != Kind::Period && next.is_attribution())
}

fn ends_at_abbreviation(
    abbreviation: Abbreviation,
    word: &str,
    stop: &Stop,
    next: &Following<'_>,
) -> bool {
    let is_phrase_over = stop.closes_quote || next.is_starter();
    match abbreviation {
        Abbreviation::Never => false,
        Abbreviation::Numbered => {
            next.first != First::Digit && (stop.closes_quote || word != "Sec")
        }
        _ if next.has_dash => false,
        _ if next.first == First::Nothing => true,
        Abbreviation::Rarely => is_phrase_over,
        Abbreviation::Often => {
            is_phrase_over || next.first != First::Digit && !words::follows_often(next.word)
        }
    }
}

/// Whether the line's last word needs another. A dash after a space, or a long one, breaks a speech off.
fn is_open_line(line: &str) -> bool {
    let is_hyphenated =
        line.strip_suffix('-').is_some_and(|rest| rest.ends_with(char::is_alphanumeric));
    is_hyphenated
        || line.ends_with(['(', '“', '&', '/'])
        || words::is_function_word(last_word(line))
}

/// Whether the line names a speaker, whose words begin on the next.
fn is_speaker_alone(line: &str) -> bool {
    line.len() <= SALUTATION && line.ends_with(':') && Following::read(line, 0).is_speaker()
}

/// `October 30, 2001`, at the start of a line.
fn is_date(line: &str) -> bool {
    let word = first_word(line);
    let day = line[word.len()..].trim_start_matches(' ');
    words::is_month(word) && day.starts_with(|c: char| c.is_ascii_digit())
}

/// The last word of a text, without the marks before it; empty if it is longer than any abbreviation.
fn last_word(text: &str) -> &str {
    const LONGEST: usize = 24;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '\'' | '’' | '/' | '@');
    let mut start = text.len();
    for (at, c) in text.char_indices().rev().take(LONGEST) {
        if !is_part(c) {
            return &text[start..];
        }
        start = at;
    }
    if start == 0 { text } else { "" }
}

/// The letters at the start of a text.
fn first_word(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()]
}

/// Whether an address may end so: `Booking.Com`.
fn is_domain(word: &str) -> bool {
    const DOMAINS: [&str; 10] =
        ["Com", "Org", "Net", "Gov", "Edu", "Int", "Info", "Co", "Uk", "Ru"];
    DOMAINS.contains(&word)
}

/// Whether a comma that doesn't belong there follows a stop, as in some archives: `It failed., The envoys left.`
///
/// Returns the byte after the comma.
pub(super) fn stray_comma(text: &str, stop: &Stop) -> Option<usize> {
    let rest = &text[stop.end..];
    let after = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix(", ")?;
    let is_capital = char_at(after, 0).is_some_and(char::is_uppercase);
    let word = last_word(&text[..stop.start]);
    let is_word = word.chars().count() > 2 && word.chars().all(char::is_alphanumeric);
    let is_plain =
        is_word && words::abbreviation(word).is_none() || word.bytes().all(|b| b.is_ascii_digit());
    let has_closer = stop.closes_quote || stop.closes_bracket;
    let begins = if has_closer { words::is_starter(first_word(after)) } else { is_capital };
    (stop.kind == Kind::Period && is_plain && begins).then_some(text.len() - after.len() - 1)
}
