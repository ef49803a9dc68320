//! What does an article consist of? Its parts, and the sentences in them, as views into the article's text.

use std::ops::Range;

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
    /// The most bytes of a sentence. A longer stretch without an end, such as a table or a page's code, is cut at white
    /// space, so that what one sentence takes of time and memory is bounded.
    pub const MOST_SENTENCE_BYTES: usize = 4000;

    /// Finds the sentences of an article: its title is one, its body is split.
    ///
    /// Within each part they are in order, disjoint, none empty, without white space at either end; together they
    /// hold every character that isn't white space. Takes time linear in the length of the text.
    pub fn split(article: Article) -> Self {
        let title = article.title.as_deref().unwrap_or("");
        let start = title.len() - title.trim_start().len();
        let headline = pieces(title, start..title.trim_end().len());
        let headline = number(Part::Title, title, headline);
        let body = sentence::split(&article.text).into_iter();
        let body = body.flat_map(|range| pieces(&article.text, range));
        let sentences = headline.chain(number(Part::Text, &article.text, body)).collect();
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

/// The sentences of a part, numbered; empty ranges are none.
fn number(
    part: Part,
    text: &str,
    ranges: impl Iterator<Item = Range<usize>>,
) -> impl Iterator<Item = Sentence> {
    let spans = ranges.filter_map(|range| Span::new(text, range));
    (0..).zip(spans).map(move |(index, span)| Sentence { part, index, span })
}

/// A trimmed stretch of `text`, cut into pieces of at most [`Document::MOST_SENTENCE_BYTES`], trimmed too: at white
/// space in their second half, or else between any two characters.
fn pieces(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let (mut start, end) = (range.start, range.end);
    std::iter::from_fn(move || {
        let most = start + Document::MOST_SENTENCE_BYTES;
        if start >= end {
            return None;
        }
        let (mut stop, mut next) = (end, end);
        if end > most {
            let most = text.floor_char_boundary(most);
            let window = &text[start..most];
            let space = window.rfind(char::is_whitespace).filter(|at| 2 * at > window.len());
            stop = space.map_or(most, |at| start + text[start..start + at].trim_end().len());
            next = end - text[stop..end].trim_start().len();
        }
        let piece = start..stop;
        start = next;
        Some(piece)
    })
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
        fn no_sentence_is_longer_than_may_be_and_nothing_but_white_space_is_lost(
            words in prop::collection::vec("[a-zé😀]{1,9}|[x-z]{3000,9000}| {1,40}", 0..40), gap in "[ \n\u{a0}]?",
        ) {
            let text = words.join(&gap);
            let document = Document::split(article(Some(&text), &text));
            for part in [Part::Title, Part::Text] {
                let sentences: Vec<&str> = document.sentences.iter()
                    .filter(|sentence| sentence.part == part)
                    .map(|sentence| document.text_of(sentence))
                    .collect();
                for sentence in &sentences {
                    prop_assert!(!sentence.is_empty() && sentence.len() <= Document::MOST_SENTENCE_BYTES);
                    prop_assert_eq!(sentence.trim(), *sentence);
                }
                let visible = |text: &str| text.split_whitespace().collect::<String>();
                prop_assert_eq!(visible(&sentences.concat()), visible(&text));
            }
        }

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
