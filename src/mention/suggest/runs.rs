//! Which stretches of a sentence look like names? Capitalised words, with small ones such as `of` between them.

use std::ops::Range;

use crate::mention::gazetteer::Gazetteer;
use crate::mention::lexicon::{Class, Lexicon};
use crate::mention::scene::Style;
use crate::mention::words::{Gap, Token};
use crate::text::Span;

/// A stretch that looks like a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its bytes in the part.
    pub(super) range: Range<usize>,
    /// The first byte of its second word; its end if there is none.
    pub(super) second: usize,
    /// Whether it begins the sentence, or what is said in it.
    pub(super) is_at_start: bool,
    /// Whether a title stands before it, or a first name begins it.
    pub(super) is_titled: bool,
    /// What stands in brackets after it, if these are its initials.
    pub(super) acronym: Option<String>,
}

/// Words inside names that are written small.
const CONNECTORS: [&str; 16] = [
    "of", "for", "de", "la", "del", "al", "el", "bin", "ibn", "von", "van", "der", "di", "da",
    "du", "dos",
];

/// Names of more words are lists of names.
const MAX_WORDS: usize = 10;

/// Whose possessive goes on a name: `People's Assembly`.
const OWNERS: [&str; 6] = ["People", "Women", "Children", "Men", "Peoples", "Workers"];

/// The runs of a sentence; none in headlines, where capitals mean nothing. `small` is given every word that begins small.
pub(super) fn of(
    gazetteer: &Gazetteer,
    part: &str,
    sentence: Span,
    mut small: impl FnMut(&str),
) -> Vec<Run> {
    let mut tokens = Vec::new();
    gazetteer.cut(sentence.of(part), sentence.start(), &mut tokens);
    if Style::of(&part[..sentence.end()], &tokens) != Style::Sentence {
        return Vec::new();
    }
    let line = Line { part, tokens: &tokens, lexicon: gazetteer.lexicon() };
    let (mut runs, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if !line.is_name_word(at) {
            if !line.is_capital(at) {
                small(line.surface(at));
            }
            at += 1;
            continue;
        }
        let end = line.end_of_run(at);
        runs.extend(line.run(at..end));
        at = end;
    }
    runs
}

struct Line<'a> {
    part: &'a str,
    tokens: &'a [Token],
    lexicon: &'a Lexicon,
}

