//! What is a text? Articles as they were read, the sentences in them, and spans that point into both.
//!
//! [`Document::split`] turns an [`Article`] into a [`Document`]: the title is one sentence, the body is split by rules
//! of our own that were measured against the libraries (`eval/results/sentences.md`). Nothing is copied or changed,
//! so every offset is one of the article's.

mod span;
mod article;
mod document;
mod sentence;
mod language;

pub use article::{Article, Origin};
pub use document::{Document, Part, Sentence};
pub use language::{Language, language_of};
pub use span::Span;
