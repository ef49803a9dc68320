//! What can be asked of the words of one sentence?

use std::ops::Range;

use crate::mention::lexicon::{Class, Lexicon};
use crate::mention::words::{Gap, Token};
use crate::text::Part;

/// One sentence, its words, and what is known of each so far.
pub(super) struct Line<'a> {
    pub(super) part: Part,
    /// The text of the part; tokens point into it.
    pub(super) text: &'a str,
    /// Its bytes in the part.
    pub(super) bytes: Range<usize>,
    pub(super) tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    /// For each token the number of the quotation that it stands in.
    pub(super) quotes: Vec<Option<usize>>,
    /// For each token the entity that it belongs to.
    pub(super) cover: Vec<Option<usize>>,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// White space, a hyphen or an apostrophe.
    None,
    /// A comma.
    Comma,
    /// Anything that parts clauses: a semicolon, a dash, a bracket, a quotation.
    Break,
}

impl Line<'_> {
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn surface(&self, at: usize) -> &str {
        &self.text[self.tokens[at].start..self.tokens[at].end]
    }

    pub(super) fn lower(&self, at: usize) -> String {
        self.surface(at).to_lowercase()
    }

    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        self.lexicon.is(self.tokens[at].word, class)
    }

    pub(super) fn reads(&self, at: usize, words: &[&str]) -> bool {
        let surface = self.surface(at);
        words.iter().any(|word| surface.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_capital(&self, at: usize) -> bool {
        self.surface(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// The text between a token and the one before it; before the first, that of the sentence.
    pub(super) fn between(&self, at: usize) -> &str {
        let from = at.checked_sub(1).map_or(self.bytes.start, |before| self.tokens[before].end);
        let to = self.tokens.get(at).map_or(self.bytes.end, |token| token.start);
        &self.text[from..to]
    }

    /// What stands before a token; behind the last one where `at` is their number.
    pub(super) fn mark(&self, at: usize) -> Mark {
        let text = self.between(at);
        let is_break = |c: char| {
            matches!(c, ';' | ':' | '(' | ')' | '[' | ']' | '—' | '–' | '/' | '*' | '…' | '?' | '!')
        };
        if text == " " {
            Mark::None
        } else if text.contains(is_break) || text.contains(" -") {
            Mark::Break
        } else if text.contains(',') {
            Mark::Comma
        } else {
            Mark::None
        }
    }

    /// Whether a token follows the one before it with a space only.
    pub(super) fn is_next(&self, at: usize) -> bool {
        at < self.len() && self.tokens[at].gap == Gap::SPACE
    }

    /// Whether a token is the `s` of a possessive.
    pub(super) fn is_possessive(&self, at: usize) -> bool {
        at < self.len()
            && self.tokens[at].gap == Gap::APOSTROPHE
            && matches!(self.surface(at), "s" | "S")
    }

    /// Whether a name that ends with a token is a possessor: `Iran's`, `the sailors'`.
    pub(super) fn owns(&self, last: usize) -> bool {
        let is_plural = || {
            self.surface(last).ends_with('s')
                && last + 1 < self.len()
                && matches!(self.between(last + 1), "' " | "’ ")
        };
        self.is_possessive(last + 1) || is_plural()
    }

    /// The token before one that stands in the same quotation, or outside all.
    pub(super) fn previous(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|&before| self.quotes[before] == self.quotes[at])
    }

    /// Whether a word is grammar, not a noun: what may follow a noun phrase.
    pub(super) fn is_grammar(&self, at: usize) -> bool {
        self.is(at, Class::Function)
            || self.is(at, Class::Preposition)
            || self.is(at, Class::Adverb)
            || self.is(at, Class::Auxiliary)
            || self.surface(at).ends_with("ly")
            || self.is(at, Class::Day)
            || self.is(at, Class::Month)
    }

    /// Whether a word begins a noun phrase: an article, a possessive or a number.
    pub(super) fn is_determiner(&self, at: usize) -> bool {
        self.is(at, Class::Determiner) || self.is(at, Class::Quantity)
    }
}
