//! What stands around a name? A sentence as tokens, with the questions that rules ask of it.

use std::cell::OnceCell;

use super::lexicon::{Class, Lexicon, bit};
use super::words::{Gap, Token};

/// How a sentence uses capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For names and first words.
    Sentence,
    /// For most words, as headlines do.
    Title,
    /// For all letters.
    Shouted,
}

/// One sentence, the article that it stands in, and the words that rules know.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// The text of the part; tokens point into it.
    pub(super) text: &'a str,
    /// The sentence's tokens.
    pub(super) tokens: &'a [Token],
    /// The tokens of the whole article.
    pub(super) article: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    /// How the sentence uses capitals, once asked for.
    pub(super) style: &'a OnceCell<Style>,
    /// The sentence's end in the part.
    pub(super) end: usize,
    /// The classes of all words of the article, once asked for.
    pub(super) article_bits: &'a OnceCell<u64>,
}

/// Where a name stands: its first and last token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Scene<'_> {
    /// How the sentence uses capitals.
    pub(super) fn style(&self) -> Style {
        *self.style.get_or_init(|| Style::of(&self.text[..self.end], self.tokens))
    }

    /// The token before the name and what is between the two.
    pub(super) fn before(&self, spot: Spot) -> Option<(usize, Gap)> {
        spot.first.checked_sub(1).map(|at| (at, self.tokens[spot.first].gap))
    }

    /// The token after the name and what is between the two; an ending `'s` is passed over.
    pub(super) fn after(&self, spot: Spot) -> Option<(usize, Gap)> {
        let at = spot.last + 1;
        let token = self.tokens.get(at)?;
        if !self.is_possessive(at) {
            return Some((at, token.gap));
        }
        self.tokens.get(at + 1).map(|next| (at + 1, next.gap))
    }

    /// The token before the name if only a space is between the two.
    pub(super) fn word_before(&self, spot: Spot) -> Option<usize> {
        self.before(spot).filter(|&(_, gap)| gap == Gap::SPACE).map(|(at, _)| at)
    }

    /// The token after the name, or after its `'s`, if only a space is between the two.
    pub(super) fn word_after(&self, spot: Spot) -> Option<usize> {
        self.after(spot).filter(|&(_, gap)| gap == Gap::SPACE).map(|(at, _)| at)
    }

    /// Whether a token is the `s` of a possessive.
    pub(super) fn is_possessive(&self, at: usize) -> bool {
        self.tokens[at].gap == Gap::APOSTROPHE && matches!(self.surface(at), "s" | "S")
    }

    /// Whether a token's word is in a class.
    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        self.lexicon.is(self.tokens[at].word, class)
    }

    /// Whether there is a token and its word is in a class.
    pub(super) fn has(&self, at: Option<usize>, class: Class) -> bool {
        at.is_some_and(|at| self.is(at, class))
    }

    /// A token as written.
    pub(super) fn surface(&self, at: usize) -> &str {
        &self.text[self.tokens[at].start..self.tokens[at].end]
    }

    /// Whether a token is a word, whatever its case.
    pub(super) fn reads(&self, at: usize, word: &str) -> bool {
        self.surface(at).eq_ignore_ascii_case(word)
    }

    /// Whether a token begins with a capital.
    pub(super) fn is_capital(&self, at: usize) -> bool {
        self.surface(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether a token is a capitalised word where capitals mean names, and none of grammar.
    pub(super) fn is_name_like(&self, at: usize) -> bool {
        self.is_capital(at) && !self.is(at, Class::Function) && self.style() == Style::Sentence
    }

    /// Whether a word of the class stands in the sentence.
    pub(super) fn sentence_has(&self, class: Class) -> bool {
        self.tokens.iter().any(|token| self.lexicon.is(token.word, class))
    }

    /// Whether a word of the class stands anywhere in the article.
    pub(super) fn article_has(&self, class: Class) -> bool {
        let all =
            || self.article.iter().fold(0, |bits, token| bits | self.lexicon.bits(token.word));
        self.article_bits.get_or_init(all) & bit(class) != 0
    }

    /// The characters right before and right after a stretch, up to white space.
    pub(super) fn run_around(&self, spot: Spot) -> &str {
        let (start, end) = (self.tokens[spot.first].start, self.tokens[spot.last].end);
        let is_space = |c: char| c.is_whitespace();
        let from = self.text[..start].rfind(is_space).map_or(0, |at| at + 1);
        let from = (from..=start).find(|&at| self.text.is_char_boundary(at)).unwrap_or(start);
        let to = self.text[end..].find(is_space).map_or(self.text.len(), |at| end + at);
        &self.text[from..to]
    }
}

impl Style {
    /// How a sentence uses capitals; `text` is that of the part up to the sentence's end.
    pub(super) fn of(text: &str, tokens: &[Token]) -> Self {
        let words = || tokens.iter().map(|token| &text[token.start..token.end]);
        let is_shouted = |word: &str| !word.chars().any(char::is_lowercase);
        let long = || words().filter(|word| word.len() >= 4);
        if words().all(is_shouted) && words().any(|word| word.chars().any(char::is_uppercase)) {
            return if tokens.len() >= 2 { Self::Shouted } else { Self::Sentence };
        }
        let n_long = long().count();
        let n_capital =
            long().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
        // Headlines have no full stop.
        let is_stopped = tokens.last().is_some_and(|last| text[last.end..].contains('.'));
        if n_long >= 3 && n_capital * 4 > n_long * 3 && !is_stopped {
            Self::Title
        } else {
            Self::Sentence
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Style;
    use crate::mention::words::Vocabulary;

    fn style(text: &str) -> Style {
        let mut tokens = Vec::new();
        Vocabulary::default().cut(text, 0, &mut tokens);
        Style::of(text, &tokens)
    }

    #[test]
    fn capitals_tell_headlines_from_sentences() {
        assert_eq!(style("IRAN CONDEMNS US SANCTIONS"), Style::Shouted);
        assert_eq!(style("Iran Condemns New Sanctions by the West"), Style::Title);
        assert_eq!(style("Iran condemned new sanctions by the West."), Style::Sentence);
        assert_eq!(style("Norway, Sweden and Finland signed the treaty."), Style::Sentence);
        assert_eq!(style("Foreign Minister Sergei Lavrov left."), Style::Sentence);
        assert_eq!(style("DPRK"), Style::Sentence);
        assert_eq!(style("中国 12"), Style::Sentence);
    }
}