impl Line<'_> {
    fn surface(&self, at: usize) -> &str {
        &self.part[self.tokens[at].start..self.tokens[at].end]
    }

    fn is(&self, at: usize, class: Class) -> bool {
        self.lexicon.is(self.tokens[at].word, class)
    }

    fn is_capital(&self, at: usize) -> bool {
        self.surface(at).chars().next().is_some_and(char::is_uppercase)
    }

    fn is_name_word(&self, at: usize) -> bool {
        self.is_capital(at) && !self.is(at, Class::Function)
    }

    /// The token after the last that belongs to the run that begins at one.
    fn end_of_run(&self, first: usize) -> usize {
        let mut end = first + 1;
        while let Some(next) = self.tokens.get(end) {
            let joins = next.gap == Gap::SPACE
                || next.gap == Gap::HYPHEN
                || next.gap == Gap::DOT
                || next.gap == Gap::APOSTROPHE && self.surface(end).chars().count() > 1;
            if joins && self.is_name_word(end) {
                end += 1;
                continue;
            }
            let is_owned = next.gap == Gap::APOSTROPHE
                && OWNERS.contains(&self.surface(end - 1))
                && self.tokens.get(end + 1).is_some_and(|token| token.gap == Gap::SPACE)
                && self.is_name_word(end + 1);
            if is_owned {
                end += 2;
                continue;
            }
            let small = |at: usize| {
                at < self.tokens.len()
                    && self.tokens[at].gap == Gap::SPACE
                    && CONNECTORS.contains(&self.surface(at))
            };
            let n_small = (0..3).take_while(|&more| small(end + more)).count();
            let after = end + n_small;
            let the = usize::from(
                n_small > 0 && after < self.tokens.len() && self.surface(after) == "the",
            );
            let goes_on = n_small > 0
                && self.tokens.get(after + the).is_some_and(|token| token.gap == Gap::SPACE)
                && self.is_name_word(after + the);
            if !goes_on {
                break;
            }
            end = after + the + 1;
        }
        end
    }

    /// The run without titles before it and days after it; nothing if nothing is left.
    fn run(&self, tokens: Range<usize>) -> Option<Run> {
        let (mut first, mut end) = (tokens.start, tokens.end);
        let is_title = |at: usize| {
            let rank = matches!(self.surface(at), "Prime" | "Vice" | "Deputy");
            rank || self.is(at, Class::Title) || self.is(at, Class::Address)
        };
        let is_small = |at: usize| !self.is_capital(at);
        while first < end && (is_title(first) || is_small(first)) {
            first += 1;
        }
        let is_time = |at: usize| {
            self.is(at, Class::Month)
                || self.is(at, Class::Day)
                || !self.surface(at).chars().any(char::is_alphabetic)
        };
        while first < end && (is_time(end - 1) || is_title(end - 1)) {
            end -= 1;
        }
        let is_short = |at: usize| self.surface(at).chars().count() < 3;
        if first == end || is_time(first) || (first..end).all(is_short) || end - first > MAX_WORDS {
            return None;
        }
        let before = first.checked_sub(1).filter(|_| self.tokens[first].gap == Gap::SPACE);
        let is_titled = before.is_some_and(is_title) || self.is(first, Class::GivenName);
        let range = self.tokens[first].start..self.tokens[end - 1].end;
        let second = if end - first > 1 { self.tokens[first + 1].start } else { range.end };
        let gap = self.tokens[first].gap;
        let is_at_start = gap != Gap::SPACE && gap != Gap::COMMA && gap != Gap::HYPHEN;
        let acronym = self.acronym(first..end);
        Some(Run { range, second, is_at_start, is_titled, acronym })
    }

    fn acronym(&self, run: Range<usize>) -> Option<String> {
        let next = self.tokens.get(run.end).filter(|token| token.gap == Gap::PAREN)?;
        let text = self.surface(run.end);
        let is_closed = self.part[next.end..].starts_with(')');
        let initials: String = run
            .filter(|&at| self.is_capital(at))
            .filter_map(|at| self.surface(at).chars().next())
            .collect();
        (is_closed && text.len() >= 2 && text == initials).then(|| text.to_owned())
    }
}

impl Run {
    /// The name, white space in it made one space each, and long words in capitals made small but for the first letter.
    pub(super) fn name(&self, part: &str) -> String {
        let spelled = |word: &str| {
            let is_shouted = word.chars().count() > 6 && !word.chars().any(char::is_lowercase);
            let mut letters = word.chars();
            match letters.next() {
                Some(first) if is_shouted => format!("{first}{}", letters.as_str().to_lowercase()),
                _ => word.to_owned(),
            }
        };
        part[self.range.clone()].split_whitespace().map(spelled).collect::<Vec<_>>().join(" ")
    }
}

/// Characters of an example on either side of the name.
const AROUND: usize = 60;

/// The sentence around a name, cut at words, with white space made one space each.
pub(super) fn around(part: &str, sentence: Range<usize>, name: Range<usize>) -> String {
    let before = &part[sentence.start..name.start];
    let after = &part[name.end..sentence.end];
    let start = before.char_indices().rev().nth(AROUND).map(|(at, _)| at);
    let end = after.char_indices().nth(AROUND).map(|(at, _)| at);
    // A word that the cut goes through is left out.
    let before = start.map_or(before.to_owned(), |at| {
        let cut = &before[at..];
        format!("…{}", cut.find(' ').map_or(cut, |space| &cut[space..]))
    });
    let after = end.map_or(after.to_owned(), |at| {
        let cut = &after[..at];
        format!("{}…", cut.rfind(' ').map_or(cut, |space| &cut[..=space]))
    });
    let text = format!("{before}{}{after}", &part[name]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
