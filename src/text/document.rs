//! What does an article consist of? Its parts, and the sentences in them, as views into the article's text.

use super::{Article, Span, sentence};

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
    /// Finds the sentences of an article: its title is one, its body is split.
    ///
    /// Within each part they are in order, disjoint, none empty, without white space at either end; together they
    /// hold every character that isn't white space. Takes time linear in the length of the text.
    pub fn split(article: Article) -> Self {
        let title = article.title.as_deref().unwrap_or("");
        let start = title.len() - title.trim_start().len();
        let headline = Span::new(title, start..title.trim_end().len());
        let headline = headline.map(|span| Sentence { part: Part::Title, index: 0, span });
        let body = sentence::split(&article.text);
        let spans = body.into_iter().filter_map(|range| Span::new(&article.text, range));
        let body = (0..).zip(spans).map(|(index, span)| Sentence { part: Part::Text, index, span });
        let sentences = headline.into_iter().chain(body).collect();
        Self { article, sentences }
    }

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

#[cfg(test)]
mod tests {
    use super::{Document, Part};
    use crate::text::{Article, Origin};
    use proptest::prelude::*;
    use std::path::PathBuf;
    use std::sync::Arc;

    fn article(title: Option<&str>, text: &str) -> Article {
        let origin = Origin { path: Arc::new(PathBuf::from("-")), record: 1, line: 1 };
        Article {
            id: "1".to_owned(),
            date: None,
            outlet: None,
            issuer: None,
            title: title.map(str::to_owned),
            text: text.to_owned(),
            extra: serde_json::Map::new(),
            origin,
        }
    }

    fn split(title: Option<&str>, text: &str) -> Vec<(Part, u32, String)> {
        let document = Document::split(article(title, text));
        let numbered =
            document.sentences.iter().map(|s| (s.part, s.index, document.text_of(s).to_owned()));
        numbered.collect()
    }

    #[test]
    fn the_title_is_one_sentence_and_each_part_counts_from_zero() {
        let found = split(Some(" Who blinks? The U.S. won't. \n"), "It won't. Iran may.");
        let expected = [
            (Part::Title, 0, "Who blinks? The U.S. won't."),
            (Part::Text, 0, "It won't."),
            (Part::Text, 1, "Iran may."),
        ];
        assert_eq!(found, expected.map(|(part, index, text)| (part, index, text.to_owned())));
    }

    #[test]
    fn an_article_without_words_has_no_sentence() {
        assert_eq!(split(None, ""), []);
        assert_eq!(split(Some(" \u{a0}\t"), "\n \u{2003}\r\n"), []);
    }

    proptest! {
        #[test]
        fn any_title_stays_whole(title in "(?s).{0,60}", text in "(?s).{0,60}") {
            let document = Document::split(article(Some(&title), &text));
            let titles: Vec<_> = document.sentences.iter().filter(|s| s.part == Part::Title).collect();
            prop_assert_eq!(titles.len(), usize::from(!title.trim().is_empty()));
            for sentence in &titles {
                prop_assert_eq!(document.text_of(sentence), title.trim());
            }
        }
    }
}
