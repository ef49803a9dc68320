//! What does an article consist of? Its parts, and the sentences in them, as views into the article's text.

use super::{Article, Span};

/// The part of an article that an offset counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The headline, always one sentence of its own.
    Title,
    /// The body.
    Text,
}

impl Part {
    /// The name in outputs: `title` or `text`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
        }
    }
}

/// One sentence: where it stands, not its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sentence {
    /// The part that it stands in.
    pub part: Part,
    /// Its number within the part, from 0.
    pub index: u32,
    /// Its bytes within the part, without white space at either end.
    pub span: Span,
}

/// An article with its sentences found: title first, then the body in order; disjoint, none empty.
#[derive(Clone, Debug)]
pub struct Document {
    /// What was read.
    pub article: Article,
    /// The sentences of all parts.
    pub sentences: Vec<Sentence>,
}

impl Document {
    /// The whole text of a part; empty where the article has no title.
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Title => self.article.title.as_deref().unwrap_or(""),
            Part::Text => &self.article.text,
        }
    }

    /// The text of one of this document's sentences.
    pub fn text_of(&self, sentence: &Sentence) -> &str {
        sentence.span.of(self.part(sentence.part))
    }
}
